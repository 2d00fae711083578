"""MobileNet: depthwise and pointwise convolutions in turn (Howard et al. 2017, arXiv:1704.04861)."""

from __future__ import annotations

from convcalc.applications.builder import Builder
from convcalc.applications.network import Given, Network, sizes_of, square_of, usual_shape, wrong
from convcalc.applications.pieces import pooled
from convcalc.script import Ref
from convcalc.sizes.shapes import Shape

# The sizes and the factors of width with trained weights.
_SIZES = (128, 160, 192, 224)
_ALPHAS = (0.25, 0.5, 0.75, 1.0)
# Filters and stride of each block.
_BLOCKS = (
    (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1),
)  # fmt: skip


def _normalised(b: Builder, x: Ref, label: str) -> Ref:
    """A tensor, normalised and cut off at 0 and 6."""
    x = b("BatchNormalization", x, axis=b.last_axis, name=f"{label}_bn")
    return b("ReLU", x, max_value=6.0, name=f"{label}_relu")


def _block(b: Builder, x: Ref, filters: int, stride: int, multiplier: int, number: int) -> Ref:
    """A depthwise convolution, and a pointwise one."""
    if stride > 1:
        x = b("ZeroPadding2D", x, padding=((0, 1), (0, 1)), name=f"conv_pad_{number}")
    x = b(
        "DepthwiseConv2D",
        x,
        kernel_size=3,
        padding="same" if stride == 1 else "valid",
        depth_multiplier=multiplier,
        strides=stride,
        use_bias=False,
        name=f"conv_dw_{number}",
    )
    x = _normalised(b, x, f"conv_dw_{number}")
    x = b("Conv2D", x, filters=filters, kernel_size=1, padding="same", use_bias=False, name=f"conv_pw_{number}")
    return _normalised(b, x, f"conv_pw_{number}")


def _mobilenet(b: Builder, x: Ref, given: Given) -> Ref:
    """A convolution and thirteen blocks."""
    first = int(32 * given.alpha)
    x = b("Conv2D", x, filters=first, kernel_size=3, padding="same", use_bias=False, strides=2, name="conv1")
    x = _normalised(b, x, "conv1")
    for number, (filters, stride) in enumerate(_BLOCKS, 1):
        x = _block(b, x, int(filters * given.alpha), stride, given.depth_multiplier, number)
    if not given.include_top:
        return pooled(b, x, given)
    x = b("GlobalAveragePooling2D", x, keepdims=True)
    x = b("Dropout", x, rate=given.dropout, name="dropout")
    x = b("Conv2D", x, filters=given.classes, kernel_size=1, padding="same", name="conv_preds")
    x = b("Reshape", x, target_shape=(given.classes,), name="reshape_2")
    return b("Activation", x, activation=given.classifier_activation, name="predictions")


def _shape(network: Network, given: Given) -> Shape:
    """The input's shape: any of the trained sizes is usual."""
    return usual_shape(network, given, square_of(given, _SIZES, network.size))


def _check(given: Given) -> None:
    """Refuses a network for which there are no trained weights."""
    if given.weights == "imagenet" and given.depth_multiplier != 1:
        raise wrong("depth_multiplier", f"weights='imagenet' need depth_multiplier=1, got {given.depth_multiplier}")
    check_alpha(given, _ALPHAS)


def check_alpha(given: Given, alphas: tuple[float, ...]) -> None:
    """Refuses a factor of width for which there are no trained weights."""
    if given.weights == "imagenet" and given.alpha not in alphas:
        message = f"weights='imagenet' need an alpha of {' or '.join(map(str, alphas))}, got {given.alpha}"
        raise wrong("alpha", message, help="use weights=None")


def labelled(given: Given, start: str, sizes: tuple[int, ...]) -> str:
    """Keras's name for a network of a width and a size; for trained weights, the size that they are for."""
    rows, columns = sizes_of(given.input_shape)
    rows = 224 if given.weights == "imagenet" and (rows != columns or rows not in sizes) else rows
    return f"{start}_{given.alpha:0.2f}_{rows}"


NETWORKS = {
    "MobileNet": Network(
        _mobilenet,
        size=224,
        order="input_shape alpha depth_multiplier dropout include_top weights input_tensor pooling classes "
        "classifier_activation name",
        shape=_shape,
        check=_check,
        label=lambda given: labelled(given, "mobilenet", _SIZES),
    )
}
