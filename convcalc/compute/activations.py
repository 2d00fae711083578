"""Activation functions, by the names that Keras 3 accepts. Each keeps its input's shape and float dtype.

Formulas and default options come from `keras.activations`. No intermediate value overflows where the result is finite.
Importing the table does not load NumPy.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from convcalc.compute.erf import erf
from convcalc.lazy import Array, np

# Klambauer et al. 2017, https://arxiv.org/abs/1706.02515: zero mean and unit variance are a fixed point.
_SELU_SCALE, _SELU_ALPHA = 1.0507009873554805, 1.6732632423543772

# The logit of a place where a mask is false.
MASKED_LOGIT = -1e9


def linear(x: Array) -> Array:
    """The input itself."""
    return x


def relu(x: Array, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Array:
    """min(x, max_value) above ``threshold``, negative_slope · (x - threshold) elsewhere."""
    top = np.inf if max_value is None else max_value
    if threshold == 0 and negative_slope == 0:
        return np.clip(x, 0.0, top)
    # A slope of 0 is not multiplied: 0 · -inf would be NaN.
    below = negative_slope * (x - threshold) if negative_slope else np.zeros_like(x)
    return np.where(x > threshold, np.minimum(x, top), below)


def relu6(x: Array) -> Array:
    """`x` clipped to [0, 6]."""
    return relu(x, max_value=6.0)


def leaky_relu(x: Array, negative_slope: float | Array = 0.2) -> Array:
    """`x` above 0, negative_slope · x below."""
    return np.maximum(x, 0.0) + negative_slope * np.minimum(x, 0.0)


def elu(x: Array, alpha: float = 1.0) -> Array:
    """`x` above 0, alpha · (exp(x) - 1) below. Clevert et al. 2016, https://arxiv.org/abs/1511.07289."""
    return np.maximum(x, 0.0) + alpha * np.expm1(np.minimum(x, 0.0))


def selu(x: Array) -> Array:
    """Scaled `elu`: the two constants keep mean 0 and variance 1 through deep stacks."""
    return _SELU_SCALE * elu(x, _SELU_ALPHA)


def celu(x: Array, alpha: float = 1.0) -> Array:
    """max(x, 0) + alpha · (exp(min(x, 0) / alpha) - 1). Barron 2017, https://arxiv.org/abs/1704.07483."""
    return np.maximum(x, 0.0) + alpha * np.expm1(np.minimum(x, 0.0) / alpha)


def gelu(x: Array, approximate: bool = False) -> Array:
    """`x` · Φ(x), where Φ is the normal distribution function; ``approximate`` uses a tanh instead of Φ.

    Hendrycks & Gimpel 2016, https://arxiv.org/abs/1606.08415.
    """
    if approximate:
        return 0.5 * x * (1.0 + np.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * x * x * x)))
    return 0.5 * x * (1.0 + erf(x * math.sqrt(0.5)))


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x))."""
    # Exponentials of the negative side only: they cannot overflow.
    return np.exp(np.minimum(x, 0.0)) / (1.0 + np.exp(-np.abs(x)))


def tanh(x: Array) -> Array:
    """Hyperbolic tangent."""
    return np.tanh(x)


def softplus(x: Array) -> Array:
    """log(1 + exp(x)), as max(x, 0) + log(1 + exp(-|x|))."""
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


def softsign(x: Array) -> Array:
    """`x` / (1 + |x|)."""
    return x / (1.0 + np.abs(x))


def exponential(x: Array) -> Array:
    """exp(x), infinite where it is too large for the dtype."""
    with np.errstate(over="ignore"):
        return np.exp(x)


def silu(x: Array) -> Array:
    """`x` · sigmoid(x), also called swish. Ramachandran et al. 2017, https://arxiv.org/abs/1710.05941."""
    return x * sigmoid(x)


def mish(x: Array) -> Array:
    """`x` · tanh(softplus(x)). Misra 2019, https://arxiv.org/abs/1908.08681."""
    return x * np.tanh(softplus(x))


def log_sigmoid(x: Array) -> Array:
    """log(sigmoid(x)) = -softplus(-x)."""
    return -softplus(-x)


def hard_sigmoid(x: Array) -> Array:
    """relu6(x + 3) / 6; Keras 2 had clip(0.2 x + 0.5, 0, 1) under this name."""
    return relu6(x + 3.0) / 6.0


def hard_silu(x: Array) -> Array:
    """`x` · hard_sigmoid(x), also called hard swish. Howard et al. 2019, https://arxiv.org/abs/1905.02244."""
    return x * hard_sigmoid(x)


def hard_tanh(x: Array) -> Array:
    """`x` clipped to [-1, 1]."""
    return np.clip(x, -1.0, 1.0)


def hard_shrink(x: Array, threshold: float = 0.5) -> Array:
    """`x` where |x| > threshold, else 0."""
    return np.where(np.abs(x) > threshold, x, np.zeros_like(x))


def soft_shrink(x: Array, threshold: float = 0.5) -> Array:
    """`x` moved towards 0 by ``threshold``, and 0 where |x| ≤ threshold."""
    return np.where(x > threshold, x - threshold, np.where(x < -threshold, x + threshold, np.zeros_like(x)))


def tanh_shrink(x: Array) -> Array:
    """`x` - tanh(x)."""
    return x - np.tanh(x)


