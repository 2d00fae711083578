"""Several inputs into one: sums and the like, Concatenate, Dot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any

from convcalc.compute import merging
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.calls import Accepts
from convcalc.declare.layer import MANY, Layer
from convcalc.declare.weight import Inferred
from convcalc.errors import ShapeError
from convcalc.lazy import Array, np
from convcalc.sizes.formula import Product, Step
from convcalc.sizes.shapes import Dim, Shape, product, show


class _Merge(Layer):
    listed = True
    supports_masking = True
    takes = range(2, MANY + 1)

    call = Accepts("inputs", listed=True)

    def infer(self, *shapes: Shape, listed: bool = False) -> Inferred:
        """The output of inputs of these shapes, batch first; `ShapeError` where they do not go together.

        Where any number will do, Keras takes one tensor too, in a list.
        """
        if not (listed and len(self.takes) > MANY // 2):
            self.count(shapes)
        y = self.merged(shapes)
        return Inferred(y, (), tuple(self.products(shapes, y)), ())

    def merged(self, shapes: Sequence[Shape]) -> Shape:
        """The output shape: broadcast, where an unknown size stays unknown even beside a known one."""
        batches = {shape[0] for shape in shapes} - {None}
        if len(batches) > 1:
            raise self.mismatch(shapes, "they have different batch sizes")
        sizes = reduce(self._broadcast, (shape[1:] for shape in shapes))
        return (batches.pop() if batches else None, *sizes)

    def _broadcast(self, x: Shape, y: Shape) -> Shape:
        rank = max(len(x), len(y))
        pairs = list(zip(*((1,) * (rank - len(shape)) + shape for shape in (x, y)), strict=True))
        wrong = [pair for pair in pairs if len({*pair} - {None, 1}) > 1]
        if wrong:
            raise self.mismatch((x, y), f"sizes must be equal or 1, and {wrong[0][0]} meets {wrong[0][1]}")
        return tuple(None if None in pair else max(pair, key=lambda n: (n != 1, n)) for pair in pairs)

    def products(self, shapes: Sequence[Shape], y: Shape) -> Iterable[Product]:
        """Multiply-accumulates for one sample."""
        return ()

    def mismatch(self, shapes: Iterable[Shape], why: str) -> ShapeError:
        """The refusal of shapes that do not go together."""
        return ShapeError(
            f"{type(self).__name__} cannot merge {' and '.join(map(show, shapes))}",
            code="merge",
            why=why,
            help="give inputs of equal sizes",
        )

    def steps(self, x: Shape, y: Shape) -> Iterable[Step]:
        """The inputs broadcast."""
        yield Step("shape", "the inputs broadcast", "", show(y))

    def mask(self, ops: Any, inputs: Sequence[Any], masks: Sequence[Any]) -> Any:
        """Where any mask is true; None where an input has none."""
        return None if any(mask is None for mask in masks) else reduce(ops.logical_or, masks)

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Array:
        """The merged inputs, with axes of 1 after the batch where they have fewer."""
        return self.merge(merging.aligned(inputs))

    def merge(self, inputs: Sequence[Array]) -> Array:
        """The inputs, of one rank, merged."""
        raise NotImplementedError


class Add(_Merge):
    """The sum of its inputs.

    >>> Add().infer((None, 5, 3), (None, 1, 3))
    (None, 5, 3)  0 params  0 MACs
    """

    @property
    def adds(self) -> bool:
        """It is."""
        return True

    def merge(self, inputs: Sequence[Array]) -> Array:
        """The sum."""
        return merging.add(inputs)


class Subtract(_Merge):
    """Its first input less its second.

    >>> Subtract().infer((None, 5, 3), (None, 3))
    (None, 5, 3)  0 params  0 MACs
    """

    takes = range(2, 3)

    def merge(self, inputs: Sequence[Array]) -> Array:
        """The difference."""
        return inputs[0] - inputs[1]


class _Masked(_Merge):
    """A merge whose values depend on the masks of its inputs: those that are missing do not count."""

    minds_masks = True

    def apply(self, weights: Sequence[Array], *inputs: Array, masks: Sequence[Array | None] = ()) -> Array:
        """The merged inputs. As in Keras those with fewer axes than others lose their masks."""
        rank = max(x.ndim for x in inputs)
        kept = [mask if x.ndim == rank else None for x, mask in zip(inputs, masks, strict=bool(masks))]
        return self.merge_masked(merging.aligned(inputs), kept or [None] * len(inputs))

    def merge_masked(self, inputs: Sequence[Array], masks: Sequence[Array | None]) -> Array:
        """The inputs, of one rank, merged."""
        raise NotImplementedError


class Multiply(_Masked):
    """The product of its inputs, value by value.

    >>> Multiply().infer((None, 5, 3), (None, 5, 1))
    (None, 5, 3)  0 params  0 MACs
    """

    def merge_masked(self, inputs: Sequence[Array], masks: Sequence[Array | None]) -> Array:
        """The product."""
        return merging.multiply(inputs, masks)


class Average(_Merge):
    """The mean of its inputs.

    >>> Average().infer((None, 5, 3), (None, 5, 3), (None, 5, 3))
    (None, 5, 3)  0 params  0 MACs
    """

    def merge(self, inputs: Sequence[Array]) -> Array:
        """The sum over the number of inputs."""
        mean: Array = merging.add(inputs) / len(inputs)
        return mean


class Maximum(_Masked):
    """The greatest of its inputs, value by value.

    >>> Maximum().infer((None, 5, 3), (None, 5, 3))
    (None, 5, 3)  0 params  0 MACs
    """

    def merge_masked(self, inputs: Sequence[Array], masks: Sequence[Array | None]) -> Array:
        """The maximum."""
        return merging.extreme(np.maximum, inputs, masks)


class Minimum(_Masked):
    """The least of its inputs, value by value.

    >>> Minimum().infer((None, 5, 3), (None, 5, 3))
    (None, 5, 3)  0 params  0 MACs
    """

    def merge_masked(self, inputs: Sequence[Array], masks: Sequence[Array | None]) -> Array:
        """The minimum."""
        return merging.extreme(np.minimum, inputs, masks)


class Concatenate(_Merge):
    """Its inputs side by side along an axis.

    >>> Concatenate().infer((None, 5, 3), (None, 5, 4))
    (None, 5, 7)  0 params  0 MACs
    """

    axis: int = arg(t.whole, default=-1, doc="axis that grows; the batch is 0")

    def merged(self, shapes: Sequence[Shape]) -> Shape:
        """The first input's shape with the sizes along the axis added up; the other sizes agree or are unknown."""
        rank = len(shapes[0])
        if any(len(shape) != rank for shape in shapes):
            raise self.mismatch(shapes, "they have different numbers of axes")
        if not -rank <= self.axis < rank:
            raise self.mismatch(shapes, f"they have no axis {self.axis}")
        at = self.axis % rank
        for axis, sizes in enumerate(zip(*shapes, strict=True)):
            if axis != at and len({*sizes} - {None}) > 1:
                raise self.mismatch(shapes, f"they differ along axis {axis}, and only axis {at} may differ")
        along: list[Dim] = [shape[at] for shape in shapes]
        total = None if None in along else sum(n or 0 for n in along)
        return (*shapes[0][:at], total, *shapes[0][at + 1 :])

    def steps(self, x: Shape, y: Shape) -> Iterable[Step]:
        """The sizes along the axis added up."""
        yield Step("shape", f"sizes along axis {self.axis} added up", "", show(y))

    def mask(self, ops: Any, inputs: Sequence[Any], masks: Sequence[Any]) -> Any:
        """The masks side by side, true where an input has none; None where none has one."""
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

    takes = range(2, 3)
    axes_: int | tuple[int, ...] = arg(t.axis_pair, doc="axis of both inputs, or one of each")
    normalize: bool = arg(t.flag, default=False, doc="whether vectors along the axes get length 1 before (cosines)")

    def places(self, shapes: Sequence[Shape]) -> tuple[int, int]:
        """The axis of either input, from 0; `ShapeError` where it has none such, or for the batch."""
        wanted = self.axes_ if isinstance(self.axes_, tuple) else (self.axes_,) * 2
        ranks = [len(shape) for shape in shapes]
        # Keras wraps a single negative axis around as often as it takes.
        found = [n % rank if n < 0 and n >= -rank or self._wraps else n for n, rank in zip(wanted, ranks, strict=True)]
        if 0 in found:
            raise self.mismatch(shapes, "axis 0 is the batch, which is not summed over")
        if not all(0 <= n < rank for n, rank in zip(found, ranks, strict=True)):
            raise self.mismatch(shapes, f"they have no axes {wanted}")
        return found[0], found[1]

    @property
    def _wraps(self) -> bool:
        return isinstance(self.axes_, int) and self.axes_ < 0

    def merged(self, shapes: Sequence[Shape]) -> Shape:
        """The first input's sizes and the second's without its batch, both without their axis; at least one."""
        (x, y), (i, j) = shapes, self.places(shapes)
        if x[i] != y[j]:
            raise self.mismatch(shapes, f"{x[i]} along axis {i} meets {y[j]} along axis {j}")
        whole = (*x[:i], *x[i + 1 :], *y[1:j], *y[j + 1 :])
        return whole if len(whole) > 1 else (*whole, 1)

    def products(self, shapes: Sequence[Shape], y: Shape) -> Iterable[Product]:
        """Output values × the size summed over."""
        size = shapes[0][self.places(shapes)[0]]
        yield Product("dot", ("output values", product(y[1:])), ("summed", size))

    def steps(self, x: Shape, y: Shape) -> Iterable[Step]:
        """What is left of both inputs."""
        yield Step("shape", "sizes of both inputs without the axes summed over", "", show(y))

    def mask(self, ops: Any, inputs: Sequence[Any], masks: Sequence[Any]) -> None:
        """None: the sums run over the steps."""

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Array:
        """The sums of products; of cosines where normalized."""
        places = self.places([x.shape for x in inputs])
        if self.normalize:
            inputs = tuple(merging.normalize(x, axis) for x, axis in zip(inputs, places, strict=True))
        return merging.dot(inputs[0], inputs[1], places)
