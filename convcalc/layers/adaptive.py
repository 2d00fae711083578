"""Adaptive pooling: the maximum or the mean of as many windows as the output is long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from convcalc.compute import pooling
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.layer import Layer
from convcalc.declare.traits import Positions
from convcalc.lazy import Array
from convcalc.sizes.formula import Step
from convcalc.sizes.shapes import Shape


class _AdaptivePooling(Layer):
    positions = Positions(move=True)  # windows of unequal sizes, which the receptive field does not follow
    output_size: tuple[int, ...] = arg(t.taps, doc="windows along each axis")
    data_format: str = arg(t.exact_data_format, default=None, doc="place of the channel axis")

    def output(self, x: Shape) -> Shape:
        """``(batch, *output_size, channels)``."""
        return (x[0], *self.output_size, x[-1])

    def steps(self, x: Shape, y: Shape) -> Iterator[Step]:
        """The number of windows that ``output_size`` asks for."""
        yield Step("shape", "(batch, *output_size, channels)", "", y)


class _AdaptiveMaxPooling(_AdaptivePooling):
    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The maximum of each window."""
        return pooling.adaptive_max_pool(x, self.output_size)


class _AdaptiveAveragePooling(_AdaptivePooling):
    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The mean of each window."""
        return pooling.adaptive_average_pool(x, self.output_size)


class AdaptiveMaxPooling1D(_AdaptiveMaxPooling):
    """The maximum of each of so many windows over a sequence.

    >>> AdaptiveMaxPooling1D(3).on(10, 3)
    (None, 3, 3)  0 params  0 MACs
    """

    rank = 1


class AdaptiveMaxPooling2D(_AdaptiveMaxPooling):
    """The maximum of each of so many windows over an image.

    >>> AdaptiveMaxPooling2D((4, 3)).on(10, 11, 3)
    (None, 4, 3, 3)  0 params  0 MACs
    """

    rank = 2


class AdaptiveMaxPooling3D(_AdaptiveMaxPooling):
    """The maximum of each of so many windows over a volume.

    >>> AdaptiveMaxPooling3D(2).on(5, 6, 7, 3)
    (None, 2, 2, 2, 3)  0 params  0 MACs
    """

    rank = 3


class AdaptiveAveragePooling1D(_AdaptiveAveragePooling):
    """The mean of each of so many windows over a sequence.

    >>> AdaptiveAveragePooling1D(3).on(10, 3)
    (None, 3, 3)  0 params  0 MACs
    """

    rank = 1


class AdaptiveAveragePooling2D(_AdaptiveAveragePooling):
    """The mean of each of so many windows over an image.

    >>> AdaptiveAveragePooling2D((4, 3)).on(10, 11, 3)
    (None, 4, 3, 3)  0 params  0 MACs
    """

    rank = 2


class AdaptiveAveragePooling3D(_AdaptiveAveragePooling):
    """The mean of each of so many windows over a volume.

    >>> AdaptiveAveragePooling3D(2).on(5, 6, 7, 3)
    (None, 2, 2, 2, 3)  0 params  0 MACs
    """

    rank = 3
