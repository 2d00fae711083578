"""Operations on images, ``(height, width, channels)`` with or without a batch, or with the channels first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from convcalc.compute.resampling import INTERPOLATIONS, resize
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.signature import Signature
from convcalc.declare.traits import Positions
from convcalc.errors import ArgumentError, ShapeError
from convcalc.layers.ops.operands import Operation, need_rank
from convcalc.lazy import Array, np
from convcalc.sizes.shapes import Dim, Shape, show

_format: Any = arg(t.data_format, doc="where the channels stand", default=None)


class _OfImages(Operation):
    """An operation on images of 3 or 4 axes."""

    positions = Positions(move=True)
    signature = Signature("images")
    data_format: str = "channels_last"
    # The numbers of channels that will do; any where there are none.
    channels: ClassVar[tuple[int, ...]] = ()

    @property
    def is_channels_first(self) -> bool:
        """False: the rules themselves know where the channels stand."""
        return False

    @property
    def places(self) -> tuple[int, int, int]:
        """Where height, width and channels stand, counted from the last axis."""
        return (-2, -1, -3) if self.data_format == "channels_first" else (-3, -2, -1)

    def output(self, x: Shape) -> Shape:
        """The shape of the images; `ShapeError` for what are no images."""
        need_rank(self.kind, x, 3, 4)
        depth = x[self.places[2]]
        if self.channels and depth is not None and depth not in self.channels:
            raise ShapeError(f"images of {depth} channels will not do", code="channels")
        return self.sized(x)

    def sized(self, x: Shape) -> Shape:
        """What becomes of the shape of images."""
        return x

    def replaced(self, x: Shape, **sizes: Dim) -> Shape:
        """The shape with another ``height``, ``width`` or number of ``channels``."""
        found = list(x)
        for name, at in zip(("height", "width", "channels"), self.places, strict=True):
            found[at] = sizes.get(name, x[at])
        return tuple(found)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The images that are made of images with the channels last."""
        images = np.moveaxis(x, self.places[2], -1)
        return np.moveaxis(self.worked(images), -1, self.places[2])

    def worked(self, x: Array) -> Array:
        """What is made of images whose channels are last."""
        raise ValueError("its values are not worked out here")


class Resize(_OfImages):
    """Images of another size."""

    size: tuple[int, ...] = arg(t.ListOf(t.positive, "a pair of integers", 2, 2), doc="height and width")
    interpolation: str = arg(t.Choice(*INTERPOLATIONS), default="bilinear", doc="what stands between two cells")
    antialias: bool = arg(t.flag, default=False, doc="whether images that shrink are blurred")
    crop_to_aspect_ratio: bool = arg(t.flag, default=False, doc="whether to crop, so that nothing is stretched")
    pad_to_aspect_ratio: bool = arg(t.flag, default=False, doc="whether to pad, so that nothing is stretched")
    fill_mode: str = arg(t.word, default="constant", doc="what is padded")
    fill_value: float = arg(t.number, default=0.0, doc="the value that is padded")
    data_format: str = _format

    def sized(self, x: Shape) -> Shape:
        """The new height and width."""
        return self.replaced(x, height=self.size[0], width=self.size[1])

    def worked(self, x: Array) -> Array:
        """The images, resized."""
        if self.crop_to_aspect_ratio or self.pad_to_aspect_ratio:
            raise ValueError("images that keep their proportions are not worked out here")
        y = resize(x if x.ndim == 4 else x[None], self.size, self.interpolation, antialias=self.antialias)
        return y if x.ndim == 4 else y[0]


class RGBToGrayscale(_OfImages):
    """Images with one channel, of how light they are."""

    data_format: str = _format
    channels = (1, 3)

    def sized(self, x: Shape) -> Shape:
        """One channel."""
        return self.replaced(x, channels=1)

    def worked(self, x: Array) -> Array:
        """The weighted sum of the colours."""
        return x if x.shape[-1] == 1 else np.asarray(x @ np.asarray([[0.2989], [0.587], [0.114]], x.dtype))


class RGBToHSV(_OfImages):
    """Images with hue, saturation and value in place of red, green and blue."""

    data_format: str = _format
    channels = (3,)

    def worked(self, x: Array) -> Array:
        """The three numbers."""
        value, span = x.max(-1), np.ptp(x, -1)
        some = np.where(span > 0, span, 1)
        red, green, blue = np.moveaxis(x, -1, 0)
        hue = np.where(value == red, (green - blue) / some % 6, 4 + (red - green) / some)
        hue = np.where((value == green) & (value != red), 2 + (blue - red) / some, hue) / 6
        share = span / np.where(value > 0, value, 1)
        return np.stack([np.where(span > 0, hue % 1, 0), share, value], -1).astype(x.dtype)


