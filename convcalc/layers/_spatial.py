"""What convolutions and pooling share: an axis of windows for every spatial axis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from convcalc.compute.bias import plus_bias
from convcalc.declare.layer import Layer
from convcalc.errors import ShapeError
from convcalc.lazy import Array, np
from convcalc.sizes.shapes import Dim, Shape
from convcalc.sizes.windows import Axis, Window


def windows(
    sizes: Sequence[int], strides: Sequence[int], padding: str, dilation_rate: Sequence[int] | None = None
) -> tuple[Window, ...]:
    """One window for every spatial axis, of as many sizes and strides."""
    each = zip(sizes, strides, dilation_rate or (1,) * len(sizes), strict=True)
    return tuple(Window(size, stride, dilation, padding) for size, stride, dilation in each)


Misfit = tuple[str, str, str]


def lengths(
    axes: Sequence[Axis],
    x: Shape,
    shortest: int,
    sized_by: str,
    misfit: Callable[[Axis, int], Misfit] | None = None,
) -> tuple[Dim, ...]:
    """The output length of every spatial axis; `ShapeError` where an axis is below ``shortest``.

    ``sized_by`` names the argument at fault. ``misfit`` says what is wrong, why, and how to mend it.
    """
    found = tuple(axis.out(n) for axis, n in zip(axes, x[1:-1], strict=True))
    for axis, n, length in zip(axes, x[1:-1], found, strict=True):
        if length is not None and length < shortest:
            message, why, help = misfit(axis, n or 0) if misfit else window_misfit(axis, n or 0, sized_by)
            least = tuple(axis.least(1) for axis in axes)
            raise ShapeError(message, code="does-not-fit", argument=sized_by, why=why, help=help, least=least)
    return found


def window_misfit(axis: Axis, n: int, sized_by: str) -> Misfit:
    """What is wrong, why, and how to mend it, where a window does not fit in ``n``."""
    return (
        f"window of {axis.span} does not fit in {n}",
        f"padding='valid' needs at least {axis.least(1)} along the axis; got {n}",
        f"use padding='same', a smaller {sized_by}",
    )


class _Spatial(Layer):
    """A layer whose output lengths follow from `axes`; ``sized_by`` names the argument that sizes them."""

    sized_by = "kernel_size"
    padding: Any = "valid"

    def output(self, x: Shape) -> Shape:
        """``(batch, *lengths, channels)``."""
        return (x[0], *self.lengths(x), self.channels_out(x[-1]))

    def plus_bias(self, y: Array, bias: Array) -> Array:
        """``y`` with one number added to each channel, as it is stored: `compute.bias` says which axis Keras takes."""
        if not self.is_channels_first:
            return y + bias
        return np.moveaxis(plus_bias(np.moveaxis(y, -1, 1), bias), 1, -1)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The products of `linear` plainly, plus bias, then the activation."""
        for one in self.linear(w, x.shape):
            x = one.product(x) if one.bias is None else self.plus_bias(one.product(x), one.bias)
        return self.activate(x)

    def channels_out(self, channels: Dim) -> Dim:
        """Output channels."""
        return channels

    @property
    def shortest(self) -> int:
        """The least output length that Keras accepts: what is padded to size may be empty."""
        return 0 if self.padding in ("same", "causal") else 1

    def pads(self, x: Shape) -> list[tuple[int, int]]:
        """Cells added before and after every spatial axis."""
        return [axis.pads(n) or (0, 0) for axis, n in zip(self.axes(x), x[1:-1], strict=True)]

    def lengths(self, x: Shape) -> tuple[Dim, ...]:
        """The output length of every spatial axis; `ShapeError` where a window does not fit."""
        return lengths(self.axes(x), x, self.shortest, self.sized_by, self.misfit)

    def misfit(self, axis: Axis, n: int) -> Misfit:
        """What is wrong, why, and how to mend it, where ``axis`` does not fit in ``n``."""
        return window_misfit(axis, n, self.sized_by)
