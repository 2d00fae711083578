"""The NumPy core: plain functions on channels-last arrays; it knows no layer, no file, no screen."""
