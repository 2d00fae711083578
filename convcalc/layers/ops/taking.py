"""Operations that take values at places, put values at places, or say where values belong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.signature import Signature
from convcalc.declare.traits import Positions
from convcalc.errors import ShapeError
from convcalc.layers.ops.operands import DTYPE, Operation, numpy, place, together
from convcalc.lazy import Array, np
from convcalc.sizes import dtypes
from convcalc.sizes.shapes import Shape, product, show


class Placed(Operation):
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
        y: Array = numpy("zeros")(self.shape, values.dtype)
        np.add.at(y, tuple(np.moveaxis(indices.astype("int64"), -1, 0)), values)
        return y


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
