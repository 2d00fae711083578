"""Convolutions: Conv1D, Conv2D, Conv3D."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from convcalc.compute.linear import Convolution, Linear
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.weight import Weight, known
from convcalc.errors import ArgumentError, ShapeError
from convcalc.layers import _arguments as a
from convcalc.layers._lora import Adaptable
from convcalc.layers._spatial import _Spatial
from convcalc.lazy import Array
from convcalc.sizes.formula import Product
from convcalc.sizes.shapes import Dim, Shape, product
from convcalc.sizes.windows import Window


def refuse_strided_dilation(strides: Sequence[int], dilation_rate: Sequence[int]) -> None:
    """Refuses a stride and a dilation both above 1, on whatever axes, as Keras does."""
    if max(strides) > 1 and max(dilation_rate) > 1:
        raise ArgumentError(
            f"strides={tuple(strides)} and dilation_rate={tuple(dilation_rate)} are both above 1",
            code="strided-dilation",
            argument="dilation_rate",
            why="Keras has no convolution that is strided and dilated at once",
            help="set strides=1 or dilation_rate=1",
        )


class _Conv(_Spatial, Adaptable):
    filters: int = a.filters
    kernel_size: tuple[int, ...] = a.kernel_size
    strides: tuple[int, ...] = a.strides
    padding: str = a.padding
    data_format: str = a.data_format
    dilation_rate: tuple[int, ...] = a.dilation_rate
    groups: int = arg(t.positive, default=1, doc="blocks of channels convolved apart")
    activation: Any = a.activation
    use_bias: bool = a.use_bias
    kernel_initializer: Any = a.initializer("kernel")
    bias_initializer: Any = a.initializer("bias", "zeros")
    kernel_regularizer: Any = a.regularizer("kernel")
    bias_regularizer: Any = a.regularizer("bias")
    activity_regularizer: Any = a.activity_regularizer
    kernel_constraint: Any = a.constraint("kernel")
    bias_constraint: Any = a.constraint("bias")
    # Keras takes these by keyword, though its signature does not show them.
    extras = {"lora_rank": a.lora_rank, "lora_alpha": a.lora_alpha}

    def check(self) -> None:
        """Filters divide into groups; stride and dilation exclude each other."""
        self.check_lora()
        refuse_strided_dilation(self.strides, self.dilation_rate)
        if self.filters % self.groups:
            raise ArgumentError(
                f"{self.filters} filters do not divide into {self.groups} groups",
                code="uneven-groups",
                argument="groups",
                why="every group makes the same number of output channels",
                help=f"use filters={-(-self.filters // self.groups) * self.groups} or another number of groups",
            )

    def axes(self, x: Shape) -> tuple[Window, ...]:
        """One window for every spatial axis."""
        sizes = zip(self.kernel_size, self.strides, self.dilation_rate, strict=True)
        return tuple(Window(size, stride, dilation, self.padding) for size, stride, dilation in sizes)

    def channels_out(self, channels: Dim) -> Dim:
        """One channel for every filter."""
        return self.filters

    @property
    def inside(self) -> str:
        """What a filter sees of the channels, in words."""
        return "channels / groups" if self.groups > 1 else "channels"

    def weights(self, x: Shape) -> Iterator[Weight]:
        """Kernel ``(*kernel_size, channels / groups, filters)`` and bias ``(filters,)``, adapted on demand."""
        channels = known(x[-1], "the number of channels")
        if channels % self.groups:
            raise ShapeError(
                f"{channels} channels do not divide into {self.groups} groups",
                code="uneven-groups",
                argument="groups",
                why="every group sees the same number of input channels",
                help="use a number of groups that divides the channels, or give more channels",
            )
        taps = tuple(f"kernel_size[{axis}]" for axis in range(self.rank))
        shape = (*self.kernel_size, channels // self.groups, self.filters)
        kernel = Weight("kernel", shape, self.kernel_initializer, dims=(*taps, self.inside, "filters"))
        bias = Weight("bias", (self.filters,), self.bias_initializer, dims=("filters",))
        yield from self.adapted(kernel, bias if self.use_bias else None)

    def macs(self, x: Shape, y: Shape) -> Iterator[Product]:
        """Output positions × filters × (channels / groups) × taps; taps on padding count."""
        inside = (self.inside, x[-1] and x[-1] // self.groups)
        taps = ("taps", product(self.kernel_size))
        yield Product("kernel", ("output positions", product(y[1:-1])), ("filters", self.filters), inside, taps)

    def linear(self, w: Sequence[Array], x: Shape) -> tuple[Linear, ...]:
        """One convolution."""
        return (Convolution(self.kernel(w), w[1] if self.use_bias else None, self.axes(x), self.groups),)


class Conv1D(_Conv):
    """Convolution over a sequence.

    >>> Conv1D(2, 4).on(10, 3)
    (None, 7, 2)  26 params  168 MACs
    """

    rank = 1
    aliases = ("Convolution1D",)
    padding: str = arg(
        t.Choice("valid", "same", "causal", fold=True), default="valid", doc="cells added around the input"
    )


class Conv2D(_Conv):
    """Convolution over an image.

    >>> Conv2D(32, 3).on(28, 28, 1)
    (None, 26, 26, 32)  320 params  194,688 MACs
    """

    rank = 2
    aliases = ("Convolution2D",)


class Conv3D(_Conv):
    """Convolution over a volume.

    >>> Conv3D(4, 3, padding="same").on(8, 8, 8, 2)
    (None, 8, 8, 8, 4)  220 params  110,592 MACs
    """

    rank = 3
    aliases = ("Convolution3D",)
