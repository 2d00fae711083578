"""Operations that layers and losses are made of: normalisations with tensors, crossentropies, segments, CTC."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcalc.compute import normalization
from convcalc.compute.activations import log_softmax, softplus
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.signature import Signature
from convcalc.declare.traits import Positions
from convcalc.declare.weight import Inferred
from convcalc.errors import ShapeError
from convcalc.layers.ops.operands import SINGLE, Operation, need_rank, place
from convcalc.lazy import Array, np
from convcalc.sizes import dtypes
from convcalc.sizes.shapes import Shape, show


def _along(vector: Array, x: Array, axes: Sequence[int]) -> Array:
    """Numbers for some axes as an array that broadcasts with the input; a single number as it came."""
    at = [axis % x.ndim for axis in axes]
    return vector.reshape([n if place in at else 1 for place, n in enumerate(x.shape)]) if vector.ndim else vector


def _factor(what: str, value: float) -> Any:
    """The argument for an operand that may be left out."""
    return arg(t.OrNone(t.operand), default=value, doc=f"{what}; null for a tensor")


class BatchNorm(Operation):
    """Each channel by a mean and a variance that are given."""

    signature = Signature("x", "mean", "variance", "offset", "scale", least=1, most=5)
    takes = ("x", "mean", "variance", "axis", "offset", "scale", "epsilon")
    mean: Any = arg(t.operand, default=None, doc="the means, where they are no tensor")
    variance: Any = arg(t.operand, default=None, doc="the variances, where they are no tensor")
    offset: Any = _factor("what is added", 0.0)
    scale: Any = _factor("the factors", 1.0)
    axis: int = arg(t.whole, doc="the channels' axis")
    epsilon: float = arg(t.number, default=0.001, doc="what is added to the variance")

    def joined(self, *shapes: Shape) -> Shape:
        """The input's shape; `ShapeError` for another number of means than of channels."""
        x, *vectors = shapes
        if any(shape not in ((), (x[place(self.axis, x)],)) for shape in vectors):
            raise ShapeError(f"{show(vectors[0])} is not for the channels of {show(x)}", code="channels")
        return x

    gives = staticmethod(dtypes.first)

    def work(self, *operands: Array) -> Array:
        """The normalised input."""
        x = operands[0]
        mean, variance, offset, scale = (_along(one, x, [self.axis]) for one in operands[1:])
        return np.asarray((x - mean) / np.sqrt(variance + self.epsilon) * scale + offset)


class LayerNorm(Operation):
    """Each sample by its own mean and variance along axes."""

    signature = Signature("x", "gamma", "beta", least=1, most=3)
    gamma: Any = _factor("the factors", 1.0)
    beta: Any = _factor("what is added", 0.0)
    axis: tuple[int, ...] = arg(t.indices, default=-1, doc="the axes")
    epsilon: Any = arg(t.number, default=None, doc="what is added to the variance")
    rms_scaling: bool = arg(t.flag, default=False, doc="whether the mean stays")

    def joined(self, *shapes: Shape) -> Shape:
        """The input's shape."""
        return shapes[0]

    def work(self, *operands: Array) -> Array:
        """The normalised input."""
        x, gamma, beta = operands[0], *(_along(one, operands[0], self.axis) for one in operands[1:])
        axes = [axis % x.ndim for axis in self.axis]
        y = normalization.layer_norm(x, axes, None, None, self.epsilon or 1e-7, self.rms_scaling)
        return np.asarray(y * gamma + beta)


class RMSNorm(Operation):
    """Each sample by the root of the mean of its squares along axes."""

    signature = Signature("x", "scale", least=1, most=2)
    scale: Any = _factor("the factors", 1.0)
    axis: tuple[int, ...] = arg(t.indices, default=-1, doc="the axes")
    epsilon: Any = arg(t.number, default=None, doc="what is added to the mean")

    def joined(self, *shapes: Shape) -> Shape:
        """The input's shape."""
        return shapes[0]

    def work(self, *operands: Array) -> Array:
        """The normalised input."""
        x, scale = operands
        return normalization.rms_norm(x, [axis % x.ndim for axis in self.axis], scale, self.epsilon or 1e-7)


