"""Several arrays merged into one: sums, products, extremes, and products of matrices."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

from convcalc.compute.bias import plus_bias
from convcalc.lazy import Array, np

if TYPE_CHECKING:
    from collections.abc import Sequence


def aligned(inputs: Sequence[Array]) -> list[Array]:
    """The inputs with equal numbers of axes: ``(batch, *n)`` → ``(batch, 1…, *n)``."""
    rank = max(x.ndim for x in inputs)
    return [x.reshape(x.shape[:1] + (1,) * (rank - x.ndim) + x.shape[1:]) for x in inputs]


def add(inputs: Sequence[Array]) -> Array:
    """The sum of all inputs, broadcast."""
    return reduce(plus_bias, inputs)


def multiply(inputs: Sequence[Array], masks: Sequence[Array | None]) -> Array:
    """The product of all inputs; masked values, by masks ``(batch, n)``, count as 1. 0 where all are masked."""
    wide = [_by_value(mask, x) for x, mask in zip(inputs, masks, strict=True)]
    ones = [x if mask is None else np.where(mask, x, x.dtype.type(1)) for x, mask in zip(inputs, wide, strict=True)]
    y: Array = reduce(np.multiply, ones)
    given = [mask for mask in wide if mask is not None]
    return np.where(reduce(np.logical_or, given), y, y.dtype.type(0)) if len(given) == len(inputs) else y


def extreme(better: Any, inputs: Sequence[Array], masks: Sequence[Array | None]) -> Array:
    """The maximum or minimum, by ``better``, of all inputs, without values that masks ``(batch, n)`` leave out."""
    y, seen = inputs[0], _by_value(masks[0], inputs[0])
    for x, of_x in zip(inputs[1:], masks[1:], strict=True):
        mask = _by_value(of_x, x)
        other = x if mask is None else np.where(mask, x, y)
        y = better(y if seen is None else np.where(seen, y, other), other)
        seen = None if mask is None or seen is None else np.logical_or(seen, mask)
    return y


def _by_value(mask: Array | None, x: Array) -> Array | None:
    """A mask with a last axis added, broadcast to ``x``."""
    return None if mask is None else np.broadcast_to(mask[..., None], x.shape)


def dot(x: Array, y: Array, axes: tuple[int, int]) -> Array:
    """Sums of products along an axis of each, for each sample: (b, *n, k) and (b, k, *m) → (b, *n, *m)."""
    x, y = np.moveaxis(x, axes[0], -1), np.moveaxis(y, axes[1], 1)
    flat = x.reshape(len(x), -1, x.shape[-1]) @ y.reshape(*y.shape[:2], -1)
    free = x.shape[1:-1] + y.shape[2:]
    return flat.reshape(len(x), *(free or (1,)))


def normalize(x: Array, axis: int) -> Array:
    """`x` divided by its length along ``axis``, where a length below 1e-6 counts as 1e-6."""
    square = np.sum(np.square(x), axis=axis, keepdims=True)
    unit: Array = x / np.sqrt(np.maximum(square, x.dtype.type(1e-12)))
    return unit
