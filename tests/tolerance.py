"""How far rounding may take a value, from the numbers that are computed: never what one machine happened to give.

Another processor, or another kernel of its BLAS, adds the same products up in another order. The rules:

- A sum of n products is within ``n eps Σ|a||b|`` of the exact one, whatever the order (Higham 2002, "Accuracy and
  Stability of Numerical Algorithms", 3.1); ``eps`` is that of the dtype, the coarsest one where there are several.
- Winograd transforms what it sums: rounding grows by `amplified`, the root mean square of what its matrices do to it.
- An activation bends no more than 1:1. Softmax passes on an absolute error d of its input as a relative one of 2d.
- In a network the error of a sum is like a relative change of n eps in each weight; `allowed` measures what that does.
  Half precision is summed in single precision, and rounded behind.
- Values of Keras are as far from the exact ones as ours: where both are compared, ``sides`` is 2.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from convcalc.compute.kernels.winograd import _matrices

# Units in the last place, beside the sums: a bias, an activation, a sum of two tensors, the result in its dtype.
FEW = 4


def eps(*dtypes: Any) -> float:
    """The spacing of floating-point numbers around 1, of the coarsest dtype; that of float32 without any."""
    floating = [np.finfo(dtype).eps for dtype in dtypes if np.issubdtype(dtype, np.floating)]
    return float(max(floating, default=np.finfo("float32").eps))


def of_sum(terms: float, magnitude: Any, dtype: Any) -> Any:
    """The error of a sum of so many products whose absolute values add up to ``magnitude``."""
    return (terms + FEW) * eps(dtype) * magnitude


def amplified(taps: int = 3, side: int = 6) -> float:
    """How many times the error of a plain sum that of Winograd's is, in tiles of this side.

    Independent errors in the transformed input and kernel are the squares of Bᵀ and G, those of the output of Aᵀ;
    along two axes they multiply.
    """
    g, b, a = _matrices(taps, side)
    return float((a**2 @ ((b**2).sum(1) * (g**2).sum(1))).max() / taps)


def terms(weights: Any) -> int:
    """The most products that a value is the sum of: those of a weight, for each place on its last axis."""
    return max((math.prod(np.shape(w)[:-1]) for w in _values(weights)), default=1)


def allowed(compute: Callable[[Any], Sequence[Any]], weights: Any, *dtypes: Any, sides: int = 1) -> list[float]:
    """How far each output may be off, where ``compute`` gives them for weights, a list of arrays or arrays by name.

    Every value of a weight is changed, up or down, by what rounding does to the sums that it is in; an output may be
    off by as much as it moves, and by a few roundings of its own.
    """
    unit, rng = eps(*dtypes), np.random.default_rng(0)

    def changed(value: Any) -> Any:
        value = np.asarray(value)
        error = _growth(value.shape) * terms([value]) * min(unit, eps("float32")) + FEW * unit
        return value * (1 + error * rng.choice([-1, 1], value.shape)) if value.dtype.kind == "f" else value

    outputs, others = compute(weights), [compute(_map(changed, weights)) for _ in range(2)]
    moved = [max(_largest(np.subtract(z[at], y, dtype="float64")) for z in others) for at, y in enumerate(outputs)]
    return [sides * (change + FEW * unit * _largest(y)) for change, y in zip(moved, outputs, strict=True)]


def _growth(shape: Sequence[int]) -> float:
    """That of Winograd, where it may compute what this kernel is of."""
    square = len(shape) == 4 and shape[0] == shape[1] in (3, 5) and min(shape[2:]) >= 16
    return amplified(shape[0]) if square else 1


def _largest(values: Any) -> float:
    """The largest finite absolute value."""
    values = np.abs(np.asarray(values, "float64"))
    return float(values[np.isfinite(values)].max(initial=0))


def _values(weights: Any) -> list[Any]:
    return [*weights.values()] if isinstance(weights, Mapping) else [*weights]


def _map(function: Callable[[Any], Any], weights: Any) -> Any:
    if isinstance(weights, Mapping):
        return {name: function(value) for name, value in weights.items()}
    return [function(value) for value in weights]
