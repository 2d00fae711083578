"""Operations that put values in order, and that say where values stand or belong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.signature import Signature
from convcalc.declare.traits import Positions
from convcalc.errors import ShapeError
from convcalc.layers.ops.operands import BOOL, WHOLE, Operation, need_rank, numpy, place
from convcalc.layers.ops.shaping import Shaping
from convcalc.lazy import Array, np
from convcalc.sizes.shapes import Shape, product

_along: Any = arg(t.OrNone(t.whole), default=-1, doc="the axis; the flat tensor where it is None")


class Sort(Operation):
    """The values along an axis, the smallest first; of all in a row where the axis is None."""

    positions = Positions(move=True)
    axis: Any = _along

    def output(self, x: Shape) -> Shape:
        """The input's shape, or one row."""
        if self.axis is None:
            return (product(x),)
        place(self.axis, x)
        return x

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The values in order."""
        return np.sort(x, self.axis)


class Argsort(Sort):
    """Where the values stand in order along an axis."""

    gives = WHOLE

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The places."""
        return np.argsort(x, self.axis, stable=True).astype("int32")


class Argpartition(Shaping):
    """Places of the values along an axis, so that the smallest so many come first."""

    gives = WHOLE
    kth: int = arg(t.whole, doc="how many")
    axis: Any = arg(t.OrNone(t.whole), default=-1, doc="the axis; the flat tensor where it is None")

    def output(self, x: Shape) -> Shape:
        """The input's shape, or one row."""
        return (product(x),) if self.axis is None else x

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The places."""
        return np.argpartition(x, self.kth, self.axis).astype("int32")


class TopK(Shaping):
    """The largest values along the last axis, and where they stand."""

    k: int = arg(t.natural, doc="how many")
    sorted: bool = arg(t.flag, default=True, doc="whether the largest comes first")

    def output(self, x: Shape) -> Shape:
        """The sizes with so many as the last."""
        place(-1, x)
        return (*x[:-1], self.k)

    def more(self, x: Shape, y: Shape) -> tuple[Shape, ...]:
        """The shape of the places."""
        return (y,)

    def typed(self, given: Sequence[str], output: int = 0) -> str:
        """The input's dtype, and whole numbers for the places."""
        return "int32" if output else given[0]

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Any:
        """Both."""
        (x,) = inputs
        found = np.argsort(-x, -1, stable=True)[..., : self.k]
        return np.take_along_axis(x, found, -1), found.astype("int32")


class InTopK(Operation):
    """Whether the true class is among the most likely ones."""

    positions = Positions(move=True)
    signature = Signature("targets", "predictions", least=1, most=2)
    gives = BOOL
    targets: Any = arg(t.operand, default=None, doc="the true classes, where they are no tensor")
    predictions: Any = arg(t.operand, default=None, doc="the predictions, where they are no tensor")
    k: int = arg(t.positive, doc="how many classes count as the most likely")

    def joined(self, *shapes: Shape) -> Shape:
        """The true classes' shape."""
        return shapes[0]

    def work(self, *operands: Array) -> Array:
        """True where it is among them."""
        targets, predictions = operands
        own = np.take_along_axis(predictions, targets.astype("int64")[:, None], -1)
        return np.asarray((predictions > own).sum(-1) < self.k)


class SearchSorted(Operation):
    """Where values would stand among sorted ones."""

    positions = Positions(move=True)
    signature = Signature("sorted_sequence", "values", least=1, most=2)
    gives = WHOLE
    sorted_sequence: Any = arg(t.operand, default=None, doc="the sorted values, where they are no tensor")
    values: Any = arg(t.operand, default=None, doc="the values, where they are no tensor")
    side: str = arg(t.Choice("left", "right"), default="left", doc="on which side of equal values")

    def joined(self, *shapes: Shape) -> Shape:
        """The values' shape; `ShapeError` where the sorted ones are no row."""
        need_rank(self.kind, shapes[0], 1, 1)
        if shapes[0][0] is None:
            raise ShapeError("how many sorted values there are must be known", code="unknown-size")
        return shapes[1]

    def work(self, *operands: Array) -> Array:
        """The places."""
        return np.asarray(numpy("searchsorted")(*operands, self.side), "int32")


