"""The statistics of an activation: minimum, maximum, mean and standard deviation."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import cast

from convcalc.lazy import Array, np
from convcalc.sizes import dtypes

_BLOCK = 1 << 16


def is_finite(values: Array) -> Array:
    """A mask of the values that are finite; texts are finite."""
    return np.ones(values.shape, bool) if values.dtype.kind == "U" else np.isfinite(values)


def dtype_of(values: Array) -> str:
    """Keras's name of the dtype."""
    return dtypes.TEXT if values.dtype.kind == "U" else values.dtype.name


def statistics(values: Array) -> tuple[float, float, float, float] | None:
    """Minimum, maximum, mean and (population) standard deviation; None for texts, and without values.

    They are computed in float64, block by block, on values scaled by a power of two: no sum and no square overflows,
    and the array is not copied. A NaN anywhere makes all four NaN.
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
    """Flat blocks of ``values / scale`` in float64, in the order of memory."""
    for piece in np.nditer(values, flags=["external_loop", "buffered"], order="K", buffersize=_BLOCK):
        block = cast("Array", piece)
        for start in range(0, block.size, _BLOCK):  # a contiguous array comes as a single block
            yield block[start : start + _BLOCK].astype(np.float64) / scale
