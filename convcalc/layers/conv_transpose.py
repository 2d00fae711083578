"""Transposed convolutions: Conv1DTranspose, Conv2DTranspose, Conv3DTranspose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from convcalc.compute.linear import Linear, Transposed
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.weight import Weight, known
from convcalc.errors import ArgumentError
from convcalc.layers import _arguments as a
from convcalc.layers._spatial import _Spatial
from convcalc.layers.conv import refuse_strided_dilation
from convcalc.lazy import Array
from convcalc.sizes.formula import Product
from convcalc.sizes.shapes import Dim, Shape, product
from convcalc.sizes.windows import Axis, Upsampler


class _ConvTranspose(_Spatial):
    filters: int = a.filters
    kernel_size: tuple[int, ...] = a.kernel_size
    strides: tuple[int, ...] = a.strides
    padding: str = a.padding
    output_padding: tuple[int, ...] | None = arg(
        t.taps_or_zero, default=None, doc="cells added at the end of the output, below the stride"
    )
    data_format: str = a.data_format
    dilation_rate: tuple[int, ...] = a.dilation_rate
    activation: Any = a.activation
    use_bias: bool = a.use_bias
    kernel_initializer: Any = a.initializer("kernel")
    bias_initializer: Any = a.initializer("bias", "zeros")
    kernel_regularizer: Any = a.regularizer("kernel")
    bias_regularizer: Any = a.regularizer("bias")
    activity_regularizer: Any = a.activity_regularizer
    kernel_constraint: Any = a.constraint("kernel")
    bias_constraint: Any = a.constraint("bias")

    def check(self) -> None:
        """Output padding stays below the stride; stride and dilation exclude each other."""
        refuse_strided_dilation(self.strides, self.dilation_rate)
        for extra, stride in zip(self.output_padding or (), self.strides, strict=False):
            if extra >= stride:
                raise ArgumentError(
                    f"output_padding of {extra} is not below the stride of {stride}",
                    code="output-padding",
                    argument="output_padding",
                    why="a whole stride more would be another input position",
                    help=f"use an output_padding from 0 to {stride - 1}, or larger strides",
                )

    def axes(self, x: Shape) -> tuple[Upsampler, ...]:
        """One upsampler for every spatial axis."""
        extras = self.output_padding or (None,) * self.rank
        sizes = zip(self.kernel_size, self.strides, self.dilation_rate, extras, strict=True)
        return tuple(Upsampler(size, stride, dilation, self.padding, p) for size, stride, dilation, p in sizes)

    @property
    def shortest(self) -> int:
        """The least output length that Keras accepts: an empty input may stay empty."""
        return 0

    def misfit(self, axis: Axis, n: int) -> tuple[str, str, str]:
        """What is wrong, why, and how to mend it, where an output length would be negative."""
        why = f"with output_padding={self.output_padding} it would be {axis.out(n)}"
        return "the output has no length", why, "leave output_padding out"

    def channels_out(self, channels: Dim) -> Dim:
        """One channel for every filter."""
        return self.filters

    def weights(self, x: Shape) -> Iterator[Weight]:
        """Kernel ``(*kernel_size, filters, channels)``, outputs before inputs, and bias ``(filters,)``."""
        channels = known(x[-1], "the number of channels")
        dims = (*(f"kernel_size[{axis}]" for axis in range(self.rank)), "filters", "channels")
        yield Weight("kernel", (*self.kernel_size, self.filters, channels), self.kernel_initializer, dims=dims)
        if self.use_bias:
            yield Weight("bias", (self.filters,), self.bias_initializer, dims=("filters",))

    def macs(self, x: Shape, y: Shape) -> Iterator[Product]:
        """Input positions × filters × channels × taps."""
        positions, taps = ("input positions", product(x[1:-1])), ("taps", product(self.kernel_size))
        yield Product("kernel", positions, ("filters", self.filters), ("channels", x[-1]), taps)

    def linear(self, w: Sequence[Array], x: Shape) -> tuple[Linear, ...]:
        """Each input position adds its taps."""
        return (Transposed(w[0], w[1] if self.use_bias else None, self.axes(x)),)


class Conv1DTranspose(_ConvTranspose):
    """Transposed convolution over a sequence.

    >>> Conv1DTranspose(2, 3, strides=2).on(5, 3)
    (None, 11, 2)  20 params  90 MACs
    """

    rank = 1
    aliases = ("Convolution1DTranspose",)


class Conv2DTranspose(_ConvTranspose):
    """Transposed convolution over an image.

    >>> Conv2DTranspose(2, 3, strides=2, padding="same").on(5, 6, 3)
    (None, 10, 12, 2)  56 params  1,620 MACs
    """

    rank = 2
    aliases = ("Convolution2DTranspose",)


class Conv3DTranspose(_ConvTranspose):
    """Transposed convolution over a volume.

    >>> Conv3DTranspose(2, 3, strides=2).on(4, 5, 6, 3)
    (None, 9, 11, 13, 2)  164 params  19,440 MACs
    """

    rank = 3
    aliases = ("Convolution3DTranspose",)
    # Keras's own order here differs from its 1-D and 2-D layers.
    first = ("filters", "kernel_size", "strides", "padding", "data_format", "output_padding")
