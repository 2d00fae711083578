"""Pooling: the maximum or the mean of each window, or of everything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from convcalc.compute import pooling
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.layer import Layer
from convcalc.declare.signature import Signature
from convcalc.declare.traits import Masks, Positions, Simple
from convcalc.layers import _arguments as a
from convcalc.layers._spatial import _Spatial, windows
from convcalc.lazy import Array
from convcalc.sizes.formula import Step
from convcalc.sizes.shapes import Shape
from convcalc.sizes.windows import Window

_strides: Any = arg(t.taps, same_as="pool_size", doc="step along each axis")
# Keras looks at the padding at the first call, and then minds its case.
_padding: Any = arg(t.Choice("valid", "same"), default="valid", doc="cells added around the input")


class _MaxPooling(_Spatial):
    sized_by = "pool_size"
    built_at_init = True
    pool_size: tuple[int, ...] = arg(t.taps, default=2, doc="cells along each axis of a window")
    strides: tuple[int, ...] = _strides
    padding: str = _padding
    data_format: str = a.data_format

    def axes(self, x: Shape) -> tuple[Window, ...]:
        """One window for every spatial axis."""
        return windows(self.pool_size, self.strides, self.padding)

    def simply(self, x: Shape) -> Simple:
        """The maximum of each window."""
        return Simple(pools="maximum")

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The maximum of each window; padding is never the maximum."""
        return pooling.max_pool(x, self.pool_size, self.strides, self.pads(x.shape))


class _AveragePooling(_Spatial):
    sized_by = "pool_size"
    built_at_init = True
    pool_size: tuple[int, ...] = arg(t.taps, doc="cells along each axis of a window")
    strides: tuple[int, ...] = _strides
    padding: str = _padding
    data_format: str = a.data_format

    def axes(self, x: Shape) -> tuple[Window, ...]:
        """One window for every spatial axis."""
        return windows(self.pool_size, self.strides, self.padding)

    def simply(self, x: Shape) -> Simple:
        """The mean of each window."""
        return Simple(pools="mean")

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The mean of each window's cells; padding does not count."""
        return pooling.average_pool(x, self.pool_size, self.strides, self.pads(x.shape))


class _GlobalPooling(Layer):
    built_at_init = True
    positions = Positions(see_all=True)
    data_format: str = a.data_format
    keepdims: bool = arg(t.flag, default=False, doc="whether the spatial axes stay, with size 1")

    def output(self, x: Shape) -> Shape:
        """``(batch, channels)``, or with ones between them."""
        return (x[0], *((1,) * self.rank if self.keepdims else ()), x[-1])

    def steps(self, x: Shape, y: Shape) -> Iterator[Step]:
        """One value for each channel."""
        yield Step("shape", "one value for each channel", "", y)


class _GlobalMaxPooling(_GlobalPooling):
    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The maximum of each channel."""
        return pooling.global_max_pool(x, self.keepdims)


class _GlobalAveragePooling(_GlobalPooling):
    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The mean of each channel."""
        return pooling.global_average_pool(x, self.keepdims)


class MaxPooling1D(_MaxPooling):
    """The maximum of each window over a sequence.

    >>> MaxPooling1D().on(10, 3)
    (None, 5, 3)  0 params  0 MACs
    """

    rank = 1
    aliases = ("MaxPool1D",)


class MaxPooling2D(_MaxPooling):
    """The maximum of each window over an image.

    >>> MaxPooling2D().on(11, 14, 3)
    (None, 5, 7, 3)  0 params  0 MACs
    """

    rank = 2
    aliases = ("MaxPool2D",)


class MaxPooling3D(_MaxPooling):
    """The maximum of each window over a volume.

    >>> MaxPooling3D().on(7, 8, 9, 2)
    (None, 3, 4, 4, 2)  0 params  0 MACs
    """

    rank = 3
    aliases = ("MaxPool3D",)


class AveragePooling1D(_AveragePooling):
    """The mean of each window over a sequence.

    >>> AveragePooling1D(2).on(10, 3)
    (None, 5, 3)  0 params  0 MACs
    """

    rank = 1
    aliases = ("AvgPool1D",)


class AveragePooling2D(_AveragePooling):
    """The mean of each window over an image.

    >>> AveragePooling2D(2).on(11, 14, 3)
    (None, 5, 7, 3)  0 params  0 MACs
    """

    rank = 2
    aliases = ("AvgPool2D",)


class AveragePooling3D(_AveragePooling):
    """The mean of each window over a volume.

    >>> AveragePooling3D(2).on(7, 8, 9, 2)
    (None, 3, 4, 4, 2)  0 params  0 MACs
    """

    rank = 3
    aliases = ("AvgPool3D",)


class GlobalMaxPooling1D(_GlobalMaxPooling):
    """The maximum of each channel of a sequence.

    >>> GlobalMaxPooling1D().on(10, 3)
    (None, 3)  0 params  0 MACs
    """

    rank = 1
    aliases = ("GlobalMaxPool1D",)


class GlobalMaxPooling2D(_GlobalMaxPooling):
    """The maximum of each channel of an image.

    >>> GlobalMaxPooling2D().on(11, 14, 3)
    (None, 3)  0 params  0 MACs
    """

    rank = 2
    aliases = ("GlobalMaxPool2D",)


class GlobalMaxPooling3D(_GlobalMaxPooling):
    """The maximum of each channel of a volume.

    >>> GlobalMaxPooling3D().on(7, 8, 9, 2)
    (None, 2)  0 params  0 MACs
    """

    rank = 3
    aliases = ("GlobalMaxPool3D",)


class GlobalAveragePooling1D(_GlobalAveragePooling):
    """The mean of each channel of a sequence.

    >>> GlobalAveragePooling1D().on(10, 3)
    (None, 3)  0 params  0 MACs
    """

    rank = 1
    aliases = ("GlobalAvgPool1D",)
    masks = Masks(passes=True)
    signature = Signature("inputs", tensors=("mask",))

    def mask(self, ops: Any, inputs: Sequence[Any], masks: Sequence[Any]) -> None:
        """None: the steps are gone."""

    def apply(self, weights: Sequence[Array], *inputs: Array, mask: Array | None = None) -> Array:
        """The mean over the steps that the mask keeps."""
        (x,) = inputs
        if mask is None:
            return super().apply(weights, x)
        return pooling.masked_mean(x, mask, 2 if self.is_channels_first else 1, self.keepdims)


class GlobalAveragePooling2D(_GlobalAveragePooling):
    """The mean of each channel of an image.

    >>> GlobalAveragePooling2D().on(11, 14, 3)
    (None, 3)  0 params  0 MACs
    """

    rank = 2
    aliases = ("GlobalAvgPool2D",)


class GlobalAveragePooling3D(_GlobalAveragePooling):
    """The mean of each channel of a volume.

    >>> GlobalAveragePooling3D().on(7, 8, 9, 2)
    (None, 2)  0 params  0 MACs
    """

    rank = 3
    aliases = ("GlobalAvgPool3D",)
