"""Several arrays into one: sums, products and the like over the batch, and products of matrices."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from convcalc.compute.bias import plus_bias
from convcalc.lazy import Array, np

if TYPE_CHECKING:
    from collections.abc import Sequence


def aligned(inputs: Sequence[Array]) -> list[Array]:
    """The inputs with as many axes each: ones come after the batch; (b, *n) → (b, 1…, *n)."""
    rank = max(x.ndim for x in inputs)
    return [x.reshape(x.shape[:1] + (1,) * (rank - x.ndim) + x.shape[1:]) for x in inputs]


def add(inputs: Sequence[Array]) -> Array:
    """The sum of all inputs, broadcast."""
    return reduce(plus_bias, inputs)


def mask_like(x: Array, mask: Array | None) -> Array:
    """A mask with the axes of ``x``, each true where ``x`` has none; one with fewer axes gets a last one."""
    if mask is None:
        return np.ones(x.shape, bool)
    return np.logical_or(mask[..., None], np.zeros(x.shape, bool)) if mask.ndim < x.ndim else mask


def dot(x: Array, y: Array, axes: tuple[int, int]) -> Array:
    """Sums of products along an axis of each, sample by sample; (b, *n, k) and (b, k, *m) → (b, *n, *m)."""
    x, y = np.moveaxis(x, axes[0], -1), np.moveaxis(y, axes[1], 1)
    flat = x.reshape(len(x), -1, x.shape[-1]) @ y.reshape(*y.shape[:2], -1)
    free = x.shape[1:-1] + y.shape[2:]
    return flat.reshape(len(x), *(free or (1,)))


def normalize(x: Array, axis: int) -> Array:
    """``x`` at length 1 along an axis; what is shorter than 1e-6 stays short."""
    square = np.sum(np.square(x), axis=axis, keepdims=True)
    unit: Array = x / np.sqrt(np.maximum(square, x.dtype.type(1e-12)))
    return unit
