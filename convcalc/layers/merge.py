"""Several inputs into one: sums and the like, Concatenate, Dot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any

from convcalc.compute import merging
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.layer import Layer
from convcalc.declare.signature import Signature
from convcalc.declare.traits import Masks, Simple
from convcalc.declare.weight import Inferred
from convcalc.errors import ShapeError
from convcalc.lazy import Array, np
from convcalc.sizes.formula import Product, Step
from convcalc.sizes.shapes import Dim, Shape, product, show


def _several(most: int | None) -> Signature:
    """The signature of a merge of two inputs or more."""
    return Signature("inputs", least=2, most=most, in_list=True, alone_in_list=True)


def mismatch(kind: str, shapes: Iterable[Shape], why: str) -> ShapeError:
    """The refusal of shapes that do not go together."""
    return ShapeError(
        f"{kind} cannot merge {' and '.join(map(show, shapes))}",
        code="merge",
        why=why,
        help="give inputs of equal sizes",
    )


def merged_by_value(kind: str, shapes: Sequence[Shape]) -> Shape:
    """The shapes broadcast, where an unknown size stays unknown even beside a known size."""
    batches = {shape[0] for shape in shapes} - {None}
    if len(batches) > 1:
        raise mismatch(kind, shapes, "they have different batch sizes")

    def both(x: Shape, y: Shape) -> Shape:
        rank = max(len(x), len(y))
        pairs = list(zip(*((1,) * (rank - len(shape)) + shape for shape in (x, y)), strict=True))
        wrong = [pair for pair in pairs if len({*pair} - {None, 1}) > 1]
        if wrong:
            raise mismatch(kind, (x, y), f"sizes must be equal or 1, and {wrong[0][0]} meets {wrong[0][1]}")
        return tuple(None if None in pair else max(pair, key=lambda n: (n != 1, n)) for pair in pairs)

    return (batches.pop() if batches else None, *reduce(both, (shape[1:] for shape in shapes)))


def side_by_side(kind: str, shapes: Sequence[Shape], axis: int) -> Shape:
    """The first shape with the sizes along the axis added up; the other sizes agree or are unknown."""
    rank = len(shapes[0])
    if any(len(shape) != rank for shape in shapes):
        raise mismatch(kind, shapes, "they have different numbers of axes")
    if not -rank <= axis < rank:
        raise mismatch(kind, shapes, f"they have no axis {axis}")
    at = axis % rank
    for place, sizes in enumerate(zip(*shapes, strict=True)):
        if place != at and len({*sizes} - {None}) > 1:
            raise mismatch(kind, shapes, f"they differ along axis {place}, and only axis {at} may differ")
    along: list[Dim] = [shape[at] for shape in shapes]
    total = None if None in along else sum(n or 0 for n in along)
    return (*shapes[0][:at], total, *shapes[0][at + 1 :])


class _Merge(Layer):
    masks = Masks(passes=True)
    signature = _several(None)

    def infer(self, *shapes: Shape, listed: bool = False) -> Inferred:
        """The output of inputs of these shapes, batch first; `ShapeError` where they do not go together.

        Where any number will do, Keras takes one tensor too, in a list.
        """
        if not (listed and self.signature.most is None):
            self.count(shapes)
        y = self.merged(shapes)
        return Inferred(y, (), tuple(self.products(shapes, y)), ())

    def merged(self, shapes: Sequence[Shape]) -> Shape:
        """The output shape: the inputs broadcast."""
        return merged_by_value(self.kind, shapes)

    def products(self, shapes: Sequence[Shape], y: Shape) -> Iterable[Product]:
        """Multiply-accumulates for one sample."""
        return ()

    def steps(self, x: Shape, y: Shape) -> Iterable[Step]:
        """The inputs broadcast."""
        yield Step("shape", "the inputs broadcast", "", y)

    def mask(self, ops: Any, inputs: Sequence[Any], masks: Sequence[Any]) -> Any:
        """Where any mask is true; None where an input has no mask."""
        return None if any(mask is None for mask in masks) else reduce(ops.logical_or, masks)


class Add(_Merge):
    """The sum of its inputs.

    >>> Add().infer((None, 5, 3), (None, 1, 3))
    (None, 5, 3)  0 params  0 MACs
    """

    def simply(self, x: Shape) -> Simple:
        """The sum of the inputs."""
        return Simple(adds=True)

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Array:
        """The sum."""
        return merging.add(merging.aligned(inputs))


class Subtract(_Merge):
    """Its first input less its second.

    >>> Subtract().infer((None, 5, 3), (None, 3))
    (None, 5, 3)  0 params  0 MACs
    """

    signature = _several(2)

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Array:
        """The difference."""
        x, y = merging.aligned(inputs)
        return x - y


def _kept(inputs: Sequence[Array], masks: Sequence[Array | None]) -> Sequence[Array | None]:
    """The masks of the inputs that have as many axes as any: as in Keras the other inputs lose their masks."""
    rank = max(x.ndim for x in inputs)
    return [mask if x.ndim == rank else None for x, mask in zip(inputs, masks or [None] * len(inputs), strict=True)]


class Multiply(_Merge):
    """The product of its inputs, value by value.

    >>> Multiply().infer((None, 5, 3), (None, 5, 1))
    (None, 5, 3)  0 params  0 MACs
    """

    masks = Masks(passes=True, minds=True)

    def apply(self, weights: Sequence[Array], *inputs: Array, masks: Sequence[Array | None] = ()) -> Array:
        """The product of the values that the masks keep."""
        return merging.multiply(merging.aligned(inputs), _kept(inputs, masks))


class Average(_Merge):
    """The mean of its inputs.

    >>> Average().infer((None, 5, 3), (None, 5, 3), (None, 5, 3))
    (None, 5, 3)  0 params  0 MACs
    """

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Array:
        """The sum over the number of inputs."""
        mean: Array = merging.add(merging.aligned(inputs)) / len(inputs)
        return mean


class Maximum(_Merge):
    """The greatest of its inputs, value by value.

    >>> Maximum().infer((None, 5, 3), (None, 5, 3))
    (None, 5, 3)  0 params  0 MACs
    """

    masks = Masks(passes=True, minds=True)

    def apply(self, weights: Sequence[Array], *inputs: Array, masks: Sequence[Array | None] = ()) -> Array:
        """The maximum of the values that the masks keep."""
        return merging.extreme(np.maximum, merging.aligned(inputs), _kept(inputs, masks))


class Minimum(_Merge):
    """The least of its inputs, value by value.

    >>> Minimum().infer((None, 5, 3), (None, 5, 3))
    (None, 5, 3)  0 params  0 MACs
    """

    masks = Masks(passes=True, minds=True)

    def apply(self, weights: Sequence[Array], *inputs: Array, masks: Sequence[Array | None] = ()) -> Array:
        """The minimum of the values that the masks keep."""
        return merging.extreme(np.minimum, merging.aligned(inputs), _kept(inputs, masks))


class Concatenate(_Merge):
    """Its inputs side by side along an axis.

    >>> Concatenate().infer((None, 5, 3), (None, 5, 4))
    (None, 5, 7)  0 params  0 MACs
    """

    axis: int = arg(t.whole, default=-1, doc="axis that grows; the batch is 0")

    def merged(self, shapes: Sequence[Shape]) -> Shape:
        """The first input's shape with the sizes along the axis added up."""
        return side_by_side(self.kind, shapes, self.axis)

    def steps(self, x: Shape, y: Shape) -> Iterable[Step]:
        """The sizes along the axis added up."""
        yield Step("shape", f"sizes along axis {self.axis} added up", "", y)

    def mask(self, ops: Any, inputs: Sequence[Any], masks: Sequence[Any]) -> Any:
        """The masks side by side, true for an input without a mask; None where no input has a mask."""
        if all(mask is None for mask in masks):
            return None
        whole = [
            ops.ones_like(x)
            if mask is None
            else ops.logical_or(ops.expand_dims(mask), ops.zeros_like(x))
            if len(mask.shape) < len(x.shape)
            else mask
            for x, mask in zip(inputs, masks, strict=True)
        ]
        return ops.any(ops.concatenate(whole, self.axis))

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Array:
        """The inputs side by side."""
        return np.concatenate(inputs, self.axis)


