"""Sums with a bias as Keras computes them on TensorFlow."""

from __future__ import annotations

from convcalc.lazy import Array


def plus_bias(y: Array, bias: Array) -> Array:
    """``y + bias``, but a bias along one axis alone goes to the last axis of that length, else to the second.

    Keras hands it to TensorFlow's ``bias_add``, which knows these two places only: where lengths agree by
    chance the bias of another axis lands there.
    """
    long = [size for size in bias.shape if size > 1]
    if len(long) == 1 and y.ndim > 1 and long[0] in (y.shape[-1], y.shape[1]):
        bias = bias.reshape(long if y.shape[-1] == long[0] else (-1, *(1,) * (y.ndim - 2)))
    total: Array = y + bias
    return total