def threshold(x: Array, threshold: float, default_value: float) -> Array:
    """`x` above ``threshold``, ``default_value`` elsewhere. Neither option has a default."""
    return np.where(x > threshold, x, np.full_like(x, default_value))


def squareplus(x: Array, b: float = 4.0) -> Array:
    """(x + √(x² + b)) / 2. Barron 2021, https://arxiv.org/abs/2112.11687."""
    return (x + np.sqrt(x * x + b)) / 2.0


def sparse_plus(x: Array) -> Array:
    """0 for x ≤ -1, (x + 1)² / 4 for x between -1 and 1, x for x ≥ 1."""
    return np.where(x < 1, 0.25 * np.square(np.clip(x, -1.0, 1.0) + 1.0), x)


def sparse_sigmoid(x: Array) -> Array:
    """0 for x ≤ -1, (x + 1) / 2 for x between -1 and 1, 1 for x ≥ 1."""
    return 0.5 * (np.clip(x, -1.0, 1.0) + 1.0)


def glu(x: Array, axis: int = -1) -> Array:
    """`a` · sigmoid(b), where a and b are the halves of ``x`` along ``axis``; `ValueError` for an odd size.

    Dauphin et al. 2017, https://arxiv.org/abs/1612.08083.
    """
    if x.shape[axis] % 2:
        raise ValueError(f"glu halves axis {axis}, whose size {x.shape[axis]} is odd")
    value, gate = np.split(x, 2, axis=axis)
    return value * sigmoid(gate)


def masked_softmax(x: Array, mask: Array, axis: int | Sequence[int] = -1) -> Array:
    """`softmax` over the places where ``mask`` is true, and 0 elsewhere; the mask broadcasts to ``x``."""
    mask = np.broadcast_to(mask, x.shape)
    return np.where(mask, softmax(np.where(mask, x, x.dtype.type(MASKED_LOGIT)), axis), x.dtype.type(0))


def softmax(x: Array, axis: int | Sequence[int] = -1, out: Array | None = None) -> Array:
    """exp(x) / Σ exp(x), the sum over one axis or several; the result is written to ``out``, which may be ``x``."""
    axes = _axes(axis)
    y: Array = np.subtract(x, x.max(axis=axes, keepdims=True), out=out)
    np.exp(y, out=y)
    y /= y.sum(axis=axes, keepdims=True)
    return y


def log_softmax(x: Array, axis: int | Sequence[int] = -1) -> Array:
    """log(softmax(x)), computed as a difference, because the softmax may round to 0."""
    axes = _axes(axis)
    y: Array = x - x.max(axis=axes, keepdims=True)
    y -= np.log(np.exp(y).sum(axis=axes, keepdims=True))
    return y


def _axes(axis: int | Sequence[int]) -> int | tuple[int, ...]:
    return axis if isinstance(axis, int) else tuple(axis)


def sparsemax(x: Array, axis: int = -1) -> Array:
    """max(x - τ, 0), with τ as Keras 3 computes it, which is not the τ of the paper.

    Martins & Astudillo 2016, https://arxiv.org/abs/1602.02068, has τ = (sum of the support - 1) / size of the support.
    Keras 3.15 adds up the running sums of the support instead, so that the outputs sum to 1 only where the support
    has one entry. This function gives Keras's numbers: [0.3, 0.2, 0.1] → [0.1667, 0.0667, 0].
    """
    descending = -np.sort(-x, axis=axis)
    running = np.cumsum(descending, axis=axis, dtype=x.dtype)
    rank_shape = [1] * x.ndim
    rank_shape[axis] = -1
    rank = np.arange(1, x.shape[axis] + 1, dtype=x.dtype).reshape(rank_shape)
    support = descending > (running - 1.0) / rank
    size = support.sum(axis=axis, keepdims=True, dtype=x.dtype)
    # Beyond 2²⁴ float32 loses the 1, and the support is empty: the result is infinite, as in Keras.
    with np.errstate(divide="ignore"):
        tau = (np.where(support, running, np.zeros_like(x)).sum(axis=axis, keepdims=True) - 1.0) / size
    y: Array = np.maximum(x - tau, 0.0)
    return y


_FUNCTIONS: tuple[Callable[..., Array], ...] = (
    celu, elu, exponential, gelu, glu, hard_shrink, hard_sigmoid, hard_silu, hard_tanh, leaky_relu,
    linear, log_sigmoid, log_softmax, mish, relu, relu6, selu, sigmoid, silu, soft_shrink, softmax,
    softplus, softsign, sparse_plus, sparse_sigmoid, sparsemax, squareplus, tanh, tanh_shrink, threshold,
)  # fmt: skip

# Exactly the strings that `keras.activations.get` accepts: lower case only, no class names, two aliases.
ACTIVATIONS: dict[str, Callable[..., Array]] = {
    **{function.__name__: function for function in _FUNCTIONS},
    "swish": silu,
    "hard_swish": hard_silu,
}


def function(activation: Any) -> Callable[[Array], Array]:
    """The function of an activation, given by name or as an activation layer; `ValueError` for Python code."""
    if isinstance(activation, str):
        return ACTIVATIONS[activation]
    if isinstance(activation, Mapping):
        raise ValueError("its activation is Python code, which is never run")
    return partial(activation.apply, ())
