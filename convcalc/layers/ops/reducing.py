"""Operations that make one value of all along some axes, as ``keras.ops.mean(x, axis=1)``."""

from __future__ import annotations

import typing
from collections.abc import Sequence

from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.naming import snake_case
from convcalc.declare.traits import Positions
from convcalc.layers.ops.operands import BOOL, DTYPE, FRACTION, SINGLE, SUMMED, WHOLE, Operation, places
from convcalc.lazy import Array, np
from convcalc.sizes.shapes import Shape


def reduced(x: Shape, axes: Sequence[int] | None, keepdims: bool) -> Shape:
    """The sizes without some axes, or with 1 in their place; without any axis where ``axes`` are None."""
    gone = range(len(x)) if axes is None else places(axes, x)
    kept = ((1 if at in gone else size, at not in gone or keepdims) for at, size in enumerate(x))
    return tuple(size for size, stays in kept if stays)


class Reducing(Operation):
    """NumPy's function of the same name along axes."""

    positions = Positions(move=True)
    axis: tuple[int, ...] | None = arg(t.indices, default=None, doc="the axes that go; all where it is None")
    keepdims: bool = arg(t.flag, default=False, doc="whether the axes stay, with size 1")

    def output(self, x: Shape) -> Shape:
        """The sizes without the axes."""
        return reduced(x, self.axis, self.keepdims)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The function along the axes."""
        y: Array = np.asarray(getattr(np, snake_case(self.kind))(x, axis=self.axis, keepdims=self.keepdims))
        return y


_initial: typing.Any = arg(t.number, default=None, doc="a value to begin with")


class Mean(Reducing):
    """The mean along axes."""

    gives = FRACTION


class Sum(Reducing):
    """The sum along axes."""

    gives = SUMMED


class Var(Reducing):
    """The variance along axes."""

    gives = FRACTION


class Std(Reducing):
    """The standard deviation along axes."""

    gives = FRACTION


class Median(Reducing):
    """The median along axes."""

    gives = FRACTION


class Max(Reducing):
    """The largest value along axes."""

    initial: typing.Any = _initial

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The largest value along the axes, the initial value among them."""
        y = super().forward(w, x)
        return y if self.initial is None else np.asarray(np.maximum(y, y.dtype.type(self.initial)))


class Min(Reducing):
    """The smallest value along axes."""

    initial: typing.Any = _initial

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The smallest value along the axes, the initial value among them."""
        y = super().forward(w, x)
        return y if self.initial is None else np.asarray(np.minimum(y, y.dtype.type(self.initial)))


class Amax(Reducing):
    """The largest value along axes."""


class Amin(Reducing):
    """The smallest value along axes."""


class Ptp(Reducing):
    """The largest value along axes less the smallest."""

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The difference."""
        return np.asarray(np.ptp(x, self.axis, keepdims=self.keepdims))


class Prod(Reducing):
    """The product along axes."""

    gives = SUMMED

    dtype_: typing.Any = arg(DTYPE, default=None, doc="dtype of the output; made of the input's where it is None")

    def typed(self, given: Sequence[str], output: int = 0) -> str:
        """The dtype that is said, or made of the input's."""
        return str(self.dtype_ or super().typed(given, output))


class Any(Reducing):
    """Whether any value along axes is true."""

    gives = BOOL


class All(Reducing):
    """Whether every value along axes is true."""

    gives = BOOL


class CountNonzero(Operation):
    """How many values along axes are not 0."""

    positions = Positions(move=True)
    gives = WHOLE
    axis: tuple[int, ...] | None = arg(t.indices, default=None, doc="the axes that go; all where it is None")

    def output(self, x: Shape) -> Shape:
        """The sizes without the axes."""
        return reduced(x, self.axis, False)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The numbers."""
        return np.asarray(np.count_nonzero(x, self.axis), "int32")


class Logsumexp(Reducing):
    """The logarithm of the sum of exponentials along axes."""

    gives = SINGLE

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The logarithm, with the largest value taken out first."""
        most = x.max(axis=self.axis, keepdims=True)
        most = np.where(np.isfinite(most), most, 0)
        y = np.log(np.exp(x - most).sum(axis=self.axis, keepdims=True)) + most
        return np.asarray(y if self.keepdims else y.reshape(reduced(x.shape, self.axis, False)))


# The places of the largest and the smallest values.


class _Place(Operation):
    """Where a value stands along an axis; in the flat tensor where the axis is None."""

    positions = Positions(move=True)
    gives = WHOLE
    axis: typing.Any = arg(t.whole, default=None, doc="the axis that goes; all where it is None")
    keepdims: bool = arg(t.flag, default=False, doc="whether the axis stays, with size 1")

    def output(self, x: Shape) -> Shape:
        """The sizes without the axis."""
        return reduced(x, None if self.axis is None else [self.axis], self.keepdims)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The places."""
        found = getattr(np, snake_case(self.kind))(x, axis=self.axis, keepdims=self.keepdims)
        return np.asarray(found, "int32")


class Argmax(_Place):
    """Where the largest value stands."""


class Argmin(_Place):
    """Where the smallest value stands."""


class Nanargmax(_Place):
    """Where the largest number stands."""


class Nanargmin(_Place):
    """Where the smallest number stands."""


# The same over what is a number.


class Nanmax(Reducing):
    """The largest number along axes."""


class Nanmin(Reducing):
    """The smallest number along axes."""


class Nanmean(Reducing):
    """The mean of the numbers along axes."""

    gives = FRACTION


class Nanmedian(Reducing):
    """The median of the numbers along axes."""

    gives = FRACTION


class Nanstd(Reducing):
    """The standard deviation of the numbers along axes."""

    gives = FRACTION


class Nanvar(Reducing):
    """The variance of the numbers along axes."""

    gives = FRACTION


class Nansum(Reducing):
    """The sum of the numbers along axes."""

    gives = SUMMED


class Nanprod(Reducing):
    """The product of the numbers along axes."""

    gives = SUMMED
