"""Operations that stand in Keras's graphs as layers do: arithmetic, as ``x + 3``, and what masks are made of."""

from __future__ import annotations

import typing
from collections.abc import Sequence

from convcalc import types as t
from convcalc.argument import arg
from convcalc.calling import Accepts
from convcalc.compute import masking
from convcalc.compute.bias import plus_bias
from convcalc.errors import ShapeError, WiringError
from convcalc.inferred import Inferred
from convcalc.layer import MANY, Layer
from convcalc.layers import merge
from convcalc.lazy import Array, np
from convcalc.shapes import Shape, broadcast, show
from convcalc.types.nested import lengths


class _Operation(Layer):
    """An operation on a tensor, with a name and nothing else of a layer's."""

    prefix = "ops."
    common = {"name": Layer.common["name"]}
    call = Accepts("x")
    dtype = "float32"
    output_dtype = "bool"


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


class _Arithmetic(_Operation):
    """An operation of two operands, each a tensor or numbers: the sum of a tensor and 3 is ``Add(x2=3)``."""

    call = Accepts("x1", "x2")
    output_dtype = "float32"
    follows_dtype = True
    built_at_init = True
    x1: typing.Any = arg(t.numbers, default=None, doc="the first operand, where it is no tensor")
    x2: typing.Any = arg(t.numbers, default=None, doc="the second operand, where it is no tensor")

    def infer(self, *shapes: Shape) -> Inferred:
        """The operands broadcast; `ShapeError` where they do not go together."""
        self._count_operands(shapes)
        given = iter(shapes)
        x, y = (next(given) if value is None else lengths(value) for value in (self.x1, self.x2))
        return Inferred(together(x, y), (), (), ())

    def _count_operands(self, inputs: Sequence[object]) -> None:
        """Refuses other than two operands in all."""
        missing = (self.x1, self.x2).count(None)
        if missing != len(inputs):
            message = f"{type(self).__name__} has room for {missing} tensors beside its numbers, got {len(inputs)}"
            raise WiringError(message, code="input-count")

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Array:
        """The operation on the operands; numbers have the tensors' dtype."""
        given, dtype = iter(inputs), inputs[0].dtype
        return self.work(*(next(given) if v is None else np.asarray(v, dtype) for v in (self.x1, self.x2)))

    def work(self, x: Array, y: Array) -> Array:
        """The operation itself."""
        raise NotImplementedError


class Add(_Arithmetic):
    """The sum of two operands, ``x + y``."""

    def work(self, x: Array, y: Array) -> Array:
        """X + y."""
        return plus_bias(x, y) if y.ndim == 1 else x + y


class Subtract(_Arithmetic):
    """The first operand less the second, ``x - y``."""

    def work(self, x: Array, y: Array) -> Array:
        """X - y."""
        return x - y


class Multiply(_Arithmetic):
    """The product of two operands, ``x * y``."""

    def work(self, x: Array, y: Array) -> Array:
        """X × y."""
        return x * y


class Divide(_Arithmetic):
    """The first operand over the second."""

    def work(self, x: Array, y: Array) -> Array:
        """X / y."""
        return x / y


class TrueDivide(Divide):
    """The first operand over the second, ``x / y``."""


class NotEqual(_Operation):
    """Whether each value is not a given one."""

    call = Accepts("x1", options=("x2",))

    def apply(self, weights: Sequence[Array], *inputs: Array, x2: float = 0) -> Array:
        """True where the input is not ``x2``."""
        return masking.not_equal(inputs[0], x2)


class ConvertToTensor(_Operation):
    """A tensor as it is."""

    dtype_: typing.Any = arg(t.anything, default=None, doc="dtype of the output")
    sparse: typing.Any = arg(t.anything, default=None, doc="whether the output is sparse")
    ragged: typing.Any = arg(t.anything, default=None, doc="whether the output is ragged")


class LogicalOr(merge._Merge, _Operation):
    """Whether either of two is true."""

    listed = False
    supports_masking = False
    takes = range(2, 3)
    call = Accepts("x1", "x2")

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Array:
        """True where either input is."""
        return masking.logical_or(*inputs)


class Concatenate(merge.Concatenate, _Operation):
    """Masks side by side."""

    takes = range(1, MANY + 1)
    supports_masking = False
    call = Accepts("xs")


class ExpandDims(_Operation):
    """One more axis, of size 1."""

    axis: int = arg(t.whole, doc="where the axis stands in the output")

    def output(self, x: Shape) -> Shape:
        """The sizes with a 1 among them."""
        at = self.axis % (len(x) + 1)
        return (*x[:at], 1, *x[at:])

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The input with the axis."""
        return masking.expand_dims(x, self.axis)


class ZerosLike(_Operation):
    """False for every value."""

    dtype_: typing.Any = arg(t.anything, default=None, doc="dtype of the output")

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """False everywhere."""
        return masking.zeros_like(x)


class OnesLike(_Operation):
    """True for every value."""

    dtype_: typing.Any = arg(t.anything, default=None, doc="dtype of the output")

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """True everywhere."""
        return masking.ones_like(x)


class Any(_Operation):
    """Whether any value along an axis is true."""

    axis: int = arg(t.whole, doc="the axis that goes")
    keepdims: bool = arg(t.flag, default=False, doc="whether the axis stays, with size 1")

    def output(self, x: Shape) -> Shape:
        """The sizes without the axis."""
        at = self.axis % len(x)
        return (*x[:at], *((1,) if self.keepdims else ()), *x[at + 1 :])

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """True where any is."""
        return masking.any(x, self.axis, self.keepdims)
