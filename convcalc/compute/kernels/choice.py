"""The choice of a kernel: a table of kernels, of which the first row that fits a layer is taken."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from convcalc.compute.kernels import depthwise, im2col, product, separable, streamed, winograd
from convcalc.compute.kernels.depthwise import Depthwise
from convcalc.compute.kernels.elementwise import Scale
from convcalc.compute.kernels.finish import Finish
from convcalc.compute.kernels.im2col import Im2col
from convcalc.compute.kernels.product import Product
from convcalc.compute.kernels.separable import Separated
from convcalc.compute.kernels.streamed import StreamedProduct
from convcalc.compute.kernels.upsampling import Part, Upsampling, parts
from convcalc.compute.kernels.winograd import Tiling, Winograd
from convcalc.compute.kernels.workspace import Workspace
from convcalc.compute.linear import ByChannel, Convolution, Diagonal, Linear, Matrix, Separable, Streamed, Transposed
from convcalc.lazy import Array, np

# With fewer channels or filters, Winograd's transforms cost more than the products that they save.
_LEAST_CHANNELS = 16
# With fewer output pixels, weights that are used once cost more to transform than the transform saves.
_LEAST_PIXELS_ONCE = 1_500

# Names of the memory for packed weights: a kernel keeps this memory as long as the kernel exists.
PACKED = ("weights", "matrices", "parts", "rows")
# Names of the memory that one kernel writes for the next: all threads use the same.
COMMON = ("between", "phase")


class Kernel(Protocol):
    """A function that computes a layer; ``x`` and ``out`` are ``(images, *spatial, channels)``."""

    def __call__(self, x: Array, out: Array) -> None:
        """Writes the layer's output for ``x`` into ``out``."""


class Case(NamedTuple):
    """The conditions that a kernel is made for.

    ``finish`` follows the product. ``x`` and ``y`` are the shapes of input and output. ``once`` says that the weights
    are used once, ``exact`` that no algorithm is taken that rounds more than a plain sum.
    """

    finish: Finish
    x: tuple[int, ...]
    y: tuple[int, ...]
    workspace: Workspace
    once: bool = False
    exact: bool = False
    between: Finish | None = None  # follows the first product of a `Separable`


class Row(NamedTuple):
    """A row of the table.

    It is for layers of the class ``kind`` for which ``fits`` is true; ``make`` makes the kernel, and ``why`` gives the
    reason for this kernel. ``needs`` gives the bytes of working memory, by the memory's names.
    """

    kind: type[Linear]
    fits: Callable[[Any, Case], bool]
    make: Callable[[Any, Case], Kernel]
    needs: Callable[[Any, Case], dict[str, int]]
    why: str


def kernel(linear: Linear, case: Case) -> Kernel:
    """The kernel for a layer, with its weights packed."""
    return _row(linear, case).make(linear, case)


def merged(stages: Sequence[tuple[Linear, Case]]) -> list[tuple[Linear, Case]]:
    """The stages of a layer, where a depthwise convolution and the product behind it become one `Separable`."""
    out: list[tuple[Linear, Case]] = []
    for linear, case in stages:
        first, before = out[-1] if out else (None, case)
        if isinstance(first, ByChannel) and isinstance(linear, Convolution) and _is_separable(first, linear):
            out[-1] = Separable(first, linear), case._replace(x=before.x, between=before.finish)
        else:
            out.append((linear, case))
    return out


def _is_separable(first: ByChannel, second: Convolution) -> bool:
    """Whether the second is a product at every position, without a stride, and its matrix fits in the cache."""
    one_tap = _one_tap(second) and max(_strides(second)) == 1
    return _image_by_channel(first) and one_tap and separable.fits_in_cache(second.kernel)


def needs(linear: Linear, case: Case) -> dict[str, int]:
    """The bytes that a layer's kernel takes besides input, output and weights, by name.

    Kernels that run one after the other share the memory of a name. Only shapes are read: weights may have no values.
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
    """Whether the layer's kernel is a `Product`, which can add a second array to its output."""
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


def _phase_case(part: Part, case: Case) -> Case:
    """The case of one part of a transposed convolution. All parts are prepared before the first is computed."""
    x = [len(range(n)[phase.inputs]) for phase, n in zip(part.phases, case.x[1:-1], strict=True)]
    y = (case.y[0], *part.lengths, case.y[-1])
    return case._replace(x=(case.x[0], *x, case.x[-1]), y=y, once=False)


