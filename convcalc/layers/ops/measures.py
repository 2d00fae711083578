"""Statistics: quantiles, averages with weights, moments, norms, histograms, running sums."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.signature import Signature
from convcalc.declare.traits import Positions
from convcalc.declare.types import Fixed
from convcalc.errors import ShapeError
from convcalc.layers.ops.operands import DTYPE, FRACTION, ROOTED, SUMMED, Operation, need_rank, numpy, place, places
from convcalc.layers.ops.reducing import Reducing, reduced
from convcalc.lazy import Array, np
from convcalc.sizes import dtypes
from convcalc.sizes.shapes import Dim, Shape, product


class _Quantile(Operation):
    """The values below which given shares of all along axes lie."""

    positions = Positions(move=True)
    signature = Signature("x", "q", least=1, most=2)
    takes = ("x", "q", "axis", "method", "keepdims")
    gives = staticmethod(lambda x, q: dtypes.fraction(x))
    q: Any = arg(t.operand, default=None, doc="the shares, where they are no tensor")
    axis: tuple[int, ...] | None = arg(t.indices, default=None, doc="the axes that go; all where it is None")
    method: str = arg(t.word, default="linear", doc="what stands between two values")
    keepdims: bool = arg(t.flag, default=False, doc="whether the axes stay, with size 1")

    def joined(self, *shapes: Shape) -> Shape:
        """The number of shares, and the sizes without the axes."""
        x, q = shapes
        return (*(q[:1] if self._lists(q) else ()), *reduced(x, self.axis, self.keepdims))

    def _lists(self, q: Shape) -> bool:
        """Whether the shares have an axis of their own: in Keras a list of one share, not in hundredths, has none."""
        if self._in_hundredths:
            return bool(q)
        return bool(q) and (q[0] != 1 or self.known[1] is None or isinstance(self.known[1], Fixed))

    @property
    def _in_hundredths(self) -> bool:
        return self.kind.endswith("ercentile")

    def work(self, *operands: Array) -> Array:
        """The values."""
        x, q = operands
        function: Any = np.nanquantile if self.kind.startswith("Nan") else np.quantile
        shares = q / 100 if self._in_hundredths else q
        return np.asarray(function(x, shares, axis=self.axis, method=self.method, keepdims=self.keepdims))


class Quantile(_Quantile):
    """The values below which given shares of all along axes lie."""


class Nanquantile(_Quantile):
    """The values below which given shares of the numbers along axes lie."""


class Percentile(_Quantile):
    """The values below which given shares of all along axes lie, in hundredths."""


class Nanpercentile(_Quantile):
    """The values below which given shares of the numbers along axes lie, in hundredths."""


class Average(Operation):
    """The mean along an axis, in which values may have weights."""

    positions = Positions(move=True)
    signature = Signature("x", tensors=("weights",))
    takes = ("x", "axis", "weights")
    axis: Any = arg(t.whole, default=None, doc="the axis that goes; all where it is None")
    gives = FRACTION

    def output(self, x: Shape) -> Shape:
        """The sizes without the axis."""
        return reduced(x, None if self.axis is None else [self.axis], False)

    def apply(self, stored: Sequence[Array], *inputs: Array, **given: Array) -> Array:  # type: ignore[override]
        """The mean; a tensor is called ``weights``."""
        return np.asarray(np.average(inputs[0], self.axis, given.get("weights")))


class Moments(Operation):
    """The mean and the variance along axes."""

    positions = Positions(move=True)
    axes_: tuple[int, ...] = arg(t.indices, doc="the axes that go")
    keepdims: bool = arg(t.flag, default=False, doc="whether the axes stay, with size 1")
    synchronized: bool = arg(t.flag, default=False, doc="whether devices share the means")

    def output(self, x: Shape) -> Shape:
        """The sizes without the axes."""
        return reduced(x, self.axes_, self.keepdims)

    def more(self, x: Shape, y: Shape) -> tuple[Shape, ...]:
        """The shape of the variance."""
        return (y,)

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Any:
        """Both."""
        (x,) = inputs
        return x.mean(self.axes_, keepdims=self.keepdims), x.var(self.axes_, keepdims=self.keepdims)


class Norm(Reducing):
    """The length of vectors along an axis, or of matrices along two."""

    gives = FRACTION
    first = ("ord", "axis", "keepdims")
    ord: Any = arg(t.Either(t.number, t.Choice("fro", "nuc"), none=True), default=None, doc="which length")

    def output(self, x: Shape) -> Shape:
        """The sizes without the axes; `ShapeError` for a length that so many axes do not have."""
        y = super().output(x)
        many = len(x) if self.axis is None else len(self.axis)
        lengths = (None, "fro", "nuc", float("inf"), float("-inf"), 1, -1, 2, -2)
        if (many == 1 and isinstance(self.ord, str)) or (many == 2 and self.ord not in lengths):
            raise ShapeError(f"along {many} axes there is no length {self.ord}", code="no-axis", argument="ord")
        return y

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The lengths."""
        if self.ord is None:
            return np.asarray(np.sqrt((x * x).sum(axis=self.axis, keepdims=self.keepdims)))
        return np.asarray(np.linalg.norm(x, self.ord, self.axis, self.keepdims))


