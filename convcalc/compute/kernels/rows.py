"""Rows of zero-padded images, made block by block: no image is ever padded whole."""

from __future__ import annotations

from convcalc.lazy import Array


def copy_padded(x: Array, first: int, left: int, out: Array) -> None:
    """Fills ``out`` ``(images, rows, width, channels)`` with rows ``first``… of ``x``, ``left`` cells in.

    What lies outside of ``x`` ``(images, height, width, channels)`` is zero; ``first`` may be negative.
    """
    rows, width = out.shape[1:3]
    above = min(max(-first, 0), rows)
    below = max(min(x.shape[1] - first, rows), above)
    right = min(left + x.shape[2], width)
    out[:, :above] = out[:, below:] = 0
    out[:, above:below, :left] = out[:, above:below, right:] = 0
    out[:, above:below, left:right] = x[:, first + above : first + below, : right - left]