class HSVToRGB(_OfImages):
    """Images with red, green and blue in place of hue, saturation and value."""

    data_format: str = _format
    channels = (3,)

    def worked(self, x: Array) -> Array:
        """The three colours."""
        hue, share, value = np.moveaxis(x, -1, 0)
        parts = [np.clip(np.abs(hue * 6 - 3) - 1, 0, 1), *(np.clip(2 - np.abs(hue * 6 - at), 0, 1) for at in (2, 4))]
        return np.stack([((part - 1) * share + 1) * value for part in parts], -1).astype(x.dtype)


Border = tuple[int | None, int | None, int | None]


def _given(layer: _OfImages) -> tuple[Border, Border]:
    """For height and width: the cells before and behind that are given, and the new size."""
    top, left, bottom, right, height, width = list(layer.config.values())[:6]
    return (top, bottom, height), (left, right, width)


def _check(layer: _OfImages) -> None:
    """Refuses other than two of three numbers for each axis."""
    if any(three.count(None) != 1 for three in _given(layer)):
        message = "of the cells on both sides and the new size, two are given for each axis"
        raise ArgumentError(message, code="bad-value")


def _borders(layer: _OfImages, x: Shape, sign: int) -> list[Border]:
    """Cells before, cells behind, and the new size, for height and width; `ShapeError` for negative ones."""
    found: list[Border] = []
    for (before, behind, size), at in zip(_given(layer), layer.places, strict=False):
        n = x[at]
        if size is None and n is not None:
            size = n + sign * ((before or 0) + (behind or 0))
        change = None if n is None or size is None else (size - n) * sign
        before = before if before is not None else None if change is None else change - (behind or 0)
        behind = behind if behind is not None else None if change is None else change - (before or 0)
        if any(one is not None and one < 0 for one in (before, behind, size)):
            raise ShapeError(f"{show(x)} has no room for it", code="pads")
        found.append((before, behind, size))
    return found


def _pairs(layer: _OfImages, x: Array, sign: int) -> list[tuple[int, int]]:
    """The cells around each axis of images with the channels last."""
    shape = np.moveaxis(np.empty(x.shape), -1, layer.places[2]).shape
    found = [(before or 0, behind or 0) for before, behind, _ in _borders(layer, shape, sign)]
    return [(0, 0)] * (x.ndim - 3) + found + [(0, 0)]


class PadImages(_OfImages):
    """Images with cells of 0 around them."""

    top_padding: Any = arg(t.natural, default=None, doc="cells above")
    left_padding: Any = arg(t.natural, default=None, doc="cells on the left")
    bottom_padding: Any = arg(t.natural, default=None, doc="cells below")
    right_padding: Any = arg(t.natural, default=None, doc="cells on the right")
    target_height: Any = arg(t.natural, default=None, doc="height of the output")
    target_width: Any = arg(t.natural, default=None, doc="width of the output")
    data_format: str = _format

    def check(self) -> None:
        """Two of three numbers for each axis."""
        _check(self)

    def sized(self, x: Shape) -> Shape:
        """The new height and width."""
        rows, columns = _borders(self, x, 1)
        return self.replaced(x, height=rows[2], width=columns[2])

    def worked(self, x: Array) -> Array:
        """The images, padded."""
        return np.pad(x, _pairs(self, x, 1))


class CropImages(_OfImages):
    """Images without the cells at their borders."""

    top_cropping: Any = arg(t.natural, default=None, doc="cells above")
    left_cropping: Any = arg(t.natural, default=None, doc="cells on the left")
    bottom_cropping: Any = arg(t.natural, default=None, doc="cells below")
    right_cropping: Any = arg(t.natural, default=None, doc="cells on the right")
    target_height: Any = arg(t.natural, default=None, doc="height of the output")
    target_width: Any = arg(t.natural, default=None, doc="width of the output")
    data_format: str = _format

    def check(self) -> None:
        """Two of three numbers for each axis."""
        _check(self)

    def sized(self, x: Shape) -> Shape:
        """The new height and width; `ShapeError` where they are unknown."""
        rows, columns = _borders(self, x, -1)
        y = self.replaced(x, height=rows[2], width=columns[2])
        if any(y[at] is None for at in self.places[:2]):
            raise ShapeError("the sizes of images that are cropped must be known", code="unknown-size")
        return y

    def worked(self, x: Array) -> Array:
        """The images, cropped."""
        return x[
            tuple(slice(before, n - behind) for n, (before, behind) in zip(x.shape, _pairs(self, x, -1), strict=True))
        ]


