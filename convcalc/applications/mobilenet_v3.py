"""MobileNetV3: inverted residuals with squeeze-and-excitation, by search (Howard et al. 2019, arXiv:1905.02244)."""

from __future__ import annotations

from functools import partial

from convcalc.applications.builder import Builder
from convcalc.applications.mobilenet import check_alpha
from convcalc.applications.network import Given, Network, check_shape, image
from convcalc.applications.pieces import halving_pad, pooled, rounded
from convcalc.script import Ref
from convcalc.sizes.shapes import Shape

# Blocks: expansion, filters, size of the kernel, stride, squeeze-and-excitation, activation. A kernel of 5, the
# excitation and hard SiLU are the plain ones of a minimalistic network: 3, none and ReLU.
Block = tuple[float, int, int, int, bool, str]
_SMALL: tuple[Block, ...] = (
    (1, 16, 3, 2, True, "relu"),
    (72 / 16, 24, 3, 2, False, "relu"),
    (88 / 24, 24, 3, 1, False, "relu"),
    (4, 40, 5, 2, True, "hard_silu"),
    *[(6, 40, 5, 1, True, "hard_silu")] * 2,
    *[(3, 48, 5, 1, True, "hard_silu")] * 2,
    (6, 96, 5, 2, True, "hard_silu"),
    *[(6, 96, 5, 1, True, "hard_silu")] * 2,
)
_LARGE: tuple[Block, ...] = (
    (1, 16, 3, 1, False, "relu"),
    (4, 24, 3, 2, False, "relu"),
    (3, 24, 3, 1, False, "relu"),
    (3, 40, 5, 2, True, "relu"),
    *[(3, 40, 5, 1, True, "relu")] * 2,
    (6, 80, 3, 2, False, "hard_silu"),
    (2.5, 80, 3, 1, False, "hard_silu"),
    *[(2.3, 80, 3, 1, False, "hard_silu")] * 2,
    *[(6, 112, 3, 1, True, "hard_silu")] * 2,
    (6, 160, 5, 2, True, "hard_silu"),
    *[(6, 160, 5, 1, True, "hard_silu")] * 2,
)
_RATIO = 0.25


def _activated(b: Builder, x: Ref, activation: str, given: Given) -> Ref:
    """A tensor after an activation."""
    if activation == "relu" or given.minimalistic:
        return b("ReLU", x)
    return b("Activation", x, activation=activation)


def _normalised(b: Builder, x: Ref, label: str) -> Ref:
    """A tensor, normalised."""
    return b("BatchNormalization", x, axis=b.last_axis, epsilon=1e-3, momentum=0.999, name=f"{label}_bn")


def _pointwise(b: Builder, x: Ref, filters: int, label: str) -> Ref:
    """A convolution with kernels of one position, normalised."""
    x = b("Conv2D", x, filters=filters, kernel_size=1, padding="same", use_bias=False, name=label)
    return _normalised(b, x, label)


def _excited(b: Builder, x: Ref, filters: int, prefix: str) -> Ref:
    """A tensor whose channels are weighted by their means: squeeze-and-excitation, with a hard sigmoid."""
    label = f"{prefix}squeeze_excite"
    gate = b("GlobalAveragePooling2D", x, keepdims=True, name=f"{label}_avg_pool")
    gate = b("Conv2D", gate, filters=rounded(filters * _RATIO), kernel_size=1, padding="same", name=f"{label}_conv")
    gate = b("ReLU", gate, name=f"{label}_relu")
    gate = b("Conv2D", gate, filters=filters, kernel_size=1, padding="same", name=f"{label}_conv_1")
    gate = b("ReLU", b("ops.Add", gate, x2=3.0), max_value=6.0)
    gate = b("ops.Multiply", gate, x2=1.0 / 6.0)
    return b("Multiply", [x, gate], name=f"{label}_mul")


def _block(b: Builder, x: Ref, given: Given, block: Block, number: int) -> Ref:
    """An inverted residual: expanded but for the first block, convolved in depth, excited, and projected."""
    expansion, filters, kernel, stride, excitation, activation = block
    kernel = 3 if given.minimalistic else kernel
    filters, channels = rounded(filters * given.alpha), b.channels(x)
    inside, width, prefix = x, rounded(channels * expansion), f"expanded_conv_{number}_" if number else "expanded_conv_"
    if number:
        inside = _activated(b, _pointwise(b, x, width, f"{prefix}expand"), activation, given)
    if stride == 2:
        inside = halving_pad(b, inside, kernel, f"{prefix}depthwise_pad")
    label, padding = f"{prefix}depthwise", "same" if stride == 1 else "valid"
    inside = b(
        "DepthwiseConv2D", inside, kernel_size=kernel, strides=stride, padding=padding, use_bias=False, name=label
    )
    inside = _activated(b, _normalised(b, inside, label), activation, given)
    if excitation and not given.minimalistic:
        inside = _excited(b, inside, width, prefix)
    inside = _pointwise(b, inside, filters, f"{prefix}project")
    return b("Add", [x, inside], name=f"{prefix}add") if stride == 1 and channels == filters else inside


def _mobilenet_v3(b: Builder, x: Ref, given: Given, *, blocks: tuple[Block, ...], last: int) -> Ref:
    """A convolution, the blocks, a pointwise convolution, and a classifier of convolutions."""
    if given.include_preprocessing:
        x = b("Rescaling", x, scale=1.0 / 127.5, offset=-1.0)
    x = b("Conv2D", x, filters=16, kernel_size=3, strides=2, padding="same", use_bias=False, name="conv")
    x = _activated(b, _normalised(b, x, "conv"), "hard_silu", given)
    for number, block in enumerate(blocks):
        x = _block(b, x, given, block, number)
    x = _activated(b, _pointwise(b, x, rounded(b.channels(x) * 6), "conv_1"), "hard_silu", given)
    if not given.include_top:
        return pooled(b, x, given, named=True)
    x = b("GlobalAveragePooling2D", x, keepdims=True)
    width = rounded(last * given.alpha) if given.alpha > 1.0 else last
    x = b("Conv2D", x, filters=width, kernel_size=1, padding="same", use_bias=True, name="conv_2")
    x = _activated(b, x, "hard_silu", given)
    if given.dropout_rate > 0:
        x = b("Dropout", x, rate=given.dropout_rate)
    x = b("Conv2D", x, filters=given.classes, kernel_size=1, padding="same", name="logits")
    x = b("Flatten", x)
    return b("Activation", x, activation=given.classifier_activation, name="predictions")


def _shape(network: Network, given: Given) -> Shape:
    """The input's shape: of any size, unless the size is given."""
    shape: Shape | None = given.input_shape or (given.input_tensor and given.input_tensor[1:])
    if shape is None:
        return image(None)
    check_shape(shape, network.least, given.weights)
    return shape


def _check(given: Given) -> None:
    """Refuses a network for which there are no trained weights."""
    check_alpha(given, (1.0,) if given.minimalistic else (0.75, 1.0))


def _network(name: str, blocks: tuple[Block, ...], last: int) -> Network:
    return Network(
        partial(_mobilenet_v3, blocks=blocks, last=last),
        size=224,
        order="input_shape alpha minimalistic include_top weights input_tensor classes pooling dropout_rate "
        "classifier_activation include_preprocessing name",
        shape=_shape,
        check=_check,
        name=name,
    )


NETWORKS = {
    "MobileNetV3Small": _network("MobileNetV3Small", _SMALL, 1024),
    "MobileNetV3Large": _network("MobileNetV3Large", _LARGE, 1280),
}
