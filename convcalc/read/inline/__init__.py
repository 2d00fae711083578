"""Layers in Python's call syntax, ``Conv1D(2, 4) | Flatten``, as a `Script`."""
