"""Sound by its frequencies over time: STFTSpectrogram, MelSpectrogram."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from convcalc.compute import spectrum
from convcalc.compute.convolution import depthwise
from convcalc.compute.fillers import WINDOWS
from convcalc.compute.spectrum import COSINES, MODES
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.layer import Layer
from convcalc.declare.traits import Positions
from convcalc.declare.weight import Weight, known
from convcalc.errors import ArgumentError
from convcalc.layers import _arguments as a
from convcalc.layers._spatial import _Spatial
from convcalc.layers.preprocessing import real
from convcalc.lazy import Array, np
from convcalc.sizes.formula import Product, Step
from convcalc.sizes.shapes import Dim, Shape
from convcalc.sizes.windows import Window


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


class MelSpectrogram(Layer):
    """The loudness of bands of pitch, in overlapping frames of a signal.

    >>> MelSpectrogram(fft_length=32, sequence_stride=16, num_mel_bins=4).on(100)
    (None, 4, 7)  0 params  0 MACs
    """

    positions = Positions(move=True)
    fft_length: int = arg(t.positive, default=2048, doc="a frame filled up with zeros")
    sequence_stride: int = arg(t.positive, default=512, doc="samples from frame to frame")
    sequence_length: int | None = arg(t.positive, default=None, doc="samples in a frame; null is fft_length")
    window: Any = arg(
        t.Either(t.Choice(*COSINES), t.row, none=True), default="hann", doc="weights of a frame's samples"
    )
    sampling_rate: float = arg(t.finite, default=16000, doc="samples in a second")
    num_mel_bins: int = arg(t.natural, default=128, doc="number of bands")
    min_freq: float = arg(t.number, default=20.0, doc="lowest frequency of the bands")
    max_freq: float | None = arg(t.number, default=None, doc="highest frequency; null is half the sampling rate")
    power_to_db: bool = arg(t.flag, default=True, doc="whether loudness is told in decibels")
    top_db: float = arg(t.number, default=80.0, doc="decibels from the loudest to what counts as silence")
    mag_exp: float = arg(t.number, default=2.0, doc="power of the magnitudes: 1 for energy, 2 for power")
    min_power: float = arg(t.number, default=1e-10, doc="least power told apart")
    ref_power: float = arg(t.number, default=1.0, doc="the power of 0 decibels")

    @property
    def size(self) -> int:
        """Samples in a frame."""
        return self.sequence_length or self.fft_length

    def check(self) -> None:
        """A frame fits the transform, and the window the frame."""
        if self.size > self.fft_length:
            raise ArgumentError(
                f"frames of {self.size} do not fit an fft_length of {self.fft_length}",
                code="frames",
                argument="sequence_length",
                why="a frame is filled up with zeros to fft_length",
                help="use a smaller sequence_length, or a larger fft_length",
            )

    def output(self, x: Shape) -> Shape:
        """``(batch, bands, frames)`` of signals ``(batch, samples)``; of one alone, without the batch."""
        samples, step = x[min(1, len(x) - 1)], self.sequence_stride
        frames = None if samples is None else (samples + step + 1) // step
        return (*x[: min(1, len(x) - 1)], self.num_mel_bins, frames)

    def steps(self, x: Shape, y: Shape) -> Iterator[Step]:
        """A frame around every so many samples, the ends included."""
        samples, step = x[min(1, len(x) - 1)], self.sequence_stride
        numbers = f"⌊({'?' if samples is None else samples} + {step} + 1) / {step}⌋"
        yield Step("frames", "⌊(samples + stride + 1) / stride⌋", numbers, y[-1])

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The magnitudes' power in each band, in decibels where asked."""
        x = real(x, self.dtype)
        weights = spectrum.window(self.window, self.size) if isinstance(self.window, str) else self.window
        sizes = self.size, self.sequence_stride, self.fft_length
        power = spectrum.stft_magnitudes(x, weights if weights is None else np.asarray(weights), *sizes) ** self.mag_exp
        high = self.max_freq or int(self.sampling_rate / 2)
        bands = spectrum.mel_bands(self.num_mel_bins, power.shape[-1], self.sampling_rate, self.min_freq, high)
        y: Array = power @ bands.astype(x.dtype)
        if self.power_to_db:
            y = spectrum.decibels(y, self.min_power, self.ref_power, self.top_db)
        return y.swapaxes(-1, -2)
