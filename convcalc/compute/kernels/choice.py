"""Which kernel computes what: one table, of which the first row that fits is taken."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from convcalc.compute.kernels.columns import Columns
from convcalc.compute.kernels.depthwise import Depthwise
from convcalc.compute.kernels.finish import Finish
from convcalc.compute.kernels.product import Product
from convcalc.compute.kernels.upsampling import Upsampling
from convcalc.compute.kernels.values import Scale
from convcalc.compute.kernels.winograd import Winograd
from convcalc.compute.kernels.workspace import Workspace
from convcalc.compute.linear import ByChannel, Convolution, Diagonal, Linear, Matrix, Transposed
from convcalc.lazy import Array, np

# Channels, and filters, below which Winograd's transforms cost more than the products that they save.
_LEAST_CHANNELS = 16
# Pixels below which transforming the weights costs more than it saves, where they are used once.
_LEAST_PIXELS = 1_500


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


class Row(NamedTuple):
    """A row of the table: which layers it is for, when it fits, and why it is taken then."""

    kind: type[Linear]
    fits: Callable[[Any, Case], bool]
    make: Callable[[Any, Case], Kernel]
    why: str


def kernel(linear: Linear, case: Case) -> Kernel:
    """The kernel for a layer, its weights arranged; where no row fits the layer is computed plainly."""
    for row in TABLE:
        if type(linear) is row.kind and row.fits(linear, case):
            return row.make(linear, case)
    return _Plain(linear, case.finish)


def _always(linear: Linear, case: Case) -> bool:
    return True


def _one_tap(conv: Convolution, case: Case) -> bool:
    return conv.groups == 1 and all(window.size == 1 and not any(window.pads(1) or ()) for window in conv.windows)


def _winograd(conv: Convolution, case: Case) -> bool:
    *taps, channels, filters = conv.kernel.shape
    fits = taps in ([3, 3], [5, 5]) and conv.groups == 1 and all(window.stride == 1 for window in conv.windows)
    worth = min(channels, filters) >= _LEAST_CHANNELS and not (case.once and math.prod(case.y[:-1]) < _LEAST_PIXELS)
    return fits and worth and not case.exact


def _image_by_channel(conv: ByChannel, case: Case) -> bool:
    return conv.kernel.shape[-1] == 1 and len(conv.windows) == 2


def _undilated(linear: Transposed, case: Case) -> bool:
    return all(axis.dilation == 1 for axis in linear.axes)


def _strides(conv: Convolution) -> tuple[int, ...]:
    return tuple(window.stride for window in conv.windows)


def _upsampling(linear: Transposed, case: Case) -> Kernel:
    def phase(conv: Convolution, lengths: Sequence[int]) -> Kernel:
        return kernel(conv, case._replace(y=(case.y[0], *lengths, case.y[-1])))

    return Upsampling(linear, case.x[1:-1], phase, case.workspace)


TABLE = (
    Row(
        Diagonal,
        _always,
        lambda one, case: Scale(one.kernel, case.finish),
        "scaled, shifted and activated while a block is in the cache",
    ),
    Row(
        Matrix,
        _always,
        lambda one, case: Product(one.kernel, case.finish),
        "the input is the matrix",
    ),
    Row(
        Convolution,
        _one_tap,
        lambda one, case: Product(one.kernel.reshape(one.kernel.shape[-2:]), case.finish, _strides(one)),
        "one tap needs no patches: the input is the matrix",
    ),
    Row(
        Convolution,
        _winograd,
        lambda one, case: Winograd(one.kernel, case.finish, one.windows, case.workspace, once=case.once),
        "a quarter of the products, for transforms that grow with the channels alone",
    ),
    Row(
        Convolution,
        _always,
        lambda one, case: Columns(one.kernel, case.finish, one.windows, case.workspace, one.groups),
        "patches copied within the cache make one large product, which processors do best",
    ),
    Row(
        ByChannel,
        _image_by_channel,
        lambda one, case: Depthwise(one.kernel[..., 0], case.finish, one.windows, case.y[2], case.workspace),
        "there is no large product: sums over the taps along whole rows, without copies of them",
    ),
    Row(
        Transposed,
        _undilated,
        _upsampling,
        "each phase of the stride is a small convolution, and no output is added to twice",
    ),
)


class _Plain:
    """A layer computed plainly, and finished."""

    def __init__(self, linear: Linear, finish: Finish) -> None:
        self.linear = linear
        self.finish = finish

    def __call__(self, x: Array, out: Array) -> None:
        np.copyto(out, self.linear.product(x))
        self.finish(out)
