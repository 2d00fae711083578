"""Normalisation: (x - mean) / √(variance + ε) · γ + β, where each function has its own mean and variance.

As in Keras, half precision is computed in float32, and the result has the input's dtype. γ (`gamma`) and β (`beta`) may
be None, which means 1 and 0.
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
    """Batch normalisation at inference: each channel with its moving mean and variance, all ``(channels,)``.

    Ioffe & Szegedy 2015, https://arxiv.org/abs/1502.03167.
    """
    y = _standardized(x, _along(mean, x, (axis,)), _along(variance, x, (axis,)), epsilon)
    return _affine(y, gamma, beta, (axis,)).astype(x.dtype, copy=False)


def scale_and_shift(
    mean: Array, variance: Array, gamma: Array | None, beta: Array | None, epsilon: float
) -> tuple[Array, Array]:
    """The scale γ / √(variance + ε) and the shift β - mean × scale of `batch_norm`, both ``(channels,)``."""
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
    """Layer normalisation: each sample with its own mean and biased variance over ``axes``.

    γ and β have one number for each cell of ``axes``, in the input's order of axes; Keras reshapes them so.
    ``rms_scaling``, Keras's deprecated variant, does not subtract the mean, but divides by the standard deviation; it
    is not the root mean square of `rms_norm`. Ba et al. 2016, https://arxiv.org/abs/1607.06450.
    """
    mean, variance = _moments(x, axes)
    y = _standardized(x, 0.0 if rms_scaling else mean, variance, epsilon)
    return _affine(y, gamma, beta, axes).astype(x.dtype, copy=False)


def group_norm(x: Array, groups: int, gamma: Array | None, beta: Array | None, epsilon: float, axis: int = -1) -> Array:
    """Group normalisation: each of ``groups`` blocks of channels of a sample with its own mean and variance.

    ``axis`` has the channels, a multiple of ``groups``. Wu & He 2018, https://arxiv.org/abs/1803.08494.
    """
    axis %= x.ndim
    split = x.reshape(*x.shape[:axis], groups, -1, *x.shape[axis + 1 :])
    mean, variance = _moments(split, [i for i in range(1, split.ndim) if i != axis])
    y = _standardized(split, mean, variance, epsilon)
    return _affine(y, gamma, beta, (axis, axis + 1)).reshape(x.shape).astype(x.dtype, copy=False)


def rms_norm(x: Array, axes: Sequence[int], scale: Array | None, epsilon: float) -> Array:
    """`x` / √(mean(x²) + ε) · scale, the mean over ``axes``; ``scale`` broadcasts along the last axes, as in Keras.

    Zhang & Sennrich 2019, https://arxiv.org/abs/1910.07467.
    """
    y = _standardized(x, 0.0, _mean(np.square(_widened(x)), axes), epsilon)
    return (y if scale is None else y * scale).astype(x.dtype, copy=False)


def unit_norm(x: Array, axes: Sequence[int]) -> Array:
    """`x` / max(√Σx², 1e-12), the sum over ``axes``, as in Keras."""
    length = np.sqrt(np.square(x).sum(axis=tuple(axes), keepdims=True))
    y: Array = x / np.maximum(length, 1e-12)
    return y


def standardize(x: Array, mean: Array, variance: Array, *, invert: bool = False) -> Array:
    """(`x` - mean) / √variance, or with ``invert`` `x` · √variance + mean. Mean and variance broadcast to ``x``.

    The standard deviation is at least 1e-7, as in Keras.
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
    """`y` · γ + β, computed in place, with γ and β along ``axes``."""
    if gamma is not None:
        y *= _along(gamma, y, axes)
    if beta is not None:
        y += _along(beta, y, axes)
    return y


def _moments(x: Array, axes: Sequence[int]) -> tuple[Array, Array]:
    """The mean and the biased variance over ``axes``, which become axes of size 1."""
    wide = _widened(x)
    mean = _mean(wide, axes)
    return mean, _mean(np.square(wide - mean), axes)


def _mean(x: Array, axes: Sequence[int]) -> Array:
    # The sum is in float64: NumPy adds along outer axes one by one, and float32 would lose digits.
    return np.asarray(x.mean(axis=tuple(axes), keepdims=True, dtype=np.float64)).astype(x.dtype)


def _widened(x: Array) -> Array:
    return x.astype(np.result_type(x, np.float32), copy=False)


def _along(vector: Array, x: Array, axes: Sequence[int]) -> Array:
    """``vector`` reshaped to the axes ``axes`` of ``x``, so that it broadcasts along the others."""
    positive = {axis % x.ndim for axis in axes}
    return vector.reshape([size if i in positive else 1 for i, size in enumerate(x.shape)])
