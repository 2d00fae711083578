"""EfficientNetV2: plain convolutions in its first blocks, found by a search (Tan and Le 2021, arXiv:2104.00298)."""

from __future__ import annotations

import math
from functools import partial
from typing import NamedTuple

from convcalc.applications.builder import Builder
from convcalc.applications.efficientnet import (
    DROPPED,
    KERNEL,
    RATIO,
    block_name,
    convolved,
    ended,
    excited,
    joined,
    normalised,
)
from convcalc.applications.network import ORDER, Given, Network, wrong
from convcalc.applications.pieces import IMAGENET_MEAN, IMAGENET_VARIANCE
from convcalc.errors import did_you_mean
from convcalc.script import Ref

_MOMENTUM = 0.9
_DIVISOR = 8


class Stage(NamedTuple):
    """Blocks of one kind: how many, and what each has; only the first of them has the stride.

    A ``fused`` block has one convolution in place of the pointwise convolution and the convolution in depth.
    """

    repeats: int
    filters: int
    stride: int
    expansion: int
    fused: bool = False


# The filters of the first convolution, and the stages, by the end of the network's name.
_BASE = (
    32,
    (
        Stage(1, 16, 1, 1, fused=True),
        Stage(2, 32, 2, 4, fused=True),
        Stage(2, 48, 2, 4, fused=True),
        Stage(3, 96, 2, 4),
        Stage(5, 112, 1, 6),
        Stage(8, 192, 2, 6),
    ),
)
_SMALL = (
    24,
    (
        Stage(2, 24, 1, 1, fused=True),
        Stage(4, 48, 2, 4, fused=True),
        Stage(4, 64, 2, 4, fused=True),
        Stage(6, 128, 2, 4),
        Stage(9, 160, 1, 6),
        Stage(15, 256, 2, 6),
    ),
)
_MEDIUM = (
    24,
    (
        Stage(3, 24, 1, 1, fused=True),
        Stage(5, 48, 2, 4, fused=True),
        Stage(5, 80, 2, 4, fused=True),
        Stage(7, 160, 2, 4),
        Stage(14, 176, 1, 6),
        Stage(18, 304, 2, 6),
        Stage(5, 512, 1, 6),
    ),
)
_LARGE = (
    32,
    (
        Stage(4, 32, 1, 1, fused=True),
        Stage(7, 64, 2, 4, fused=True),
        Stage(7, 96, 2, 4, fused=True),
        Stage(10, 192, 2, 4),
        Stage(19, 224, 1, 6),
        Stage(25, 384, 2, 6),
        Stage(7, 640, 1, 6),
    ),
)
_STAGES = {**dict.fromkeys(("b0", "b1", "b2", "b3"), _BASE), "s": _SMALL, "m": _MEDIUM, "l": _LARGE}
_NAMES = {f"efficientnetv2-{end}": stages for end, stages in _STAGES.items()}


def _rounded(width: float) -> int:
    """The multiple of 8 nearest to a width, at least 8."""
    return max(_DIVISOR, int(width + _DIVISOR / 2) // _DIVISOR * _DIVISOR)


def _separate(b: Builder, x: Ref, channels: int, stage: Stage, prefix: str) -> Ref:
    """The inside of a block: expanded, convolved in depth, excited, and projected."""
    width = channels * stage.expansion
    x = convolved(b, x, width, f"{prefix}expand_", momentum=_MOMENTUM)
    x = b(
        "DepthwiseConv2D",
        x,
        kernel_size=3,
        strides=stage.stride,
        padding="same",
        use_bias=False,
        depthwise_initializer=KERNEL,
        name=f"{prefix}dwconv2",
    )
    x = normalised(b, x, prefix, momentum=_MOMENTUM)
    x = excited(b, x, width, max(1, int(channels * RATIO)), prefix)
    return convolved(b, x, stage.filters, f"{prefix}project_", momentum=_MOMENTUM, active=False)


def _fused(b: Builder, x: Ref, channels: int, stage: Stage, prefix: str) -> Ref:
    """The inside of a fused block: expanded and projected, or a mere convolution where nothing is expanded."""
    if stage.expansion == 1:
        stride = stage.stride
        return convolved(b, x, stage.filters, f"{prefix}project_", kernel=3, stride=stride, momentum=_MOMENTUM)
    width = channels * stage.expansion
    x = convolved(b, x, width, f"{prefix}expand_", kernel=3, stride=stage.stride, momentum=_MOMENTUM)
    return convolved(b, x, stage.filters, f"{prefix}project_", momentum=_MOMENTUM, active=False)


def _scaled(b: Builder, x: Ref, given: Given) -> Ref:
    """The image scaled; the small networks normalise an image in colour too."""
    if not given.include_preprocessing:
        return x
    channels = given.input_shape[b.axis - 1]
    if given.name.rpartition("-")[2].startswith("b") and channels == 3:
        x = b("Rescaling", x, scale=1.0 / 255)
        return b("Normalization", x, mean=[*IMAGENET_MEAN], variance=[*IMAGENET_VARIANCE], axis=b.axis)
    return b("Rescaling", x, scale=1.0 / 128.0, offset=-1)


def _efficientnet(b: Builder, x: Ref, given: Given, *, width: float, depth: float) -> Ref:
    """A convolution, the stages of blocks, and a pointwise convolution, with factors of the widths and depths."""
    first, stages = _NAMES[given.name]
    channels = _rounded(first * width)
    x = convolved(b, _scaled(b, x, given), channels, "stem_", kernel=3, stride=2, momentum=_MOMENTUM)
    done, blocks = 0, sum(stage.repeats for stage in stages)  # Keras does not count what the depth adds
    for place, stage in enumerate(stages, 1):
        filters, inside = _rounded(stage.filters * width), _fused if stage.fused else _separate
        for number in range(math.ceil(depth * stage.repeats)):
            own = stage._replace(filters=filters, stride=1 if number else stage.stride)
            prefix, shortcut = block_name(place, number), x
            x = inside(b, x, channels, own, prefix)
            if own.stride == 1 and channels == filters:
                x = joined(b, x, shortcut, DROPPED * done / blocks, prefix)
            channels, done = filters, done + 1
    x = convolved(b, x, _rounded(1280 * width), "top_", momentum=_MOMENTUM)
    return ended(b, x, given, 0.2, bias_initializer={"class_name": "Constant", "config": {"value": 0.0}})


def _check(given: Given) -> None:
    """Refuses any name but Keras's own, by which Keras finds the stages."""
    if given.name not in _NAMES:
        message = f"the name of an EfficientNetV2 is one of Keras's own, got {given.name!r}"
        help = did_you_mean(str(given.name), _NAMES) or "leave the name out"
        raise wrong("name", message, help=help)


# Factors of the widths and the depths, and the size of the input.
_SCALES = {
    "B0": (1.0, 1.0, 224),
    "B1": (1.0, 1.1, 240),
    "B2": (1.1, 1.2, 260),
    "B3": (1.2, 1.4, 300),
    "S": (1.0, 1.0, 384),
    "M": (1.0, 1.0, 480),
    "L": (1.0, 1.0, 480),
}
NETWORKS = {
    f"EfficientNetV2{end}": Network(
        partial(_efficientnet, width=width, depth=depth),
        size=size,
        order=ORDER.replace(" name", " include_preprocessing name"),
        check=_check,
        name=f"efficientnetv2-{end.lower()}",
    )
    for end, (width, depth, size) in _SCALES.items()
}
