"""Operations that slide windows over tensors: convolutions with a kernel that is a tensor, pooling, blocks, patches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from convcalc.compute import convolution, pooling
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.signature import Signature
from convcalc.declare.traits import Positions
from convcalc.errors import ShapeError
from convcalc.layers.ops.operands import Operation, need_rank
from convcalc.lazy import Array, np
from convcalc.sizes.formula import Product
from convcalc.sizes.shapes import Dim, Shape, channels_first, channels_last, product, show
from convcalc.sizes.windows import Upsampler, Window

_several = t.ListOf(t.positive, "a positive integer or a list of positive integers", alone=t.positive)
_strides: Any = arg(_several, default=1, doc="step along each axis")
_dilations: Any = arg(_several, default=1, doc="how far apart taps are, along each axis")
_format: Any = arg(t.data_format, default=None, doc="where the channels stand")


def spread(values: Sequence[int], axes: int) -> tuple[int, ...]:
    """A number for each of so many axes; `ShapeError` for another number of numbers."""
    if len(values) not in (1, axes):
        raise ShapeError(f"{len(values)} numbers are not for {axes} axes", code="wrong-rank")
    return tuple(values) * axes if len(values) == 1 else tuple(values)


def slid(x: Shape, windows: Sequence[Window]) -> Shape:
    """The sizes of spatial axes under windows; `ShapeError` where a window does not fit."""
    found: list[Dim] = [window.out(n) for n, window in zip(x, windows, strict=True)]
    if any(n is not None and n < 1 for n in found):
        raise ShapeError(f"the window does not fit into {show(x)}", code="does-not-fit")
    return tuple(found)


class _Convolution(Operation):
    """A convolution with a kernel that is a tensor or data."""

    positions = Positions(move=True)
    signature = Signature("inputs", "kernel", least=1, most=2)
    inputs: Any = arg(t.operand, default=None, doc="the images, where they are no tensor")
    kernel: Any = arg(t.operand, default=None, doc="the kernel, where it is no tensor")
    strides: tuple[int, ...] = _strides
    padding: str = arg(t.Choice("valid", "same", "causal", fold=True), default="valid", doc="what is around")
    data_format: str = _format
    dilation_rate: tuple[int, ...] = _dilations

    @property
    def is_channels_first(self) -> bool:
        """False: the rules themselves know where the channels stand."""
        return False

    def joined(self, *shapes: Shape) -> Shape:
        """The spatial sizes under the kernel, and the number of filters."""
        x, kernel = shapes[:2]
        need_rank(self.kind, kernel, 3)
        need_rank(self.kind, x, len(kernel), len(kernel))
        turned = self.data_format == "channels_first"
        x = channels_last(x) if turned else x
        inside = self.inside(kernel)
        if None not in (x[-1], inside) and x[-1] != inside:
            raise ShapeError(f"the kernel is for {inside} channels, not for {x[-1]}", code="channels")
        y = (x[0], *self.spatial(x[1:-1], kernel[:-2]), self.filters(*shapes[1:]))
        return channels_first(y) if turned else y

    def windows(self, taps: Shape) -> list[Window]:
        """One window for each spatial axis."""
        if None in taps:
            raise ShapeError("the sizes of a kernel must be known", code="unknown-size")
        steps, rates = spread(self.strides, len(taps)), spread(self.dilation_rate, len(taps))
        rows = zip(taps, steps, rates, strict=True)
        return [Window(n or 0, step, rate, self.padding) for n, step, rate in rows]

    def spatial(self, x: Shape, taps: Shape) -> Shape:
        """The spatial sizes under the kernel."""
        return slid(x, self.windows(taps))

    def inside(self, kernel: Shape) -> Dim:
        """The number of channels that the kernel is for."""
        return kernel[-2]

    def filters(self, *kernels: Shape) -> Dim:
        """The number of channels of the output."""
        return kernels[0][-1]

    def products(self, shapes: Sequence[Shape], y: Shape) -> Iterable[Product]:
        """Output values × taps × channels."""
        yield Product("kernel", ("output values", product(y[1:])), ("taps × channels", product(shapes[1][:-1])))

    def work(self, *operands: Array) -> Array:
        """The convolution."""
        x, *kernels = operands
        turned = self.data_format == "channels_first"
        y = self.convolved(np.moveaxis(x, 1, -1) if turned else x, *kernels)
        return np.moveaxis(y, -1, 1) if turned else y

    def convolved(self, x: Array, *kernels: Array) -> Array:
        """The convolution of images with the channels last."""
        return convolution.convolve(x, kernels[0], self.windows(kernels[0].shape[:-2]))


class Conv(_Convolution):
    """A convolution with a kernel that is given: ``(*taps, channels, filters)``."""


class DepthwiseConv(_Convolution):
    """A convolution of each channel by itself: the kernel is ``(*taps, channels, filters for each)``."""

    def filters(self, *kernels: Shape) -> Dim:
        """Channels times filters for each."""
        return product(kernels[0][-2:])

    def products(self, shapes: Sequence[Shape], y: Shape) -> Iterable[Product]:
        """Output values × taps."""
        yield Product("kernel", ("output values", product(y[1:])), ("taps", product(shapes[1][:-2])))

    def convolved(self, x: Array, *kernels: Array) -> Array:
        """The convolution."""
        return convolution.depthwise(x, kernels[0], self.windows(kernels[0].shape[:-2]))


class SeparableConv(_Convolution):
    """A convolution of each channel by itself, and then of all channels at each place."""

    signature = Signature("inputs", "depthwise_kernel", "pointwise_kernel", least=1, most=3)
    depthwise_kernel: Any = arg(t.operand, default=None, doc="the first kernel, where it is no tensor")
    pointwise_kernel: Any = arg(t.operand, default=None, doc="the second kernel, where it is no tensor")
    takes = (*signature.inputs, "strides", "padding", "data_format", "dilation_rate")

    def filters(self, *kernels: Shape) -> Dim:
        """The filters of the second kernel."""
        return kernels[1][-1]

    def convolved(self, x: Array, *kernels: Array) -> Array:
        """Both convolutions."""
        first, second = kernels
        y = convolution.depthwise(x, first, self.windows(first.shape[:-2]))
        return np.asarray(y @ second.reshape(second.shape[-2:]))


class ConvTranspose(_Convolution):
    """A transposed convolution with a kernel that is given: ``(*taps, filters, channels)``."""

    padding: str = arg(t.Choice("valid", "same", fold=True), default="valid", doc="what is cropped")
    output_padding: Any = arg(_several, default=None, doc="cells that are added at the end")
    takes = (*_Convolution.signature.inputs, "strides", "padding", "output_padding", "data_format", "dilation_rate")

    def upsamplers(self, taps: Shape) -> list[Upsampler]:
        """One axis of the transposed convolution for each spatial axis."""
        axes = len(taps)
        more = [None] * axes if self.output_padding is None else spread(self.output_padding, axes)
        steps, rates = spread(self.strides, axes), spread(self.dilation_rate, axes)
        rows = zip(taps, steps, rates, more, strict=True)
        return [Upsampler(n or 0, step, rate, self.padding, extra) for n, step, rate, extra in rows]

    def spatial(self, x: Shape, taps: Shape) -> Shape:
        """The spatial sizes of the output."""
        return tuple(axis.out(n) for axis, n in zip(self.upsamplers(taps), x, strict=True))

    def inside(self, kernel: Shape) -> Dim:
        """The number of channels that the kernel is for."""
        return kernel[-1]

    def filters(self, *kernels: Shape) -> Dim:
        """The number of channels of the output."""
        return kernels[0][-2]

    def products(self, shapes: Sequence[Shape], y: Shape) -> Iterable[Product]:
        """Input values × taps × filters."""
        yield Product("kernel", ("input values", product(shapes[0][1:])), ("taps × filters", product(shapes[1][:-1])))

    def convolved(self, x: Array, *kernels: Array) -> Array:
        """The transposed convolution."""
        return convolution.convolve_transposed(x, kernels[0], self.upsamplers(kernels[0].shape[:-2]))


# Pooling.


class _Pool(Operation):
    """One value for each window of an image."""

    positions = Positions(move=True)
    signature = Signature("inputs")
    pool_size: tuple[int, ...] = arg(_several, doc="cells along each axis of a window")
    strides: Any = arg(_several, same_as="pool_size", doc="step along each axis")
    padding: str = arg(t.Choice("valid", "same", fold=True), default="valid", doc="what is around")
    data_format: str = _format

    def windows(self, axes: int) -> list[Window]:
        """One window for each spatial axis."""
        rows = zip(spread(self.pool_size, axes), spread(self.strides, axes), strict=True)
        return [Window(size, step, 1, self.padding) for size, step in rows]

    def output(self, x: Shape) -> Shape:
        """The spatial sizes under the window."""
        need_rank(self.kind, x, 3)
        return (x[0], *slid(x[1:-1], self.windows(len(x) - 2)), x[-1])

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """One value for each window."""
        windows = self.windows(x.ndim - 2)
        pads = [window.pads(n) or (0, 0) for window, n in zip(windows, x.shape[1:-1], strict=True)]
        function = pooling.max_pool if self.kind == "MaxPool" else pooling.average_pool
        return function(x, [one.size for one in windows], [one.stride for one in windows], pads)


class MaxPool(_Pool):
    """The largest value of each window."""


class AveragePool(_Pool):
    """The mean of each window."""


# Blocks and patches.


class _Blocks(Operation):
    """Blocks of an image as channels, or channels as blocks."""

    positions = Positions(move=True)
    block_size: int = arg(t.positive, doc="height and width of a block")
    data_format: str = _format

    def infer(self, *shapes: Shape) -> Any:
        """The new sizes; `ShapeError` for what is no image with a batch."""
        need_rank(self.kind, self.only(shapes), 4, 4)
        return super().infer(*shapes)


class SpaceToDepth(_Blocks):
    """Blocks of an image as channels."""

    def output(self, x: Shape) -> Shape:
        """Smaller images of more channels; `ShapeError` where there are no whole blocks."""
        if any(n is not None and n % self.block_size for n in x[1:3]):
            raise ShapeError(f"{show(x)} does not consist of blocks of {self.block_size}", code="split")
        small = (None if n is None else n // self.block_size for n in x[1:3])
        return (x[0], *small, None if x[3] is None else x[3] * self.block_size**2)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The images."""
        size, (batch, height, width, depth) = self.block_size, x.shape
        cells = x.reshape(batch, height // size, size, width // size, size, depth)
        return cells.transpose(0, 1, 3, 2, 4, 5).reshape(batch, height // size, width // size, -1)


class DepthToSpace(_Blocks):
    """Channels as blocks of an image."""

    def output(self, x: Shape) -> Shape:
        """Larger images of fewer channels; `ShapeError` where the channels make no whole blocks."""
        if x[3] is not None and x[3] % self.block_size**2:
            raise ShapeError(f"{x[3]} channels do not make blocks of {self.block_size}", code="split")
        large = (None if n is None else n * self.block_size for n in x[1:3])
        return (x[0], *large, None if x[3] is None else x[3] // self.block_size**2)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The images."""
        size, (batch, height, width, depth) = self.block_size, x.shape
        cells = x.reshape(batch, height, width, size, size, depth // size**2)
        return cells.transpose(0, 1, 3, 2, 4, 5).reshape(batch, height * size, width * size, -1)


class ExtractPatches(Operation):
    """The windows of images, each as a row of channels."""

    positions = Positions(move=True)
    signature = Signature("images")
    size: tuple[int, ...] = arg(t.ListOf(t.positive, "2 or 3 integers", 2, 3, alone=t.positive), doc="taps of a window")
    strides: Any = arg(_several, same_as="size", doc="step along each axis")
    dilation_rate: tuple[int, ...] = _dilations
    padding: str = arg(t.Choice("valid", "same", fold=True), default="valid", doc="what is around")
    data_format: str = _format

    def windows(self) -> list[Window]:
        """One window for each spatial axis."""
        axes = len(self.size)
        rows = zip(self.size, spread(self.strides, axes), spread(self.dilation_rate, axes), strict=True)
        return [Window(*row, self.padding) for row in rows]

    def infer(self, *shapes: Shape) -> Any:
        """The sizes under the window; `ShapeError` for what are no images."""
        x = self.only(shapes)
        need_rank(self.kind, x, len(self.size) + 1, len(self.size) + 2)
        if len(x) == len(self.size) + 2:
            return super().infer(x)
        found = super().infer((1, *x))
        found.output = found.output[1:]
        return found

    def output(self, x: Shape) -> Shape:
        """The spatial sizes under the window, and the values of a window."""
        if x[-1] is None:
            raise ShapeError("the number of channels must be known", code="unknown-size")
        return (x[0], *slid(x[1:-1], self.windows()), product((*self.size, x[-1])))

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Array:
        """The patches."""
        (x,) = inputs
        return super().apply(weights, x) if x.ndim == len(self.size) + 2 else super().apply(weights, x[None])[0]

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The patches, tap by tap."""
        return np.concatenate([view for _, view in convolution.taps(x, self.windows())], -1)


def _pair(value: tuple[int, ...]) -> tuple[int, int]:
    return (value[0], value[-1])


_ints = t.ListOf(t.natural, "an integer or a pair of integers", 1, 2, alone=t.natural)


class Unfold(Operation):
    """The windows of images with the channels first, each as a column."""

    positions = Positions(move=True)
    kernel_size: tuple[int, ...] = arg(_ints, doc="taps of a window")
    dilation: tuple[int, ...] = arg(_ints, default=1, doc="how far apart taps are")
    padding: tuple[int, ...] = arg(_ints, default=0, doc="cells around")
    stride: tuple[int, ...] = arg(_ints, default=1, doc="step along each axis")

    def windows(self) -> list[Window]:
        """One window for each spatial axis."""
        rows = zip(*map(_pair, (self.kernel_size, self.stride, self.dilation, self.padding)), strict=True)
        return [Window(size, step, rate, (around, around)) for size, step, rate, around in rows]

    def output(self, x: Shape) -> Shape:
        """The values of a window, and the number of windows; `ShapeError` where a size is unknown."""
        need_rank(self.kind, x, 4, 4)
        if None in x[1:]:
            raise ShapeError("the sizes of images that are unfolded must be known", code="unknown-size")
        return (x[0], product((x[1], *_pair(self.kernel_size))), product(slid(x[2:], self.windows())))

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The columns."""
        views = [view for _, view in convolution.taps(np.moveaxis(x, 1, -1), self.windows())]
        found = np.stack(views, -1)
        return np.moveaxis(found, (-2, -1), (1, 2)).reshape(x.shape[0], -1, found[0, ..., 0, 0].size)


class Fold(Operation):
    """Images with the channels first, of windows that are columns: their values add up."""

    positions = Positions(move=True)
    output_size: tuple[int, ...] = arg(_ints, doc="height and width of the images")
    kernel_size: tuple[int, ...] = arg(_ints, doc="taps of a window")
    dilation: tuple[int, ...] = arg(_ints, default=1, doc="how far apart taps are")
    padding: tuple[int, ...] = arg(_ints, default=0, doc="cells around")
    stride: tuple[int, ...] = arg(_ints, default=1, doc="step along each axis")

    def output(self, x: Shape) -> Shape:
        """The images; `ShapeError` where the values make no windows."""
        need_rank(self.kind, x, 3, 3)
        taps = product(_pair(self.kernel_size)) or 1
        if x[1] is not None and x[1] % taps:
            raise ShapeError(f"{x[1]} values do not make windows of {taps}", code="split")
        return (x[0], None if x[1] is None else x[1] // taps, *_pair(self.output_size))

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """Refuses: sums of windows are not followed."""
        raise ValueError("its values are not worked out here")
