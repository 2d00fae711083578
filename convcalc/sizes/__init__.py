"""Integers only: shapes, one axis of a window, formulas that show their numbers, dtypes and their bits."""
