"""Operations that make one value of all along some axes, as ``keras.ops.mean(x, axis=1)``."""

from __future__ import annotations

import typing
from collections.abc import Sequence

from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.layer import Layer
from convcalc.declare.naming import snake_case
from convcalc.layers import OPERATIONS
from convcalc.layers.ops.operands import Operation
from convcalc.layers.ops.shaping import places
from convcalc.lazy import Array, np
from convcalc.sizes.shapes import Shape


class _Reducing(Operation):
    """NumPy's function of the same name."""

    output_dtype = "float32"
    follows_dtype = True
    built_at_init = True
    moves_axes = True
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


class _Extreme(_Reducing):
    initial: typing.Any = arg(t.number, default=None, doc="a value to begin with")

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The function along the axes, and of the initial value."""
        y = super().forward(w, x)
        further = np.maximum if self.kind == "Max" else np.minimum
        return y if self.initial is None else np.asarray(further(y, y.dtype.type(self.initial)))


class Max(_Extreme):
    """The largest value along axes."""


class Min(_Extreme):
    """The smallest value along axes."""


class _Truth(_Reducing):
    output_dtype = "bool"
    follows_dtype = False


class Any(_Truth):
    """Whether any value along axes is true."""


class All(_Truth):
    """Whether every value along axes is true."""


for _name, _module in OPERATIONS.items():
    if _module == "ops.reducing" and _name not in Layer.kinds:
        _kind = _name.removeprefix(Operation.prefix)
        type(_kind, (_Reducing,), {"__doc__": f"``{snake_case(_kind)}`` along axes.", "__module__": __name__})
