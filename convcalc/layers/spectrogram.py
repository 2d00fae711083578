"""Sound by its frequencies over time: STFTSpectrogram."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from convcalc import types as t
from convcalc.argument import arg
from convcalc.compute.convolution import depthwise
from convcalc.compute.fillers import WINDOWS
from convcalc.compute.spectrum import MODES
from convcalc.errors import ArgumentError
from convcalc.formula import Product
from convcalc.inferred import Weight, known
from convcalc.layers import _arguments as a
from convcalc.layers._spatial import _Spatial
from convcalc.lazy import Array, np
from convcalc.shapes import Dim, Shape
from convcalc.windows import Window


class STFTSpectrogram(_Spatial):
    """The frequencies in overlapping frames of a sequence, by two kernels that may be trained.

    >>> STFTSpectrogram("magnitude", frame_length=8).on(20, 2)
    (None, 4, 10)  80 params  640 MACs
    """

    rank = 1
    sized_by = "frame_length"
    mode: str = arg(t.Choice(*MODES), default="log", doc="what is told of each frequency")
    frame_length: int = arg(t.positive, default=256, doc="steps in a frame")
    frame_step: int | None = arg(t.positive, default=None, doc="steps from frame to frame; null is half a frame")
    fft_length: int | None = arg(t.positive, default=None, doc="a frame filled up; null is the next power of two")
    window: Any = arg(t.Either(t.Choice(*WINDOWS), t.row, none=True), default="hann", doc="weights of a frame's steps")
    periodic: bool = arg(t.strict_flag, default=False, doc="whether the window's last step is left to the next frame")
    scaling: str | None = arg(
        t.Either(t.Choice("density", "spectrum"), none=True), default="density", doc="what the window is scaled for"
    )
    padding: str = arg(t.Choice("valid", "same"), default="valid", doc="cells added around the input")
    expand_dims: bool = arg(t.flag, default=False, doc="whether frequencies have an axis of their own")
    data_format: str = a.data_format

    def check(self) -> None:
        """A frame moves by a step of its own length at most, and fits the transform and the window."""
        length = self.frame_length
        wrong = {
            "frame_step": not 1 <= self.step <= length,
            "fft_length": self.fft_size < length,
            "window": isinstance(self.window, tuple) and len(self.window) != length,
            "dtype": self.window is not None and "float" not in self.dtype,
        }
        for argument in (name for name, is_wrong in wrong.items() if is_wrong):
            raise ArgumentError(
                f"{argument}={getattr(self, argument)!r} does not suit frames of {length}",
                code="frames",
                argument=argument,
                why="a step is from 1 to a frame, fft_length a frame or more, a window a frame; all real numbers",
                help=f"let {argument} be the default",
            )

    @property
    def step(self) -> int:
        """Steps from frame to frame."""
        return self.frame_step or self.frame_length // 2

    @property
    def fft_size(self) -> int:
        """The length of a frame, filled up."""
        return self.fft_length or 2 ** math.ceil(math.log2(self.frame_length))

    @property
    def frequencies(self) -> int:
        """Frequencies from 0 to half the sampling rate."""
        return self.fft_size // 2 + 1

    def axes(self, x: Shape) -> tuple[Window, ...]:
        """One window for each frame."""
        return (Window(self.frame_length, self.step, padding=self.padding),)

    def channels_out(self, channels: Dim) -> Dim:
        """What is told of each channel's frequencies, one channel after the other."""
        return known(channels, "the number of channels") * self.told

    @property
    def told(self) -> int:
        """Numbers told of a frame."""
        return self.frequencies * (2 if self.mode == "stft" else 1)

    def output(self, x: Shape) -> Shape:
        """``(batch, frames, channels × frequencies)``, or with an axis for each."""
        batch, frames, _ = super().output(x)
        if not self.expand_dims:
            return batch, frames, self.channels_out(x[-1])
        return (batch, x[-1], frames, self.told) if self.is_channels_first else (batch, frames, self.told, x[-1])

    def weights(self, x: Shape) -> Iterator[Weight]:
        """The cosines and sines of the frequencies, ``(frame_length, 1, frequencies)``, as far as the mode needs."""
        options = {"window": self.window, "scaling": self.scaling, "periodic": self.periodic}
        for side, other in (("real", "imag"), ("imag", "real")):
            if self.mode != other:
                filler = {"class_name": "STFT", "config": {"side": side, **options}}
                shape = (self.frame_length, 1, self.frequencies)
                yield Weight(f"{side}_kernel", shape, filler, dims=("frame_length", "1", "frequencies"))

    def macs(self, x: Shape, y: Shape) -> Iterator[Product]:
        """Frames × channels × taps × frequencies, for each kernel."""
        (frames,) = self.lengths(x)
        sizes = ("frames", frames), ("channels", x[-1]), ("taps", self.frame_length), ("frequencies", self.frequencies)
        for weight in self.weights(x):
            yield Product(weight.name, *sizes)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """Each channel convolved with each kernel, and what the mode tells of the two."""
        real, imag = (self._convolved(w[kernel], x) for kernel in (0, -1))
        y = MODES[self.mode](real, imag)
        if not self.expand_dims:
            return y.reshape(*y.shape[:2], -1)
        return y.transpose(0, 2, 1, 3) if self.is_channels_first else y.transpose(0, 1, 3, 2)

    def _convolved(self, kernel: Array, x: Array) -> Array:
        """(batch, frames, channels, frequencies)."""
        channels = x.shape[-1]
        each = np.broadcast_to(kernel, (len(kernel), channels, kernel.shape[-1]))
        y = depthwise(x, each, self.axes(x.shape))
        return y.reshape(*y.shape[:2], channels, -1)
