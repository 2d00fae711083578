"""Blocks of image rows: padded with zeros one block at a time, so that no image is padded whole, and strided views."""

from __future__ import annotations

from collections.abc import Sequence

from convcalc.lazy import Array, np


def strided(x: Array, shape: Sequence[int], strides: Sequence[int]) -> Array:
    """A view of contiguous ``x`` with ``strides`` in bytes; several times faster to make than with `as_strided`."""
    view: Array = np.ndarray(shape, x.dtype, x, strides=strides)
    return view


def copy_padded(x: Array, first: int, left: int, out: Array) -> None:
    """Copies rows of ``x`` ``(images, height, width, channels)``, from row ``first`` on, into ``out``.

    ``out`` is ``(images, rows, width, channels)``; the copy begins at its column ``left``. Cells outside ``x`` become
    zero; ``first`` may be negative.
    """
    rows, width = out.shape[1:3]
    above = min(max(-first, 0), rows)
    below = max(min(x.shape[1] - first, rows), above)
    right = min(left + x.shape[2], width)
    out[:, :above] = out[:, below:] = 0
    out[:, above:below, :left] = out[:, above:below, right:] = 0
    out[:, above:below, left:right] = x[:, first + above : first + below, : right - left]
