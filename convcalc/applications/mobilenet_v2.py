"""MobileNetV2: inverted residuals, narrow outside and wide inside (Sandler et al. 2018, arXiv:1801.04381)."""

from __future__ import annotations

from convcalc.applications.builder import Builder
from convcalc.applications.mobilenet import check_alpha, labelled
from convcalc.applications.network import Given, Network, square_of, usual_shape
from convcalc.applications.pieces import classified, halving_pad, rounded
from convcalc.script import Ref
from convcalc.sizes.shapes import Shape

# The sizes and the factors of width with trained weights.
_SIZES = (96, 128, 160, 192, 224)
_ALPHAS = (0.35, 0.5, 0.75, 1.0, 1.3, 1.4)
# Filters and stride of each block.
_BLOCKS = (
    (16, 1), (24, 2), (24, 1), (32, 2), *[(32, 1)] * 2, (64, 2), *[(64, 1)] * 3, *[(96, 1)] * 3,
    (160, 2), *[(160, 1)] * 2, (320, 1),
)  # fmt: skip
_EXPANSION = 6


def _normalised(b: Builder, x: Ref, label: str, relu: str | None) -> Ref:
    """A tensor normalised and, where ``relu`` is a name, cut off at 0 and 6."""
    x = b("BatchNormalization", x, axis=b.last_axis, epsilon=1e-3, momentum=0.999, name=label)
    return b("ReLU", x, max_value=6.0, name=relu) if relu else x


def _block(b: Builder, x: Ref, filters: int, stride: int, number: int) -> Ref:
    """An inverted residual: expanded but for the first block, convolved in depth, and projected."""
    inside, channels, prefix = x, b.channels(x), f"block_{number}_" if number else "expanded_conv_"
    if number:
        width = _EXPANSION * channels
        inside = b("Conv2D", x, filters=width, kernel_size=1, padding="same", use_bias=False, name=f"{prefix}expand")
        inside = _normalised(b, inside, f"{prefix}expand_BN", f"{prefix}expand_relu")
    if stride == 2:
        inside = halving_pad(b, inside, 3, f"{prefix}pad")
    padding = "same" if stride == 1 else "valid"
    inside = b(
        "DepthwiseConv2D",
        inside,
        kernel_size=3,
        strides=stride,
        use_bias=False,
        padding=padding,
        name=f"{prefix}depthwise",
    )
    inside = _normalised(b, inside, f"{prefix}depthwise_BN", f"{prefix}depthwise_relu")
    inside = b(
        "Conv2D", inside, filters=filters, kernel_size=1, padding="same", use_bias=False, name=f"{prefix}project"
    )
    inside = _normalised(b, inside, f"{prefix}project_BN", None)
    return b("Add", [x, inside], name=f"{prefix}add") if stride == 1 and channels == filters else inside


def _mobilenet_v2(b: Builder, x: Ref, given: Given) -> Ref:
    """A convolution, seventeen blocks, and a pointwise convolution."""
    first = rounded(32 * given.alpha)
    x = b("Conv2D", x, filters=first, kernel_size=3, strides=2, padding="same", use_bias=False, name="Conv1")
    x = _normalised(b, x, "bn_Conv1", "Conv1_relu")
    for number, (filters, stride) in enumerate(_BLOCKS):
        x = _block(b, x, rounded(int(filters * given.alpha)), stride, number)
    last = rounded(1280 * given.alpha) if given.alpha > 1.0 else 1280
    x = b("Conv2D", x, filters=last, kernel_size=1, use_bias=False, name="Conv_1")
    x = _normalised(b, x, "Conv_1_bn", "out_relu")
    return classified(b, x, given, pool=None)


def _shape(network: Network, given: Given) -> Shape:
    """The input's shape: any of the trained sizes is usual, also of a tensor of a script."""
    if given.input_shape is None and given.input_tensor:
        size = square_of(Given(input_shape=given.input_tensor[1:]), _SIZES, network.size)
        return usual_shape(network, given, size)
    return usual_shape(network, given, square_of(given, _SIZES, network.size))


NETWORKS = {
    "MobileNetV2": Network(
        _mobilenet_v2,
        size=224,
        order="input_shape alpha include_top weights input_tensor pooling classes classifier_activation name",
        shape=_shape,
        check=lambda given: check_alpha(given, _ALPHAS),
        label=lambda given: labelled(given, "mobilenetv2", _SIZES),
    )
}
