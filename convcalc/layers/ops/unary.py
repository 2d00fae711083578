"""Operations on one tensor that keep its shape, as ``keras.ops.exp(x)`` and ``keras.ops.relu(x)``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcalc.compute.activations import ACTIVATIONS
from convcalc.compute.erf import erf
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.layer import Layer
from convcalc.declare.naming import snake_case
from convcalc.layers import OPERATIONS
from convcalc.layers.ops.operands import Operation
from convcalc.layers.ops.shaping import places
from convcalc.lazy import Array, np
from convcalc.sizes.shapes import Shape


class _Unary(Operation):
    """The function of its name, an activation's or NumPy's, on every value or along an axis."""

    output_dtype = "float32"
    follows_dtype = True
    built_at_init = True

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The function's result."""
        return self.work(x, **self.config)

    def work(self, x: Array, **options: Any) -> Array:
        """The function itself."""
        name = snake_case(self.kind)
        function = ACTIVATIONS[name] if name in ACTIVATIONS else getattr(np, name)
        result: Array = function(x, **options)
        return result


class _Along(_Unary):
    axis: int = arg(t.whole, default=-1, doc="the axis along which the outputs sum to 1")

    def output(self, x: Shape) -> Shape:
        """The input's; `ShapeError` where it has no such axis."""
        places([self.axis], x)
        return x


class Softmax(_Along):
    """The softmax along an axis."""


class LogSoftmax(_Along):
    """The logarithm of the softmax along an axis."""


class LeakyRelu(_Unary):
    """Negative values by a slope."""

    negative_slope: float = arg(t.number, default=0.2, doc="factor of negative values")


class Elu(_Unary):
    """Negative values by an exponential."""

    alpha: float = arg(t.number, default=1.0, doc="what negative values go towards, negated")


class Celu(_Unary):
    """Negative values by an exponential with a smooth slope."""

    alpha: float = arg(t.number, default=1.0, doc="what negative values go towards, negated")


class Gelu(_Unary):
    """Each value by its probability to be the larger one."""

    approximate: bool = arg(t.flag, default=True, doc="whether a tanh stands for the normal distribution")


class Squareplus(_Unary):
    """A smooth ReLU of a square root."""

    b: float = arg(t.number, default=4, doc="how smooth it is")


class _Shrinking(_Unary):
    threshold: float = arg(t.number, default=0.5, doc="the size up to which values become 0")


class HardShrink(_Shrinking):
    """Small values become 0."""


class SoftShrink(_Shrinking):
    """Small values become 0, others are moved towards it."""


class Clip(_Unary):
    """Values held between two bounds."""

    x_min: float = arg(t.number, doc="the lower bound")
    x_max: float = arg(t.number, doc="the upper bound")

    def work(self, x: Array, **options: Any) -> Array:
        """The values within the bounds."""
        return np.clip(x, self.x_min, self.x_max)


class Rsqrt(_Unary):
    """1 / √x."""

    def work(self, x: Array, **options: Any) -> Array:
        """The reciprocal of the root."""
        root: Array = 1 / np.sqrt(x)
        return root


class Erf(_Unary):
    """The error function."""

    def work(self, x: Array, **options: Any) -> Array:
        """2/√π · ∫₀ˣ exp(-t²) dt."""
        return erf(x)


for _name, _module in OPERATIONS.items():
    if _module == "ops.unary" and _name not in Layer.kinds:
        _kind = _name.removeprefix(_Unary.prefix)
        type(_kind, (_Unary,), {"__doc__": f"``{snake_case(_kind)}`` of every value.", "__module__": __name__})
