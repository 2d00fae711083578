"""Products small enough that OpenBLAS computes them as they lie: without arranging them first, and in one thread."""

from __future__ import annotations

from convcalc.compute.kernels.workspace import Workspace
from convcalc.lazy import Array, np

# Multiplications in a small product.
SMALL = 100**3
# A product is cut into small ones of at least so many rows and at most so many columns: others are quicker whole.
_LEAST_ROWS, _MOST_COLUMNS = 48, 160
# Fewer rows than this are not shared among threads: each would read the whole matrix for them. They share its columns.
FEW = 64
# Multiplications for a thread of its own at the least.
_SHARED = 4_000_000


def least_rows(matrix: Array) -> int:
    """Rows to multiply with ``matrix`` that are worth a thread of their own."""
    return max(_SHARED // max(matrix.size, 1), FEW)


def multiply(x: Array, matrix: Array, out: Array, workspace: Workspace) -> None:
    """``x`` ``(rows, channels)`` times ``matrix`` ``(channels, filters)``, into ``out``."""
    filters = matrix.shape[1]
    part = workspace.share(filters, filters, _SHARED // max(x.size, 1) + 1) if len(x) < FEW else filters
    if part == filters:
        _multiply(x, matrix, out)
        return
    parts = [slice(at, at + part) for at in range(0, filters, part)]
    workspace.each(lambda columns: _multiply(x, matrix[:, columns], out[:, columns]), parts)


def _multiply(x: Array, matrix: Array, out: Array) -> None:
    rows = SMALL // max(matrix.size, 1)
    pays = rows >= _LEAST_ROWS and matrix.shape[1] <= _MOST_COLUMNS
    whole = len(x) // rows * rows if pays else 0
    if whole:
        parts = [one[:whole].reshape(-1, rows, one.shape[1]) for one in (x, out)]
        np.matmul(parts[0], matrix, out=parts[1])
    if whole < len(x):
        np.matmul(x[whole:], matrix, out=out[whole:])
