"""Operations of two operands, value by value: arithmetic, comparisons, logic, bits."""

from __future__ import annotations

from typing import Any

from convcalc.compute import masking
from convcalc.compute.bias import plus_bias
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.naming import snake_case
from convcalc.declare.signature import Signature
from convcalc.errors import ShapeError
from convcalc.layers.ops.operands import BOOL, COUNTED, FRACTION, PROMOTED, ROOTED, Operation, numpy
from convcalc.lazy import Array, np
from convcalc.sizes import dtypes
from convcalc.sizes.shapes import Shape


class OfTwo(Operation):
    """An operation of two operands, each a tensor or numbers; the function of its name in NumPy."""

    signature = Signature("x1", "x2", least=1, most=2)
    gives = PROMOTED
    x1: Any = arg(t.operand, default=None, doc="the first operand, where it is no tensor")
    x2: Any = arg(t.operand, default=None, doc="the second operand, where it is no tensor")


class Add(OfTwo):
    """The sum of two operands, ``x + y``."""

    def work(self, *operands: Array) -> Array:
        """The sum."""
        x, y = operands
        return plus_bias(x, y) if y.ndim == 1 and x.dtype == y.dtype else x + y


class Subtract(OfTwo):
    """The first operand less the second, ``x - y``."""


class Multiply(OfTwo):
    """The product of two operands, ``x * y``."""


class Divide(OfTwo):
    """The first operand over the second."""

    gives = FRACTION


class TrueDivide(OfTwo):
    """The first operand over the second, ``x / y``."""

    gives = FRACTION


class DivideNoNan(OfTwo):
    """The first operand over the second, and 0 where the second is 0."""

    gives = FRACTION

    def work(self, *operands: Array) -> Array:
        """The quotient, or 0."""
        x, y = operands
        whole: Array = np.where(y == 0, 0, x / np.where(y == 0, 1, y))
        return whole


class FloorDivide(OfTwo):
    """The whole number below the first operand over the second, ``x // y``."""


class Mod(OfTwo):
    """What is left of the first operand after division by the second, with the sign of the second: ``x % y``."""

    gives = COUNTED


class Fmod(OfTwo):
    """What is left of the first operand after division by the second, with the sign of the first."""

    gives = COUNTED


class Power(OfTwo):
    """The first operand to the power of the second, ``x ** y``."""


class Maximum(OfTwo):
    """The larger of two operands, value by value."""


class Minimum(OfTwo):
    """The smaller of two operands, value by value."""


class Fmax(OfTwo):
    """The larger of two operands, value by value; the other one where one is no number."""


class Fmin(OfTwo):
    """The smaller of two operands, value by value; the other one where one is no number."""


class Arctan2(OfTwo):
    """The angle of the point that the second and the first operand are."""

    gives = FRACTION


class Hypot(OfTwo):
    """The length of the longest side of a right triangle, by the lengths of the others."""

    gives = ROOTED


class Heaviside(OfTwo):
    """0 for negative values, 1 for positive ones, and the second operand for 0."""

    gives = ROOTED


class Logaddexp(OfTwo):
    """The logarithm of the sum of two numbers whose logarithms are given."""

    gives = FRACTION


class Logaddexp2(OfTwo):
    """The logarithm to base 2 of the sum of two numbers whose logarithms are given."""

    gives = FRACTION


class Ldexp(OfTwo):
    """The first operand times 2 to the power of the second."""

    gives = FRACTION


class Nextafter(OfTwo):
    """The next number that the dtype has, from the first operand towards the second."""

    gives = FRACTION


class Gcd(OfTwo):
    """The largest whole number that divides both operands."""


class Lcm(OfTwo):
    """The smallest whole number that both operands divide."""


class Kron(OfTwo):
    """All products of values of the one with the whole of the other, side by side."""

    def joined(self, *shapes: Shape) -> Shape:
        """The products of the sizes, axis by axis, as far as both have axes."""
        return tuple(None if None in pair else pair[0] * pair[1] for pair in zip(*shapes, strict=False))


# Comparisons and logic.


class Equal(OfTwo):
    """Whether two operands are equal, ``x == y``."""

    gives = BOOL


class NotEqual(OfTwo):
    """Whether two operands differ, ``x != y``."""

    gives = BOOL

    def work(self, *operands: Array) -> Array:
        """True where they differ."""
        return masking.not_equal(*operands)


class Greater(OfTwo):
    """Whether the first operand is greater, ``x > y``."""

    gives = BOOL


class GreaterEqual(OfTwo):
    """Whether the first operand is greater or equal, ``x >= y``."""

    gives = BOOL


