"""Fourier transforms, in which complex numbers are pairs of tensors; and parts of signals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.signature import Signature
from convcalc.declare.traits import Positions
from convcalc.declare.weight import Inferred
from convcalc.errors import ShapeError
from convcalc.layers.ops.operands import SINGLE, Operation, need_rank
from convcalc.lazy import Array, np
from convcalc.sizes.shapes import Dim, Shape, show


class _OfPair(Operation):
    """A transform of complex numbers, given as the real and the imaginary part."""

    positions = Positions(move=True)
    signature = Signature("x", least=2, most=2, in_list=True)
    axes_known = 0  # how many last axes must have known sizes
    least = 1

    def infer(self, *shapes: Shape) -> Inferred:
        """What becomes of the shape of both; `ShapeError` where the parts differ."""
        self.count(shapes)
        real, imaginary = shapes
        if real != imaginary:
            raise ShapeError(f"the parts are {show(real)} and {show(imaginary)}", code="broadcast")
        need_rank(self.kind, real, self.least)
        if None in real[len(real) - self.axes_known :]:
            raise ShapeError("the sizes along which it goes must be known", code="unknown-size")
        y, *more = self.results(real)
        return Inferred(y, (), (), (), tuple(more))

    def results(self, x: Shape) -> list[Shape]:
        """The shapes of all results: both parts, of the same shape."""
        return [x, x]

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Any:
        """The parts of the result."""
        y = self.transformed(inputs[0] + 1j * inputs[1])
        return (y.real, y.imag) if np.iscomplexobj(y) else y

    def transformed(self, x: Array) -> Array:
        """NumPy's transform of the same name."""
        y: Array = getattr(np.fft, self.kind.lower())(x)
        return y


class FFT(_OfPair):
    """The Fourier transform along the last axis."""

    axes_known = 1


class FFT2(_OfPair):
    """The Fourier transform along the last two axes."""

    axes_known = 2
    least = 2


class IFFT2(_OfPair):
    """The inverse Fourier transform along the last two axes."""

    axes_known = 2
    least = 2


class RFFT(Operation):
    """The Fourier transform of real numbers along the last axis."""

    positions = Positions(move=True)
    fft_length: Any = arg(t.positive, default=None, doc="how many numbers are transformed")

    def output(self, x: Shape) -> Shape:
        """The sizes with half of the last, and one more."""
        need_rank(self.kind, x, 1)
        size = self.fft_length or x[-1]
        return (*x[:-1], None if size is None else size // 2 + 1)

    def more(self, x: Shape, y: Shape) -> tuple[Shape, ...]:
        """The shape of the imaginary part."""
        return (y,)

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Any:
        """Both parts."""
        y = np.fft.rfft(inputs[0], self.fft_length)
        return y.real, y.imag


class IRFFT(_OfPair):
    """The inverse of the Fourier transform of real numbers along the last axis."""

    fft_length: Any = arg(t.positive, default=None, doc="how many numbers come out")

    def results(self, x: Shape) -> list[Shape]:
        """The sizes with as many numbers as the last."""
        size = self.fft_length or (None if x[-1] is None else 2 * (x[-1] - 1))
        return [(*x[:-1], size)]

    def transformed(self, x: Array) -> Array:
        """The numbers."""
        return np.fft.irfft(x, self.fft_length)


class STFT(Operation):
    """The Fourier transforms of parts of a signal, one after the other."""

    positions = Positions(move=True)
    sequence_length: int = arg(t.positive, doc="how long a part is")
    sequence_stride: int = arg(t.positive, doc="how far apart parts begin")
    fft_length: int = arg(t.positive, doc="how many numbers are transformed")
    window: Any = arg(t.anything, default="hann", doc="the weights of a part")
    center: bool = arg(t.flag, default=True, doc="whether the signal is padded, so that parts are centred")

    def output(self, x: Shape) -> Shape:
        """The number of parts, and of frequencies."""
        need_rank(self.kind, x, 1)
        around = self.fft_length // 2 * 2 if self.center else 0
        parts = None if x[-1] is None else 1 + (x[-1] + around - self.fft_length) // self.sequence_stride
        return (*x[:-1], parts, self.fft_length // 2 + 1)

    def more(self, x: Shape, y: Shape) -> tuple[Shape, ...]:
        """The shape of the imaginary part."""
        return (y,)

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Any:
        """Refuses: windows are not followed."""
        raise ValueError("its values are not worked out here")


class ISTFT(_OfPair):
    """The signal of the Fourier transforms of its parts."""

    least = 2
    sequence_length: int = arg(t.positive, doc="how long a part is")
    sequence_stride: int = arg(t.positive, doc="how far apart parts begin")
    fft_length: int = arg(t.positive, doc="how many numbers are transformed")
    length: Any = arg(t.positive, default=None, doc="how long the signal is")
    window: Any = arg(t.anything, default="hann", doc="the weights of a part")
    center: bool = arg(t.flag, default=True, doc="whether the signal was padded, so that parts are centred")

    def results(self, x: Shape) -> list[Shape]:
        """The length of the signal."""
        size: Dim = self.length
        if size is None and x[-2] is not None:
            size = (x[-2] - 1) * self.sequence_stride + self.fft_length
            size -= self.fft_length // 2 * 2 if self.center else 0
        return [(*x[:-2], size)]

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Any:
        """Refuses: windows are not followed."""
        raise ValueError("its values are not worked out here")


class ExtractSequences(Operation):
    """Parts of a signal, one after the other."""

    positions = Positions(move=True)
    sequence_length: int = arg(t.positive, doc="how long a part is")
    sequence_stride: int = arg(t.positive, doc="how far apart parts begin")

    def output(self, x: Shape) -> Shape:
        """The number of parts, and their length."""
        need_rank(self.kind, x, 1)
        parts = None if x[-1] is None else 1 + (x[-1] - self.sequence_length) // self.sequence_stride
        return (*x[:-1], parts, self.sequence_length)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The parts."""
        starts = np.arange(self.output(x.shape)[-2] or 0) * self.sequence_stride
        return x[..., starts[:, None] + np.arange(self.sequence_length)]


class Polar(Operation):
    """Complex numbers of sizes and angles."""

    signature = Signature("abs_", "angle", least=2, most=2)
    gives = SINGLE

    def infer(self, *shapes: Shape) -> Inferred:
        """The first shape."""
        self.count(shapes)
        return Inferred(shapes[0], (), (), ())

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Array:
        """The numbers."""
        size, angle = inputs
        return np.asarray(size * np.exp(1j * angle))
