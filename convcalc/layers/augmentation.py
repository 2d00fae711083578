"""Images moved, covered and mixed at random, in training; at inference they pass unchanged."""

from __future__ import annotations

from typing import Any

from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.layers import _arguments as a
from convcalc.layers.image import _Image, value_range

_share: Any = arg(t.Factor(0, 1), default=1.0, doc="share of the images that change")
_interpolation: Any = arg(t.Choice("nearest", "bilinear"), default="bilinear", doc="how values between cells are found")
_fill_mode: Any = arg(
    t.Choice("reflect", "wrap", "constant", "nearest"), default="reflect", doc="what lies beyond the edges"
)
_fill_value: Any = arg(t.number, default=0.0, doc="the value there, where it is constant")


class RandomFlip(_Image):
    """Images turned over at random, in training.

    >>> RandomFlip("horizontal").on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    mode: str = arg(
        t.Choice("horizontal", "vertical", "horizontal_and_vertical"),
        default="horizontal_and_vertical",
        doc="left to right, top to bottom, or both",
    )
    seed: int | None = a.seed
    data_format: str = a.data_format


class RandomRotation(_Image):
    """Images turned at random, in training.

    >>> RandomRotation(0.1).on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    factor: Any = arg(t.Factor(-1, 1), doc="how far, in turns; a pair is least and most")
    fill_mode: str = _fill_mode
    interpolation: str = _interpolation
    seed: int | None = a.seed
    fill_value: float = _fill_value
    data_format: str = a.data_format


class RandomTranslation(_Image):
    """Images shifted at random, in training.

    >>> RandomTranslation(0.1, 0.2).on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    height_factor: Any = arg(t.Factor(-1, 1, each=True), doc="how far down, as a share of the height")
    width_factor: Any = arg(t.Factor(-1, 1, each=True), doc="how far to the right, as a share of the width")
    fill_mode: str = _fill_mode
    interpolation: str = _interpolation
    seed: int | None = a.seed
    fill_value: float = _fill_value
    data_format: str = a.data_format


class RandomZoom(_Image):
    """Images zoomed in or out at random, in training.

    >>> RandomZoom(0.2).on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    height_factor: Any = arg(t.Factor(-1, 1, each=True, above=True), doc="how far out; below 0, in")
    width_factor: Any = arg(
        t.Factor(-1, 1, each=True, above=True), default=None, doc="the same along the width; null keeps proportions"
    )
    fill_mode: str = _fill_mode
    interpolation: str = _interpolation
    seed: int | None = a.seed
    fill_value: float = _fill_value
    data_format: str = a.data_format


class RandomShear(_Image):
    """Images slanted at random, in training.

    >>> RandomShear(x_factor=0.2).on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    x_factor: Any = arg(t.Factor(0, 1, each=True), default=0.0, doc="how far along the width")
    y_factor: Any = arg(t.Factor(0, 1, each=True), default=0.0, doc="how far along the height")
    interpolation: str = _interpolation
    fill_mode: str = _fill_mode
    fill_value: float = _fill_value
    data_format: str = a.data_format
    seed: int | None = a.seed


class RandomPerspective(_Image):
    """Images seen from aside at random, in training.

    >>> RandomPerspective(0.5).on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    factor: Any = _share
    scale: float = arg(t.fraction, default=1.0, doc="how far the corners move")
    interpolation: str = _interpolation
    fill_value: float = _fill_value
    seed: int | None = a.seed
    data_format: str = a.data_format


class RandomElasticTransform(_Image):
    """Images bent at random, in training.

    >>> RandomElasticTransform(0.5).on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    factor: Any = _share
    scale: Any = arg(t.Factor(0, 1), default=1.0, doc="how far cells move")
    interpolation: str = _interpolation
    fill_mode: str = arg(
        t.Choice("constant", "nearest", "wrap", "mirror", "reflect"),
        default="reflect",
        doc="what lies beyond the edges",
    )
    fill_value: float = _fill_value
    value_range: Any = value_range
    seed: int | None = a.seed
    data_format: str = a.data_format


class RandomErasing(_Image):
    """A rectangle of images covered at random, in training.

    >>> RandomErasing(0.5).on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    factor: Any = _share
    scale: Any = arg(t.Factor(0, 1), default=(0.02, 0.33), doc="its size, as a share of the image's")
    fill_value: Any = arg(t.number, default=None, doc="what covers it; null is noise")
    value_range: Any = value_range
    seed: int | None = a.seed
    data_format: str = a.data_format


class RandomGaussianBlur(_Image):
    """Images blurred at random, in training.

    >>> RandomGaussianBlur(0.5).on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    factor: Any = _share
    kernel_size: tuple[int, ...] = arg(t.odd, default=3, doc="cells that each is mixed with, along height and width")
    sigma: Any = arg(t.Factor(0, 1), default=1.0, doc="how wide the bell is")
    value_range: Any = value_range
    data_format: str = a.data_format
    seed: int | None = a.seed


class CutMix(_Image):
    """Images with a rectangle that comes from another image, at random, in training.

    >>> CutMix().on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    factor: Any = _share
    seed: int | None = a.seed
    data_format: str = a.data_format


class MixUp(_Image):
    """Images mixed with others at random, in training.

    >>> MixUp().on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    alpha: float = arg(t.number, default=0.2, doc="how evenly they are mixed")
    data_format: str = a.data_format
    seed: int | None = a.seed


_MOVES = ("RandomShear", "RandomTranslation", "RandomRotation")
_STRENGTHS = ("RandomBrightness", "RandomColorDegeneration", "RandomContrast", "RandomSharpness")
_SHADES = ("Solarization", "RandomPosterization", "AutoContrast", "Equalization")


class RandAugment(_Image):
    """Some of eleven changes at random, in training.

    >>> RandAugment().on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    value_range: Any = value_range
    num_ops: int = arg(t.whole, default=2, doc="changes of each image")
    factor: Any = arg(t.Factor(0, 1, each=True), default=0.5, doc="how strong they are")
    interpolation: str = _interpolation
    seed: int | None = a.seed
    data_format: str = a.data_format

    def makes(self, named: bool) -> tuple[str, ...]:
        """A layer for each change; they have the name of this one, where it is given."""
        return () if named else (*_MOVES, *_STRENGTHS, *_SHADES)


class AugMix(_Image):
    """Chains of changes, mixed, at random, in training.

    >>> AugMix().on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    value_range: Any = value_range
    num_chains: int = arg(t.whole, default=3, doc="number of chains")
    chain_depth: int = arg(t.whole, default=3, doc="changes in each")
    factor: Any = arg(t.Factor(0, 1, each=True), default=0.3, doc="how strong they are")
    alpha: float = arg(t.number, default=1.0, doc="how evenly the chains are mixed")
    all_ops: bool = arg(t.flag, default=True, doc="whether brightness, colour, contrast and sharpness change too")
    interpolation: str = _interpolation
    seed: int | None = a.seed
    data_format: str = a.data_format

    def makes(self, named: bool) -> tuple[str, ...]:
        """A layer for each change; they have the name of this one, where it is given."""
        return () if named else (*_MOVES, *_SHADES, *(_STRENGTHS if self.all_ops else ()))