class Less(OfTwo):
    """Whether the first operand is less, ``x < y``."""

    gives = BOOL


class LessEqual(OfTwo):
    """Whether the first operand is less or equal, ``x <= y``."""

    gives = BOOL


class LogicalAnd(OfTwo):
    """Whether both are true."""

    gives = BOOL


class LogicalOr(OfTwo):
    """Whether either of two is true."""

    gives = BOOL


class LogicalXor(OfTwo):
    """Whether one of two is true, and not both."""

    gives = BOOL


class Isclose(OfTwo):
    """Whether two operands are nearly equal."""

    gives = BOOL

    signature = Signature("x1", "x2", least=1, most=2, options=("rtol", "atol"))
    rtol: float = arg(t.number, default=1e-5, doc="how far apart they may be, as a share of the second")
    atol: float = arg(t.number, default=1e-8, doc="how far apart they may be in any case")
    equal_nan: bool = arg(t.flag, default=False, doc="whether no number equals no number")

    def work(self, *operands: Array) -> Array:
        """True where they are near."""
        y: Array = numpy("isclose")(*operands, self.rtol, self.atol, self.equal_nan)
        return y


class AllClose(OfTwo):
    """Whether all values of two operands are nearly equal."""

    gives = BOOL
    rtol: float = arg(t.number, default=1e-5, doc="how far apart they may be, as a share of the second")
    atol: float = arg(t.number, default=1e-8, doc="how far apart they may be in any case")
    equal_nan: bool = arg(t.flag, default=False, doc="whether no number equals no number")

    def joined(self, *shapes: Shape) -> Shape:
        """One value."""
        return ()

    def work(self, *operands: Array) -> Array:
        """True where all are near."""
        x, y = operands
        return np.asarray(np.allclose(x, y, self.rtol, self.atol, self.equal_nan))


class IsIn(OfTwo):
    """Whether each value of the first operand is among the values of the second."""

    gives = BOOL

    assume_unique: bool = arg(t.flag, default=False, doc="whether no value comes twice")
    invert: bool = arg(t.flag, default=False, doc="whether to ask the opposite")

    def joined(self, *shapes: Shape) -> Shape:
        """The first operand's shape."""
        return shapes[0]

    def work(self, *operands: Array) -> Array:
        """True where it is among them."""
        y: Array = numpy("isin")(*operands, invert=self.invert)
        return y


# Bits of whole numbers.


class _Bits(Operation):
    """An operation on the bits of two whole numbers, value by value."""

    signature = Signature("x", "y", least=1, most=2)
    gives = PROMOTED
    x: Any = arg(t.operand, default=None, doc="the first operand, where it is no tensor")
    y: Any = arg(t.operand, default=None, doc="the second operand, where it is no tensor")

    def joined(self, *shapes: Shape) -> Shape:
        """The first operand's shape, as Keras has it."""
        if not shapes[0] and shapes[1]:
            raise ShapeError("the first operand needs a shape", code="broadcast")
        return shapes[0]

    def work(self, *operands: Array) -> Array:
        """NumPy's function of the same name."""
        name = snake_case(self.kind)
        y: Array = getattr(np, name.removeprefix("bitwise_") if name.endswith("shift") else name)(*operands)
        return y


class BitwiseAnd(_Bits):
    """The bits that both numbers have, ``x & y``."""


class BitwiseOr(_Bits):
    """The bits that either number has, ``x | y``."""


class BitwiseXor(_Bits):
    """The bits that one of the numbers has, and not both: ``x ^ y``."""


class BitwiseLeftShift(_Bits):
    """The first number's bits moved up, ``x << y``."""


class LeftShift(_Bits):
    """The first number's bits moved up."""


class BitwiseRightShift(_Bits):
    """The first number's bits moved down, ``x >> y``."""


class RightShift(_Bits):
    """The first number's bits moved down."""


class BitwiseNot(Operation):
    """Every bit of a whole number the other way round, ``~x``."""

    def forward(self, w: Any, x: Array) -> Array:
        """The bits."""
        y: Array = np.invert(x)
        return y


class BitwiseInvert(BitwiseNot):
    """Every bit of a whole number the other way round."""


class Where(Operation):
    """Values of the one operand where a condition holds, else of the other."""

    signature = Signature("condition", "x1", "x2", least=1, most=3)
    condition: Any = arg(t.operand, default=None, doc="the condition, where it is no tensor")
    x1: Any = arg(t.operand, default=None, doc="the values where it holds, where they are no tensor")
    x2: Any = arg(t.operand, default=None, doc="the other values, where they are no tensor")
    gives = staticmethod(lambda condition, x1, x2: dtypes.promoted(x1, x2))