# Losses.


class _Loss(Operation):
    """A crossentropy of two distributions."""

    positions = Positions(move=True)
    signature = Signature("target", "output", least=1, most=2)
    gives = staticmethod(lambda target, output: output)
    target: Any = arg(t.operand, default=None, doc="the true values, where they are no tensor")
    from_logits: bool = arg(t.flag, default=False, doc="whether the outputs are logarithms")

    def joined(self, *shapes: Shape) -> Shape:
        """The shape of both; `ShapeError` where they differ."""
        target, output = shapes
        if target != output:
            raise ShapeError(f"{show(target)} and {show(output)} differ", code="broadcast")
        return output


class BinaryCrossentropy(_Loss):
    """The crossentropy of each value."""

    def work(self, *operands: Array) -> Array:
        """The losses."""
        target, output = operands
        if self.from_logits:
            return np.asarray(softplus(output) - target * output)
        p = np.clip(output, 1e-7, 1 - 1e-7)
        return np.asarray(-(target * np.log(p) + (1 - target) * np.log(1 - p)))


class CategoricalCrossentropy(_Loss):
    """The crossentropy of each row of classes."""

    axis: int = arg(t.whole, default=-1, doc="the axis of the classes")

    def joined(self, *shapes: Shape) -> Shape:
        """The sizes without the last, as Keras has it."""
        y = super().joined(*shapes)
        need_rank(self.kind, y, 1)
        return y[:-1]

    def work(self, *operands: Array) -> Array:
        """The losses."""
        target, output = operands
        return np.asarray(-(target * _logarithms(output, self.axis, self.from_logits)).sum(self.axis))


def _logarithms(output: Array, axis: int, from_logits: bool) -> Array:
    """The logarithms of the classes' probabilities."""
    if from_logits:
        return log_softmax(output, axis)
    p = output / output.sum(axis, keepdims=True)
    return np.asarray(np.log(np.clip(p, 1e-7, 1 - 1e-7)))


class SparseCategoricalCrossentropy(_Loss):
    """The crossentropy of each row of classes with the number of the true class."""

    axis: int = arg(t.whole, default=-1, doc="the axis of the classes")

    def joined(self, *shapes: Shape) -> Shape:
        """The outputs' sizes without the classes; `ShapeError` where the true classes do not fit."""
        target, output = shapes
        need_rank(self.kind, output, 1)
        at = place(self.axis, output)
        target = target[:-1] if len(target) == len(output) and target[-1] == 1 else target
        y = (*output[:at], *output[at + 1 :])
        if target != y:
            raise ShapeError(f"{show(target)} are no classes of {show(output)}", code="broadcast")
        return y

    def work(self, *operands: Array) -> Array:
        """The losses."""
        target, output = operands
        logarithms = np.moveaxis(_logarithms(output, self.axis, self.from_logits), self.axis, -1)
        classes = target.reshape(logarithms.shape[:-1]).astype("int64")
        return np.asarray(-np.take_along_axis(logarithms, classes[..., None], -1)[..., 0])


class CTCLoss(Operation):
    """The loss of sequences without known places."""

    positions = Positions(move=True)
    signature = Signature("target", "output", "target_length", "output_length", least=4, most=4)
    gives = staticmethod(lambda target, output, *lengths: dtypes.promoted(output, "float32"))
    mask_index: int = arg(t.whole, default=0, doc="the class that stands for nothing")

    def infer(self, *shapes: Shape) -> Inferred:
        """A number for each sample; `ShapeError` for different numbers of samples."""
        self.count(shapes)
        if len({shape[:1] for shape in shapes}) > 1:
            raise ShapeError("they have different numbers of samples", code="broadcast")
        return Inferred(shapes[0][:1], (), (), ())

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Any:
        """Refuses: the values belong to training."""
        raise ValueError("its values are not worked out here")