class Dot(_Merge):
    """Sums of products along an axis of either input, sample by sample.

    >>> Dot(axes=(1, 2)).infer((None, 5, 3), (None, 4, 5))
    (None, 3, 4)  0 params  60 MACs
    """

    signature = _several(2)
    axes_: int | tuple[int, ...] = arg(t.axis_pair, doc="axis of both inputs, or one of each")
    normalize: bool = arg(t.flag, default=False, doc="whether vectors along the axes get length 1 before (cosines)")

    def places(self, shapes: Sequence[Shape]) -> tuple[int, int]:
        """The axis of either input, from 0; `ShapeError` for an axis that the input lacks, and for the batch."""
        wanted = self.axes_ if isinstance(self.axes_, tuple) else (self.axes_,) * 2
        ranks = [len(shape) for shape in shapes]
        # Keras wraps a single negative axis around as often as it takes.
        found = [n % rank if n < 0 and n >= -rank or self._wraps else n for n, rank in zip(wanted, ranks, strict=True)]
        if 0 in found:
            raise mismatch(self.kind, shapes, "axis 0 is the batch, which is not summed over")
        if not all(0 <= n < rank for n, rank in zip(found, ranks, strict=True)):
            raise mismatch(self.kind, shapes, f"they have no axes {wanted}")
        return found[0], found[1]

    @property
    def _wraps(self) -> bool:
        return isinstance(self.axes_, int) and self.axes_ < 0

    def merged(self, shapes: Sequence[Shape]) -> Shape:
        """The first input's sizes and the second's without its batch, both without their axis; at least one."""
        (x, y), (i, j) = shapes, self.places(shapes)
        if x[i] != y[j]:
            raise mismatch(self.kind, shapes, f"{x[i]} along axis {i} meets {y[j]} along axis {j}")
        whole = (*x[:i], *x[i + 1 :], *y[1:j], *y[j + 1 :])
        return whole if len(whole) > 1 else (*whole, 1)

    def products(self, shapes: Sequence[Shape], y: Shape) -> Iterable[Product]:
        """Output values × the size summed over."""
        size = shapes[0][self.places(shapes)[0]]
        yield Product("dot", ("output values", product(y[1:])), ("summed", size))

    def steps(self, x: Shape, y: Shape) -> Iterable[Step]:
        """What is left of both inputs."""
        yield Step("shape", "sizes of both inputs without the axes summed over", "", y)

    def mask(self, ops: Any, inputs: Sequence[Any], masks: Sequence[Any]) -> None:
        """None: the sums run over the steps."""

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Array:
        """The sums of products; of cosines where normalized."""
        places = self.places([x.shape for x in inputs])
        if self.normalize:
            inputs = tuple(merging.normalize(x, axis) for x, axis in zip(inputs, places, strict=True))
        return merging.dot(inputs[0], inputs[1], places)