class GaussianBlur(_OfImages):
    """Blurred images."""

    kernel_size: Any = arg(t.indices, default=(3, 3), doc="cells that are mixed")
    sigma: Any = arg(t.numbers, default=(1.0, 1.0), doc="how far they are mixed")
    data_format: str = _format


class ElasticTransform(_OfImages):
    """Images that are bent at random."""

    alpha: float = arg(t.number, default=20.0, doc="how far cells move")
    sigma: float = arg(t.number, default=5.0, doc="how smoothly they move")
    interpolation: str = arg(t.word, default="bilinear", doc="what stands between two cells")
    fill_mode: str = arg(t.word, default="reflect", doc="what stands outside of the image")
    fill_value: float = arg(t.number, default=0.0, doc="the value outside")
    seed: Any = arg(t.anything, default=None, doc="where chance begins")
    data_format: str = _format


class SobelEdges(_OfImages):
    """How steeply every cell of images rises downwards and to the right."""

    data_format: str = _format

    def output(self, x: Shape) -> Shape:
        """The sizes, and 2."""
        need_rank(self.kind, x, 4, 4)
        return (*x, 2)


class _Moved(Operation):
    """Images whose cells are moved as other tensors say."""

    positions = Positions(move=True)

    def joined(self, *shapes: Shape) -> Shape:
        """The images' shape."""
        need_rank(self.kind, shapes[0], 3, 4)
        return shapes[0]

    def work(self, *operands: Array) -> Array:
        """Refuses: cells between others are not followed."""
        raise ValueError("its values are not worked out here")


class AffineTransform(_Moved):
    """Images turned, moved and stretched."""

    signature = Signature("images", "transform", least=1, most=2)
    transform: Any = arg(t.operand, default=None, doc="the 8 numbers of the transform, where they are no tensor")
    interpolation: str = arg(t.word, default="bilinear", doc="what stands between two cells")
    fill_mode: str = arg(t.word, default="constant", doc="what stands outside of the image")
    fill_value: float = arg(t.number, default=0, doc="the value outside")
    data_format: str = _format

    def joined(self, *shapes: Shape) -> Shape:
        """The images' shape."""
        need_rank(self.kind, shapes[1], 1, 2)
        return super().joined(*shapes)


class PerspectiveTransform(_Moved):
    """Images seen from another side."""

    signature = Signature("images", "start_points", "end_points", least=1, most=3)
    start_points: Any = arg(t.operand, default=None, doc="four corners before, where they are no tensor")
    end_points: Any = arg(t.operand, default=None, doc="four corners after, where they are no tensor")
    interpolation: str = arg(t.word, default="bilinear", doc="what stands between two cells")
    fill_value: float = arg(t.number, default=0, doc="the value outside")
    data_format: str = _format

    def joined(self, *shapes: Shape) -> Shape:
        """The images' shape."""
        if shapes[1] != shapes[2] or shapes[1][-2:] != (4, 2) or len(shapes[1]) not in (2, 3):
            raise ShapeError("corners are 4 points of 2 numbers", code="wrong-rank")
        return super().joined(*shapes)


class MapCoordinates(_Moved):
    """The values at places between cells."""

    signature = Signature("inputs", "coordinates", least=1, most=2)
    coordinates: Any = arg(t.operand, default=None, doc="the places along each axis, where they are no tensor")
    order: int = arg(t.whole, doc="what stands between two cells")
    fill_mode: str = arg(t.word, default="constant", doc="what stands outside of the image")
    fill_value: float = arg(t.number, default=0, doc="the value outside")

    def joined(self, *shapes: Shape) -> Shape:
        """The places' shape without its first axis."""
        x, at = shapes
        need_rank(self.kind, at, 2)
        if at[0] != len(x):
            raise ShapeError(f"{show(x)} has {len(x)} axes, and places have {at[0]}", code="wrong-rank")
        return at[1:]


class SSIM(_Moved):
    """How alike two images look."""

    signature = Signature("image1", "image2", least=1, most=2)
    image1: Any = arg(t.operand, default=None, doc="the first images, where they are no tensor")
    image2: Any = arg(t.operand, default=None, doc="the second images, where they are no tensor")
    max_val: float = arg(t.number, default=1.0, doc="the largest value")
    filter_size: int = arg(t.whole, default=11, doc="cells that are compared together")
    filter_sigma: float = arg(t.number, default=1.5, doc="how far they are mixed")
    k1: float = arg(t.number, default=0.01, doc="a small number")
    k2: float = arg(t.number, default=0.03, doc="a small number")
    data_format: str = _format

    def joined(self, *shapes: Shape) -> Shape:
        """A number for each image."""
        for shape in shapes:
            super().joined(shape)
        return shapes[0][:1] if len(shapes[0]) == 4 else ()