def _upsampling(linear: Transposed, case: Case) -> Kernel:
    kernels = []
    for part in parts(linear, case.x[1:-1]):
        whole = Convolution(np.ascontiguousarray(part.convolution.kernel), None, part.convolution.windows)
        kernels.append((part, kernel(whole, _phase_case(part, case))))
    return Upsampling(kernels, case.workspace)


def _upsampling_needs(linear: Transposed, case: Case) -> dict[str, int]:
    total = {"phase": math.prod(case.y) * linear.kernel.itemsize, "parts": linear.kernel.size * linear.kernel.itemsize}
    for part in parts(linear, case.x[1:-1]):
        for name, size in needs(part.convolution, _phase_case(part, case)).items():
            total[name] = total.get(name, 0) + size if name == "weights" else max(total.get(name, 0), size)
    return total


def _plain_needs(linear: Linear, case: Case) -> dict[str, int]:
    """The bytes of a tap's product, of the sum so far, and of the padded input or the uncropped output."""
    axes = linear.axes if isinstance(linear, Transposed) else getattr(linear, "windows", ())
    ends = case.y if isinstance(linear, Transposed) else case.x
    full = math.prod(axis.full(n) for axis, n in zip(axes, case.x[1:-1], strict=False)) * case.x[0] * ends[-1]
    return {"plain": (3 * math.prod(case.y) + 2 * max(full, math.prod(case.x))) * linear.kernel.itemsize}


def _no_memory(linear: Linear, case: Case) -> dict[str, int]:
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
        lambda linear, case: Scale(linear.kernel, case.finish, case.workspace),
        _no_memory,
        "scaled, shifted and activated while a block is in the cache",
    ),
    Row(
        Matrix,
        _always,
        lambda linear, case: _product(linear.kernel, (), case),
        lambda linear, case: product.needs(linear.kernel, case.x, case.y, (), once=case.once),
        "the input is the matrix",
    ),
    Row(
        Streamed,
        _always,
        lambda linear, case: StreamedProduct(linear, case.finish, case.workspace),
        lambda linear, case: streamed.needs(linear.kernel, case.y),
        "fresh memory for the matrix would take longer than the product",
    ),
    Row(
        ByChannel,
        _image_by_channel,
        _depthwise,
        lambda linear, case: depthwise.needs(linear.kernel, case.y, linear.windows),
        "there is no large product: sums over the taps along whole rows, without copies of them",
    ),
    Row(
        Separable,
        _always,
        _separated,
        lambda both, case: separable.needs(both, case.y, once=case.once),
        "the array between the two products is used while in the cache, a block at a time, and never exists whole",
    ),
    Row(
        ByChannel,
        _always,
        lambda linear, case: _Plain(linear, case),
        _plain_needs,
        "several filters for a channel, or not two axes: rare in published networks",
    ),
    Row(
        Convolution,
        _one_tap,
        lambda linear, case: _product(linear.kernel.reshape(linear.kernel.shape[-2:]), _strides(linear), case),
        lambda linear, case: product.needs(linear.kernel, case.x, case.y, _strides(linear), once=case.once),
        "one tap needs no patches: the input is the matrix",
    ),
    Row(
        Convolution,
        _winograd,
        lambda linear, case: Winograd(
            linear.kernel, case.finish, linear.windows, _tiling(linear, case), case.workspace, once=case.once
        ),
        lambda linear, case: winograd.needs(linear.kernel, _tiling(linear, case)),
        "a quarter of the multiplications, and the cost of the transforms grows with the channels alone",
    ),
    Row(
        Convolution,
        _always,
        lambda linear, case: Im2col(
            linear.kernel,
            case.finish,
            linear.windows,
            math.prod(case.y[:-1]),
            case.workspace,
            linear.groups,
            once=case.once,
        ),
        lambda linear, case: im2col.needs(linear.kernel, case.x, case.y, linear.windows, linear.groups, once=case.once),
        "patches copied within the cache make one large product, which processors do best",
    ),
    Row(
        Transposed,
        _undilated,
        _upsampling,
        _upsampling_needs,
        "each phase of the stride is a small convolution, and each output is written once",
    ),
    Row(
        Transposed,
        _always,
        lambda linear, case: _Plain(linear, case),
        _plain_needs,
        "dilated: rare in published networks",
    ),
)


class _Plain:
    """The kernel of a layer that is computed plainly, as one block, by its `Linear.product`."""

    def __init__(self, linear: Linear, case: Case) -> None:
        self.linear = linear
        self.case = case

    def __call__(self, x: Array, out: Array) -> None:
        self.case.workspace.each(lambda block: self._compute(x, block), [out])

    def _compute(self, x: Array, out: Array) -> None:
        np.copyto(out, self.linear.product(x))
        self.case.finish(out)
