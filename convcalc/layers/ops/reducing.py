"""Operations that make one value of all along some axes, as ``keras.ops.mean(x, axis=1)``."""

from __future__ import annotations

import typing
from collections.abc import Sequence

from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.naming import snake_case
from convcalc.declare.traits import Positions
from convcalc.layers.ops.operands import Operation
from convcalc.layers.ops.shaping import places
from convcalc.lazy import Array, np
from convcalc.sizes.shapes import Shape


class _Reducing(Operation):
    """NumPy's function of the same name."""

    positions = Positions(move=True)
    axis: tuple[int, ...] | None = arg(t.indices, default=None, doc="the axes that go; all where it is None")
    keepdims: bool = arg(t.flag, default=False, doc="whether the axes stay, with size 1")

    def output(self, x: Shape) -> Shape:
        """The sizes without the axes."""
        gone = range(len(x)) if self.axis is None else places(self.axis, x)
        kept = ((1 if at in gone else size, at not in gone or self.keepdims) for at, size in enumerate(x))
        return tuple(size for size, stays in kept if stays)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The function along the axes."""
        y: Array = np.asarray(getattr(np, snake_case(self.kind))(x, axis=self.axis, keepdims=self.keepdims))
        return y


_initial: typing.Any = arg(t.number, default=None, doc="a value to begin with")


class Mean(_Reducing):
    """The mean along axes."""


class Sum(_Reducing):
    """The sum along axes."""


class Var(_Reducing):
    """The variance along axes."""


class Std(_Reducing):
    """The standard deviation along axes."""


class Max(_Reducing):
    """The largest value along axes."""

    initial: typing.Any = _initial

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The largest value along the axes, the initial value among them."""
        y = super().forward(w, x)
        return y if self.initial is None else np.asarray(np.maximum(y, y.dtype.type(self.initial)))


class Min(_Reducing):
    """The smallest value along axes."""

    initial: typing.Any = _initial

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The smallest value along the axes, the initial value among them."""
        y = super().forward(w, x)
        return y if self.initial is None else np.asarray(np.minimum(y, y.dtype.type(self.initial)))


class Any(_Reducing):
    """Whether any value along axes is true."""

    output_dtype = "bool"
    follows_dtype = False


class All(_Reducing):
    """Whether every value along axes is true."""

    output_dtype = "bool"
    follows_dtype = False
