"""Operations that cut a tensor into several, and that put several side by side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.signature import Signature
from convcalc.declare.traits import Positions
from convcalc.declare.weight import Inferred
from convcalc.errors import ArgumentError, ShapeError
from convcalc.layers import merge
from convcalc.layers.ops.operands import PROMOTED, Operation, need_rank, numpy, place
from convcalc.lazy import Array, np
from convcalc.sizes.shapes import Dim, Shape, product, show

# Where parts end may be unknown, or how many there are.
_CUTS = t.Either(t.natural, t.axis_numbers, words="a number of parts, or the places where parts end")
_MOST_PARTS = 10_000


_sections: Any = arg(_CUTS, doc="how many parts, or where they end")


class _Cutting(Operation):
    """A cut into parts along an axis: equal ones, or parts that end at given places."""

    positions = Positions(move=True)
    listed = True

    def along(self, x: Shape) -> int:
        """The axis, counted from 0."""
        return place(self.config["axis"], x)

    def parts(self, x: Shape) -> list[Shape]:
        """The shapes of all parts; `ShapeError` where there are no equal ones."""
        at = self.along(x)
        return [(*x[:at], size, *x[at + 1 :]) for size in _sizes(x[at], self.config["indices_or_sections"])]

    def output(self, x: Shape) -> Shape:
        """The shape of the first part."""
        found = self.parts(x)
        if not found or len(found) > _MOST_PARTS:
            raise ShapeError(f"{len(found)} parts are too {'many' if found else 'few'}", code="split")
        return found[0]

    def more(self, x: Shape, y: Shape) -> tuple[Shape, ...]:
        """The shapes of the other parts."""
        return tuple(self.parts(x)[1:])

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Any:
        """The parts."""
        (x,) = inputs
        at = self.along(x.shape)
        ends = list(accumulate(shape[at] or 0 for shape in self.parts(x.shape)))
        return tuple(np.split(x, ends[:-1], at))


def _sizes(size: Dim, cuts: Any) -> list[Dim]:
    """The sizes of all parts along an axis."""
    if isinstance(cuts, int):
        if not 0 < cuts <= _MOST_PARTS or (size is not None and size % cuts):
            raise ShapeError(f"{size} does not make {cuts} equal parts", code="split")
        return [None if size is None else size // cuts] * cuts
    ends: list[Dim] = [0, *cuts, size]
    return [None if None in pair else pair[1] - pair[0] for pair in zip(ends, ends[1:], strict=False)]  # type: ignore[operator]


class Split(_Cutting):
    """Equal parts along an axis, or parts that end at given places."""

    indices_or_sections: Any = _sections
    axis: int = arg(t.whole, default=0, doc="the axis")


class Vsplit(_Cutting):
    """Parts along the first axis."""

    indices_or_sections: Any = _sections

    def along(self, x: Shape) -> int:
        """The first axis."""
        need_rank(self.kind, x, 2)
        return 0


class Hsplit(_Cutting):
    """Parts along the second axis, or along the only one."""

    indices_or_sections: Any = _sections

    def along(self, x: Shape) -> int:
        """The second axis, or the only one."""
        need_rank(self.kind, x, 1)
        return min(1, len(x) - 1)


class Dsplit(_Cutting):
    """Parts along the third axis."""

    indices_or_sections: Any = _sections

    def along(self, x: Shape) -> int:
        """The third axis."""
        need_rank(self.kind, x, 3)
        return 2


class ArraySplit(_Cutting):
    """Parts along an axis, of which the first ones may be one larger."""

    indices_or_sections: int = arg(t.positive, doc="how many parts")
    axis: int = arg(t.whole, default=0, doc="the axis")

    def parts(self, x: Shape) -> list[Shape]:
        """The shapes of all parts."""
        at, many = place(self.axis, x), self.indices_or_sections
        size = x[at]
        sizes = [None if size is None else size // many + (one < size % many) for one in range(min(many, 10_001))]
        return [(*x[:at], one, *x[at + 1 :]) for one in sizes]


class Unstack(_Cutting):
    """The parts along an axis, without the axis."""

    num: Any = arg(t.natural, default=None, doc="how many parts, where the size is unknown")
    axis: int = arg(t.whole, default=0, doc="the axis")

    def parts(self, x: Shape) -> list[Shape]:
        """The shapes of all parts; `ShapeError` where their number is unknown."""
        at = place(self.axis, x)
        many = x[at] if self.num is None else self.num
        if many is None:
            raise ShapeError(f"how many parts {show(x)} has along axis {self.axis} is unknown", code="unknown-size")
        return [(*x[:at], *x[at + 1 :])] * min(many, _MOST_PARTS + 1)

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Any:
        """The parts."""
        return tuple(np.moveaxis(inputs[0], self.axis, 0))


# Side by side.


class _Stacking(Operation):
    """Tensors side by side along an axis that the kind says."""

    positions = Positions(move=True)
    signature = Signature("xs", most=None)
    gives = PROMOTED
    along = 0

    def whole(self, x: Shape) -> Shape:
        """The shape that a tensor has in the stack."""
        need_rank(self.kind, x, self.along + 1)
        return x

    def infer(self, *shapes: Shape) -> Inferred:
        """The sizes along the axis added up."""
        self.count(shapes)
        return Inferred(merge.side_by_side(self.kind, [self.whole(one) for one in shapes], self.along), (), (), ())

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Array:
        """The inputs side by side."""
        return np.concatenate([numpy("reshape")(x, self.whole(x.shape)) for x in inputs], self.along)


class Vstack(_Stacking):
    """Tensors side by side along the first axis."""


class Hstack(_Stacking):
    """Tensors side by side along the second axis."""

    along = 1


class Dstack(_Stacking):
    """Tensors side by side along the third axis."""

    along = 2

    def whole(self, x: Shape) -> Shape:
        """The shape with axes of size 1, three in all."""
        return {0: (1, 1, 1), 1: (1, *x, 1), 2: (*x, 1)}.get(len(x), x)


class Append(Operation):
    """Two tensors side by side; all values in a row where the axis is None."""

    positions = Positions(move=True)
    signature = Signature("x1", "x2", least=2, most=2)
    gives = PROMOTED
    axis: Any = arg(t.whole, default=None, doc="the axis that grows; the flat tensors where it is None")

    def infer(self, *shapes: Shape) -> Inferred:
        """The sizes along the axis added up."""
        self.count(shapes)
        if self.axis is None:
            many = [product(shape) for shape in shapes]
            return Inferred((None if None in many else sum(one or 0 for one in many),), (), (), ())
        whole = merge.side_by_side(self.kind, shapes, self.axis)
        if whole[self.axis] is None:
            raise ShapeError("the sizes along the axis must be known", code="unknown-size", argument="axis")
        return Inferred(whole, (), (), ())

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Array:
        """The tensors side by side."""
        return np.asarray(numpy("append")(*inputs, self.axis))


class Meshgrid(Operation):
    """The coordinates of all points of a grid, of the coordinates along each axis."""

    positions = Positions(move=True)
    signature = Signature("x", most=None)
    starred = True
    listed = True
    indexing: str = arg(t.Choice("xy", "ij"), default="xy", doc="whether columns come first, or rows")

    def infer(self, *shapes: Shape) -> Inferred:
        """As many grids as tensors, with a size for each."""
        self.count(shapes)
        sizes = [product(shape) for shape in shapes]
        if self.indexing == "xy":
            if len(sizes) < 2:
                raise ArgumentError("a grid of columns and rows has 2 axes or more", code="input-count")
            sizes[:2] = sizes[1::-1]
        y = tuple(sizes)
        return Inferred(y, (), (), (), (y,) * (len(shapes) - 1))

    def typed(self, given: Sequence[str], output: int = 0) -> str:
        """As Keras has it: the dtype of the last input, or float32."""
        return given[-1] if self.indexing == "xy" else "float32"

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Any:
        """The grids."""
        return tuple(numpy("meshgrid")(*(x.reshape(-1) for x in inputs), indexing=self.indexing))
