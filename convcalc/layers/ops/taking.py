"""Operations that take values at places, put values at places, or say where values belong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.signature import Signature
from convcalc.declare.traits import Positions
from convcalc.errors import ShapeError
from convcalc.layers.ops.operands import DTYPE, Operands, Operation, need_rank, place, together
from convcalc.layers.ops.shaping import Shaping
from convcalc.lazy import Array, np, untyped
from convcalc.sizes import dtypes
from convcalc.sizes.shapes import Shape, product, show


class Placed(Operands):
    """An operation of tensors of which some are places."""

    positions = Positions(move=True)


class Take(Placed):
    """The parts at some places along an axis."""

    signature = Signature("x", "indices", least=1, most=2)
    x: Any = arg(t.operand, default=None, doc="the values, where they are no tensor")
    indices: Any = arg(t.operand, default=None, doc="the places, where they are no tensor")
    axis: Any = arg(t.whole, default=None, doc="the axis; the flat tensor where it is None")

    def joined(self, *shapes: Shape) -> Shape:
        """The sizes with the places' in place of the axis's."""
        x, indices = shapes
        if self.axis is None:
            return indices
        at = place(self.axis, x)
        return (*x[:at], *indices, *x[at + 1 :])

    def work(self, *operands: Array) -> Array:
        """The parts; none for places that are not there."""
        x, indices = operands
        return np.asarray(np.take(x, indices.astype("int64"), self.axis))


class TakeAlongAxis(Placed):
    """The value at a place for each row along an axis."""

    signature = Signature("x", "indices", least=1, most=2)
    indices: Any = arg(t.operand, default=None, doc="the places, where they are no tensor")
    axis: Any = arg(t.whole, default=None, doc="the axis; the flat tensor where it is None")

    def joined(self, *shapes: Shape) -> Shape:
        """The places' shape, broadcast with the values'."""
        x, indices = shapes
        x = (product(x),) if self.axis is None else x
        if len(x) != len(indices):
            raise ShapeError(f"{show(x)} and {show(indices)} have different numbers of axes", code="wrong-rank")
        at = 0 if self.axis is None else place(self.axis, x)
        return together((*x[:at], indices[at], *x[at + 1 :]), indices)

    def work(self, *operands: Array) -> Array:
        """The values."""
        x, indices = operands
        return np.asarray(np.take_along_axis(x, indices.astype("int64"), self.axis))


class Slice(Placed):
    """The part of a size that begins at a place."""

    signature = Signature("inputs", "start_indices", least=1, most=2)
    start_indices: Any = arg(t.operand, default=None, doc="where it begins, for each axis")
    shape: tuple[int, ...] = arg(t.target_dims, doc="its sizes; -1 for all that is left")

    def joined(self, *shapes: Shape) -> Shape:
        """The sizes of the part."""
        x, starts = shapes
        if len(self.shape) != len(x) or (starts and starts[0] not in (len(x), None)):
            raise ShapeError(f"{show(x)} has {len(x)} axes, not {len(self.shape)}", code="no-part")
        known = self.known[1]
        first = known if isinstance(known, tuple) else getattr(known, "values", None) or (None,) * len(x)
        rest = (None if None in pair else pair[0] - pair[1] for pair in zip(x, first, strict=True))
        return tuple(left if n == -1 else n for n, left in zip(self.shape, rest, strict=True))

    def work(self, *operands: Array) -> Array:
        """The part."""
        x, starts = operands[0], operands[1].astype("int64")
        return x[tuple(slice(s, None if n == -1 else s + n) for s, n in zip(starts, self.shape, strict=True))]


class SliceUpdate(Placed):
    """A tensor with other values in a part that begins at a place."""

    signature = Signature("inputs", "start_indices", "updates", least=1, most=3)
    inputs: Any = arg(t.operand, default=None, doc="the values, where they are no tensor")
    start_indices: Any = arg(t.operand, default=None, doc="where the part begins, for each axis")
    updates: Any = arg(t.operand, default=None, doc="the other values, where they are no tensor")

    def joined(self, *shapes: Shape) -> Shape:
        """The first input's shape."""
        return shapes[0]

    def work(self, *operands: Array) -> Array:
        """The tensor."""
        x, starts, updates = operands[0], operands[1].astype("int64"), operands[2]
        y = x.copy()
        y[tuple(slice(s, s + n) for s, n in zip(starts, updates.shape, strict=True))] = updates
        return y


class Scatter(Placed):
    """Values at places in a tensor of zeros."""

    signature = Signature("indices", "values", least=1, most=2)
    indices: Any = arg(t.operand, default=None, doc="the places, where they are no tensor")
    values: Any = arg(t.operand, default=None, doc="the values, where they are no tensor")
    shape: Shape = arg(t.sizes, doc="sizes of the output, with the batch")
    gives = staticmethod(lambda indices, values: dtypes.promoted(values))

    def joined(self, *shapes: Shape) -> Shape:
        """The shape that is said."""
        return self.shape

    def work(self, *operands: Array) -> Array:
        """The tensor; values at one place add up."""
        indices, values = operands
        y = untyped.zeros(self.shape, values.dtype)
        np.add.at(y, tuple(np.moveaxis(indices.astype("int64"), -1, 0)), values)
        return np.asarray(y)


