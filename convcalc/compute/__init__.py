"""The NumPy core: plain functions on channels-last arrays, which know no layers, no files and no screen."""
