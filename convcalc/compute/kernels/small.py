"""Products cut into small ones, which OpenBLAS computes as they lie: without arranging them first, in one thread.

A matrix ``(channels, filters)`` is cut into ``pieces`` ``(n, channels, filters of a piece)``, n being 1 where it is
quicker whole.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from convcalc.compute.kernels.workspace import Workspace
from convcalc.lazy import Array, np

# Multiplications in a small product.
SMALL = 100**3
# Rows that are multiplied at once, at the least and at the most: with fewer, the product is quicker whole.
_LEAST_ROWS, _MOST_ROWS = 48, 100
# Filters of a piece: as many as have weights that the first-level cache holds, in bytes.
_PIECES, _HELD = (64, 48, 32), 1 << 15
# Channels above which a product is quicker whole; more where there are few rows to arrange a large matrix for.
_MOST_CHANNELS, _MOST_CHANNELS_OF_FEW = 384, 512
# Rows at the least for which a matrix is cut that is used once.
_LEAST_ROWS_ONCE = 1_500
# Fewer rows than this are not shared out: all would read the whole matrix for them. They share its filters.
FEW = 64
# Multiplications for a thread of its own at the least.
_SHARED = 16_000_000


class Part(NamedTuple):
    """Some filters of a matrix: their pieces, and where they are."""

    pieces: Array
    filters: slice


def piece(channels: int, filters: int, itemsize: int) -> int:
    """How many filters make a piece, a divisor of ``filters``."""
    whole = [size for size in _PIECES if filters % size == 0 and channels * size * _LEAST_ROWS <= SMALL]
    held = [size for size in (filters, *whole) if size * channels * itemsize <= _HELD]
    return (held or whole[-1:] or [filters])[0]


def _cut(shape: Sequence[int], rows: int, itemsize: int, *, once: bool) -> int:
    """How many filters make a piece for about so many ``rows``; all where arranging them does not pay."""
    channels, filters = shape
    most = _MOST_CHANNELS if rows > _MOST_ROWS else _MOST_CHANNELS_OF_FEW
    pays = channels <= most and rows >= (_LEAST_ROWS_ONCE if once else _LEAST_ROWS)
    return piece(channels, filters, itemsize) if pays else filters


def copied(shape: Sequence[int], rows: int, itemsize: int, *, once: bool) -> int:
    """The values that `arranged` copies, of a matrix of this shape."""
    return math.prod(shape) if _cut(shape, rows, itemsize, once=once) < shape[1] else 0


def arranged(matrix: Array, rows: int, workspace: Workspace, *, once: bool) -> Array:
    """A matrix in pieces that suit about so many ``rows``; the matrix itself where that is one.

    Used ``once``, pieces share their memory with the weights of other layers.
    """
    channels, filters = matrix.shape
    size = _cut(matrix.shape, rows, matrix.itemsize, once=once)
    pieces = matrix.reshape(channels, filters // max(size, 1) or 1, size).swapaxes(0, 1)
    if size == filters:
        return pieces
    out = workspace.take("weights", pieces.shape, matrix.dtype) if once else np.empty(pieces.shape, matrix.dtype)
    np.copyto(out, pieces)
    return out


def least_rows(pieces: Array, workspace: Workspace) -> int:
    """Rows to multiply with a matrix that are worth handing over."""
    return max(_SHARED // max(pieces.size, 1), FEW)


def multiply(x: Array, pieces: Array, out: Array) -> None:
    """Writes the products of ``x`` ``(…, rows, channels)`` with as many matrices to ``out`` ``(…, rows, filters)``."""
    *outer, count, channels = x.shape
    number, _, size = pieces.shape[-3:]
    most = min(SMALL // max(channels * size, 1), _MOST_ROWS)
    cuts = max(-(-count // most), 1) if most >= _LEAST_ROWS else 1
    rows = -(-count // cuts)  # of parts as equal as can be
    whole = count // max(rows, 1)
    for start, some, each in ((0, whole, rows), (whole * rows, 1, count - whole * rows)):
        if each:
            left, right = (one[..., start : start + some * each, :] for one in (x, out))
            left = left.reshape(*outer, some, 1, each, channels)
            right = right.reshape(*outer, some, each, number, size)
            np.matmul(left, pieces[..., None, :, :, :], out=right.swapaxes(-3, -2))


def parts(rows: int, pieces: Array, workspace: Workspace) -> list[Part]:
    """A matrix, or several, as the team shares the filters to multiply so many rows with them."""
    number, channels, size = pieces.shape[-3:]
    filters, step = number * size, 1 if number == 1 else size
    least = _SHARED // max(rows * channels, 1) + 1
    part = -(-workspace.share(filters, filters, least) // step) * step
    if part >= filters:
        return [Part(pieces, slice(0, filters))]
    ends = [slice(at, min(at + part, filters)) for at in range(0, filters, part)]
    if number == 1:
        return [Part(pieces[..., one], one) for one in ends]
    return [Part(pieces[..., one.start // size : one.stop // size, :, :], one) for one in ends]


def shared(rows: int, pieces: Array, workspace: Workspace) -> list[Part]:
    """`parts` of few rows; all of the matrix for more, which share it by rows."""
    return parts(rows, pieces, workspace) if rows < FEW else [Part(pieces, slice(None))]
