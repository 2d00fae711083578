"""Sums with a bias as Keras computes them on TensorFlow."""

from __future__ import annotations

from convcalc.lazy import Array


def plus_bias(y: Array, bias: Array) -> Array:
    """``y + bias``, where a bias with one long axis is added along the last or the second axis of that length.

    Keras calls TensorFlow's ``bias_add``, which knows these two axes only: a bias of another axis is added along one
    of the two if the lengths agree by chance.
    """
    long = [size for size in bias.shape if size > 1]
    if len(long) == 1 and y.ndim > 1 and long[0] in (y.shape[-1], y.shape[1]):
        bias = bias.reshape(long if y.shape[-1] == long[0] else (-1, *(1,) * (y.ndim - 2)))
    total: Array = y + bias
    return total
