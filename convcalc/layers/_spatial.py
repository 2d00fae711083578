"""What convolutions and pooling share: an axis of windows for every spatial axis."""

from __future__ import annotations

from convcalc.errors import ShapeError
from convcalc.layer import Layer
from convcalc.lazy import Array, np
from convcalc.shapes import Dim, Shape
from convcalc.windows import Axis


class _Spatial(Layer):
    """A layer whose output lengths follow from `axes`; ``window`` names the argument that sizes them."""

    window = "kernel_size"

    def output(self, x: Shape) -> Shape:
        """``(batch, *lengths, channels)``."""
        return (x[0], *self.lengths(x), self.channels_out(x[-1]))

    def finish(self, y: Array, bias: Array | None) -> Array:
        """The output after bias and activation, both applied in the layer's own layout.

        So does Keras: a ``channels_first`` softmax runs along the last spatial axis.
        """
        if not self.is_channels_first:
            return self.activate(y if bias is None else y + bias)
        y = np.moveaxis(y, -1, 1)
        if bias is not None:
            # Keras on TensorFlow takes a bias of the last axis's length to lie along that axis.
            is_last = 1 < len(bias) == y.shape[-1]
            y = y + (bias if is_last else bias.reshape(-1, *(1,) * self.rank))
        return np.moveaxis(self.activate(y), 1, -1)

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
        return ShapeError(message, code="does-not-fit", argument=self.window, why=why, help=help, least=least)

    def misfit(self, axis: Axis, n: int) -> tuple[str, str, str]:
        """What is wrong, why, and how to mend it, where ``axis`` does not fit in ``n``."""
        return (
            f"window of {axis.span} does not fit in {n}",
            f"padding='valid' needs at least {axis.least(1)} along the axis; got {n}",
            f"use padding='same', a smaller {self.window}",
        )
