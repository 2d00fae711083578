"""Normalisation: (x - mean) / √(variance + ε) · γ + β, with the mean and variance of one's choice.

As in Keras, half precision is widened to float32 for the arithmetic, and the result has the input's dtype.
γ (`gamma`) and β (`beta`) may be None: 1 and 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.lazy import Array, np

if TYPE_CHECKING:
    from collections.abc import Sequence


def batch_norm(
    x: Array,
    mean: Array,
    variance: Array,
    gamma: Array | None,
    beta: Array | None,
    epsilon: float,
    axis: int = -1,
) -> Array:
    """Inference: each channel by its moving mean and variance; all four vectors have shape (channels,).

    Ioffe & Szegedy 2015, https://arxiv.org/abs/1502.03167.
    """
    y = _standardized(x, _along(mean, x, (axis,)), _along(variance, x, (axis,)), epsilon)
    return _affine(y, gamma, beta, (axis,)).astype(x.dtype, copy=False)


def scale_and_shift(
    mean: Array, variance: Array, gamma: Array | None, beta: Array | None, epsilon: float
) -> tuple[Array, Array]:
    """What `batch_norm` multiplies each channel by and then adds: γ / √(variance + ε), and β - mean × that."""
    scale = (1 if gamma is None else gamma) / np.sqrt(variance + np.asarray(epsilon, variance.dtype))
    return scale, (0 if beta is None else beta) - mean * scale


def layer_norm(
    x: Array,
    axes: Sequence[int],
    gamma: Array | None,
    beta: Array | None,
    epsilon: float,
    rms_scaling: bool = False,
) -> Array:
    """Each example by its own mean and (biased) variance over ``axes``.

    γ and β hold one number for each cell of ``axes``, in the input's order of axes whatever their own shape,
    as Keras reshapes them. ``rms_scaling`` divides by the standard deviation without taking the mean away
    (Keras's deprecated variant, which is not the root mean square: see `rms_norm`).
    Ba et al. 2016, https://arxiv.org/abs/1607.06450.
    """
    mean, variance = _moments(x, axes)
    y = _standardized(x, 0.0 if rms_scaling else mean, variance, epsilon)
    return _affine(y, gamma, beta, axes).astype(x.dtype, copy=False)


def group_norm(x: Array, groups: int, gamma: Array | None, beta: Array | None, epsilon: float, axis: int = -1) -> Array:
    """Each example's ``groups`` contiguous blocks of channels, each by the mean and variance of its cells.

    ``axis`` holds the channels, a multiple of ``groups``. Wu & He 2018, https://arxiv.org/abs/1803.08494.
    """
    axis %= x.ndim
    split = x.reshape(*x.shape[:axis], groups, -1, *x.shape[axis + 1 :])
    mean, variance = _moments(split, [i for i in range(1, split.ndim) if i != axis])
    y = _standardized(split, mean, variance, epsilon)
    return _affine(y, gamma, beta, (axis, axis + 1)).reshape(x.shape).astype(x.dtype, copy=False)


def rms_norm(x: Array, axes: Sequence[int], scale: Array | None, epsilon: float) -> Array:
    """`x` / √(mean(x²) + ε) · scale, the mean over ``axes``; ``scale`` lies along the last axes, as in Keras.

    Zhang & Sennrich 2019, https://arxiv.org/abs/1910.07467.
    """
    y = _standardized(x, 0.0, _mean(np.square(_widened(x)), axes), epsilon)
    return (y if scale is None else y * scale).astype(x.dtype, copy=False)


def unit_norm(x: Array, axes: Sequence[int]) -> Array:
    """`x` / √Σx², the sum over ``axes``; the divisor is at least 1e-12, as in Keras."""
    length = np.sqrt(np.square(x).sum(axis=tuple(axes), keepdims=True))
    y: Array = x / np.maximum(length, 1e-12)
    return y


def by_known(x: Array, mean: Array, variance: Array, *, invert: bool = False) -> Array:
    """(`x` - mean) / √variance, or with ``invert`` `x` · √variance + mean; the deviation is at least 1e-7, as in Keras.

    Mean and variance broadcast to ``x``.
    """
    deviation = np.maximum(np.sqrt(variance), 1e-7)
    y: Array = x * deviation + mean if invert else (x - mean) / deviation
    return y.astype(x.dtype, copy=False)


def _standardized(x: Array, mean: Array | float, variance: Array, epsilon: float) -> Array:
    """(x - mean) / √(variance + ε), a new array."""
    y: Array = _widened(x) - mean
    y /= np.sqrt(variance + epsilon)
    return y


def _affine(y: Array, gamma: Array | None, beta: Array | None, axes: Sequence[int]) -> Array:
    """`y` · γ + β in place, γ and β lying along ``axes``."""
    if gamma is not None:
        y *= _along(gamma, y, axes)
    if beta is not None:
        y += _along(beta, y, axes)
    return y


def _moments(x: Array, axes: Sequence[int]) -> tuple[Array, Array]:
    """Mean and biased variance over ``axes``, which stay with size 1."""
    wide = _widened(x)
    mean = _mean(wide, axes)
    return mean, _mean(np.square(wide - mean), axes)


def _mean(x: Array, axes: Sequence[int]) -> Array:
    # Added up in float64: NumPy adds along outer axes one by one, which in float32 loses digits.
    return np.asarray(x.mean(axis=tuple(axes), keepdims=True, dtype=np.float64)).astype(x.dtype)


def _widened(x: Array) -> Array:
    return x.astype(np.result_type(x, np.float32), copy=False)


def _along(vector: Array, x: Array, axes: Sequence[int]) -> Array:
    """``vector`` reshaped to lie along ``axes`` of ``x`` and to broadcast along the others."""
    lying = {axis % x.ndim for axis in axes}
    return vector.reshape([size if i in lying else 1 for i, size in enumerate(x.shape)])
