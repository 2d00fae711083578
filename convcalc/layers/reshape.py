"""The same values in another order or shape: Flatten, Reshape, Permute, RepeatVector."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.layer import Layer
from convcalc.declare.traits import Positions
from convcalc.errors import ArgumentError, ShapeError
from convcalc.layers import _arguments as a
from convcalc.lazy import Array, np
from convcalc.sizes.formula import Step
from convcalc.sizes.shapes import Dim, Shape, product, show


class Flatten(Layer):
    """All values of a sample in one row.

    >>> Flatten().on(5, 6, 3)
    (None, 90)  0 params  0 MACs
    """

    positions = Positions(move=True, see_all=True)
    data_format: str = a.data_format

    def output(self, x: Shape) -> Shape:
        """``(batch, values)``."""
        return (x[0], product(x[1:]))

    def steps(self, x: Shape, y: Shape) -> Iterator[Step]:
        """The product of all sizes."""
        numbers = " × ".join("?" if n is None else str(n) for n in x[1:])
        yield Step("values", "product of all sizes", numbers, y[1])

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """Row by row, the channels last."""
        return x.reshape(len(x), math.prod(x.shape[1:]))


class Reshape(Layer):
    """The values of a sample in another shape; -1 stands for what is left.

    >>> Reshape((-1, 2)).on(12)
    (None, 6, 2)  0 params  0 MACs
    """

    built_at_init = True
    positions = Positions(move=True)
    target_shape: Shape = arg(t.target_dims, doc="sizes without the batch; -1 once, for what is left")

    def check(self) -> None:
        """At most one -1."""
        if self.target_shape.count(-1) > 1:
            raise ArgumentError(
                f"target_shape has {self.target_shape.count(-1)} sizes of -1",
                code="reshape",
                argument="target_shape",
                why="only one size can follow from the others",
                help="give every size but one",
            )

    def output(self, x: Shape) -> Shape:
        """The batch and ``target_shape``; what follows from unknown sizes is unknown, and unchecked as in Keras."""
        total = product(x[1:])
        sizes = fitted(self.target_shape, total)
        if sizes is None:
            raise self._does_not_divide(x, total)
        return (x[0], *sizes)

    def _does_not_divide(self, x: Shape, total: Dim) -> ShapeError:
        return ShapeError(
            f"{total} values do not make {show(self.target_shape)}",
            code="reshape",
            argument="target_shape",
            why=f"a sample of {show(x)} has {total} values, and each must find a place",
            help="let the product of the sizes be the same, or put -1 in place of one",
        )

    def steps(self, x: Shape, y: Shape) -> Iterator[Step]:
        """The values counted, and the sizes they go into."""
        numbers = " × ".join("?" if n is None else str(n) for n in x[1:])
        yield Step("values", "product of all sizes", numbers, product(x[1:]))
        yield Step("shape", "target_shape", show(self.target_shape), y)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """Row by row."""
        return x.reshape([-1 if n is None else n for n in self.output(x.shape)])


def fitted(target: Shape, total: Dim) -> Shape | None:
    """The sizes that ``total`` values are put into, a -1 worked out; None where they do not fit."""
    if total is None or None in target:
        return tuple(None if n == -1 else n for n in target)
    given = product(n for n in target if n != -1) or 0
    if (total != given) if -1 not in target else (not given or total % given):
        return None
    return tuple(total // given if n == -1 else n for n in target)


class Permute(Layer):
    """The axes of a sample in another order.

    >>> Permute((3, 1, 2)).on(5, 6, 3)
    (None, 3, 5, 6)  0 params  0 MACs
    """

    positions = Positions(move=True)
    dims: tuple[int, ...] = arg(t.axis_numbers, doc="the input's axes in their new order, from 1")

    def check(self) -> None:
        """Each axis once, from 1."""
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ArgumentError(
                f"dims must hold each of 1 to {len(self.dims)} once, got {self.dims}",
                code="permutation",
                argument="dims",
                why="axis 0 is the batch, and every axis keeps a place",
                help=f"such as {tuple(range(len(self.dims), 0, -1))}, which turns the order round",
            )

    def output(self, x: Shape) -> Shape:
        """The batch, and the sizes in their new order."""
        if len(x) != len(self.dims) + 1:
            raise ShapeError(
                f"dims name {len(self.dims)} axes, the input has {len(x) - 1}",
                code="wrong-rank",
                argument="dims",
                why=f"its input is {show(x)}, batch included",
                help="name every axis but the batch",
            )
        return (x[0], *(x[axis] for axis in self.dims))

    def steps(self, x: Shape, y: Shape) -> Iterator[Step]:
        """The axes in their new order."""
        yield Step("shape", f"axes {', '.join(map(str, self.dims))} of {show(x)}", "", y)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The transposed values."""
        return np.transpose(x, (0, *self.dims))


class RepeatVector(Layer):
    """A vector, n times over.

    >>> RepeatVector(4).on(3)
    (None, 4, 3)  0 params  0 MACs
    """

    positions = Positions(move=True)
    n: int = arg(t.strict_positive, doc="number of copies")

    @classmethod
    def ranks(cls) -> range:
        """A batch of vectors."""
        return range(2, 3)

    def output(self, x: Shape) -> Shape:
        """``(batch, n, channels)``."""
        return (x[0], self.n, x[1])

    def steps(self, x: Shape, y: Shape) -> Iterator[Step]:
        """One more axis."""
        yield Step("shape", "(batch, n, channels)", "", y)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The copies along a new axis."""
        return np.repeat(x[:, None], self.n, axis=1)