class _Running(Operation):
    """The function of its name along an axis, value after value; of all in a row where the axis is None."""

    positions = Positions(move=True)
    axis: Any = arg(t.whole, default=None, doc="the axis; the flat tensor where it is None")
    dtype_: Any = arg(DTYPE, default=None, doc="dtype of the output; the input's where it is None")

    def output(self, x: Shape) -> Shape:
        """The input's shape, or one row of all values."""
        if self.axis is None:
            return (product(x),)
        place(self.axis, x)
        return x

    def typed(self, given: Sequence[str], output: int = 0) -> str:
        """The dtype that is said, or the input's; whole numbers for truths."""
        return dtypes.counted(self.dtype_ or given[0])

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The running values."""
        y: Array = getattr(np, self.kind.lower())(x, self.axis)
        return y.astype(self.dtype_) if self.dtype_ else y


class Cumsum(_Running):
    """Running sums along an axis."""


class Cumprod(_Running):
    """Running products along an axis."""


class Nancumsum(_Running):
    """Running sums of the numbers along an axis."""


class Nancumprod(_Running):
    """Running products of the numbers along an axis."""


class Diff(Operation):
    """Each value less the one before, along an axis."""

    positions = Positions(move=True)
    signature = Signature("a")
    n: int = arg(t.natural, default=1, doc="how many times")
    axis: int = arg(t.whole, default=-1, doc="the axis")

    def output(self, x: Shape) -> Shape:
        """The sizes, one smaller each time."""
        at = place(self.axis, x)
        size = x[at]
        return (*x[:at], None if size is None else max(size - self.n, 0), *x[at + 1 :])

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The differences."""
        y: Array = np.diff(x, self.n, self.axis)
        return y


class Trapezoid(Operation):
    """The area under values along an axis."""

    positions = Positions(move=True)
    signature = Signature("y")
    gives = FRACTION
    takes = ("y", "x", "dx", "axis")
    x: Any = arg(t.operand, default=None, doc="where the values stand")
    dx: float = arg(t.number, default=1.0, doc="how far apart they stand")
    axis: int = arg(t.whole, default=-1, doc="the axis that goes")

    def output(self, x: Shape) -> Shape:
        """The sizes without the axis."""
        at = place(self.axis, x)
        return (*x[:at], *x[at + 1 :])

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The areas of the trapezoids between neighbours."""
        values = np.moveaxis(x, self.axis, -1)
        widths = self.dx if self.x is None else np.diff(np.asarray(getattr(self.x, "values", self.x)))
        return np.asarray(((values[..., 1:] + values[..., :-1]) / 2 * widths).sum(-1))


class Corrcoef(Operation):
    """How rows go with each other."""

    positions = Positions(move=True)
    gives = ROOTED

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The coefficients."""
        return np.asarray(np.corrcoef(x))


