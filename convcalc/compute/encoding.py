"""Encodings of whole numbers as vectors: one-hot, multi-hot, counts."""

from __future__ import annotations

from convcalc.lazy import Array, np


def one_hot(x: Array, depth: int) -> Array:
    """The one-hot vectors of indices: ``(…)`` → ``(…, depth)``, float32.

    Fractions are cut off; an index outside the range gives a vector of zeros.
    """
    hits: Array = x.astype("int64")[..., None] == np.arange(depth)
    return hits.astype("float32")


def counts(x: Array, depth: int, weights: Array | None = None) -> Array:
    """How often each index occurs along axis 1: ``(batch, n, …)`` → ``(batch, …, depth)``; of a vector along axis 0.

    Each occurrence counts as 1, or as its weight. Keras counts along axis 1 for every rank, although its documentation
    and its shape rule say the last axis.
    """
    axis = min(1, x.ndim - 1)
    total = np.zeros((*x.shape[:axis], *x.shape[axis + 1 :], depth), "float32")
    each = np.ones_like(x, "float32") if weights is None else np.broadcast_to(weights, x.shape)
    for part, weight in zip(np.moveaxis(x, axis, 0), np.moveaxis(each, axis, 0), strict=True):
        total += one_hot(part, depth) * weight[..., None]
    return total


def encode(x: Array, mode: str, depth: int, weights: Array | None = None) -> Array:
    """The indices in one of Keras's output modes: one_hot, multi_hot or count, where ``weights`` may be given."""
    if mode == "one_hot":
        return one_hot(x[..., 0] if x.ndim > 1 and x.shape[-1] == 1 else x, depth)
    total = counts(x, depth, weights)
    return np.minimum(total, 1, dtype=total.dtype) if mode == "multi_hot" else total
