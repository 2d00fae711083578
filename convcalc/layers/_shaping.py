"""Operations that change the shape of a tensor, as ``x[:, 0]``."""

from __future__ import annotations

from collections.abc import Sequence

from convcalc import types as t
from convcalc.argument import arg
from convcalc.calling import Accepts
from convcalc.compute import masking
from convcalc.errors import ShapeError
from convcalc.layer import MANY
from convcalc.layers import merge
from convcalc.layers._operations import Operation
from convcalc.lazy import Array
from convcalc.shapes import Dim, Shape, show


class _Shaping(Operation):
    """An operation that moves values, and keeps their dtype."""

    output_dtype = "float32"
    follows_dtype = True
    built_at_init = True
    moves_axes = True


class GetItem(_Shaping):
    """A part of a tensor, ``x[:, 0]``."""

    call = Accepts("x", options=("key",))
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


class Concatenate(merge.Concatenate, _Shaping):
    """Tensors side by side."""

    listed = False
    takes = range(1, MANY + 1)
    supports_masking = False
    call = Accepts("xs")
    axis: int = arg(t.whole, default=0, doc="axis that grows; the batch is 0")


class ExpandDims(_Shaping):
    """One more axis, of size 1."""

    axis: int = arg(t.whole, doc="where the axis stands in the output")

    def output(self, x: Shape) -> Shape:
        """The sizes with a 1 among them."""
        at = self.axis % (len(x) + 1)
        return (*x[:at], 1, *x[at:])

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The input with the axis."""
        return masking.expand_dims(x, self.axis)
