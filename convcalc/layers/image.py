"""Images: what layers of images share, and images of another size: Resizing, CenterCrop, RandomCrop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from convcalc.compute.resampling import INTERPOLATIONS, resize
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.layer import Layer
from convcalc.declare.signature import Signature
from convcalc.declare.traits import Positions
from convcalc.errors import ShapeError
from convcalc.layers import _arguments as a
from convcalc.layers.preprocessing import real
from convcalc.lazy import Array, np
from convcalc.sizes.formula import Step
from convcalc.sizes.shapes import Shape, show

value_range: Any = arg(t.pair, default=(0, 255), doc="least and largest value of the images")


class _Image(Layer):
    """A layer that changes images in training; at inference too, where it has a `changed` of its own.

    Keras's shape rules look at no rank: images have 3 axes, or 4 with a batch, when values are computed.
    """

    signature = Signature("data")
    acts_in_training = True
    extras = {"bounding_box_format": arg(t.anything, default=None, doc="format of boxes that come with the images")}
    # The same with what Keras passes on to the base of all these layers, where the kind does not name it.
    further = {**extras, "data_format": a.data_format}
    data_format: str

    @property
    def is_channels_first(self) -> bool:
        """False: the rules see shapes as they are."""
        return False

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """`of_batch` of images, or of one alone."""
        if x.ndim not in (3, 4):
            raise ValueError(f"an image has 3 axes, or 4 with a batch; this one has {x.ndim}")
        return self.of_batch(x) if x.ndim == 4 else self.of_batch(x[None])[0]

    def of_batch(self, x: Array) -> Array:
        """`changed` of a batch, channels last."""
        if self.data_format != "channels_first":
            return self.changed(x)
        return np.moveaxis(self.changed(np.moveaxis(x, 1, -1)), -1, 1)

    def changed(self, x: Array) -> Array:
        """What becomes of images (batch, height, width, channels) at inference: nothing but real numbers."""
        return real(x, self.dtype)


_height: Any = arg(t.natural, doc="height of the output")
_width: Any = arg(t.natural, doc="width of the output")


class _Sized(_Image):
    """A layer that gives images of one size."""

    positions = Positions(move=True)
    height: int
    width: int

    def places(self, x: Shape) -> tuple[int, int]:
        """The axes of height and width."""
        first = (1 if len(x) == 4 else 0) + (self.data_format == "channels_first")
        return first, first + 1

    def output(self, x: Shape) -> Shape:
        """The input's shape with the layer's height and width."""
        places = self.places(x)
        if not -len(x) <= places[0] <= places[1] < len(x):
            raise ShapeError(
                f"there is no axis {places[1]}",
                code="no-axis",
                why=f"its input is {show(x)}, and an image has a height, a width and channels",
                help="give it a batch of images",
            )
        new = {place % len(x): n for place, n in zip(places, (self.height, self.width), strict=True)}
        return tuple(new.get(axis, n) for axis, n in enumerate(x))

    def steps(self, x: Shape, y: Shape) -> Iterator[Step]:
        """Height and width are given."""
        yield Step("shape", "height and width in place of the image's own", "", y)


def _in_ratio(x: Array, height: int, width: int) -> tuple[int, int]:
    """The height and the width that would go with the images' own width and height in a ratio, as Keras rounds it."""
    high, wide = x.shape[1:3]
    return int(np.float32(wide * height) / np.float32(width)), int(np.float32(high * width) / np.float32(height))


