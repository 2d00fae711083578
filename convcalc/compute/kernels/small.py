"""Products small enough that OpenBLAS computes them as they lie: without arranging them first, and in one thread."""

from __future__ import annotations

from convcalc.lazy import Array, np

# Multiplications in a small product.
SMALL = 100**3
# A product is cut into small ones of at least so many rows and at most so many columns: others are quicker whole.
_LEAST_ROWS, _MOST_COLUMNS = 48, 160


def multiply(x: Array, matrix: Array, out: Array) -> None:
    """``x`` ``(rows, channels)`` times ``matrix`` ``(channels, filters)``, into ``out``."""
    rows = SMALL // max(matrix.size, 1)
    pays = rows >= _LEAST_ROWS and matrix.shape[1] <= _MOST_COLUMNS
    whole = len(x) // rows * rows if pays else 0
    if whole:
        parts = [one[:whole].reshape(-1, rows, one.shape[1]) for one in (x, out)]
        np.matmul(parts[0], matrix, out=parts[1])
    if whole < len(x):
        np.matmul(x[whole:], matrix, out=out[whole:])