class Correlate(Operation):
    """Sums of products of one row with parts of another."""

    positions = Positions(move=True)
    signature = Signature("x1", "x2", least=1, most=2)
    x1: Any = arg(t.operand, default=None, doc="the first row, where it is no tensor")
    x2: Any = arg(t.operand, default=None, doc="the second row, where it is no tensor")
    mode: str = arg(t.Choice("valid", "same", "full"), default="valid", doc="which parts")

    @staticmethod
    def gives(*given: str) -> str:
        """Numbers with a fraction."""
        found = dtypes.promoted(*given)
        return "float64" if found == "int64" else found if found in ("bfloat16", "float16", "float64") else "float32"

    def joined(self, *shapes: Shape) -> Shape:
        """The number of parts."""
        for shape in shapes:
            need_rank(self.kind, shape, 1, 1)
        (n,), (m,) = shapes
        if n is None or m is None:
            raise ShapeError("the sizes of rows that are correlated must be known", code="unknown-size")
        return ({"valid": max(n, m) - min(n, m) + 1, "same": max(n, m), "full": n + m - 1}[self.mode],)

    def work(self, *operands: Array) -> Array:
        """The sums."""
        y: Array = numpy("correlate")(*operands, self.mode)
        return y


class Histogram(Operation):
    """How many values lie between bounds, and the bounds."""

    positions = Positions(move=True)
    bins: int = arg(t.positive, default=10, doc="how many parts there are")
    range: Any = arg(t.pair, default=None, doc="the first and the last bound")

    def output(self, x: Shape) -> Shape:
        """The number of parts."""
        return (self.bins,)

    def more(self, x: Shape, y: Shape) -> tuple[Shape, ...]:
        """The number of bounds."""
        return ((self.bins + 1,),)

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Any:
        """The numbers and the bounds."""
        counts, bounds = np.histogram(inputs[0], self.bins, self.range)
        return counts.astype(inputs[0].dtype), bounds.astype(inputs[0].dtype)


class Bincount(Operation):
    """How often each whole number comes."""

    positions = Positions(move=True)
    weights_: Any = arg(t.operand, default=None, doc="what each value counts")
    minlength: int = arg(t.natural, default=0, doc="the least size of the output")
    sparse: bool = arg(t.flag, default=False, doc="whether the output is sparse")

    def output(self, x: Shape) -> Shape:
        """An unknown size in place of the last."""
        place(-1, x)
        return (*x[:-1], None)

    def typed(self, given: Sequence[str], output: int = 0) -> str:
        """Whole numbers, or what the weights are."""
        return "int32" if self.weights_ is None else dtypes.promoted(given[0], t.operand_dtype(self.weights_))

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The numbers."""
        if self.weights_ is not None:
            raise ValueError("numbers with weights are not worked out here")
        most = max(int(x.max(initial=-1)) + 1, self.minlength)
        return np.asarray((x[..., None] == np.arange(most)).sum(-2), "int32")


class Trace(Operation):
    """The sum along the diagonal of two axes."""

    positions = Positions(move=True)
    gives = SUMMED
    offset: int = arg(t.whole, default=0, doc="which diagonal")
    axis1: int = arg(t.whole, default=0, doc="the one axis")
    axis2: int = arg(t.whole, default=1, doc="the other axis")

    def output(self, x: Shape) -> Shape:
        """The sizes without the two axes."""
        gone = places([self.axis1, self.axis2], x)
        return tuple(size for at, size in enumerate(x) if at not in gone)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The sums."""
        return np.asarray(np.trace(x, self.offset, self.axis1, self.axis2))


def diagonal(x: Shape, first: int, second: int, offset: int) -> Dim:
    """The length of a diagonal of two axes."""
    rows, columns = x[first], x[second]
    if rows is None or columns is None:
        return None
    left = columns - offset if offset > 0 else rows + offset
    return max(0, min(left, rows, columns))
