"""Operations that arrange values anew: more often, in another order, with others around them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.signature import Signature
from convcalc.errors import ArgumentError, ShapeError
from convcalc.layers.ops.measures import diagonal
from convcalc.layers.ops.operands import need_rank, numpy, place, places, together
from convcalc.layers.ops.shaping import Shaping
from convcalc.lazy import Array, np
from convcalc.sizes.shapes import Dim, Shape, product, show

# How often, where a number may be unknown.
_TIMES = t.ListOf(t.OrNone(t.natural), "an integer or a list of integers", alone=t.natural)


class Tile(Shaping):
    """The tensor again and again along its axes."""

    repeats: Any = arg(_TIMES, doc="how often, for each axis, counted from the last")

    def output(self, x: Shape) -> Shape:
        """The sizes times the repeats; an axis that is missing has size 1."""
        rank = max(len(x), len(self.repeats))
        sizes, times = ((1,) * (rank - len(row)) + tuple(row) for row in (x, self.repeats))
        return tuple(None if None in pair else pair[0] * pair[1] for pair in zip(sizes, times, strict=True))

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The tensor, repeated."""
        return np.tile(x, self.repeats)


class Repeat(Shaping):
    """Each part along an axis several times; each value where the axis is None."""

    repeats: Any = arg(_TIMES, doc="how often, for all parts or for each")
    axis: Any = arg(t.whole, default=None, doc="the axis; the flat tensor where it is None")

    def output(self, x: Shape) -> Shape:
        """The size along the axis times the repeats; `ShapeError` for another number of repeats than of parts."""
        flat: Shape = (product(x),) if self.axis is None else x
        at = 0 if self.axis is None else place(self.axis, x)
        return (*flat[:at], self._size(flat[at]), *flat[at + 1 :])

    def _size(self, size: Dim) -> Dim:
        if size is None or None in self.repeats:
            return None
        if len(self.repeats) not in (1, size):
            raise ShapeError(f"{size} parts have {len(self.repeats)} repeats", code="repeats", argument="repeats")
        return size * int(self.repeats[0]) if len(self.repeats) == 1 else sum(self.repeats)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The parts, repeated."""
        return np.repeat(x, self.repeats, self.axis)


class BroadcastTo(Shaping):
    """The tensor repeated to another shape."""

    shape: Shape = arg(t.sizes, doc="sizes of the output, with the batch")

    def output(self, x: Shape) -> Shape:
        """The shape; `ShapeError` where the input cannot be repeated to it."""
        together(x, self.shape)
        return self.shape

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The tensor, repeated."""
        return np.broadcast_to(x, [n or size for n, size in zip(self.shape, x.shape[-len(self.shape) :], strict=False)])


_pair = t.ListOf(t.whole, "a pair of integers", 1, 2)
_PADS = t.Either(t.whole, t.ListOf(_pair, "", 1), _pair, words="an integer, a pair of integers or a list of pairs")


