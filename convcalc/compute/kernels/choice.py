"""Which kernel computes what: one table, of which the first row that fits is taken."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from convcalc.compute.kernels import depthwise, im2col, product, separable, streamed, winograd
from convcalc.compute.kernels.depthwise import Depthwise
from convcalc.compute.kernels.elementwise import Scale
from convcalc.compute.kernels.finish import Finish
from convcalc.compute.kernels.im2col import Columns
from convcalc.compute.kernels.product import Product
from convcalc.compute.kernels.separable import Separated
from convcalc.compute.kernels.streamed import StreamedProduct
from convcalc.compute.kernels.upsampling import Part, Upsampling, parts
from convcalc.compute.kernels.winograd import Tiling, Winograd
from convcalc.compute.kernels.workspace import Workspace
from convcalc.compute.linear import ByChannel, Convolution, Diagonal, Linear, Matrix, Separable, Streamed, Transposed
from convcalc.lazy import Array, np

# Channels, and filters, below which Winograd's transforms cost more than the products that they save.
_LEAST_CHANNELS = 16
# Pixels below which transforming the weights costs more than it saves, where they are used once.
_LEAST_PIXELS_ONCE = 1_500

# What kernels need of memory to hold their weights, arranged: it stays as long as they do.
ARRANGED = ("weights", "matrices", "parts", "rows")
# What one kernel writes for the next, by blocks: it is the same for all that share the blocks.
COMMON = ("between", "phase")


class Kernel(Protocol):
    """What computes a layer: writes its output for ``x`` into ``out``, both ``(images, *spatial, channels)``."""

    def __call__(self, x: Array, out: Array) -> None:
        """Writes the output."""


class Case(NamedTuple):
    """What follows the product, on which shapes it works, and how it will be used."""

    finish: Finish
    x: tuple[int, ...]
    y: tuple[int, ...]
    workspace: Workspace
    once: bool = False
    exact: bool = False
    between: Finish | None = None  # what follows the first of two products


class Row(NamedTuple):
    """A row of the table: which layers it is for, when it fits, how it is made, what it needs, and why it is taken.

    ``needs`` gives bytes by the names of working memory.
    """

    kind: type[Linear]
    fits: Callable[[Any, Case], bool]
    make: Callable[[Any, Case], Kernel]
    needs: Callable[[Any, Case], dict[str, int]]
    why: str


def kernel(linear: Linear, case: Case) -> Kernel:
    """The kernel for a layer, its weights arranged."""
    return _row(linear, case).make(linear, case)


def merged(stages: Sequence[tuple[Linear, Case]]) -> list[tuple[Linear, Case]]:
    """Products one after the other, those as one that are best computed so."""
    out: list[tuple[Linear, Case]] = []
    for linear, case in stages:
        first, before = out[-1] if out else (None, case)
        if isinstance(first, ByChannel) and isinstance(linear, Convolution) and _are_separable(first, linear):
            out[-1] = Separable(first, linear), case._replace(x=before.x, between=before.finish)
        else:
            out.append((linear, case))
    return out


def _are_separable(first: ByChannel, second: Convolution) -> bool:
    """Whether the second takes the first's output at every place by itself, and has few weights."""
    one_tap = _one_tap(second) and max(_strides(second)) == 1
    return _image_by_channel(first) and one_tap and separable.held(second.kernel)


def needs(linear: Linear, case: Case) -> dict[str, int]:
    """The bytes that its kernel takes beside input, output and the layer's weights, by name; looks at no values.

    Memory of one name serves one kernel after the other.
    """
    return _row(linear, case).needs(linear, case)


def _row(linear: Linear, case: Case) -> Row:
    return next(row for row in TABLE if isinstance(linear, row.kind) and row.fits(linear, case))


def _always(linear: Linear, case: Case) -> bool:
    return True


def _one_tap(conv: Convolution, case: Case | None = None) -> bool:
    return conv.groups == 1 and all(window.size == 1 and not any(window.pads(1) or ()) for window in conv.windows)


def _winograd(conv: Convolution, case: Case) -> bool:
    *taps, channels, filters = conv.kernel.shape
    fits = taps in ([3, 3], [5, 5]) and conv.groups == 1 and max(_strides(conv)) == 1 and not case.exact
    worth = min(channels, filters) >= _LEAST_CHANNELS
    worth = worth and not (case.once and math.prod(case.y[:-1]) < _LEAST_PIXELS_ONCE)
    return fits and worth and winograd.tiling(conv.kernel, case.y, conv.windows) is not None


def can_add(linear: Linear) -> bool:
    """Whether its kernel is a `Product`, which adds what is there to its blocks."""
    return isinstance(linear, Matrix) or (type(linear) is Convolution and _one_tap(linear))


def _tiling(conv: Convolution, case: Case) -> Tiling:
    tiling = winograd.tiling(conv.kernel, case.y, conv.windows)
    assert tiling is not None
    return tiling


def _image_by_channel(conv: ByChannel, case: Case | None = None) -> bool:
    return conv.kernel.shape[-1] == 1 and len(conv.windows) == 2


def _undilated(linear: Transposed, case: Case) -> bool:
    return all(axis.dilation == 1 for axis in linear.axes)


def _strides(conv: Convolution) -> tuple[int, ...]:
    return tuple(window.stride for window in conv.windows)


