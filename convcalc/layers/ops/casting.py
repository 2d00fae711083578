"""Operations that give the values in another dtype, or other values in the same shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcalc import lazy
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.signature import Signature
from convcalc.layers.ops.operands import DTYPE, WHOLE, Operation, numpy
from convcalc.lazy import np
from convcalc.sizes.shapes import Shape


class _Typed(Operation):
    """A tensor whose dtype may be said."""

    dtype_: Any = arg(DTYPE, default=None, doc="dtype of the output; the input's where it is None")

    def typed(self, given: Sequence[str], output: int = 0) -> str:
        """The dtype that is said, or the input's."""
        return str(self.dtype_ or given[0])

    def forward(self, w: Sequence[lazy.Array], x: lazy.Array) -> lazy.Array:
        """The values in the dtype."""
        return x if self.dtype_ is None else x.astype(self.dtype_)


class Array(_Typed):
    """The tensor, unchanged."""


class ConvertToTensor(_Typed):
    """The tensor, unchanged."""

    sparse: Any = arg(t.anything, default=None, doc="whether the output is sparse")
    ragged: Any = arg(t.anything, default=None, doc="whether the output is ragged")


class ZerosLike(_Typed):
    """0 for every value."""

    def forward(self, w: Sequence[lazy.Array], x: lazy.Array) -> lazy.Array:
        """0 everywhere."""
        return np.zeros_like(x, self.dtype_)


class OnesLike(_Typed):
    """1 for every value."""

    def forward(self, w: Sequence[lazy.Array], x: lazy.Array) -> lazy.Array:
        """1 everywhere."""
        return np.ones_like(x, self.dtype_)


class EmptyLike(_Typed):
    """Any values, in the same shape."""

    forward = ZerosLike.forward


class FullLike(Operation):
    """One value, in the shape of the input."""

    signature = Signature("x", "fill_value", least=1, most=2)
    fill_value: Any = arg(t.operand, default=None, doc="the value, where it is no tensor")
    dtype_: Any = arg(DTYPE, default=None, doc="dtype of the output; the input's where it is None")

    def joined(self, *shapes: Shape) -> Shape:
        """The first shape."""
        return shapes[0]

    def typed(self, given: Sequence[str], output: int = 0) -> str:
        """The dtype that is said, or the first input's."""
        return str(self.dtype_ or given[0])

    def work(self, *operands: lazy.Array) -> lazy.Array:
        """The value everywhere."""
        return np.full_like(operands[0], operands[1], self.dtype_)


class Full(Operation):
    """One value in a shape."""

    signature = Signature("fill_value")
    takes = ("shape", "fill_value", "dtype")
    shape: Shape = arg(t.sizes, doc="sizes of the output, with the batch")
    dtype_: Any = arg(DTYPE, default=None, doc="dtype of the output")

    def output(self, x: Shape) -> Shape:
        """The shape that is said."""
        return self.shape

    def typed(self, given: Sequence[str], output: int = 0) -> str:
        """The dtype that is said."""
        return str(self.dtype_ or "float32")

    def forward(self, w: Sequence[lazy.Array], x: lazy.Array) -> lazy.Array:
        """The value everywhere."""
        return np.asarray(numpy("full")(self.shape, x, self.dtype_ or "float32"))


class Cast(Operation):
    """The values in another dtype."""

    dtype_: str = arg(DTYPE, doc="dtype of the output")

    def typed(self, given: Sequence[str], output: int = 0) -> str:
        """The dtype that is said."""
        return self.dtype_

    def forward(self, w: Sequence[lazy.Array], x: lazy.Array) -> lazy.Array:
        """The values in the dtype."""
        return x.astype(self.dtype_)


class SaturateCast(Cast):
    """The values in another dtype, as near as it has them."""

    def forward(self, w: Sequence[lazy.Array], x: lazy.Array) -> lazy.Array:
        """The values within the dtype's bounds."""
        if "int" in self.dtype_:
            bounds = np.iinfo(self.dtype_)
            x = np.clip(x, bounds.min, bounds.max)
        return x.astype(self.dtype_)


class Copy(Operation):
    """The tensor, unchanged."""


class StopGradient(Operation):
    """The tensor, unchanged; training does not go through it."""

    signature = Signature("variable")


class Size(Operation):
    """How many values there are."""

    gives = WHOLE

    def output(self, x: Shape) -> Shape:
        """One number."""
        return ()

    def forward(self, w: Sequence[lazy.Array], x: lazy.Array) -> lazy.Array:
        """The number."""
        return np.asarray(x.size, "int32")