class Pad(Shaping):
    """More values before and after each axis."""

    pad_width: Any = arg(_PADS, doc="how many values: for all axes, or a pair for each")
    mode: str = arg(t.word, default="constant", doc="which values")
    constant_values: Any = arg(t.number, default=None, doc="the value that is added")

    def pads(self, x: Shape) -> list[tuple[int, int]]:
        """How many values come before and after each axis; `ShapeError` for another number of pairs than of axes."""
        width = self.pad_width
        rows = [(width, width)] if isinstance(width, int) else [width] if isinstance(width[0], int) else list(width)
        pairs = [(one[0], one[-1]) for one in rows]
        if len(pairs) not in (1, len(x)):
            raise ShapeError(f"{len(pairs)} pairs do not pad {show(x)}", code="pads", argument="pad_width")
        return pairs * len(x) if len(pairs) == 1 else pairs

    def output(self, x: Shape) -> Shape:
        """The sizes with what is added."""
        return tuple(n if n is None else n + sum(pair) for n, pair in zip(x, self.pads(x), strict=True))

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The tensor with what is added."""
        options: dict[str, Any] = {} if self.constant_values is None else {"constant_values": self.constant_values}
        return np.asarray(numpy("pad")(x, self.pads(x.shape), self.mode, **options))


class Flip(Shaping):
    """The parts along axes the other way round."""

    axis: tuple[int, ...] | None = arg(t.indices, default=None, doc="the axes; all where it is None")

    def output(self, x: Shape) -> Shape:
        """The input's shape; `ShapeError` where it has no such axis."""
        if self.axis is not None:
            places(self.axis, x)
        return x

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The parts turned round."""
        return np.flip(x, self.axis)


class Fliplr(Shaping):
    """The parts along the second axis the other way round."""

    def output(self, x: Shape) -> Shape:
        """The input's shape; `ShapeError` where it has one axis."""
        need_rank(self.kind, x, 2)
        return x

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The parts turned round."""
        return np.fliplr(x)


class Flipud(Shaping):
    """The parts along the first axis the other way round."""

    def output(self, x: Shape) -> Shape:
        """The input's shape; `ShapeError` where it has no axis."""
        need_rank(self.kind, x, 1)
        return x

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The parts turned round."""
        return np.flipud(x)


class Roll(Shaping):
    """The parts moved along axes; what falls off the end comes first."""

    shift: Any = arg(t.indices, doc="by how many places")
    axis: tuple[int, ...] | None = arg(t.indices, default=None, doc="the axes; the flat tensor where it is None")

    def output(self, x: Shape) -> Shape:
        """The input's shape; `ShapeError` where it has no such axis."""
        if self.axis is not None:
            places(self.axis, x)
        return x

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The parts moved."""
        return np.roll(x, self.shift if self.axis else self.shift[0], self.axis)


class Rot90(Shaping):
    """The plane of two axes turned by quarters."""

    signature = Signature("array")
    k: int = arg(t.whole, default=1, doc="how many quarters")
    axes_: tuple[int, ...] = arg(t.indices, default=(0, 1), doc="the axes of the plane")

    def output(self, x: Shape) -> Shape:
        """The sizes of the two axes exchanged, as Keras has it for any number of quarters."""
        need_rank(self.kind, x, 2)
        if len(self.axes_) != 2:
            raise ShapeError(f"a plane has 2 axes, got {len(self.axes_)}", code="no-axis", argument="axes")
        first, second = places(self.axes_, x)
        other = {first: second, second: first}
        return tuple(x[other.get(at, at)] for at in range(len(x)))

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The plane turned."""
        return np.rot90(x, self.k, (self.axes_[0], self.axes_[1]))


class Ravel(Shaping):
    """All values in a row."""

    def output(self, x: Shape) -> Shape:
        """The number of values."""
        return (product(x),)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The values."""
        return x.reshape(-1)


class Moveaxis(Shaping):
    """Some axes at other places, the others in their order."""

    source: tuple[int, ...] = arg(t.indices, doc="the axes")
    destination: tuple[int, ...] = arg(t.indices, doc="their places in the output")

    def check(self) -> None:
        """As many places as axes."""
        if len(self.source) != len(self.destination):
            raise ArgumentError(
                f"{len(self.source)} axes go to {len(self.destination)} places", code="bad-value", argument="source"
            )

    def output(self, x: Shape) -> Shape:
        """The sizes in the other order."""
        goes = dict(zip(places(self.destination, x), places(self.source, x), strict=True))
        left = iter([at for at in range(len(x)) if at not in goes.values()])
        return tuple(x[goes[at] if at in goes else next(left)] for at in range(len(x)))

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The axes moved."""
        return np.moveaxis(x, self.source, self.destination)


# Diagonals and triangles.


class Diag(Shaping):
    """A matrix with a given diagonal, or the diagonal of a matrix."""

    k: int = arg(t.whole, default=0, doc="which diagonal")

    def output(self, x: Shape) -> Shape:
        """The sizes of the matrix, or the length of the diagonal."""
        need_rank(self.kind, x, 1, 2)
        if len(x) == 2:
            return (diagonal(x, 0, 1, self.k),)
        return (None if x[0] is None else x[0] + abs(self.k),) * 2

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The matrix or the diagonal."""
        return np.diag(x, self.k)


class Diagflat(Shaping):
    """A matrix with all values along a diagonal."""

    k: int = arg(t.whole, default=0, doc="which diagonal")

    def output(self, x: Shape) -> Shape:
        """The sizes of the matrix."""
        many = product(x)
        return (None if many is None else many + abs(self.k),) * 2

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The matrix."""
        return np.diagflat(x, self.k)