class Digitize(Operation):
    """Between which bounds values stand."""

    signature = Signature("x", "bins", least=1, most=2)
    gives = WHOLE
    bins: Any = arg(t.operand, default=None, doc="the bounds, where they are no tensor")

    def joined(self, *shapes: Shape) -> Shape:
        """The values' shape; `ShapeError` where the bounds are no row."""
        need_rank(self.kind, shapes[1], 0, 1)
        return shapes[0]

    def work(self, *operands: Array) -> Array:
        """The numbers of the bounds."""
        return np.asarray(numpy("digitize")(*operands), "int32")


class UnravelIndex(Shaping):
    """The places along each axis, of the places in the flat tensor."""

    signature = Signature("indices")
    shape: Shape = arg(t.sizes, doc="sizes of the tensor")

    def output(self, x: Shape) -> Shape:
        """The input's shape."""
        return (None,) if None in self.shape else x

    def more(self, x: Shape, y: Shape) -> tuple[Shape, ...]:
        """The same for each further axis."""
        return (y,) * (len(self.shape) - 1)

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Any:
        """The places."""
        found = numpy("unravel_index")(inputs[0].astype("int64"), self.shape)
        return tuple(one.astype(inputs[0].dtype) for one in found)


class Nonzero(Shaping):
    """The places of values that are not 0, for each axis."""

    gives = WHOLE

    def output(self, x: Shape) -> Shape:
        """An unknown number of places."""
        need_rank(self.kind, x, 1)
        return (None,)

    def more(self, x: Shape, y: Shape) -> tuple[Shape, ...]:
        """The same for each further axis."""
        return (y,) * (len(x) - 1)

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Any:
        """The places."""
        return tuple(one.astype("int32") for one in np.nonzero(inputs[0]))


class Unique(Shaping):
    """The different values, and on request where they stand and how often."""

    sorted: bool = arg(t.flag, default=True, doc="whether the values are in order")
    return_index: bool = arg(t.flag, default=False, doc="whether to say where each value comes first")
    return_inverse: bool = arg(t.flag, default=False, doc="whether to say which value stands at each place")
    return_counts: bool = arg(t.flag, default=False, doc="whether to say how often each value comes")
    axis: Any = arg(t.whole, default=None, doc="the axis; the flat tensor where it is None")
    size: Any = arg(t.natural, default=None, doc="how many values the output has")
    fill_value: Any = arg(t.number, default=None, doc="what fills the output up")

    def output(self, x: Shape) -> Shape:
        """As many values as the size says, else an unknown number."""
        if self.axis is None:
            return (self.size,)
        at = place(self.axis, x)
        return (*x[:at], self.size, *x[at + 1 :])

    def more(self, x: Shape, y: Shape) -> tuple[Shape, ...]:
        """The shapes of what else is asked for."""
        inverse = x if self.axis is None else (x[place(self.axis, x)],)
        found: list[tuple[bool, Shape]] = [
            (self.return_index, (self.size,)), (self.return_inverse, inverse), (self.return_counts, (self.size,))
        ]  # fmt: skip
        return tuple(shape for asked, shape in found if asked)

    def typed(self, given: Sequence[str], output: int = 0) -> str:
        """The input's dtype, and whole numbers for the rest."""
        return "int32" if output else given[0]

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Any:
        """The values, and what else is asked for."""
        if self.size is not None:
            raise ValueError("values of a fixed number are not worked out here")
        asked = self.return_index, self.return_inverse, self.return_counts
        return numpy("unique")(inputs[0], *asked, axis=self.axis)
