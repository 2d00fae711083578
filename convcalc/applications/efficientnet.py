"""EfficientNet: one network, made wider, deeper and larger together (Tan and Le 2019, arXiv:1905.11946)."""

from __future__ import annotations

import math
from functools import partial
from typing import Any, NamedTuple

from convcalc.applications.builder import Builder
from convcalc.applications.network import Given, Network
from convcalc.applications.pieces import halving_pad, pooled, predictions, rounded
from convcalc.script import Ref


class Stage(NamedTuple):
    """Blocks of one kind: how many, and what each has; only the first of them has the stride."""

    repeats: int
    filters: int
    kernel: int
    stride: int
    expansion: int


_STAGES = (
    Stage(1, 16, 3, 1, 1),
    Stage(2, 24, 3, 2, 6),
    Stage(2, 40, 5, 2, 6),
    Stage(3, 80, 3, 2, 6),
    Stage(3, 112, 5, 1, 6),
    Stage(4, 192, 5, 2, 6),
    Stage(1, 320, 3, 1, 6),
)
# Channels that squeeze-and-excitation squeezes a block's input to.
RATIO = 0.25
# Share of the last block's samples that are dropped in training; the blocks above drop less.
DROPPED = 0.2
_STANDARD_DEVIATION = (0.229, 0.224, 0.225)


def _scaling(scale: float, distribution: str) -> dict[str, Any]:
    """An initializer by the number of a kernel's outputs."""
    config = {"scale": scale, "mode": "fan_out", "distribution": distribution}
    return {"class_name": "VarianceScaling", "config": config}


KERNEL = _scaling(2.0, "truncated_normal")
_CLASSIFIER = _scaling(1.0 / 3.0, "uniform")


def normalised(b: Builder, x: Ref, prefix: str, *, momentum: float = 0.99, active: bool = True) -> Ref:
    """A tensor normalised and, where ``active``, after its activation."""
    x = b("BatchNormalization", x, axis=b.axis, momentum=momentum, name=f"{prefix}bn")
    return b("Activation", x, activation="silu", name=f"{prefix}activation") if active else x


def convolved(
    b: Builder,
    x: Ref,
    filters: int,
    prefix: str,
    *,
    kernel: int = 1,
    stride: int = 1,
    padding: str = "same",
    momentum: float = 0.99,
    active: bool = True,
) -> Ref:
    """A convolution, normalised and activated."""
    arguments = {"kernel_size": kernel, "strides": stride, "padding": padding, "use_bias": False}
    x = b("Conv2D", x, filters=filters, **arguments, kernel_initializer=KERNEL, name=f"{prefix}conv")
    return normalised(b, x, prefix, momentum=momentum, active=active)


def excited(b: Builder, x: Ref, channels: int, squeezed: int, prefix: str) -> Ref:
    """A tensor whose channels are weighted by their means: squeeze-and-excitation."""
    gate = b("GlobalAveragePooling2D", x, name=f"{prefix}se_squeeze")
    shape = (channels, 1, 1) if b.is_channels_first else (1, 1, channels)
    gate = b("Reshape", gate, target_shape=shape, name=f"{prefix}se_reshape")
    for filters, activation, step in ((squeezed, "silu", "reduce"), (channels, "sigmoid", "expand")):
        arguments = {"kernel_size": 1, "padding": "same", "activation": activation, "kernel_initializer": KERNEL}
        gate = b("Conv2D", gate, filters=filters, **arguments, name=f"{prefix}se_{step}")
    return b("Multiply", [x, gate], name=f"{prefix}se_excite")


def joined(b: Builder, x: Ref, shortcut: Ref, rate: float, prefix: str) -> Ref:
    """A block's output and its input, added; in training, whole samples of the output are dropped."""
    if rate:
        x = b("Dropout", x, rate=rate, noise_shape=(None, 1, 1, 1), name=f"{prefix}drop")
    return b("Add", [x, shortcut], name=f"{prefix}add")


