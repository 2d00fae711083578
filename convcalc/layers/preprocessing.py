"""What prepares numbers and categories: Rescaling, Normalization, CategoryEncoding, Discretization."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from convcalc.compute.encoding import encode
from convcalc.compute.normalization import by_known
from convcalc.declare import settings
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.calls import Accepts
from convcalc.declare.layer import Layer
from convcalc.declare.weight import Weight, known
from convcalc.errors import ArgumentError, ShapeError
from convcalc.lazy import Array, np
from convcalc.sizes.shapes import Shape, show


def real(x: Array, dtype: str) -> Array:
    """The input as real numbers: whole ones in ``dtype``, or in float32 where that is a narrower one."""
    return x if x.dtype.kind == "f" else x.astype("float64" if dtype == "float64" else "float32")


class Rescaling(Layer):
    """Every value times a scale, plus an offset.

    >>> Rescaling(0.25, offset=-1).on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    supports_masking = True
    scale: Any = arg(t.numbers, doc="factor of every value; several go along the last axes")
    offset: Any = arg(t.numbers, default=0.0, doc="added to every value")

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The input × scale + offset."""
        x = real(x, self.dtype)
        scale, offset = np.asarray(self.scale, x.dtype), np.asarray(self.offset, x.dtype)
        if scale.ndim and settings.image_data_format() == "channels_first":
            scale = scale.reshape(scale.shape + (1,) * (3 - scale.ndim))
        y: Array = x * scale + offset
        return y


class Normalization(Layer):
    """Values less their mean, divided by their deviation, both taken from the training data.

    >>> Normalization().on(5, 6, 3)
    (None, 5, 6, 3)  7 params  0 MACs
    """

    supports_masking = True
    axis: tuple[int, ...] = arg(t.any_indices, default=-1, doc="axes along which each index has a mean of its own")
    mean: Any = arg(t.numbers, default=None, doc="the mean, where it is known; several go along the axes")
    variance: Any = arg(t.numbers, default=None, doc="the variance, where it is known")
    invert: bool = arg(t.flag, default=False, doc="whether normalised values are turned back")

    def check(self) -> None:
        """Mean and variance come together, equally many, along the axes at most."""
        if (self.mean is None) != (self.variance is None):
            absent = "mean" if self.mean is None else "variance"
            raise self._unfit(f"{absent} is missing", "mean and variance are known together, or learned together")
        mean, variance = t.lengths(self.mean), t.lengths(self.variance)
        if mean != variance:
            raise self._unfit(f"mean is {show(mean)} and variance {show(variance)}", "both lie along the same axes")
        if len(mean) > len(self.axis):
            raise self._unfit(f"mean has {len(mean)} axes", f"axis names {len(self.axis)}, along which it lies")

    def _unfit(self, message: str, why: str) -> ArgumentError:
        return ArgumentError(message, code="known-mean", argument="mean", why=why, help="give both alike, or neither")

    def kept(self, x: Shape) -> list[int]:
        """The axes that keep a mean for each index, counted from 0, in order; `ShapeError` where there are none."""
        for axis in self.axis:
            if not -len(x) <= axis < len(x):
                raise ShapeError(
                    f"there is no axis {axis}",
                    code="no-axis",
                    argument="axis",
                    why=f"its input is {show(x)}, with the batch as axis 0",
                    help=f"use an axis from {-len(x)} to {len(x) - 1}",
                )
        return sorted(axis % len(x) for axis in self.axis)

    def lying(self, x: Shape) -> list[int]:
        """The shape in which mean and variance broadcast to ``x``: their sizes along the last axes kept, else 1.

        Raises `ShapeError` where they do not.
        """
        kept = self.kept(x)
        own = tuple(known(x[axis], f"axis {axis}") for axis in kept)
        sizes = own if self.mean is None else t.lengths(self.mean)
        along = dict(zip(kept[len(kept) - len(sizes) :], sizes, strict=True))
        if math.prod(along.values()) != math.prod(sizes) or any(n not in (1, x[axis]) for axis, n in along.items()):
            raise ShapeError(
                f"a mean of {show(sizes)} does not lie along axis {self.axis}",
                code="known-mean",
                argument="axis" if self.mean is None else "mean",
                why=f"its input is {show(x)}, with the batch as axis 0",
                help="name each axis once, and give one number, or as many as the axis is long",
            )
        return [along.get(axis, 1) for axis in range(len(x))]

    def weights(self, x: Shape) -> Iterator[Weight]:
        """Mean and variance, of one size for each axis kept, and ``count``; none where they are given."""
        self.lying(x)
        if self.mean is not None:
            return
        kept = self.kept(x)
        shape = tuple(known(x[axis], f"axis {axis}") for axis in kept)
        dims = tuple("channels" if axis == len(x) - 1 else f"axis {axis}" for axis in kept)
        yield Weight("mean", shape, "zeros", dims=dims, trainable=False)
        yield Weight("variance", shape, "ones", dims=dims, trainable=False)
        yield Weight("count", (), "zeros", dims=(), trainable=False, dtype="int64")

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The input less the mean, divided by the deviation; or the way back."""
        x = real(x, self.dtype)
        mean, variance = w[:2] if self.mean is None else (self.mean, self.variance)
        lying = self.lying(x.shape)
        both = (np.asarray(values, x.dtype).reshape(lying) for values in (mean, variance))
        return by_known(x, *both, invert=self.invert)