class ScatterUpdate(Placed):
    """A tensor with other values at places."""

    signature = Signature("inputs", "indices", "updates", least=1, most=3)
    inputs: Any = arg(t.operand, default=None, doc="the tensor, where it is none of a layer")
    indices: Any = arg(t.operand, default=None, doc="the places, where they are no tensor")
    updates: Any = arg(t.operand, default=None, doc="the other values, where they are no tensor")
    reduction: Any = arg(t.word, default=None, doc="how several values at a place become one")

    def joined(self, *shapes: Shape) -> Shape:
        """The first input's shape."""
        return shapes[0]

    def work(self, *operands: Array) -> Array:
        """The tensor."""
        x, indices, updates = operands
        y, where = x.copy(), tuple(np.moveaxis(indices.astype("int64"), -1, 0))
        function: Any = {"add": np.add, "max": np.maximum, "min": np.minimum, "mul": np.multiply}
        if self.reduction in function:
            function[self.reduction].at(y, where, updates)
        else:
            y[where] = updates
        return y


# Classes.


class OneHot(Operation):
    """A row of zeros with a 1 for each class."""

    positions = Positions(move=True)
    num_classes: int = arg(t.natural, doc="how many classes there are")
    axis: int = arg(t.whole, default=-1, doc="where the classes stand")
    dtype_: Any = arg(DTYPE, default=None, doc="dtype of the output")
    sparse: bool = arg(t.flag, default=False, doc="whether the output is sparse")

    def output(self, x: Shape) -> Shape:
        """The sizes with the classes among them."""
        at = len(x) if self.axis == -1 else self.axis
        if at < 0 or (at >= len(x) and self.axis != -1):
            raise ShapeError(f"{show(x)} has no axis {self.axis}", code="no-axis", argument="axis")
        return (*x[:at], self.num_classes, *x[at:])

    def typed(self, given: Sequence[str], output: int = 0) -> str:
        """The dtype that is said."""
        return str(self.dtype_ or "float32")

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The rows."""
        y = (x[..., None] == np.arange(self.num_classes)).astype(self.typed([]))
        return np.moveaxis(y, -1, self.axis)


class MultiHot(OneHot):
    """A row of zeros with a 1 for each class among several."""

    signature = Signature("inputs")
    num_classes: Any = arg(t.natural, doc="how many classes there are")
    axis: int = arg(t.whole, default=-1, doc="where the classes stand")
    dtype_: Any = arg(DTYPE, default=None, doc="dtype of the output")
    sparse: bool = arg(t.flag, default=False, doc="whether the output is sparse")

    def output(self, x: Shape) -> Shape:
        """As Keras has it: the batch and the classes, without the axis behind the batch."""
        y = super().output(x)
        return y[-1:] if len(y) == 2 else (y[0], *y[2:])

    def typed(self, given: Sequence[str], output: int = 0) -> str:
        """As Keras states it: the input's dtype."""
        return given[0]

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The rows, over the axis behind the batch."""
        y = np.moveaxis((x[..., None] == np.arange(self.num_classes)).astype("float32"), -1, self.axis)
        return np.asarray(y.max(1 if x.ndim > 1 else 0))


# Order.


class Sort(Shaping):
    """The values along an axis, the smallest first; of all in a row where the axis is None."""

    axis: Any = arg(t.OrNone(t.whole), default=-1, doc="the axis; the flat tensor where it is None")

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

    gives = staticmethod(dtypes.always("int32"))

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The places."""
        return np.argsort(x, self.axis, stable=True).astype("int32")


class Argpartition(Shaping):
    """Places of the values along an axis, so that the smallest so many come first."""

    gives = staticmethod(dtypes.always("int32"))
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


class InTopK(Operands):
    """Whether the true class is among the most likely ones."""

    positions = Positions(move=True)
    signature = Signature("targets", "predictions", least=1, most=2)
    gives = staticmethod(dtypes.always("bool"))
    targets: Any = arg(t.operand, default=None, doc="the true classes, where they are no tensor")
    predictions: Any = arg(t.operand, default=None, doc="the predictions, where they are no tensor")
    k: int = arg(t.positive, doc="how many classes count as the most likely")

    def joined(self, *shapes: Shape) -> Shape:
        """The true classes' shape."""
        return shapes[0]

    def work(self, *operands: Array) -> Array:
        """True where it is."""
        targets, predictions = operands
        own = np.take_along_axis(predictions, targets.astype("int64")[:, None], -1)
        return np.asarray((predictions > own).sum(-1) < self.k)


class SearchSorted(Operands):
    """Where values would stand among sorted ones."""

    positions = Positions(move=True)
    signature = Signature("sorted_sequence", "values", least=1, most=2)
    gives = staticmethod(dtypes.always("int32"))
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
        return np.asarray(untyped.searchsorted(*operands, self.side), "int32")


class Digitize(Operands):
    """Between which bounds values stand."""

    signature = Signature("x", "bins", least=1, most=2)
    gives = staticmethod(dtypes.always("int32"))
    bins: Any = arg(t.operand, default=None, doc="the bounds, where they are no tensor")

    def joined(self, *shapes: Shape) -> Shape:
        """The values' shape; `ShapeError` where the bounds are no row."""
        need_rank(self.kind, shapes[1], 0, 1)
        return shapes[0]

    def work(self, *operands: Array) -> Array:
        """The numbers of the bounds."""
        return np.asarray(untyped.digitize(*operands), "int32")


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
        found = untyped.unravel_index(inputs[0].astype("int64"), self.shape)
        return tuple(one.astype(inputs[0].dtype) for one in found)


class Nonzero(Shaping):
    """The places of values that are not 0, for each axis."""

    gives = staticmethod(dtypes.always("int32"))

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
        return untyped.unique(inputs[0], *asked, axis=self.axis)