def _phase(part: Part, case: Case) -> Case:
    """The case of a part of a transposed convolution: all are prepared before the first is computed."""
    x = [len(range(n)[one.inputs]) for one, n in zip(part.phases, case.x[1:-1], strict=True)]
    y = (case.y[0], *part.lengths, case.y[-1])
    return case._replace(x=(case.x[0], *x, case.x[-1]), y=y, once=False)


def _upsampling(linear: Transposed, case: Case) -> Kernel:
    made = []
    for part in parts(linear, case.x[1:-1]):
        whole = Convolution(np.ascontiguousarray(part.convolution.kernel), None, part.convolution.windows)
        made.append((part, kernel(whole, _phase(part, case))))
    return Upsampling(made, case.workspace)


def _upsampling_needs(linear: Transposed, case: Case) -> dict[str, int]:
    total = {"phase": math.prod(case.y) * linear.kernel.itemsize, "parts": linear.kernel.size * linear.kernel.itemsize}
    for part in parts(linear, case.x[1:-1]):
        for name, size in needs(part.convolution, _phase(part, case)).items():
            total[name] = total.get(name, 0) + size if name == "weights" else max(total.get(name, 0), size)
    return total


def _plain_needs(linear: Linear, case: Case) -> dict[str, int]:
    """The product of a tap beside the sum so far, and the input or the whole output with its padding."""
    axes = linear.axes if isinstance(linear, Transposed) else getattr(linear, "windows", ())
    ends = case.y if isinstance(linear, Transposed) else case.x
    full = math.prod(axis.full(n) for axis, n in zip(axes, case.x[1:-1], strict=False)) * case.x[0] * ends[-1]
    return {"plain": (3 * math.prod(case.y) + 2 * max(full, math.prod(case.x))) * linear.kernel.itemsize}


def _none(linear: Linear, case: Case) -> dict[str, int]:
    return {}


def _product(matrix: Array, strides: Sequence[int], case: Case) -> Product:
    return Product(matrix, case.finish, case.workspace, math.prod(case.y[:-1]), strides, once=case.once)


def _depthwise(conv: ByChannel, case: Case) -> Depthwise:
    return Depthwise(conv.kernel[..., 0], case.finish, conv.windows, case.y[2], case.workspace)


def _separated(both: Separable, case: Case) -> Kernel:
    assert case.between
    first = _depthwise(both.first, case._replace(finish=case.between))
    return Separated(first, _product(both.kernel, (), case), case.workspace)


TABLE = (
    Row(
        Diagonal,
        _always,
        lambda one, case: Scale(one.kernel, case.finish, case.workspace),
        _none,
        "scaled, shifted and activated while a block is in the cache",
    ),
    Row(
        Matrix,
        _always,
        lambda one, case: _product(one.kernel, (), case),
        lambda one, case: product.needs(one.kernel, case.x, case.y, (), once=case.once),
        "the input is the matrix",
    ),
    Row(
        Streamed,
        _always,
        lambda one, case: StreamedProduct(one, case.finish, case.workspace),
        lambda one, case: streamed.needs(one.kernel, case.y),
        "fresh memory for the matrix would take longer than the product",
    ),
    Row(
        ByChannel,
        _image_by_channel,
        _depthwise,
        lambda one, case: depthwise.needs(one.kernel, case.y, one.windows),
        "there is no large product: sums over the taps along whole rows, without copies of them",
    ),
    Row(
        Separable,
        _always,
        _separated,
        lambda both, case: separable.needs(both, case.y, once=case.once),
        "what lies between the two products is used while it is in the cache, and never lies in memory whole",
    ),
    Row(
        ByChannel,
        _always,
        lambda one, case: _Plain(one, case),
        _plain_needs,
        "several filters for a channel, or an axis more or less: rare in published networks",
    ),
    Row(
        Convolution,
        _one_tap,
        lambda one, case: _product(one.kernel.reshape(one.kernel.shape[-2:]), _strides(one), case),
        lambda one, case: product.needs(one.kernel, case.x, case.y, _strides(one), once=case.once),
        "one tap needs no patches: the input is the matrix",
    ),
    Row(
        Convolution,
        _winograd,
        lambda one, case: Winograd(
            one.kernel, case.finish, one.windows, _tiling(one, case), case.workspace, once=case.once
        ),
        lambda one, case: winograd.needs(one.kernel, _tiling(one, case)),
        "a quarter of the products, for transforms that grow with the channels alone",
    ),
    Row(
        Convolution,
        _always,
        lambda one, case: Columns(
            one.kernel,
            case.finish,
            one.windows,
            math.prod(case.y[:-1]),
            case.workspace,
            one.groups,
            once=case.once,
        ),
        lambda one, case: im2col.needs(one.kernel, case.x, case.y, one.windows, one.groups, once=case.once),
        "patches copied within the cache make one large product, which processors do best",
    ),
    Row(
        Transposed,
        _undilated,
        _upsampling,
        _upsampling_needs,
        "each phase of the stride is a small convolution, and no output is added to twice",
    ),
    Row(
        Transposed,
        _always,
        lambda one, case: _Plain(one, case),
        _plain_needs,
        "dilated: rare in published networks",
    ),
)


class _Plain:
    """A layer computed plainly, and finished: one block."""

    def __init__(self, linear: Linear, case: Case) -> None:
        self.linear = linear
        self.case = case

    def __call__(self, x: Array, out: Array) -> None:
        self.case.workspace.each(lambda written: self._compute(x, written), [out])

    def _compute(self, x: Array, out: Array) -> None:
        np.copyto(out, self.linear.product(x))
        self.case.finish(out)
