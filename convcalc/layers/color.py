"""Images in other colours: random in training, most of them unchanged at inference."""

from __future__ import annotations

from typing import Any

from convcalc.compute.contrast import auto_contrast, clahe
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.layer import Layer
from convcalc.errors import ShapeError
from convcalc.layers import _arguments as a
from convcalc.layers.image import _Image, value_range
from convcalc.layers.preprocessing import real
from convcalc.lazy import Array, np
from convcalc.sizes.shapes import Shape, show


class _Color(_Image):
    extras = _Image.further


class RandomBrightness(_Color):
    """Images made brighter or darker at random, in training.

    >>> RandomBrightness(0.2).on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    factor: Any = arg(t.Factor(-1, 1), doc="how much is added, as a share of the range")
    value_range: Any = value_range
    seed: int | None = a.seed


class RandomContrast(_Color):
    """Images with more or less contrast at random, in training.

    >>> RandomContrast(0.2).on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    factor: Any = arg(t.Factor(0, 1), doc="how far the contrast changes")
    value_range: Any = value_range
    seed: int | None = a.seed


class RandomHue(_Image):
    """Images with hues turned at random, in training.

    >>> RandomHue(0.2).on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    factor: Any = arg(t.Factor(0, 1), doc="how far hues turn, as a share of half a turn")
    value_range: Any = value_range
    data_format: str = a.data_format
    seed: int | None = a.seed


class RandomSaturation(_Image):
    """Images with stronger or paler colours at random, in training.

    >>> RandomSaturation(0.2).on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    factor: Any = arg(t.Factor(-1, 1), doc="how strong the colours are: 0 is grey, 0.5 as they were")
    value_range: Any = value_range
    data_format: str = a.data_format
    seed: int | None = a.seed


class RandomSharpness(_Image):
    """Images sharper or softer at random, in training.

    >>> RandomSharpness(0.2).on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    factor: Any = arg(t.Factor(0, 1), doc="how sharp they are: 0 is blurred, 0.5 as they were")
    value_range: Any = value_range
    data_format: str = a.data_format
    seed: int | None = a.seed


class RandomGrayscale(_Image):
    """Some images in shades of grey at random, in training.

    >>> RandomGrayscale().on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    factor: float = arg(t.fraction, default=0.5, doc="share of the images")
    data_format: str = a.data_format
    seed: int | None = a.seed


class RandomColorDegeneration(_Image):
    """Images with part of their colour taken away at random, in training.

    >>> RandomColorDegeneration(0.2).on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    factor: Any = arg(t.Factor(-1, 1), doc="how much is taken away: 1 leaves grey")
    value_range: Any = value_range
    data_format: str = a.data_format
    seed: int | None = a.seed

    @classmethod
    def ranks(cls) -> range:
        """Images, or batches of them."""
        return range(3, 5)

    def output(self, x: Shape) -> Shape:
        """The input's shape, of three channels."""
        if x[-3 if self.data_format == "channels_first" else -1] not in (None, 3):
            raise ShapeError(
                "only images of 3 channels have colours to take away",
                code="no-colours",
                why=f"its input is {show(x)}, and the channels are red, green and blue",
                help="look at data_format, which says where the channels are",
            )
        return x


def _as(kind: type[Layer]) -> Any:
    """Declares the factor of another kind, which may be left out."""
    return arg(kind.arguments["factor"].type, default=None, doc=f"as {kind.__name__} takes it")


class RandomColorJitter(_Image):
    """Brightness, contrast, saturation and hue changed at random, in training.

    >>> RandomColorJitter(brightness_factor=0.2).on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    value_range: Any = value_range
    brightness_factor: Any = _as(RandomBrightness)
    contrast_factor: Any = _as(RandomContrast)
    saturation_factor: Any = _as(RandomSaturation)
    hue_factor: Any = _as(RandomHue)
    seed: int | None = a.seed
    data_format: str = a.data_format

    def makes(self, named: bool) -> tuple[str, ...]:
        """One layer for each factor that is given."""
        factors = {
            "RandomBrightness": self.brightness_factor,
            "RandomContrast": self.contrast_factor,
            "RandomSaturation": self.saturation_factor,
            "RandomHue": self.hue_factor,
        }
        return tuple(kind for kind, factor in factors.items() if factor is not None)


class RandomPosterization(_Image):
    """Images in fewer shades at random, in training.

    >>> RandomPosterization(4).on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    factor: Any = arg(t.Factor(1, 8), doc="bits kept of each value")
    value_range: Any = value_range
    data_format: str = a.data_format
    seed: int | None = a.seed


class RandomInvert(_Image):
    """Some images as negatives at random, in training.

    >>> RandomInvert().on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    factor: Any = arg(t.Factor(0, 1), default=1.0, doc="share of the images")
    value_range: Any = value_range
    seed: int | None = a.seed
    data_format: str = a.data_format


class Solarization(_Color):
    """Values above a random threshold turned round, in training.

    >>> Solarization(threshold_factor=0.5).on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    addition_factor: Any = arg(t.Factor(0, 1, each=True), default=0.0, doc="how much is added first")
    threshold_factor: Any = arg(t.Factor(0, 1, each=True), default=0.0, doc="the threshold, as a share of the range")
    value_range: Any = value_range
    seed: int | None = a.seed


class Equalization(_Image):
    """Values spread so that each is about as frequent, in training.

    >>> Equalization().on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    value_range: Any = value_range
    bins: int = arg(t.positive, default=256, doc="number of values told apart")
    data_format: str = a.data_format


class AutoContrast(_Color):
    """Each channel stretched so that its least and largest value are the ends of the range, at inference too.

    >>> AutoContrast().on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    value_range: Any = value_range

    def of_batch(self, x: Array) -> Array:
        """`auto_contrast` along the second and third axis: as in Keras, whatever the ``data_format``."""
        low, high = sorted(self.value_range)
        return auto_contrast(real(x, self.dtype), low, high)


class ContrastLimitedAdaptiveHistogramEqualization(_Image):
    """Values spread so that each is about as frequent around every pixel, within limits, at inference too (CLAHE).

    >>> ContrastLimitedAdaptiveHistogramEqualization().on(16, 24, 3)
    (None, 16, 24, 3)  0 params  0 MACs
    """

    value_range: Any = value_range
    clip_limit: float = arg(
        t.number, default=4.0, doc="how often a value counts at most, in average frequencies; 0 for no limit"
    )
    tile_grid_size: Any = arg(t.whole_pair, default=(8, 8), doc="number of tiles along height and width")
    data_format: str = a.data_format

    def changed(self, x: Array) -> Array:
        """`clahe`, by way of 0 to 255, and given in the dtype of ``x``: whole numbers stay whole."""
        low, high = np.asarray(self.value_range, "float32")
        y = clahe((x.astype("float32") - low) / (high - low) * 255, self.clip_limit, self.tile_grid_size)
        back: Array = y / 255 * (high - low) + low
        return real(back.astype(x.dtype), self.dtype)
