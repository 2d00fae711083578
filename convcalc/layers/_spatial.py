"""What convolutions and pooling share: an axis of windows for every spatial axis."""

from __future__ import annotations

from collections.abc import Sequence

from convcalc.compute.bias import plus_bias
from convcalc.declare.layer import Layer
from convcalc.errors import ShapeError
from convcalc.lazy import Array, np
from convcalc.sizes.shapes import Dim, Shape
from convcalc.sizes.windows import Axis


class _Spatial(Layer):
    """A layer whose output lengths follow from `axes`; ``sized_by`` names the argument that sizes them."""

    sized_by = "kernel_size"

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
        return 0 if getattr(self, "padding", None) in ("same", "causal") else 1

    def lengths(self, x: Shape) -> tuple[Dim, ...]:
        """The output length of every spatial axis; `ShapeError` where a window does not fit."""
        lengths = tuple(axis.out(n) for axis, n in zip(self.axes(x), x[1:-1], strict=True))
        for at, length in enumerate(lengths):
            if length is not None and length < self.shortest:
                raise self._does_not_fit(x, at)
        return lengths

    def _does_not_fit(self, x: Shape, at: int) -> ShapeError:
        axes, n = self.axes(x), x[1 + at] or 0
        message, why, help = self.misfit(axes[at], n)
        least = tuple(axis.least(1) for axis in axes)
        return ShapeError(message, code="does-not-fit", argument=self.sized_by, why=why, help=help, least=least)

    def misfit(self, axis: Axis, n: int) -> tuple[str, str, str]:
        """What is wrong, why, and how to mend it, where ``axis`` does not fit in ``n``."""
        return (
            f"window of {axis.span} does not fit in {n}",
            f"padding='valid' needs at least {axis.least(1)} along the axis; got {n}",
            f"use padding='same', a smaller {self.sized_by}",
        )