def block_name(stage: int, number: int) -> str:
    """What the names of a block's layers begin with, such as ``block2a_``."""
    return f"block{stage}{chr(ord('a') + number)}_"


def ended(b: Builder, x: Ref, given: Given, dropout: float, **arguments: Any) -> Ref:
    """The end of the network: a classifier after a dropout, or the pooling that is asked for."""
    if not given.include_top:
        return pooled(b, x, given, named=True)
    x = b("GlobalAveragePooling2D", x, name="avg_pool")
    x = b("Dropout", x, rate=dropout, name="top_dropout")
    return predictions(b, x, given, kernel_initializer=_CLASSIFIER, **arguments)


def _block(b: Builder, x: Ref, channels: int, stage: Stage, rate: float, prefix: str) -> Ref:
    """An inverted residual: expanded, convolved in depth, excited, and projected. ``channels`` are its input's."""
    inside, width = x, channels * stage.expansion
    if stage.expansion != 1:
        inside = convolved(b, x, width, f"{prefix}expand_")
    if stage.stride == 2:
        inside = halving_pad(b, inside, stage.kernel, f"{prefix}dwconv_pad")
    inside = b(
        "DepthwiseConv2D",
        inside,
        kernel_size=stage.kernel,
        strides=stage.stride,
        padding="valid" if stage.stride == 2 else "same",
        use_bias=False,
        depthwise_initializer=KERNEL,
        name=f"{prefix}dwconv",
    )
    inside = normalised(b, inside, prefix)
    inside = excited(b, inside, width, max(1, int(channels * RATIO)), prefix)
    inside = convolved(b, inside, stage.filters, f"{prefix}project_", active=False)
    same = stage.stride == 1 and channels == stage.filters
    return joined(b, inside, x, rate, prefix) if same else inside


def _begun(b: Builder, x: Ref, given: Given, filters: int) -> Ref:
    """The image scaled, normalised and convolved. Keras corrects the normalisation for its trained weights."""
    x = b("Normalization", b("Rescaling", x, scale=1.0 / 255.0), axis=b.axis)
    if given.weights == "imagenet":
        x = b("Rescaling", x, scale=[1.0 / math.sqrt(one) for one in _STANDARD_DEVIATION])
    x = halving_pad(b, x, 3, "stem_conv_pad")
    return convolved(b, x, filters, "stem_", kernel=3, stride=2, padding="valid")


def _efficientnet(b: Builder, x: Ref, given: Given, *, width: float, depth: float, dropout: float) -> Ref:
    """A convolution, seven stages of blocks, and a pointwise convolution, with factors of the widths and depths."""
    channels = rounded(32 * width)
    x = _begun(b, x, given, channels)
    depths = [math.ceil(depth * stage.repeats) for stage in _STAGES]
    done = 0
    for place, (stage, repeats) in enumerate(zip(_STAGES, depths, strict=True), 1):
        filters = rounded(stage.filters * width)
        for number in range(repeats):
            own = stage._replace(filters=filters, stride=1 if number else stage.stride)
            x = _block(b, x, channels, own, DROPPED * done / sum(depths), block_name(place, number))
            channels, done = filters, done + 1
    return ended(b, convolved(b, x, rounded(1280 * width), "top_"), given, dropout)


# Factors of the widths and the depths, the size of the input, and the dropout before the classifier.
_SCALES = (
    (1.0, 1.0, 224, 0.2),
    (1.0, 1.1, 240, 0.2),
    (1.1, 1.2, 260, 0.3),
    (1.2, 1.4, 300, 0.3),
    (1.4, 1.8, 380, 0.4),
    (1.6, 2.2, 456, 0.4),
    (1.8, 2.6, 528, 0.5),
    (2.0, 3.1, 600, 0.5),
)
NETWORKS = {
    f"EfficientNetB{number}": Network(
        partial(_efficientnet, width=width, depth=depth, dropout=dropout), size=size, name=f"efficientnetb{number}"
    )
    for number, (width, depth, size, dropout) in enumerate(_SCALES)
}
