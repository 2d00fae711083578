"""Layers that are linear in their input, as data: what the kernels compute, and what can be folded into their weights.

Arrays are ``(batch, *spatial, channels)``; ``bias`` has one number for each output channel, or is None.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from convcalc.compute import convolution
from convcalc.lazy import Array, np
from convcalc.sizes.windows import Upsampler, Window


class Linear:
    """A product with a ``kernel``, and what is added to it."""

    def __init__(self, kernel: Array, bias: Array | None = None) -> None:
        self.kernel = kernel
        self.bias = bias

    def product(self, x: Array) -> Array:
        """The output for ``x`` without the bias, computed plainly."""
        raise NotImplementedError

    def scaled(self, scale: Array, shift: Array) -> Linear:
        """The same, followed by ``y × scale + shift`` of every output channel."""
        return self._with(
            kernel=self.kernel * self._along_outputs(scale),
            bias=shift if self.bias is None else self.bias * scale + shift,
        )

    def padded(self, pads: Sequence[tuple[int, int]]) -> Linear | None:
        """The same on an input with ``pads`` zeros around each spatial axis; None where it cannot pad so."""
        return None

    def _along_outputs(self, scale: Array) -> Array:
        """A number for every output channel, to be multiplied with the kernel."""
        return scale

    def _with(self, **changes: object) -> Linear:
        other = object.__new__(type(self))
        other.__dict__.update({**self.__dict__, **changes})
        return other


class Diagonal(Linear):
    """Every channel times its own number: ``kernel`` ``(channels,)``."""

    def product(self, x: Array) -> Array:
        """The shape stays."""
        return np.multiply(x, self.kernel)


class Matrix(Linear):
    """Every position times ``kernel`` ``(channels, filters)``."""

    def product(self, x: Array) -> Array:
        """``(…, channels)`` to ``(…, filters)``."""
        y: Array = np.matmul(x, self.kernel)
        return y


class Streamed(Linear):
    """A `Matrix` that is made a block of rows at a time: ``fill`` writes one after the other into arrays.

    ``kernel`` has the matrix's shape and dtype, and no values.
    """

    def __init__(self, kernel: Array, bias: Array | None, fill: Callable[[Array], None]) -> None:
        super().__init__(kernel, bias)
        self.fill = fill


class Convolution(Linear):
    """A convolution with ``kernel`` ``(*taps, channels / groups, filters)``."""

    def __init__(self, kernel: Array, bias: Array | None, windows: Sequence[Window], groups: int = 1) -> None:
        super().__init__(kernel, bias)
        self.windows = tuple(windows)
        self.groups = groups

    def product(self, x: Array) -> Array:
        """Each tap's product, one after the other."""
        return convolution.convolve(x, self.kernel, self.windows, self.groups)

    def padded(self, pads: Sequence[tuple[int, int]]) -> Linear | None:
        """Windows that pad by themselves: those that do not pad yet."""
        if len(pads) != len(self.windows) or any(window.padding != "valid" for window in self.windows):
            return None
        pairs = zip(self.windows, pads, strict=True)
        return self._with(windows=tuple(Window(one.size, one.stride, one.dilation, pad) for one, pad in pairs))


class ByChannel(Convolution):
    """A convolution of each channel by itself, ``kernel`` ``(*taps, channels, multiplier)``."""

    def product(self, x: Array) -> Array:
        """Each tap's product, one after the other."""
        return convolution.depthwise(x, self.kernel, self.windows)

    def _along_outputs(self, scale: Array) -> Array:
        return scale.reshape(self.kernel.shape[-2:])


class Separable(Linear):
    """A convolution of each channel by itself, ``first``, then a product with ``kernel`` ``(channels, filters)``."""

    def __init__(self, first: ByChannel, second: Convolution) -> None:
        super().__init__(second.kernel.reshape(second.kernel.shape[-2:]), second.bias)
        self.first = first

    def product(self, x: Array) -> Array:
        """One after the other; what the first adds belongs to it."""
        between = self.first.product(x)
        y: Array = np.matmul(between if self.first.bias is None else between + self.first.bias, self.kernel)
        return y


class Transposed(Linear):
    """A transposed convolution with ``kernel`` ``(*taps, filters, channels)``."""

    def __init__(self, kernel: Array, bias: Array | None, axes: Sequence[Upsampler]) -> None:
        super().__init__(kernel, bias)
        self.axes = tuple(axes)

    def product(self, x: Array) -> Array:
        """Each tap's addition, one after the other."""
        return convolution.convolve_transposed(x, self.kernel, self.axes)

    def _along_outputs(self, scale: Array) -> Array:
        return scale[:, None]
