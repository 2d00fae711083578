"""Functions of tensors that are images: convolutions, pooling, and what changes their sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.read.code import number_kinds
from convcalc.read.code.known import made, number, numbers, sizes_in, whole
from convcalc.read.code.library import symbolic
from convcalc.read.code.library.rules import Rules, fraction, tensor_of
from convcalc.read.code.values import Data, Unknown
from convcalc.sizes.shapes import Dim, Shape
from convcalc.sizes.windows import Window

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

rules = Rules()
TABLE = rules.table


def _each(value: Any, axes: int, first: bool) -> tuple[int, ...]:
    """One number for each spatial axis: of one for all, of one for each, or of one for every axis of the tensor."""
    found = numbers(value)
    if len(found) == 1:
        return found * axes
    if len(found) == axes + 2:
        found = found[2:] if first else found[1:-1]
    if len(found) != axes:
        raise ValueError(f"{found} is not for {axes} axes")
    return found


def _first(data_format: Any) -> bool:
    """Whether the channels stand first."""
    if data_format in (None, "channels_last", "NHWC", "NWC", "NDHWC"):
        return False
    if data_format in ("channels_first", "NCHW", "NCW", "NCDHW"):
        return True
    raise ValueError("the data format is not known")


def _slid(site: Site, x: Data, size: Any, strides: Any, padding: Any, first: bool, rates: Any = 1) -> list[Dim]:
    """The sizes of the spatial axes under a sliding window."""
    axes = len(x.shape) - 2
    if not isinstance(padding, str) or padding.lower() not in ("same", "valid") or axes < 1:
        raise ValueError("this padding is not followed")
    windows = zip(*(_each(one, axes, first) for one in (size, strides, rates)), strict=True)
    spatial = x.shape[2:] if first else x.shape[1:-1]
    found = []
    for n, (taps, stride, rate) in zip(spatial, windows, strict=True):
        out = Window(taps, stride, rate, padding.lower()).out(n)
        if out is not None and out < 1:
            raise ValueError("the window does not fit")
        found.append(out)
    return found


def _whole(x: Data, spatial: list[Dim], channels: Dim, first: bool) -> Shape:
    return (x.shape[0], channels, *spatial) if first else (x.shape[0], *spatial, channels)


def _convolved(axes: int | None, depthwise: bool = False) -> Any:
    def conv(
        site: Site, x: Any, kernel: Any, strides: Any = 1, padding: Any = "valid", data_format: Any = None,
        dilations: Any = 1,
    ) -> Any:  # fmt: skip
        taps = tensor_of(site, kernel)
        first = _first(data_format)
        if isinstance(taps, Unknown):
            return taps
        count = len(taps.shape) - 2
        if len(x.shape) != count + 2 or (axes or count) != count or None in taps.shape[:count]:
            raise ValueError("the kernel does not fit")
        inside, outside = taps.shape[-2:]
        channels = x.shape[1 if first else -1]
        if None not in (inside, channels) and (channels != inside if depthwise else (channels or 0) % (inside or 1)):
            raise ValueError(f"the kernel is for {inside} channels, not for {channels}")
        filters = outside if not depthwise else None if None in (inside, outside) else (inside or 0) * (outside or 0)
        spatial = _slid(site, x, taps.shape[:count], strides, padding, first, dilations)
        return made(site, _whole(x, spatial, filters, first), fraction(x.dtype), [x, taps])

    return conv


for _axes in (1, 2, 3):
    rules(symbolic.convolved("Conv"), f"conv{_axes}d nn K")(_convolved(_axes))
rules(symbolic.convolved("Conv"), "convolution nn", "conv ops")(_convolved(None))
rules(symbolic.convolved("DepthwiseConv"), "depthwise_conv2d nn K")(_convolved(2, depthwise=True))
rules(symbolic.convolved("DepthwiseConv"), "depthwise_conv ops")(_convolved(None, depthwise=True))


@rules(None, "conv2d_transpose nn K", "conv1d_transpose nn", "conv3d_transpose nn", sizes=("output_shape",))
def transposed(
    site: Site, x: Any, kernel: Any, output_shape: Any, strides: Any = 1, padding: Any = "SAME", **rest: Any
) -> Any:
    """A transposed convolution, which is given the shape of its result."""
    sizes, cause = sizes_in(site, output_shape)
    return Data(sizes, fraction(x.dtype), cause=cause)


def _pooled(axes: int | None, strided: bool) -> Any:
    def pool(
        site: Site, x: Any, pool_size: Any, strides: Any = None, padding: Any = "valid", data_format: Any = None,
        **rest: Any,
    ) -> Any:  # fmt: skip
        if rest.keys() - {"pool_mode"} or (axes is not None and len(x.shape) != axes + 2):
            raise ValueError("these arguments are not followed")
        first = _first(data_format)
        steps = strides if strides is not None else pool_size if strided else 1
        spatial = _slid(site, x, pool_size, steps, padding, first)
        return made(site, _whole(x, spatial, x.shape[1 if first else -1], first), x.dtype, [x])

    return pool


rules(symbolic.pooled("MaxPool"), "max_pool ops")(_pooled(None, True))
rules(symbolic.pooled("AveragePool"), "average_pool ops")(_pooled(None, True))
rules(symbolic.pooled("MaxPool"), "max_pool nn")(_pooled(None, True))
rules(symbolic.pooled("AveragePool"), "avg_pool nn")(_pooled(None, True))
for _axes in (1, 2, 3):
    rules(symbolic.pooled("MaxPool"), f"max_pool{_axes}d nn")(_pooled(_axes, True))
    rules(symbolic.pooled("AveragePool"), f"avg_pool{_axes}d nn")(_pooled(_axes, True))
    if _axes > 1:
        rules(symbolic.pooled("MaxPool"), f"pool{_axes}d K")(_pooled(_axes, False))


@rules(symbolic.bias_add, "bias_add nn K")
def bias_add(site: Site, x: Any, bias: Any, data_format: Any = None) -> Any:
    """The tensor with a number added for each channel."""
    return Data(x.shape, x.dtype, cause=x.cause)


# Sizes of images.


def _sized(x: Data, height: Dim, width: Dim, dtype: str = "", cause: Unknown | None = None) -> Data:
    """Images of other heights and widths; the channels stand last."""
    if len(x.shape) not in (3, 4):
        raise ValueError("these are no images")
    shape = (*x.shape[:-3], height, width, x.shape[-1])
    return Data(shape, dtype or x.dtype, cause=(cause or x.cause) if None in shape else None)


@rules(symbolic.resize, "resize image", "resize_images image", sizes=("size",))
def resize(
    site: Site, x: Any, size: Any, method: Any = "bilinear", preserve_aspect_ratio: Any = False, antialias: Any = False
) -> Any:
    """Images of another size."""
    sizes, cause = sizes_in(site, size)
    if len(sizes) != 2 or preserve_aspect_ratio:
        raise ValueError("these arguments are not followed")
    return _sized(x, sizes[0], sizes[1], x.dtype if method == "nearest" else "float32", cause)


for _name in ("resize_bilinear", "resize_nearest_neighbor", "resize_bicubic", "resize_area"):
    rules(symbolic.resized(_name.split("_")[1]), f"{_name} image", sizes=("size",))(
        lambda site, x, size, align_corners=False, half_pixel_centers=False: resize(site, x, size)
    )


@rules("Resize", "resize keras_image", sizes=("size",))
def ops_resize(
    site: Site, x: Any, size: Any, interpolation: Any = "bilinear", antialias: Any = False, data_format: Any = None
) -> Any:
    """Images of another size."""
    if _first(data_format):
        raise ValueError("channels that stand first are not followed")
    sizes, cause = sizes_in(site, size)
    return _sized(x, sizes[0], sizes[1], x.dtype, cause)


@rules(symbolic.resize_images, "resize_images K")
def resize_images(
    site: Site, x: Any, height_factor: Any, width_factor: Any, data_format: Any = None, **rest: Any
) -> Any:
    """Images of a multiple of the size."""
    first, factors = _first(data_format), (whole(height_factor), whole(width_factor))
    spatial = x.shape[2:] if first else x.shape[1:-1]
    grown = [None if n is None else n * factor for n, factor in zip(spatial, factors, strict=True)]
    return made(site, _whole(x, grown, x.shape[1 if first else -1], first), x.dtype, [x])


@rules(None, "resize_with_crop_or_pad image", "resize_image_with_crop_or_pad image", "resize_with_pad image",
       sizes=("target_height", "target_width"))  # fmt: skip
def fitted(site: Site, x: Any, target_height: Any, target_width: Any, **rest: Any) -> Any:
    """Images that are cut or padded to a size."""
    sizes, cause = sizes_in(site, [target_height, target_width])
    return _sized(x, sizes[0], sizes[1], "", cause)


@rules(symbolic.boxed("CropImages"), "crop_to_bounding_box image", sizes=("target_height", "target_width"))
def boxed(site: Site, x: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any) -> Any:
    """Images of a box, or in a box."""
    sizes, cause = sizes_in(site, [target_height, target_width])
    return _sized(x, sizes[0], sizes[1], "", cause)


rules(symbolic.boxed("PadImages"), "pad_to_bounding_box image", sizes=("target_height", "target_width"))(boxed)
rules(symbolic.flipped(-2), "flip_left_right image")(lambda site, x: Data(x.shape, x.dtype, cause=x.cause))
rules(symbolic.flipped(-3), "flip_up_down image")(lambda site, x: Data(x.shape, x.dtype, cause=x.cause))


@rules(None, "central_crop image")
def central_crop(site: Site, x: Any, central_fraction: Any) -> Any:
    """The middle of images."""
    share = number(central_fraction)
    starts = [None if n is None else int((n - n * share) / 2) for n in x.shape[-3:-1]]
    sizes = [None if n is None or at is None else n - 2 * at for n, at in zip(x.shape[-3:-1], starts, strict=True)]
    return _sized(x, sizes[0], sizes[1])


@rules(None, "random_crop image tf", sizes=("size",))
def random_crop(site: Site, x: Any, size: Any) -> Any:
    """A part of a size."""
    sizes, cause = sizes_in(site, size)
    if len(sizes) != len(x.shape):
        raise ValueError("the size does not fit")
    return Data(sizes, x.dtype, cause=cause)


@rules(symbolic.extract_patches, "extract_patches image", "extract_image_patches tf image")
def extract_patches(site: Site, x: Any, sizes: Any, strides: Any, rates: Any, padding: Any) -> Any:
    """The windows of images, each as a row of channels."""
    taps = _each(sizes, 2, False)
    spatial = _slid(site, x, taps, strides, padding, False, rates)
    channels = None if x.shape[-1] is None else taps[0] * taps[1] * x.shape[-1]
    return made(site, (x.shape[0], *spatial, channels), x.dtype, [x])


@rules("ExtractPatches", "extract_patches keras_image")
def ops_extract_patches(
    site: Site,
    x: Any,
    size: Any,
    strides: Any = None,
    dilation_rate: Any = 1,
    padding: Any = "valid",
    data_format: Any = None,
) -> Any:
    """The windows of images, each as a row of channels."""
    if _first(data_format):
        raise ValueError("channels that stand first are not followed")
    return extract_patches(site, x, size, size if strides is None else strides, dilation_rate, padding)


_KEPT = (
    "random_flip_left_right", "random_flip_up_down", "random_brightness",
    "random_contrast", "random_hue", "random_saturation", "adjust_brightness", "adjust_contrast", "adjust_hue",
    "adjust_saturation", "adjust_gamma", "per_image_standardization", "rgb_to_hsv", "hsv_to_rgb", "rgb_to_yuv",
    "random_jpeg_quality", "sobel_edges_", "stateless_random_flip_left_right", "stateless_random_brightness",
)  # fmt: skip


@rules(None, *(f"{_name} image" for _name in _KEPT if not _name.endswith("_")))
def kept(site: Site, x: Any, *rest: Any, **named: Any) -> Any:
    """Images of the same size."""
    return Data(x.shape, fraction(x.dtype) if "standardization" in site.text else x.dtype, cause=x.cause)


@rules(None, "convert_image_dtype image")
def convert_image_dtype(site: Site, x: Any, dtype: Any, saturate: Any = False) -> Any:
    """Images in another type of numbers."""
    return Data(x.shape, number_kinds.name_of(dtype), cause=x.cause)


@rules("RGBToGrayscale", "rgb_to_grayscale image keras_image")
def gray(site: Site, x: Any, data_format: Any = None) -> Any:
    """Images with one channel."""
    return Data((*x.shape[:-1], 1), x.dtype, cause=x.cause)


@rules(None, "grayscale_to_rgb image")
def colored(site: Site, x: Any) -> Any:
    """Images with three channels."""
    return Data((*x.shape[:-1], 3), x.dtype, cause=x.cause)


@rules(None, "rot90 image")
def rotated(site: Site, x: Any, k: Any = 1) -> Any:
    """Images turned by quarters."""
    height, width = x.shape[-3:-1]
    return _sized(x, width, height) if whole(k) % 2 else Data(x.shape, x.dtype, cause=x.cause)


@rules(None, "transpose image")
def turned(site: Site, x: Any) -> Any:
    """Images with rows and columns exchanged."""
    return _sized(x, x.shape[-2], x.shape[-3])


@rules(symbolic.blocks("SpaceToDepth"), "space_to_depth tf nn ops")
def space_to_depth(site: Site, x: Any, block_size: Any, data_format: Any = "NHWC") -> Any:
    """Blocks of an image as channels."""
    block, first = whole(block_size), _first(data_format)
    channels, spatial = (x.shape[1], x.shape[2:]) if first else (x.shape[-1], x.shape[1:-1])
    if any(n is not None and n % block for n in spatial):
        raise ValueError("the blocks do not fit")
    small = [None if n is None else n // block for n in spatial]
    return made(site, _whole(x, small, None if channels is None else channels * block**2, first), x.dtype, [x])


@rules(symbolic.blocks("DepthToSpace"), "depth_to_space tf nn ops")
def depth_to_space(site: Site, x: Any, block_size: Any, data_format: Any = "NHWC") -> Any:
    """Channels as blocks of an image."""
    block, first = whole(block_size), _first(data_format)
    channels, spatial = (x.shape[1], x.shape[2:]) if first else (x.shape[-1], x.shape[1:-1])
    if channels is not None and channels % block**2:
        raise ValueError("the channels do not make blocks")
    large = [None if n is None else n * block for n in spatial]
    return made(site, _whole(x, large, None if channels is None else channels // block**2, first), x.dtype, [x])


@TABLE(
    *(f"tensorflow.{root}.decode_{kind}" for root in ("image", "io") for kind in ("jpeg", "png", "bmp")), unknown=True
)
def decoded(site: Site, contents: Any = None, channels: Any = 0, *rest: Any, dtype: Any = "uint8", **named: Any) -> Any:
    """An image of a file, whose size is not known."""
    count = number(channels)
    depth = count if isinstance(count, int) and count > 0 else None
    return Data(
        (None, None, depth),
        number_kinds.name_of(dtype),
        cause=site.unknown("the size of an image in a file is not known"),
    )


__all__ = ["TABLE"]
