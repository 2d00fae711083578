"""Categories as numbers of bins, without a vocabulary: Hashing, HashedCrossing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcalc.compute.encoding import encode
from convcalc.compute.strings import cross_bins, hash_bins
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.layer import Layer
from convcalc.declare.signature import Signature
from convcalc.declare.weight import Inferred
from convcalc.errors import ArgumentError, ShapeError
from convcalc.layers.preprocessing import check_sparse
from convcalc.lazy import Array, np
from convcalc.sizes import dtypes
from convcalc.sizes.shapes import Shape, show


class _Hashed(Layer):
    common = {**Layer.common, "dtype": arg(t.open_policy, default=None, doc="dtype of the output").declared("dtype")}
    num_bins: int
    output_mode: str

    def settle_dtype(self) -> None:
        """Bins are numbered in int64, and vectors in float32, unless a dtype is given."""
        self.dtype = self.dtype or ("int64" if self.output_mode == "int" else "float32")

    @property
    def computes_in(self) -> str:
        """float32: nothing is computed, and real numbers are cut to whole numbers."""
        return "float32"

    def encoded(self, bins: Array) -> Array:
        """The bins in the layer's mode and dtype."""
        y = bins if self.output_mode == "int" else encode(np.atleast_1d(bins), self.output_mode, self.num_bins)
        return y.astype(np.dtype(dtypes.compute_dtype(self.dtype)))


class Hashing(_Hashed):
    """The number of the bin that a hash of each value chooses.

    >>> Hashing(8).on(3)
    (None, 3)  0 params  0 MACs
    """

    num_bins: int = arg(t.positive, doc="number of bins, the bin of mask_value included")
    mask_value: Any = arg(t.Either(t.word, t.number), default=None, doc="value that has bin 0 to itself")
    salt: Any = arg(t.salt, default=None, doc="key of a stronger hash (SipHash); without it, FarmHash is used")
    output_mode: str = arg(
        t.Choice("int", "one_hot", "multi_hot", "count"), default="int", doc="the bin's number, or vectors"
    )
    sparse: bool = arg(t.flag, default=False, doc="whether Keras gives a sparse tensor")

    def check(self) -> None:
        """Numbers of bins are whole."""
        check_sparse(self.sparse, self.output_mode)
        self.settle_dtype()
        if self.output_mode == "int" and self.dtype not in ("int32", "int64"):
            raise ArgumentError(
                f"bins cannot be numbered in {self.dtype}",
                code="bin-dtype",
                argument="dtype",
                why="numbers of bins are whole",
                help="leave dtype out, or use int32 or int64",
            )

    def output(self, x: Shape) -> Shape:
        """The input's shape for numbers; else vectors in place of the last axis."""
        return x if self.output_mode == "int" else (*x[:-1], self.num_bins)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The bins of the values as texts, encoded."""
        masks = self.mask_value is not None and self.num_bins > 1
        if self.output_mode == "one_hot" and x.shape[-1] == 1:
            x = x[..., 0]
        bins = hash_bins(x, self.num_bins - masks, self.salt)
        return self.encoded(np.where(x == np.asarray(self.mask_value), 0, bins + 1) if masks else bins)


class HashedCrossing(_Hashed):
    """The number of the bin that a hash of two values together chooses.

    >>> HashedCrossing(8).infer((None, 1), (None, 1))
    (None, 1)  0 params  0 MACs
    """

    signature = Signature("inputs", least=2, most=2, in_list=True)
    num_bins: int = arg(t.positive, doc="number of bins")
    output_mode: str = arg(t.Choice("int", "one_hot"), default="int", doc="the bin's number, or a vector")
    sparse: bool = arg(t.flag, default=False, doc="whether Keras gives a sparse tensor")

    def check(self) -> None:
        """The dtype follows from the mode."""
        self.settle_dtype()

    def infer(self, *shapes: Shape) -> Inferred:
        """The first input's shape, for vectors with an axis more, or one of size 1 replaced."""
        self.count(shapes)
        first, second = shapes
        if first[-1] != second[-1]:
            raise ShapeError(
                f"{show(first)} and {show(second)} have other sizes",
                code="crossing",
                why="each value is crossed with the one in its place",
                help="give it two inputs of one shape, (batch, 1)",
            )
        one_hot = self.output_mode == "one_hot"
        return Inferred((*(first[:-1] if first[-1] == 1 else first), self.num_bins) if one_hot else first, (), (), ())

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Array:
        """The bins of pairs, encoded."""
        shape = inputs[0].shape
        if shape != inputs[1].shape or shape[1:] not in ((), (1,)):
            raise ValueError(
                f"it crosses inputs of shape (batch, 1), not {' and '.join(show(x.shape) for x in inputs)}"
            )
        return self.encoded(cross_bins(inputs, self.num_bins))
