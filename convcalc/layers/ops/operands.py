"""Operations that stand in Keras's graphs as layers do: of two operands, as ``x + 3``, and what masks are made of."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from convcalc.compute import masking
from convcalc.compute.bias import plus_bias
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.layer import Layer
from convcalc.declare.signature import Signature
from convcalc.declare.traits import Home, Positions
from convcalc.declare.types.lists import lengths
from convcalc.declare.weight import Inferred
from convcalc.errors import ShapeError, WiringError
from convcalc.layers import merge
from convcalc.lazy import Array, np
from convcalc.sizes.formula import Product
from convcalc.sizes.shapes import Shape, broadcast, product, show


class Operation(Layer):
    """An operation on a tensor, with a name and none of a layer's other common arguments.

    The output has the dtype of the first input, unless the operation asks whether something is true.
    """

    home = Home("keras.ops", "ops.")
    common = {"name": Layer.common["name"]}
    signature = Signature("x")
    dtype = "float32"
    output_dtype = "float32"
    follows_dtype = True
    built_at_init = True


def together(x: Shape, y: Shape) -> Shape:
    """The shape of both, broadcast; `ShapeError` where they do not go together."""
    whole = broadcast(x, y)
    if whole is None:
        raise ShapeError(
            f"{show(x)} and {show(y)} do not go together",
            code="broadcast",
            why="counted from the last axis, sizes must be equal or 1",
        )
    return whole


class _Arithmetic(Operation):
    """An operation of two operands, each a tensor or numbers: the sum of a tensor and 3 is ``Add(x2=3)``."""

    signature = Signature("x1", "x2")
    # The operation itself, on two arrays.
    work: ClassVar[staticmethod[[Any, Any], Any]]
    x1: Any = arg(t.numbers, default=None, doc="the first operand, where it is no tensor")
    x2: Any = arg(t.numbers, default=None, doc="the second operand, where it is no tensor")

    def infer(self, *shapes: Shape) -> Inferred:
        """The operands broadcast; `ShapeError` where they do not go together."""
        self._count_operands(shapes)
        given = iter(shapes)
        x, y = (next(given) if value is None else lengths(value) for value in (self.x1, self.x2))
        whole = self.joined(x, y)
        return Inferred(whole, (), tuple(self.products(x, whole)), ())

    def joined(self, x: Shape, y: Shape) -> Shape:
        """The shape of the result: both, broadcast."""
        return together(x, y)

    def products(self, x: Shape, y: Shape) -> Iterable[Product]:
        """Multiply-accumulates for one sample, of the first operand's shape and the result's."""
        return ()

    def _count_operands(self, inputs: Sequence[object]) -> None:
        """Refuses other than two operands in all."""
        missing = (self.x1, self.x2).count(None)
        if missing != len(inputs):
            message = f"{type(self).__name__} has room for {missing} tensors beside its numbers, got {len(inputs)}"
            raise WiringError(message, code="input-count")

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Array:
        """The operation on the operands; numbers have the tensors' dtype."""
        given, dtype = iter(inputs), inputs[0].dtype
        y: Array = self.work(*(next(given) if v is None else np.asarray(v, dtype) for v in (self.x1, self.x2)))
        return y


class Add(_Arithmetic):
    """The sum of two operands, ``x + y``."""

    work = staticmethod(lambda x, y: plus_bias(x, y) if y.ndim == 1 else x + y)


class Subtract(_Arithmetic):
    """The first operand less the second, ``x - y``."""

    work = staticmethod(operator.sub)


class Multiply(_Arithmetic):
    """The product of two operands, ``x * y``."""

    work = staticmethod(operator.mul)


class Divide(_Arithmetic):
    """The first operand over the second."""

    work = staticmethod(operator.truediv)


class TrueDivide(_Arithmetic):
    """The first operand over the second, ``x / y``."""

    work = staticmethod(operator.truediv)


class Power(_Arithmetic):
    """The first operand to the power of the second, ``x ** y``."""

    work = staticmethod(lambda x, y: np.power(x, y))


class Maximum(_Arithmetic):
    """The larger of two operands, value by value."""

    work = staticmethod(lambda x, y: np.maximum(x, y))


class Minimum(_Arithmetic):
    """The smaller of two operands, value by value."""

    work = staticmethod(lambda x, y: np.minimum(x, y))


class Matmul(_Arithmetic):
    """The product of matrices, the last two axes of either operand, ``x @ y``."""

    positions = Positions(move=True)
    work = staticmethod(operator.matmul)

    def joined(self, x: Shape, y: Shape) -> Shape:
        """The axes before broadcast, then the rows of the first and the columns of the second."""
        if min(len(x), len(y)) < 2 or len({x[-1], y[-2]} - {None}) > 1:
            why = "the last size of the first is the last but one of the second"
            raise ShapeError(f"{show(x)} and {show(y)} do not multiply", code="broadcast", why=why)
        return (*together(x[:-2], y[:-2]), x[-2], y[-1])

    def products(self, x: Shape, y: Shape) -> Iterable[Product]:
        """Output values × the size summed over."""
        yield Product("matmul", ("output values", product(y[1:])), ("summed", x[-1]))


class NotEqual(_Arithmetic):
    """Whether two operands differ, value by value."""

    output_dtype = "bool"
    follows_dtype = False
    built_at_init = False
    work = staticmethod(masking.not_equal)


class ConvertToTensor(Operation):
    """The tensor, unchanged."""

    output_dtype = "bool"
    follows_dtype = False
    built_at_init = False
    dtype_: Any = arg(t.anything, default=None, doc="dtype of the output")
    sparse: Any = arg(t.anything, default=None, doc="whether the output is sparse")
    ragged: Any = arg(t.anything, default=None, doc="whether the output is ragged")


class LogicalOr(Operation):
    """Whether either of two is true."""

    output_dtype = "bool"
    follows_dtype = False
    built_at_init = False
    signature = Signature("x1", "x2", least=2, most=2)

    def infer(self, *shapes: Shape) -> Inferred:
        """The inputs broadcast; `ShapeError` where they do not go together."""
        self.count(shapes)
        return Inferred(merge.merged_by_value(self.kind, shapes), (), (), ())

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Array:
        """True where either input is."""
        return masking.logical_or(*inputs)


class ZerosLike(Operation):
    """False for every value."""

    output_dtype = "bool"
    follows_dtype = False
    built_at_init = False
    dtype_: Any = arg(t.anything, default=None, doc="dtype of the output")

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """False everywhere."""
        return masking.zeros_like(x)


class OnesLike(Operation):
    """True for every value."""

    output_dtype = "bool"
    follows_dtype = False
    built_at_init = False
    dtype_: Any = arg(t.anything, default=None, doc="dtype of the output")

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """True everywhere."""
        return masking.ones_like(x)