class _Encoding(Layer):
    output_mode: str
    sparse: bool

    @property
    def depth(self) -> int:
        """The number of categories."""
        raise NotImplementedError

    def check_sparse(self) -> None:
        """Positions are never sparse."""
        if self.sparse and self.output_mode == "int":
            raise ArgumentError(
                "sparse and output_mode='int' exclude each other",
                code="sparse-int",
                argument="sparse",
                why="only vectors of zeros and ones can be sparse",
                help="leave sparse out, or use output_mode='multi_hot'",
            )

    def one_hot_shape(self, x: Shape) -> Shape:
        """An axis more, or one of size 1 replaced."""
        return (*(x[:-1] if len(x) > 1 and x[-1] == 1 else x), self.depth)


class CategoryEncoding(_Encoding):
    """Categories, given by number, as vectors of zeros and ones.

    >>> CategoryEncoding(4).on(3)
    (None, 4)  0 params  0 MACs
    """

    call = Accepts("inputs", tensors=("count_weights",))
    num_tokens: int = arg(t.positive, default=None, doc="number of categories; it must be given")
    output_mode: str = arg(
        t.Choice("multi_hot", "count", "one_hot", also={"binary": "multi_hot"}),
        default="multi_hot",
        doc="one vector for each number or for all",
    )
    sparse: bool = arg(t.flag, default=False, doc="whether Keras gives a sparse tensor")

    def check(self) -> None:
        """The number of categories is given."""
        if self.num_tokens is None:
            raise ArgumentError("CategoryEncoding needs num_tokens", code="missing-argument")

    @property
    def depth(self) -> int:
        """The number of categories."""
        return self.num_tokens

    def output(self, x: Shape) -> Shape:
        """One vector for each number, or one along the last axis for all of them."""
        return self.one_hot_shape(x) if self.output_mode == "one_hot" else (*x[:-1], self.depth)

    def apply(self, weights: Sequence[Array], *inputs: Array, count_weights: Array | None = None) -> Array:
        """Ones, or counts, at the numbers' places; `ValueError` for weights where nothing is counted."""
        (x,) = inputs
        if count_weights is not None and self.output_mode != "count":
            raise ValueError("count_weights are given, and output_mode is not 'count'")
        return encode(x, self.output_mode, self.depth, count_weights)


class Discretization(_Encoding):
    """The number of the bin that each value falls in.

    >>> Discretization([0.0, 0.5, 1.0]).on(5, 3)
    (None, 5, 3)  0 params  0 MACs
    """

    common = {name: Layer.common[name] for name in ("name", "dtype")}
    bin_boundaries: Any = arg(t.row, default=None, doc="where bins meet, in order; a boundary is in the bin above it")
    num_bins: int | None = arg(t.natural, default=None, doc="number of bins, where the training data set them")
    epsilon: float = arg(t.number, default=0.01, doc="error allowed in learning the boundaries")
    output_mode: str = arg(
        t.Choice("int", "one_hot", "multi_hot", "count"), default="int", doc="the bin's number, or vectors"
    )
    sparse: bool = arg(t.flag, default=False, doc="whether Keras gives a sparse tensor")

    def check(self) -> None:
        """Bins by their boundaries or by their number."""
        self.check_sparse()
        if (self.num_bins is None) == (self.bin_boundaries is None):
            raise ArgumentError(
                "either bin_boundaries or num_bins says what the bins are",
                code="bins",
                argument=None if self.num_bins is None else "num_bins",
                why="boundaries are known, or learned from as many bins as are wanted",
                help="give one of the two",
            )

    @property
    def depth(self) -> int:
        """The number of bins."""
        return self.num_bins or 0 if self.bin_boundaries is None else len(self.bin_boundaries) + 1

    @property
    def output_dtype(self) -> str:
        """Bins are numbered in int32, whatever the layer's dtype."""
        return "int32" if self.output_mode == "int" else super().output_dtype

    def output(self, x: Shape) -> Shape:
        """The input's shape for numbers; one more axis; or axis 1 taken together."""
        if self.output_mode == "int":
            return x
        if self.output_mode == "one_hot":
            return self.one_hot_shape(x)
        return (x[0], *x[2:], self.depth) if len(x) > 1 else (self.depth,)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The bins by bisection, encoded."""
        if self.bin_boundaries is None:
            raise ValueError("its boundaries are learned from the training data, which it has not seen")
        bins = np.searchsorted(np.asarray(self.bin_boundaries, "float32"), x, side="right").astype("int32")
        return bins if self.output_mode == "int" else encode(bins, self.output_mode, self.depth)
