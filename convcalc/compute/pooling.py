"""Plain pooling over any number of spatial axes.

A maximum or a mean is computed axis by axis, so that the work grows with the sum of a window's sizes and not with their
product.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.compute.padding import pad
from convcalc.lazy import Array, np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from convcalc.compute.padding import Pads


def max_pool(x: Array, sizes: Sequence[int], strides: Sequence[int], pads: Pads) -> Array:
    """The maximum of each window: (batch, *n, c) → (batch, *((n + before + after - size) // stride + 1), c).

    Padded cells are never the maximum.
    """
    x = pad(x, pads, fill=-np.inf)
    for axis, (size, stride) in enumerate(zip(sizes, strides, strict=True), start=1):
        x = _reduce(np.maximum, x, axis, size, stride)
    return x


def average_pool(x: Array, sizes: Sequence[int], strides: Sequence[int], pads: Pads) -> Array:
    """The mean of each window's cells, where padded cells count neither in the sum nor in the divisor.

    Shapes are the same as in `max_pool`.
    """
    x = pad(x, pads)
    for axis, (size, stride, around) in enumerate(zip(sizes, strides, pads, strict=True), start=1):
        real = pad(np.ones((1, x.shape[axis] - sum(around), 1), x.dtype), [around])
        cells = _reduce(np.add, real, 1, size, stride)
        # A window's divisor is the product of its divisors along each axis, so that each axis divides by its own.
        x = _reduce(np.add, x, axis, size, stride) / cells.reshape([-1] + [1] * (x.ndim - 1 - axis))
    return x


def _reduce(combine: np.ufunc, x: Array, axis: int, size: int, stride: int) -> Array:
    """The result of ``combine`` over each window of ``size`` cells along ``axis``, one pass for every tap."""
    reach = x.shape[axis] - size + 1
    taps = (x[(slice(None),) * axis + (slice(tap, tap + reach, stride),)] for tap in range(size))
    out = next(taps).copy()
    for tap in taps:
        combine(out, tap, out=out)
    return out


def global_max_pool(x: Array, keepdims: bool = False) -> Array:
    """The maximum over all spatial axes: (batch, *n, c) → (batch, c), or (batch, 1…, c) with ``keepdims``."""
    return np.asarray(x.max(axis=_spatial(x), keepdims=keepdims))


def global_average_pool(x: Array, keepdims: bool = False) -> Array:
    """The mean over all spatial axes: (batch, *n, c) → (batch, c), or (batch, 1…, c) with ``keepdims``."""
    # NumPy adds along outer axes one by one: in float32 a large image would lose digits.
    return np.asarray(x.mean(axis=_spatial(x), keepdims=keepdims, dtype=np.float64)).astype(x.dtype)


def masked_mean(x: Array, mask: Array, axis: int, keepdims: bool) -> Array:
    """The mean along ``axis`` of the steps where ``mask`` ``(batch, n)`` is true; NaN without such a step."""
    wide = np.expand_dims(mask, 3 - axis)
    total = np.sum(np.where(wide, x, x.dtype.type(0)), axis=axis, keepdims=keepdims, dtype=np.float64)
    count = np.sum(wide, axis=axis, keepdims=keepdims, dtype=np.float64)
    return np.asarray(total / count).astype(x.dtype)


def _spatial(x: Array) -> tuple[int, ...]:
    return tuple(range(1, x.ndim - 1))


def adaptive_max_pool(x: Array, sizes: Sequence[int]) -> Array:
    """The maximum of each of ``sizes`` windows along every axis: (batch, *n, c) → (batch, *sizes, c).

    Window i of o windows on n cells has the cells from ⌊i n / o⌋ up to ⌈(i + 1) n / o⌉.
    """
    return _adaptive(np.max, x, sizes)


def adaptive_average_pool(x: Array, sizes: Sequence[int]) -> Array:
    """The mean of each of ``sizes`` windows along every axis; windows and shapes as in `adaptive_max_pool`."""
    return _adaptive(np.mean, x, sizes)


def _adaptive(reduce: Callable[..., Any], x: Array, sizes: Sequence[int]) -> Array:
    for axis, size in enumerate(sizes, start=1):
        n = x.shape[axis]
        cuts = ((i * n // size, -(-(i + 1) * n // size)) for i in range(size))
        cells = [reduce(x[(slice(None),) * axis + (slice(*cut),)], axis=axis) for cut in cuts]
        x = np.stack(cells, axis)
    return x