def _cropped(x: Array, height: int, width: int) -> Array:
    """The middle of the images, in the proportions of height and width."""
    sizes = [max(min(own, other), 1) for own, other in zip(x.shape[1:3], _in_ratio(x, height, width), strict=True)]
    top, left = ((own - size) // 2 for own, size in zip(x.shape[1:3], sizes, strict=True))
    return x[:, top : top + sizes[0], left : left + sizes[1]]


def _padded(x: Array, height: int, width: int, value: float) -> Array:
    """The images between edges, in the proportions of height and width; an odd cell is left out, as in Keras."""
    edges = [max(other - own, 0) // 2 for own, other in zip(x.shape[1:3], _in_ratio(x, height, width), strict=True)]
    return np.pad(x, ((0, 0), *((edge, edge) for edge in edges), (0, 0)), constant_values=value)


class Resizing(_Sized):
    """Images resampled to one size.

    >>> Resizing(4, 8).on(5, 6, 3)
    (None, 4, 8, 3)  0 params  0 MACs
    """

    acts_in_training = False
    height: int = _height
    width: int = _width
    interpolation: str = arg(t.Choice(*INTERPOLATIONS), default="bilinear", doc="how the new cells are filled")
    crop_to_aspect_ratio: bool = arg(t.flag, default=False, doc="whether edges are cut off to keep proportions")
    pad_to_aspect_ratio: bool = arg(t.flag, default=False, doc="whether edges are added to keep proportions")
    fill_mode: str = arg(t.Choice("constant"), default="constant", doc="what added edges hold")
    fill_value: float = arg(t.number, default=0.0, doc="the value that they hold")
    antialias: bool = arg(t.flag, default=False, doc="whether an axis that shrinks is smoothed first")
    data_format: str = a.data_format

    def changed(self, x: Array) -> Array:
        """Cropped or padded to the new proportions where asked, then resampled; whole numbers stay whole."""
        if self.crop_to_aspect_ratio and self.pad_to_aspect_ratio:
            raise ValueError("crop_to_aspect_ratio and pad_to_aspect_ratio exclude each other")
        size = self.height, self.width
        if self.crop_to_aspect_ratio:
            x = _cropped(x, *size)
        elif self.pad_to_aspect_ratio:
            x = _padded(x, *size, self.fill_value)
        y = resize(real(x, self.dtype), size, self.interpolation, antialias=self.antialias)
        if x.dtype.kind == "f":
            return y
        limits = np.iinfo(x.dtype)
        return np.clip(np.rint(y), limits.min, limits.max).astype(x.dtype)


class CenterCrop(_Sized):
    """The middle of images; of smaller ones, the largest part in the new proportions, enlarged.

    >>> CenterCrop(4, 3).on(5, 6, 3)
    (None, 4, 3, 3)  0 params  0 MACs
    """

    acts_in_training = False
    height: int = _height
    width: int = _width
    data_format: str = a.data_format

    @classmethod
    def ranks(cls) -> range:
        """Images, or batches of them."""
        return range(3, 5)

    def changed(self, x: Array) -> Array:
        """Cut out where the image is large enough, else resampled."""
        x = real(x, self.dtype)
        top, left = (n - m for n, m in zip(x.shape[1:3], (self.height, self.width), strict=True))
        if top < 0 or left < 0:
            return resize(_cropped(x, self.height, self.width), (self.height, self.width))
        return x[:, top // 2 : top // 2 + self.height, left // 2 : left // 2 + self.width]


class RandomCrop(_Sized):
    """A part of images cut out at random, in training; at inference the whole images.

    Its output shape is the shape in training, as in Keras.

    >>> RandomCrop(5, 6).on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    height: int = _height
    width: int = _width
    seed: int | None = a.seed
    data_format: str = a.data_format

    def places(self, x: Shape) -> tuple[int, int]:
        """The axes of height and width, counted from the end."""
        return (-2, -1) if self.data_format == "channels_first" else (-3, -2)


class MaxNumBoundingBoxes(_Image):
    """Images unchanged; the boxes that come with them cut or filled up to a number.

    >>> MaxNumBoundingBoxes(10).on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    extras = _Image.further
    max_number: int = arg(t.whole, doc="number of boxes")
    fill_value: float = arg(t.number, default=-1, doc="what boxes are filled up with")
