"""Other spatial sizes without weights: ZeroPadding, Cropping, UpSampling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcalc.compute.padding import crop, pad
from convcalc.compute.resampling import CELLS, upsample
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.layers import _arguments as a
from convcalc.layers._spatial import _Spatial
from convcalc.lazy import Array
from convcalc.sizes.shapes import Shape
from convcalc.sizes.windows import Axis, Upsampler, Window

_Pairs = tuple[tuple[int, int], ...]


class _ZeroPadding(_Spatial):
    sized_by = "padding"
    padding: Any = arg(t.signed_pads, default=1, doc="zeros before and after each axis")
    data_format: str = a.data_format

    @property
    def pairs(self) -> _Pairs:
        """Cells before and after every spatial axis."""
        return (self.padding,) if self.rank == 1 else self.padding

    @property
    def shortest(self) -> int:
        """The least output length that Keras accepts."""
        return 0

    @property
    def surrounds(self) -> _Pairs | None:
        """Its padding, where it takes nothing away."""
        return self.pairs if all(n >= 0 for pair in self.pairs for n in pair) else None

    def axes(self, x: Shape) -> tuple[Window, ...]:
        """A window of one cell over the padded axis."""
        return tuple(Window(1, padding=pair) for pair in self.pairs)

    def misfit(self, axis: Axis, n: int) -> tuple[str, str, str]:
        """What is wrong, why, and how to mend it, where negative padding takes more than there is."""
        before, after = axis.pads(n) or (0, 0)
        return (
            f"padding of {before} and {after} leaves less than nothing of {n}",
            "it is negative",
            "pad with 0 or more",
        )

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The input between zeros."""
        return pad(x, self.pairs)


class _Cropping(_Spatial):
    sized_by = "cropping"
    cropping: Any = arg(t.pads, default=1, doc="cells taken off before and after each axis")

    @property
    def pairs(self) -> _Pairs:
        """Cells before and after every spatial axis."""
        return (self.cropping,) if self.rank == 1 else self.cropping

    def axes(self, x: Shape) -> tuple[Window, ...]:
        """A window of one cell over what is left of the axis."""
        return tuple(Window(1, padding=(-before, -after)) for before, after in self.pairs)

    def misfit(self, axis: Axis, n: int) -> tuple[str, str, str]:
        """What is wrong, why, and how to mend it, where nothing is left."""
        before, after = axis.pads(n) or (0, 0)
        why = f"at least 1 must stay, so that the axis needs {axis.least(1)}; it has {n}"
        return f"cropping of {-before} and {-after} leaves nothing of {n}", why, "use a smaller cropping"

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The input without its edges."""
        return crop(x, self.pairs)


class _UpSampling(_Spatial):
    sized_by = "size"
    size: Any
    interpolation = "nearest"

    @property
    def factors(self) -> tuple[int, ...]:
        """Output cells for each input cell, along every axis."""
        return (self.size,) if isinstance(self.size, int) else self.size

    @property
    def shortest(self) -> int:
        """The least output length that Keras accepts: of nothing comes nothing."""
        return 0

    def axes(self, x: Shape) -> tuple[Upsampler, ...]:
        """An upsampler that spreads each cell as far as the interpolation looks."""
        cells = CELLS[self.interpolation]
        return tuple(Upsampler(cells * factor, factor, padding="same") for factor in self.factors)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The enlarged input."""
        return upsample(x, self.factors, self.interpolation)


class ZeroPadding1D(_ZeroPadding):
    """Zeros before and after a sequence.

    >>> ZeroPadding1D((1, 3)).on(10, 3)
    (None, 14, 3)  0 params  0 MACs
    """

    rank = 1
    padding: Any = arg(t.pads, default=1, doc="zeros before and after the sequence")


class ZeroPadding2D(_ZeroPadding):
    """Zeros around an image.

    >>> ZeroPadding2D(((1, 0), (2, 3))).on(5, 6, 3)
    (None, 6, 11, 3)  0 params  0 MACs
    """

    rank = 2


class ZeroPadding3D(_ZeroPadding):
    """Zeros around a volume.

    >>> ZeroPadding3D((1, 2, 3)).on(4, 5, 6, 2)
    (None, 6, 9, 12, 2)  0 params  0 MACs
    """

    rank = 3


class Cropping1D(_Cropping):
    """A sequence without its ends.

    >>> Cropping1D(2).on(10, 3)
    (None, 6, 3)  0 params  0 MACs
    """

    rank = 1


class Cropping2D(_Cropping):
    """An image without its edges.

    >>> Cropping2D((1, 2)).on(5, 6, 3)
    (None, 3, 2, 3)  0 params  0 MACs
    """

    rank = 2
    # Keras crops one cell by default in 1-D and 3-D, and none in 2-D.
    cropping: Any = arg(t.pads, default=0, doc="cells taken off before and after each axis")
    data_format: str = a.data_format


class Cropping3D(_Cropping):
    """A volume without its faces.

    >>> Cropping3D().on(4, 5, 6, 2)
    (None, 2, 3, 4, 2)  0 params  0 MACs
    """

    rank = 3
    data_format: str = a.data_format


class UpSampling1D(_UpSampling):
    """Each step of a sequence, several times over.

    >>> UpSampling1D(3).on(10, 3)
    (None, 30, 3)  0 params  0 MACs
    """

    rank = 1
    size: int = arg(t.strict_positive, default=2, doc="copies of each step")


class UpSampling2D(_UpSampling):
    """An image enlarged by whole factors.

    >>> UpSampling2D((2, 3)).on(5, 6, 3)
    (None, 10, 18, 3)  0 params  0 MACs
    """

    rank = 2
    size: tuple[int, ...] = arg(t.taps, default=2, doc="factor along each axis")
    data_format: str = a.data_format
    interpolation: str = arg(t.Choice(*CELLS, fold=True), default="nearest", doc="how the new cells are filled")


class UpSampling3D(_UpSampling):
    """A volume enlarged by whole factors.

    >>> UpSampling3D(2).on(4, 5, 6, 2)
    (None, 8, 10, 12, 2)  0 params  0 MACs
    """

    rank = 3
    size: tuple[int, ...] = arg(t.taps, default=2, doc="factor along each axis")
    data_format: str = a.data_format
