"""Functions of every value, as ``keras.ops.exp(x)``, and activations, as ``keras.ops.relu(x)``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcalc.compute.activations import ACTIVATIONS
from convcalc.compute.erf import erf
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.naming import snake_case
from convcalc.layers.ops.operands import COUNTED, FRACTION, SINGLE, Operation, places
from convcalc.lazy import Array, np
from convcalc.sizes.shapes import Shape


class Unary(Operation):
    """The function of its name, an activation's or NumPy's, on every value or along an axis."""

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The function's result."""
        return self.function(x, **self.config)

    def function(self, x: Array, **options: Any) -> Array:
        """The function itself."""
        name = snake_case(self.kind)
        function = ACTIVATIONS[name] if name in ACTIVATIONS else getattr(np, name)
        result: Array = function(x, **options)
        return result


class Fractions(Operation):
    """A function of every value that gives fractions, whatever the input's dtype is."""

    gives = FRACTION
    forward = Unary.forward
    function = Unary.function


class _Along(Operation):
    """The activation of its name along an axis."""

    axis: tuple[int, ...] = arg(t.indices, default=-1, doc="the axes along which the outputs sum to 1")

    def output(self, x: Shape) -> Shape:
        """The input's shape; `ShapeError` where it has no such axis."""
        places(self.axis, x)
        return x

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The activation's result."""
        return ACTIVATIONS[snake_case(self.kind)](x, axis=self.axis)


class Softmax(_Along):
    """The softmax along an axis."""


class LogSoftmax(_Along):
    """The logarithm of the softmax along an axis."""


_threshold: Any = arg(t.number, default=0.5, doc="the size up to which values become 0")


class LeakyRelu(Unary):
    """Negative values by a slope."""

    negative_slope: float = arg(t.number, default=0.2, doc="factor of negative values")


class Elu(Unary):
    """Negative values by an exponential."""

    alpha: float = arg(t.number, default=1.0, doc="what negative values go towards, negated")


class Celu(Unary):
    """Negative values by an exponential with a smooth slope."""

    alpha: float = arg(t.number, default=1.0, doc="what negative values go towards, negated")


class Gelu(Unary):
    """Each value by its probability to be the larger one."""

    approximate: bool = arg(t.flag, default=True, doc="whether a tanh stands for the normal distribution")


class Squareplus(Unary):
    """A smooth ReLU of a square root."""

    b: float = arg(t.number, default=4, doc="how smooth it is")


class HardShrink(Unary):
    """Small values become 0."""

    threshold: float = _threshold


class SoftShrink(Unary):
    """Small values become 0, others are moved towards it."""

    threshold: float = _threshold


class Clip(Unary):
    """Values held between two bounds."""

    gives = COUNTED
    x_min: float = arg(t.number, doc="the lower bound")
    x_max: float = arg(t.number, doc="the upper bound")

    def function(self, x: Array, **options: Any) -> Array:
        """The values within the bounds."""
        return np.clip(x, self.x_min, self.x_max)


class Rsqrt(Unary):
    """1 / √x."""

    def function(self, x: Array, **options: Any) -> Array:
        """The reciprocal of the root."""
        root: Array = 1 / np.sqrt(x)
        return root


class Erf(Unary):
    """The error function."""

    def function(self, x: Array, **options: Any) -> Array:
        """2/√π · ∫₀ˣ exp(-t²) dt."""
        return erf(x)


class Absolute(Unary):
    """The size of every value, without its sign."""


class Negative(Unary):
    """Every value with the other sign."""


class Square(Unary):
    """The square of every value."""

    gives = COUNTED


class Sqrt(Fractions):
    """The square root of every value."""


class Reciprocal(Unary):
    """1 / x."""

    gives = SINGLE


class Exp(Fractions):
    """e to the power of every value."""


class Expm1(Fractions):
    """e to the power of every value, less 1."""


class Log(Fractions):
    """The natural logarithm of every value."""


class Log1p(Fractions):
    """The natural logarithm of every value plus 1."""


class Log2(Fractions):
    """The logarithm of every value to base 2."""


class Log10(Fractions):
    """The logarithm of every value to base 10."""


class Sign(Unary):
    """-1, 0 or 1, by the sign of every value."""


class Floor(Fractions):
    """The nearest whole number below every value."""


class Ceil(Fractions):
    """The nearest whole number above every value."""


class Sin(Fractions):
    """The sine of every value."""


class Cos(Fractions):
    """The cosine of every value."""


class Tan(Fractions):
    """The tangent of every value."""


class Sinh(Fractions):
    """The hyperbolic sine of every value."""


class Cosh(Fractions):
    """The hyperbolic cosine of every value."""


class Tanh(Fractions):
    """The hyperbolic tangent of every value."""


class Arctan(Fractions):
    """The angle whose tangent is the value."""


class Relu(Unary):
    """Positive values; 0 for others."""


class ReLU(Unary):
    """Positive values up to a bound; a slope for others. The operation of ``keras.activations.relu``."""

    negative_slope: float = arg(t.number, default=0.0, doc="factor of values below the threshold")
    max_value: Any = arg(t.number, default=None, doc="the largest value that comes out")
    threshold: float = arg(t.number, default=0.0, doc="the value above which values stay")

    def function(self, x: Array, **options: Any) -> Array:
        """The activation."""
        y: Array = ACTIVATIONS["relu"](x, **options)
        return y


class Relu6(Unary):
    """Positive values up to 6; 0 for negative ones."""


class Selu(Unary):
    """`Elu` with a scale that keeps mean and variance."""


class Silu(Unary):
    """x · sigmoid(x)."""


class HardSilu(Unary):
    """x · hard sigmoid(x)."""


class Sigmoid(Unary):
    """1 / (1 + exp(-x))."""


class HardSigmoid(Unary):
    """A sigmoid of straight lines."""


class LogSigmoid(Unary):
    """The logarithm of the sigmoid."""


class Softplus(Unary):
    """log(1 + exp(x))."""


class Softsign(Unary):
    """x / (1 + |x|)."""


class HardTanh(Unary):
    """Values held between -1 and 1."""


class TanhShrink(Unary):
    """x - tanh(x)."""


class SparsePlus(Unary):
    """A softplus that is 0 below -1."""


class SparseSigmoid(Unary):
    """A sigmoid of straight lines between -1 and 1."""
