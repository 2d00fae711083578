"""Convolutions of each channel by itself: DepthwiseConv1D/2D, and with a mixing step SeparableConv1D/2D."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from convcalc.compute.linear import ByChannel, Convolution, Linear
from convcalc.declare.weight import Weight, known
from convcalc.layers import _arguments as a
from convcalc.layers._spatial import _Spatial
from convcalc.lazy import Array
from convcalc.sizes.formula import Product
from convcalc.sizes.shapes import Dim, Shape, product
from convcalc.sizes.windows import Window


class _Depthwise(_Spatial):
    """The step that both families share; Keras accepts stride and dilation together here."""

    kernel_size: tuple[int, ...]
    strides: tuple[int, ...]
    padding: str
    dilation_rate: tuple[int, ...]
    depth_multiplier: int
    depthwise_initializer: Any

    def axes(self, x: Shape) -> tuple[Window, ...]:
        """One window for every spatial axis."""
        sizes = zip(self.kernel_size, self.strides, self.dilation_rate, strict=True)
        return tuple(Window(size, stride, dilation, self.padding) for size, stride, dilation in sizes)

    def depthwise_weight(self, x: Shape, name: str) -> Weight:
        """``(*kernel_size, channels, depth_multiplier)``."""
        shape = (*self.kernel_size, known(x[-1], "the number of channels"), self.depth_multiplier)
        dims = (*(f"kernel_size[{axis}]" for axis in range(self.rank)), "channels", "depth_multiplier")
        return Weight(name, shape, self.depthwise_initializer, dims=dims)

    def depthwise_macs(self, x: Shape, y: Shape, name: str) -> Product:
        """Output positions × channels × depth_multiplier × taps."""
        positions, taps = ("output positions", product(y[1:-1])), ("taps", product(self.kernel_size))
        return Product(name, positions, ("channels", x[-1]), ("depth_multiplier", self.depth_multiplier), taps)


class _DepthwiseConv(_Depthwise):
    kernel_size: tuple[int, ...] = a.kernel_size
    strides: tuple[int, ...] = a.strides
    padding: str = a.padding
    depth_multiplier: int = a.depth_multiplier
    data_format: str = a.data_format
    dilation_rate: tuple[int, ...] = a.dilation_rate
    activation: Any = a.activation
    use_bias: bool = a.use_bias
    depthwise_initializer: Any = a.initializer("depthwise kernel")
    bias_initializer: Any = a.initializer("bias", "zeros")
    depthwise_regularizer: Any = a.regularizer("depthwise kernel")
    bias_regularizer: Any = a.regularizer("bias")
    activity_regularizer: Any = a.activity_regularizer
    depthwise_constraint: Any = a.constraint("depthwise kernel")
    bias_constraint: Any = a.constraint("bias")

    def channels_out(self, channels: Dim) -> Dim:
        """``depth_multiplier`` channels for every input channel."""
        return product((channels, self.depth_multiplier))

    def weights(self, x: Shape) -> Iterator[Weight]:
        """Kernel ``(*kernel_size, channels, depth_multiplier)`` and bias ``(channels × depth_multiplier,)``."""
        kernel = self.depthwise_weight(x, "kernel")
        yield kernel
        if self.use_bias:
            size = kernel.shape[-2] * self.depth_multiplier
            yield Weight("bias", (size,), self.bias_initializer, dims=("channels × depth_multiplier",))

    def macs(self, x: Shape, y: Shape) -> Iterator[Product]:
        """The depthwise product alone."""
        yield self.depthwise_macs(x, y, "kernel")

    def linear(self, w: Sequence[Array], x: Shape) -> tuple[Linear, ...]:
        """Each channel with its own filters."""
        return (ByChannel(w[0], w[1] if self.use_bias else None, self.axes(x)),)


class _SeparableConv(_Depthwise):
    filters: int = a.filters
    kernel_size: tuple[int, ...] = a.kernel_size
    strides: tuple[int, ...] = a.strides
    padding: str = a.padding
    data_format: str = a.data_format
    dilation_rate: tuple[int, ...] = a.dilation_rate
    depth_multiplier: int = a.depth_multiplier
    activation: Any = a.activation
    use_bias: bool = a.use_bias
    depthwise_initializer: Any = a.initializer("depthwise kernel")
    pointwise_initializer: Any = a.initializer("pointwise kernel")
    bias_initializer: Any = a.initializer("bias", "zeros")
    depthwise_regularizer: Any = a.regularizer("depthwise kernel")
    pointwise_regularizer: Any = a.regularizer("pointwise kernel")
    bias_regularizer: Any = a.regularizer("bias")
    activity_regularizer: Any = a.activity_regularizer
    depthwise_constraint: Any = a.constraint("depthwise kernel")
    pointwise_constraint: Any = a.constraint("pointwise kernel")
    bias_constraint: Any = a.constraint("bias")

    def channels_out(self, channels: Dim) -> Dim:
        """One channel for every filter."""
        return self.filters

    def weights(self, x: Shape) -> Iterator[Weight]:
        """depthwise_kernel, pointwise_kernel ``(1, …, channels × depth_multiplier, filters)``, bias."""
        depthwise_kernel = self.depthwise_weight(x, "depthwise_kernel")
        yield depthwise_kernel
        shape = ((1,) * self.rank) + (depthwise_kernel.shape[-2] * self.depth_multiplier, self.filters)
        dims = (*("1",) * self.rank, "channels × depth_multiplier", "filters")
        yield Weight("pointwise_kernel", shape, self.pointwise_initializer, dims=dims)
        if self.use_bias:
            yield Weight("bias", (self.filters,), self.bias_initializer, dims=("filters",))

    def macs(self, x: Shape, y: Shape) -> Iterator[Product]:
        """The depthwise product, and output positions × channels × depth_multiplier × filters."""
        yield self.depthwise_macs(x, y, "depthwise_kernel")
        inside = (("channels", x[-1]), ("depth_multiplier", self.depth_multiplier), ("filters", self.filters))
        yield Product("pointwise_kernel", ("output positions", product(y[1:-1])), *inside)

    def linear(self, w: Sequence[Array], x: Shape) -> tuple[Linear, ...]:
        """The depthwise step, then a 1-tap convolution over its channels."""
        mixing = Convolution(w[1], w[2] if self.use_bias else None, (Window(1),) * self.rank)
        return ByChannel(w[0], None, self.axes(x)), mixing


class DepthwiseConv1D(_DepthwiseConv):
    """Convolution of each channel of a sequence by itself.

    >>> DepthwiseConv1D(3, depth_multiplier=2).on(10, 6)
    (None, 8, 12)  48 params  288 MACs
    """

    rank = 1


class DepthwiseConv2D(_DepthwiseConv):
    """Convolution of each channel of an image by itself.

    >>> DepthwiseConv2D(3).on(11, 13, 6)
    (None, 9, 11, 6)  60 params  5,346 MACs
    """

    rank = 2


class SeparableConv1D(_SeparableConv):
    """Depthwise, then pointwise convolution over a sequence.

    >>> SeparableConv1D(2, 4, use_bias=False).on(10, 3)
    (None, 7, 2)  18 params  126 MACs
    """

    rank = 1
    aliases = ("SeparableConvolution1D",)


class SeparableConv2D(_SeparableConv):
    """Depthwise, then pointwise convolution over an image.

    >>> SeparableConv2D(8, 3).on(11, 13, 6)
    (None, 9, 11, 8)  110 params  10,098 MACs
    """

    rank = 2
    aliases = ("SeparableConvolution2D",)
