"""Operations that change the shape of a tensor, as ``x[:, 0]``."""

from __future__ import annotations

from collections.abc import Sequence

from convcalc.compute import masking
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.signature import Signature
from convcalc.declare.traits import Positions
from convcalc.declare.weight import Inferred
from convcalc.errors import ShapeError
from convcalc.layers import merge
from convcalc.layers.ops.operands import PROMOTED, Operation, places
from convcalc.layers.reshape import fitted
from convcalc.lazy import Array, np
from convcalc.sizes.shapes import Dim, Shape, product, show


class Shaping(Operation):
    """An operation that moves values, and keeps their dtype."""

    positions = Positions(move=True)


class GetItem(Shaping):
    """A part of a tensor, ``x[:, 0]``."""

    signature = Signature("x", options=("key",))
    key_: t.Part = arg(t.index, doc="numbers, slices and new axes, as in Python")

    def output(self, x: Shape) -> Shape:
        """The sizes of the part; `ShapeError` for what is not there."""
        left = list(x)
        sizes: list[Dim] = []
        for one in self._whole(len(x)):
            size = left.pop(0) if one is not None else 1
            if one is None:
                sizes.append(1)
            elif isinstance(one, slice):
                sizes.append(size if size is None else len(range(size)[one]))
            elif size is not None and not -size <= one < size:
                why = f"an axis of {size} counts from 0 to {size - 1}, or from -{size} to -1"
                raise ShapeError(f"{show(x)} has no such part", code="no-part", why=why)
        return (*sizes, *left)

    def _whole(self, rank: int) -> list[int | slice | None]:
        """The parts with whole axes where the ellipsis stands."""
        axes = sum(one not in (None, ...) for one in self.key_)
        if axes > rank:
            raise ShapeError(f"{axes} axes are asked for, and there are {rank}", code="no-part")
        wholes = [slice(None)] * (rank - axes)
        return [part for one in self.key_ for part in (wholes if one is ... else [one])]

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The part."""
        part: Array = x[self.key_]
        return part


class Reshape(Shaping):
    """The values in another shape, row by row."""

    newshape: Shape = arg(t.target_dims, doc="sizes with the batch; -1 once, for what is left")

    def output(self, x: Shape) -> Shape:
        """``newshape``; what follows from unknown sizes is unknown, and unchecked as in Keras."""
        y = fitted(self.newshape, product(x))
        if y is None or self.newshape.count(-1) > 1:
            raise ShapeError(f"the values of {show(x)} do not make {show(self.newshape)}", code="reshape")
        return y

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """Row by row."""
        return x.reshape([-1 if n is None else n for n in self.newshape])


class Transpose(Shaping):
    """The axes in another order."""

    axes_: tuple[int, ...] | None = arg(t.indices, default=None, doc="the order; the other way round where it is None")

    def output(self, x: Shape) -> Shape:
        """The sizes in the order."""
        order = range(len(x))[::-1] if self.axes_ is None else places(self.axes_, x)
        if len(order) != len(x):
            raise ShapeError(f"{show(x)} has {len(x)} axes, and {len(order)} are put in order", code="permutation")
        return tuple(x[at] for at in order)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The axes in the order."""
        return x.transpose(self.axes_)


class Swapaxes(Shaping):
    """Two axes, one in the other's place."""

    axis1: int = arg(t.whole, doc="one axis")
    axis2: int = arg(t.whole, doc="the other axis")

    def output(self, x: Shape) -> Shape:
        """The sizes, two of them exchanged."""
        (i,), (j,) = places([self.axis1], x), places([self.axis2], x)
        other = {i: j, j: i}
        return tuple(x[other.get(at, at)] for at in range(len(x)))

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The axes exchanged."""
        return x.swapaxes(self.axis1, self.axis2)


class ExpandDims(Shaping):
    """More axes, of size 1."""

    axis: tuple[int, ...] = arg(t.indices, doc="where the axes stand in the output")

    def output(self, x: Shape) -> Shape:
        """The sizes with 1s among them."""
        new, left = places(self.axis, (*x, *(1 for _ in self.axis))), iter(x)
        return tuple(1 if at in new else next(left) for at in range(len(x) + len(new)))

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The input with the axes."""
        return masking.expand_dims(x, self.axis)


class Squeeze(Shaping):
    """Without axes of size 1."""

    axis: tuple[int, ...] | None = arg(t.indices, default=None, doc="the axes that go; all of size 1 where it is None")

    def output(self, x: Shape) -> Shape:
        """The sizes without the axes; `ShapeError` where one is not of size 1."""
        ones = [at for at, size in enumerate(x) if size == 1]
        gone = ones if self.axis is None else places(self.axis, x)
        if not set(gone) <= set(ones):
            raise ShapeError(f"{show(x)} has other sizes than 1 there", code="reshape", argument="axis")
        return tuple(size for at, size in enumerate(x) if at not in gone)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The values without the axes."""
        return x.squeeze(self.axis)


class Concatenate(Operation):
    """Tensors side by side."""

    signature = Signature("xs", most=None)
    gives = PROMOTED
    axis: int = arg(t.whole, default=0, doc="axis that grows; the batch is 0")

    def infer(self, *shapes: Shape) -> Inferred:
        """The first input's shape with the sizes along the axis added up."""
        self.count(shapes)
        return Inferred(merge.side_by_side(self.kind, shapes, self.axis), (), (), ())

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Array:
        """The inputs side by side."""
        return np.concatenate(inputs, self.axis)


class Stack(Shaping):
    """Tensors of one shape along a new axis."""

    signature = Signature("x", most=None)
    gives = PROMOTED
    axis: int = arg(t.whole, default=0, doc="where the axis stands in the output")

    def infer(self, *shapes: Shape) -> Inferred:
        """The shape of each with the number of tensors along the axis."""
        self.count(shapes)
        x = shapes[0]
        if any(len(y) != len(x) or any(len({*pair} - {None}) > 1 for pair in zip(x, y, strict=True)) for y in shapes):
            raise merge.mismatch(self.kind, shapes, "their shapes are equal in a stack")
        (at,) = places([self.axis], (*x, 1))
        return Inferred((*x[:at], len(shapes), *x[at:]), (), (), ())

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Array:
        """The inputs along the axis."""
        return np.stack(inputs, self.axis)