class Diagonal(Shaping):
    """The diagonals of matrices."""

    offset: int = arg(t.whole, default=0, doc="which diagonal")
    axis1: int = arg(t.whole, default=0, doc="the axis of the rows")
    axis2: int = arg(t.whole, default=1, doc="the axis of the columns")

    def output(self, x: Shape) -> Shape:
        """The sizes without the two axes, then the length."""
        need_rank(self.kind, x, 2)
        first, second = places([self.axis1, self.axis2], x)
        left = (size for at, size in enumerate(x) if at not in (first, second))
        return (*left, diagonal(x, first, second, self.offset))

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The diagonals."""
        return np.diagonal(x, self.offset, self.axis1, self.axis2)


class Tril(Shaping):
    """Matrices with 0 above a diagonal."""

    k: int = arg(t.whole, default=0, doc="which diagonal")

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The lower triangles."""
        return np.tril(x, self.k)


class Triu(Shaping):
    """Matrices with 0 below a diagonal."""

    k: int = arg(t.whole, default=0, doc="which diagonal")

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The upper triangles."""
        return np.triu(x, self.k)


class Vander(Shaping):
    """The powers of every value."""

    N: Any = arg(t.natural, default=None, doc="how many powers")
    increasing: bool = arg(t.flag, default=False, doc="whether the lowest power comes first")

    def output(self, x: Shape) -> Shape:
        """The input's shape, and the number of powers."""
        need_rank(self.kind, x, 1)
        return (*x, x[0] if self.N is None else self.N)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The powers."""
        return np.vander(x, self.N, self.increasing)


class Rearrange(Shaping):
    """The axes as a pattern says, such as ``"b (h p) c -> b h (p c)"``."""

    signature = Signature("tensor", options=("pattern",))
    pattern: str = arg(t.word, doc="the axes before and after, by name; axes in parentheses are one")
    axes_lengths: Any = arg(t.anything, default=None, doc="sizes of axes, by name")
    # Other arguments of Keras's function are gathered in this one.
    gathers = "axes_lengths"

    def _axes(self) -> list[list[list[str]]]:
        """The names before and after the arrow, axis by axis."""
        sides = re.split(r"\s*->\s*", self.pattern)
        if len(sides) != 2:
            raise ShapeError(f"{self.pattern!r} has no arrow between the axes", code="equation", argument="pattern")
        return [[one.strip("()").split() for one in re.findall(r"\w+|\(.*?\)", side)] for side in sides]

    def _sizes(self, x: Shape) -> dict[str, Dim]:
        """The size of every name; `ShapeError` where the names do not fit."""
        before, _ = self._axes()
        if None in x:
            raise ShapeError("the sizes of axes that are rearranged must be known", code="unknown-size")
        if len(before) != len(x):
            raise ShapeError(f"{self.pattern!r} is for {len(before)} axes, got {len(x)}", code="wrong-rank")
        found: dict[str, Dim] = {}
        given: dict[str, int] = dict(self.axes_lengths or {})
        for names, size in zip(before, x, strict=True):
            open_ = [name for name in names if name not in given] if len(names) > 1 else names
            rest = product(given[name] for name in names if name not in open_) or 1
            found.update({name: given[name] for name in names if name not in open_})
            found.update(dict.fromkeys(open_[:1], None if size is None else size // rest))
            if len(open_) > 1 or (size is not None and product(found[name] for name in names) != size):
                raise ShapeError(f"{size} is not the size of {names}", code="split", argument="pattern")
        return found

    def output(self, x: Shape) -> Shape:
        """The sizes of the names after the arrow."""
        sizes, (before, after) = self._sizes(x), self._axes()
        names = [name for group in after for name in group]
        if sorted(names) != sorted(name for group in before for name in group):
            message = f"{self.pattern!r} has other axes before than after"
            raise ShapeError(message, code="equation", argument="pattern")
        return tuple(product(sizes[name] for name in group) for group in after)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The axes taken apart, put in order and together."""
        sizes, (before, after) = self._sizes(x.shape), self._axes()
        names = [name for group in before for name in group]
        order = [names.index(name) for group in after for name in group]
        return (
            x.reshape([sizes[name] or 0 for name in names])
            .transpose(order)
            .reshape([n or 0 for n in self.output(x.shape)])
        )