class CTCDecode(Operation):
    """The most likely sequences of classes, and how likely they are."""

    positions = Positions(move=True)
    signature = Signature("inputs", "sequence_lengths", least=2, most=2)
    strategy: str = arg(t.Choice("greedy", "beam_search"), default="greedy", doc="how to search")
    beam_width: int = arg(t.positive, default=100, doc="how many sequences are kept")
    top_paths: int = arg(t.positive, default=1, doc="how many sequences come out")
    merge_repeated: bool = arg(t.flag, default=True, doc="whether a class that comes twice counts once")
    mask_index: Any = arg(t.whole, default=0, doc="the class that stands for nothing")

    def infer(self, *shapes: Shape) -> Inferred:
        """The sequences, and a number for each."""
        self.count(shapes)
        batch, steps = shapes[0][:2]
        many = 1 if self.strategy == "greedy" else self.top_paths
        return Inferred((many, batch, steps), (), (), (), ((batch, many),))

    def typed(self, given: Sequence[str], output: int = 0) -> str:
        """Whole numbers, and numbers with a fraction."""
        return dtypes.promoted(given[0], "float32") if output else "int32"

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Any:
        """Refuses: the search is not followed."""
        raise ValueError("its values are not worked out here")


class PSNR(Operation):
    """How far two images differ, in decibels."""

    positions = Positions(move=True)
    signature = Signature("x1", "x2", least=2, most=2)
    gives = SINGLE
    max_val: float = arg(t.number, doc="the largest value")

    def infer(self, *shapes: Shape) -> Inferred:
        """One number; `ShapeError` for different numbers of axes."""
        self.count(shapes)
        if len(shapes[0]) != len(shapes[1]):
            raise ShapeError("they have different numbers of axes", code="wrong-rank")
        return Inferred((), (), (), ())

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Array:
        """The number."""
        x, y = inputs
        return np.asarray(20 * np.log10(self.max_val) - 10 * np.log10(((x - y) ** 2).mean()))


# Segments.


class _Segment(Operation):
    """One value of all in each segment."""

    positions = Positions(move=True)
    signature = Signature("data", "segment_ids", least=1, most=2)
    gives = staticmethod(lambda data, segments: data)
    data: Any = arg(t.operand, default=None, doc="the values, where they are no tensor")
    segment_ids: Any = arg(t.operand, default=None, doc="the segment of each value, where they are no tensor")
    num_segments: Any = arg(t.natural, default=None, doc="how many segments there are")
    sorted: bool = arg(t.flag, default=False, doc="whether the segments are in order")

    def joined(self, *shapes: Shape) -> Shape:
        """The number of segments in place of the first size."""
        need_rank(self.kind, shapes[0], 1)
        return (self.num_segments, *shapes[0][1:])

    def work(self, *operands: Array) -> Array:
        """The values."""
        data, at = operands
        many = self.num_segments or int(at.max()) + 1
        bounds: Any = np.finfo(data.dtype) if data.dtype.kind == "f" else np.iinfo(data.dtype)
        start = {"Sum": 0, "Prod": 1, "Max": bounds.min, "Min": bounds.max}[self.kind[7:]]
        y = np.full((many, *data.shape[1:]), start, data.dtype)
        function: Any = {"Sum": np.add, "Prod": np.multiply, "Max": np.maximum, "Min": np.minimum}[self.kind[7:]]
        function.at(y, at.astype("int64"), data)
        return y


class SegmentSum(_Segment):
    """The sum of each segment."""


class SegmentProd(_Segment):
    """The product of each segment."""


class SegmentMax(_Segment):
    """The largest value of each segment."""


class SegmentMin(_Segment):
    """The smallest value of each segment."""
