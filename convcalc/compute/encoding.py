"""Whole numbers as vectors of zeros and ones, or of counts."""

from __future__ import annotations

from convcalc.lazy import Array, np


def one_hot(x: Array, depth: int) -> Array:
    """(…) → (…, depth): 1 at each index, cut to a whole number; nothing but 0 where it is outside."""
    hits: Array = x.astype("int64")[..., None] == np.arange(depth)
    return hits.astype("float32")


def counts(x: Array, depth: int, weights: Array | None = None) -> Array:
    """(batch, n, …) → (batch, …, depth): how often each index occurs along axis 1, in a vector along axis 0.

    Each counts as 1, or as its weight. Keras counts along axis 1 whatever the rank, though its documentation and
    its shape rule say the last.
    """
    axis = min(1, x.ndim - 1)
    total = np.zeros((*x.shape[:axis], *x.shape[axis + 1 :], depth), "float32")
    each = np.ones_like(x, "float32") if weights is None else np.broadcast_to(weights, x.shape)
    for part, weight in zip(np.moveaxis(x, axis, 0), np.moveaxis(each, axis, 0), strict=True):
        total += one_hot(part, depth) * weight[..., None]
    return total


def encode(x: Array, mode: str, depth: int, weights: Array | None = None) -> Array:
    """Indices by one of Keras's output modes: one_hot, multi_hot, count; ``weights`` are what each counts as."""
    if mode == "one_hot":
        return one_hot(x[..., 0] if x.ndim > 1 and x.shape[-1] == 1 else x, depth)
    total = counts(x, depth, weights)
    return np.minimum(total, 1, dtype=total.dtype) if mode == "multi_hot" else total
