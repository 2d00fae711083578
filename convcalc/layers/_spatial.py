"""What convolutions and pooling share: an axis of windows for every spatial axis."""

from __future__ import annotations

from convcalc.errors import ShapeError
from convcalc.layer import Layer
from convcalc.shapes import Dim, Shape


class _Spatial(Layer):
    """A layer whose output lengths follow from `axes`; ``window`` names the argument that sizes them."""

    window = "kernel_size"

    def output(self, x: Shape) -> Shape:
        """``(batch, *lengths, channels)``."""
        return (x[0], *self.lengths(x), self.channels_out(x[-1]))

    def channels_out(self, channels: Dim) -> Dim:
        """Output channels."""
        return channels

    def lengths(self, x: Shape) -> tuple[Dim, ...]:
        """The output length of every spatial axis; `ShapeError` where a window does not fit."""
        lengths = tuple(axis.out(n) for axis, n in zip(self.axes(x), x[1:-1], strict=True))
        if any(
            n is not None and out is not None and out < 1 and n > 0 for n, out in zip(x[1:-1], lengths, strict=True)
        ):
            raise self._does_not_fit(x)
        return lengths

    def _does_not_fit(self, x: Shape) -> ShapeError:
        axes = self.axes(x)
        least = tuple(axis.least(1) for axis in axes)
        at = next(i for i, n in enumerate(x[1:-1]) if n is not None and n < least[i])
        return ShapeError(
            f"window of {axes[at].span} does not fit in {x[1 + at]}",
            code="does-not-fit",
            argument=self.window,
            why=f"padding='valid' needs at least {least[at]} along the axis; got {x[1 + at]}",
            help=f"use padding='same', a smaller {self.window}",
            least=least,
        )
