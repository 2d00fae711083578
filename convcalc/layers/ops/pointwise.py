"""More functions of every value: of angles and complex numbers, rounding, and questions asked of a value."""

from __future__ import annotations

from typing import Any

from convcalc.compute.erf import erf
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.traits import Positions
from convcalc.errors import ShapeError
from convcalc.layers.ops.operands import BOOL, ROOTED, SINGLE, Operation, place, places
from convcalc.layers.ops.unary import Fractions, Unary
from convcalc.lazy import Array, np
from convcalc.sizes import dtypes
from convcalc.sizes.shapes import Shape, show


def _wide(dtype: str) -> str:
    """The dtype of a fraction, in 64 bits for numbers of 64 bits."""
    return "float64" if dtype == "int64" else dtype if "float" in dtype else "float32"


class Arcsin(Fractions):
    """The angle whose sine is the value."""


class Arccos(Fractions):
    """The angle whose cosine is the value."""


class Arcsinh(Fractions):
    """What the hyperbolic sine makes the value of."""


class Arccosh(Fractions):
    """What the hyperbolic cosine makes the value of."""


class Arctanh(Fractions):
    """What the hyperbolic tangent makes the value of."""


class Sinc(Fractions):
    """sin(πx) / (πx)."""


class Exp2(Fractions):
    """2 to the power of every value."""


class Fabs(Fractions):
    """The size of every value, as a number with a fraction."""


class Erfc(Fractions):
    """1 less the error function."""

    def function(self, x: Array, **options: Any) -> Array:
        """The complement."""
        y: Array = 1 - erf(x)
        return y


class Erfinv(Unary):
    """What the error function makes the value of."""

    def function(self, x: Array, **options: Any) -> Array:
        """By Newton's method, from an estimate of Winitzki's (2008)."""
        wide = x.astype("float64")
        logarithm = np.log1p(-wide * wide)
        middle = 2 / (np.pi * 0.147) + logarithm / 2
        y = np.sign(wide) * np.sqrt(np.sqrt(middle**2 - logarithm / 0.147) - middle)
        for _ in range(4):
            y = y - np.where(np.isfinite(y), (erf(y) - wide) * np.exp(np.minimum(y * y, 700)) * np.sqrt(np.pi) / 2, 0)
        return np.asarray(y, x.dtype)


class Cbrt(Unary):
    """The cube root of every value."""

    gives = ROOTED


class Deg2rad(Unary):
    """Degrees as radians."""

    gives = staticmethod(_wide)


class Rad2deg(Unary):
    """Radians as degrees."""

    gives = staticmethod(_wide)


class I0(Unary):
    """The modified Bessel function of order 0."""

    gives = staticmethod(_wide)

    def function(self, x: Array, **options: Any) -> Array:
        """The function."""
        y: Array = np.i0(x)
        return y


class Round(Unary):
    """Every value rounded."""

    decimals: int = arg(t.whole, default=0, doc="how many digits of the fraction stay")


class Trunc(Unary):
    """Every value without its fraction."""


class NanToNum(Unary):
    """Every value, with numbers in place of what is no number or is infinite."""

    nan: float = arg(t.number, default=0.0, doc="what stands for no number")
    posinf: Any = arg(t.number, default=None, doc="what stands for infinity")
    neginf: Any = arg(t.number, default=None, doc="what stands for negative infinity")


class Threshold(Unary):
    """Every value above a threshold, and another value for the others."""

    threshold: float = arg(t.number, doc="the threshold")
    default_value: float = arg(t.number, doc="the other value")


# Complex numbers.


class Real(Unary):
    """The real part of every value."""


class Imag(Unary):
    """The imaginary part of every value."""


class Conjugate(Unary):
    """Every value with the sign of its imaginary part changed."""


class Angle(Fractions):
    """The angle of every value as a complex number."""


class ViewAsComplex(Operation):
    """Complex numbers of pairs of numbers along the last axis."""

    positions = Positions(move=True)
    gives = staticmethod(dtypes.always("complex64"))

    def output(self, x: Shape) -> Shape:
        """The sizes without the last; `ShapeError` where there is none."""
        place(-1, x)
        return x[:-1]

    def forward(self, w: Any, x: Array) -> Array:
        """The numbers."""
        y: Array = x[..., 0] + 1j * x[..., 1]
        return y


class ViewAsReal(Operation):
    """The real and the imaginary part of complex numbers, side by side along a new last axis."""

    positions = Positions(move=True)
    gives = SINGLE

    def output(self, x: Shape) -> Shape:
        """The sizes, and 2."""
        return (*x, 2)

    def forward(self, w: Any, x: Array) -> Array:
        """The parts."""
        return np.stack([x.real, x.imag], -1)


# Questions.


class _Asked(Operation):
    """Whether something is true of every value."""

    gives = BOOL
    forward = Unary.forward
    function = Unary.function


class Isnan(_Asked):
    """Whether a value is no number."""


class Isinf(_Asked):
    """Whether a value is infinite."""


class Isfinite(_Asked):
    """Whether a value is a number, and not infinite."""


class Isposinf(_Asked):
    """Whether a value is positive infinity."""


class Isneginf(_Asked):
    """Whether a value is negative infinity."""


class Isreal(_Asked):
    """Whether a value has no imaginary part."""


class Signbit(_Asked):
    """Whether a value has a negative sign."""


class LogicalNot(_Asked):
    """Whether a value is not true."""


# Activations along an axis.


class Glu(Unary):
    """One half along an axis by the sigmoid of the other."""

    positions = Positions(move=True)
    axis: int = arg(t.whole, default=-1, doc="the axis whose size becomes the half")

    def output(self, x: Shape) -> Shape:
        """The sizes with the half of one; `ShapeError` for an odd size."""
        at = place(self.axis, x)
        size = x[at]
        if size is not None and size % 2:
            raise ShapeError(f"{show(x)} has no halves along axis {self.axis}", code="split")
        return (*x[:at], size and size // 2, *x[at + 1 :])


class Sparsemax(Unary):
    """Values that sum to 1 along an axis, of which many are 0."""

    axis: int = arg(t.whole, default=-1, doc="the axis along which the outputs sum to 1")

    def output(self, x: Shape) -> Shape:
        """The input's shape; `ShapeError` where it has no such axis."""
        place(self.axis, x)
        return x


class Normalize(Operation):
    """Every value over the length of all along an axis."""

    gives = SINGLE
    axis: tuple[int, ...] | None = arg(t.indices, default=-1, doc="the axes along which the length becomes 1")
    order: Any = arg(t.number, default=2, doc="which power the length is made of")
    epsilon: Any = arg(t.number, default=None, doc="the least length")

    def output(self, x: Shape) -> Shape:
        """The input's shape; `ShapeError` where it has no such axis."""
        if self.axis is not None:
            places(self.axis, x)
        return x

    def forward(self, w: Any, x: Array) -> Array:
        """The values over their length."""
        least = self.epsilon or 1e-7
        if self.order == 2:
            power = (x * x).sum(self.axis, keepdims=True)
            return np.asarray(x / np.sqrt(np.maximum(power, least**2)))
        length = (np.abs(x) ** self.order).sum(self.axis, keepdims=True) ** (1 / self.order)
        return np.asarray(x / np.maximum(length, least))
