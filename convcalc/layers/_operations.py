"""Operations that stand in Keras's graphs as layers do, where masks are made of them."""

from __future__ import annotations

import typing
from collections.abc import Sequence

from convcalc import types as t
from convcalc.argument import arg
from convcalc.calling import Accepts
from convcalc.compute import masking
from convcalc.layer import MANY, Layer
from convcalc.layers import merge
from convcalc.lazy import Array
from convcalc.shapes import Shape


class _Operation(Layer):
    """An operation on a tensor, with a name and nothing else of a layer's."""

    prefix = "ops."
    common = {"name": Layer.common["name"]}
    call = Accepts("x")
    dtype = "float32"
    output_dtype = "bool"


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
