"""Linear layers as data: what kernels compute, and where scales and padding are folded in.

Arrays are ``(batch, *spatial, channels)``; ``bias`` is ``(output channels,)`` or None.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from convcalc.compute import convolution
from convcalc.lazy import Array, np
from convcalc.sizes.windows import Upsampler, Window


class Linear(ABC):
    """A layer that is linear in its input: a product with ``kernel``, plus ``bias``."""

    def __init__(self, kernel: Array, bias: Array | None = None) -> None:
        self.kernel = kernel
        self.bias = bias

    @abstractmethod
    def product(self, x: Array) -> Array:
        """The output for ``x`` without the bias, computed plainly."""

    def scaled(self, scale: Array, shift: Array) -> Linear:
        """One layer that computes ``y × scale + shift`` of the layer's output; both are ``(output channels,)``."""
        return self._with(
            kernel=self.kernel * self._along_outputs(scale),
            bias=shift if self.bias is None else self.bias * scale + shift,
        )

    def padded(self, pads: Sequence[tuple[int, int]]) -> Linear | None:
        """One layer that pads its input with ``pads`` zeros on each spatial axis; None where there is no such layer."""
        return None

    def _along_outputs(self, scale: Array) -> Array:
        """A vector ``(output channels,)`` reshaped to broadcast along the kernel."""
        return scale

    def _with(self, **changes: object) -> Linear:
        other = object.__new__(type(self))
        other.__dict__.update({**self.__dict__, **changes})
        return other


class Diagonal(Linear):
    """A scale for each channel: ``kernel`` is ``(channels,)``."""

    def product(self, x: Array) -> Array:
        """`x` × kernel, of the shape of ``x``."""
        return np.multiply(x, self.kernel)


class Matrix(Linear):
    """A matrix product at every position: ``kernel`` is ``(channels, filters)``."""

    def product(self, x: Array) -> Array:
        """`x` @ kernel: ``(…, channels)`` → ``(…, filters)``."""
        y: Array = np.matmul(x, self.kernel)
        return y


class Streamed(Linear):
    """A matrix product whose matrix is drawn a block of rows at a time, and once.

    Each call of ``fill`` writes the next rows into an array. ``kernel`` has the shape and dtype of the matrix, but not
    its values.
    """

    def __init__(self, kernel: Array, bias: Array | None, fill: Callable[[Array], None]) -> None:
        super().__init__(kernel, bias)
        self.fill = fill

    def product(self, x: Array) -> Array:
        """`x` @ matrix: ``(…, channels)`` → ``(…, filters)``; draws the whole matrix."""
        matrix = np.empty(self.kernel.shape, self.kernel.dtype)
        self.fill(matrix)
        y: Array = np.matmul(x, matrix)
        return y


class Convolution(Linear):
    """A convolution: ``kernel`` is ``(*taps, channels / groups, filters)``."""

    def __init__(self, kernel: Array, bias: Array | None, windows: Sequence[Window], groups: int = 1) -> None:
        super().__init__(kernel, bias)
        self.windows = tuple(windows)
        self.groups = groups

    def product(self, x: Array) -> Array:
        """The cross-correlation of ``x`` with the kernel."""
        return convolution.convolve(x, self.kernel, self.windows, self.groups)

    def padded(self, pads: Sequence[tuple[int, int]]) -> Linear | None:
        """The convolution with ``pads`` as its windows' padding; None where the windows pad already."""
        if len(pads) != len(self.windows) or any(window.padding != "valid" for window in self.windows):
            return None
        pairs = zip(self.windows, pads, strict=True)
        return self._with(windows=tuple(Window(w.size, w.stride, w.dilation, pad) for w, pad in pairs))


class ByChannel(Convolution):
    """A depthwise convolution: ``kernel`` is ``(*taps, channels, multiplier)``."""

    def product(self, x: Array) -> Array:
        """The cross-correlation of each channel of ``x`` with its own filters."""
        return convolution.depthwise(x, self.kernel, self.windows)

    def _along_outputs(self, scale: Array) -> Array:
        return scale.reshape(self.kernel.shape[-2:])


class Separable(Linear):
    """A depthwise convolution ``first``, then a matrix product: ``kernel`` is ``(channels, filters)``."""

    def __init__(self, first: ByChannel, second: Convolution) -> None:
        super().__init__(second.kernel.reshape(second.kernel.shape[-2:]), second.bias)
        self.first = first

    def product(self, x: Array) -> Array:
        """The matrix product of the depthwise convolution of ``x``, to which the first bias is added."""
        between = self.first.product(x)
        y: Array = np.matmul(between if self.first.bias is None else between + self.first.bias, self.kernel)
        return y


class Transposed(Linear):
    """A transposed convolution: ``kernel`` is ``(*taps, filters, channels)``."""

    def __init__(self, kernel: Array, bias: Array | None, axes: Sequence[Upsampler]) -> None:
        super().__init__(kernel, bias)
        self.axes = tuple(axes)

    def product(self, x: Array) -> Array:
        """The transposed convolution of ``x`` with the kernel."""
        return convolution.convolve_transposed(x, self.kernel, self.axes)

    def _along_outputs(self, scale: Array) -> Array:
        return scale[:, None]
