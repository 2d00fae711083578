"""Matrix products by panels: small products, which OpenBLAS computes without packing them again, in one thread.

A matrix ``(channels, filters)`` is packed as ``panels`` ``(n, channels, filters of a panel)``; n is 1 where the whole
matrix is faster.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from convcalc.compute.kernels.workspace import Workspace
from convcalc.lazy import Array, np

# Multiplications in a small product.
SMALL = 100**3
# Rows that are multiplied at once, at the least and at the most. With fewer rows, the whole matrix is faster.
_LEAST_ROWS, _MOST_ROWS = 48, 100
# Filters of a panel, and the bytes of a panel that fits in the first-level cache.
_PANEL_WIDTHS, _CACHED = (64, 48, 32), 1 << 15
# With more channels the whole matrix is faster; the limit is higher for few rows.
_MOST_CHANNELS, _MOST_CHANNELS_OF_FEW = 384, 512
# Rows at the least for which a matrix that is used once is packed.
_LEAST_ROWS_ONCE = 1_500
# Threads share fewer rows than this by filters: sharing them by rows, each thread would read the whole matrix.
FEW = 64
# Multiplications at the least, when a thread of its own computes them.
_SHARED = 16_000_000


class Part(NamedTuple):
    """Some filters of a matrix: their panels, and their place among all filters."""

    panels: Array
    filters: slice


def panel_width(channels: int, filters: int, itemsize: int) -> int:
    """The number of filters in a panel, a divisor of ``filters``."""
    whole = [size for size in _PANEL_WIDTHS if filters % size == 0 and channels * size * _LEAST_ROWS <= SMALL]
    cached = [size for size in (filters, *whole) if size * channels * itemsize <= _CACHED]
    return (cached or whole[-1:] or [filters])[0]


def _best_width(shape: Sequence[int], rows: int, itemsize: int, *, once: bool) -> int:
    """The number of filters in a panel for about ``rows`` rows: all filters where packing does not pay."""
    channels, filters = shape
    most = _MOST_CHANNELS if rows > _MOST_ROWS else _MOST_CHANNELS_OF_FEW
    pays = channels <= most and rows >= (_LEAST_ROWS_ONCE if once else _LEAST_ROWS)
    return panel_width(channels, filters, itemsize) if pays else filters


def packed_size(shape: Sequence[int], rows: int, itemsize: int, *, once: bool) -> int:
    """The number of values that `packed` copies, for a matrix of this shape."""
    return math.prod(shape) if _best_width(shape, rows, itemsize, once=once) < shape[1] else 0


def packed(matrix: Array, rows: int, workspace: Workspace, *, once: bool) -> Array:
    """A matrix in panels for about ``rows`` rows; a view of the matrix where one panel is best.

    Panels that are used ``once`` share their memory with the weights of other layers.
    """
    channels, filters = matrix.shape
    size = _best_width(matrix.shape, rows, matrix.itemsize, once=once)
    panels = matrix.reshape(channels, filters // max(size, 1) or 1, size).swapaxes(0, 1)
    if size == filters:
        return panels
    out = workspace.take("weights", panels.shape, matrix.dtype) if once else np.empty(panels.shape, matrix.dtype)
    np.copyto(out, panels)
    return out


def rows_worth_sharing(panels: Array, workspace: Workspace) -> int:
    """The number of rows, multiplied with the matrix, that are worth a thread of their own."""
    return max(_SHARED // max(panels.size, 1), FEW)


def multiply(x: Array, panels: Array, out: Array) -> None:
    """Writes ``x`` ``(…, rows, channels)`` times ``panels`` ``(…, n, channels, filters of a panel)`` into ``out``.

    ``out`` is ``(…, rows, filters)``.
    """
    *outer, count, channels = x.shape
    number, _, size = panels.shape[-3:]
    most = min(SMALL // max(channels * size, 1), _MOST_ROWS)
    cuts = max(-(-count // most), 1) if most >= _LEAST_ROWS else 1
    rows = -(-count // cuts)  # so that the cuts are as equal as possible
    whole = count // max(rows, 1)
    for start, some, each in ((0, whole, rows), (whole * rows, 1, count - whole * rows)):
        if each:
            left, right = (array[..., start : start + some * each, :] for array in (x, out))
            left = left.reshape(*outer, some, 1, each, channels)
            right = right.reshape(*outer, some, each, number, size)
            np.matmul(left, panels[..., None, :, :, :], out=right.swapaxes(-3, -2))


def split_filters(rows: int, panels: Array, workspace: Workspace) -> list[Part]:
    """The parts of a matrix, or of several, that the team's threads multiply with ``rows`` rows: each some filters."""
    number, channels, size = panels.shape[-3:]
    filters, step = number * size, 1 if number == 1 else size
    least = _SHARED // max(rows * channels, 1) + 1
    part = -(-workspace.block_size(filters, filters, least) // step) * step
    if part >= filters:
        return [Part(panels, slice(0, filters))]
    ends = [slice(at, min(at + part, filters)) for at in range(0, filters, part)]
    if number == 1:
        return [Part(panels[..., cut], cut) for cut in ends]
    return [Part(panels[..., cut.start // size : cut.stop // size, :, :], cut) for cut in ends]


def split_few_rows(rows: int, panels: Array, workspace: Workspace) -> list[Part]:
    """`split_filters` for few rows; for more rows the whole matrix, as threads share the rows."""
    return split_filters(rows, panels, workspace) if rows < FEW else [Part(panels, slice(None))]
