"""What a trace tells of an activation: smallest, largest, mean and standard deviation."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import cast

from convcalc.lazy import Array, np
from convcalc.sizes import dtypes

_BLOCK = 1 << 16


def is_finite(values: Array) -> Array:
    """Which values are finite: texts are."""
    return np.ones(values.shape, bool) if values.dtype.kind == "U" else np.isfinite(values)


def dtype_of(values: Array) -> str:
    """The dtype by Keras's name."""
    return dtypes.TEXT if values.dtype.kind == "U" else values.dtype.name


def statistics(values: Array) -> tuple[float, float, float, float] | None:
    """Minimum, maximum, mean and (population) standard deviation; None for texts, and without values.

    In float64, block by block, and scaled by a power of two: no sum and no square overflows, and no
    copy of the array is made. A NaN anywhere makes all four NaN.
    """
    if not values.size or values.dtype.kind == "U":
        return None
    low, high = float(values.min()), float(values.max())
    peak = max(abs(low), abs(high))
    scale = 2.0 ** (math.frexp(peak)[1] - 1) if peak and math.isfinite(peak) else 1.0
    with np.errstate(invalid="ignore"):
        mean = sum(float(block.sum()) for block in _blocks(values, scale)) / values.size
        squares = sum(float(np.square(block - mean).sum()) for block in _blocks(values, scale))
    return low, high, mean * scale, math.sqrt(squares / values.size) * scale


def _blocks(values: Array, scale: float) -> Iterator[Array]:
    """Flat pieces of ``values / scale`` in float64, in whatever order they lie in memory."""
    for piece in np.nditer(values, flags=["external_loop", "buffered"], order="K", buffersize=_BLOCK):
        block = cast("Array", piece)
        for start in range(0, block.size, _BLOCK):  # a contiguous array comes as a single block
            yield block[start : start + _BLOCK].astype(np.float64) / scale
