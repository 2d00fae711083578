"""ConvNeXt: a residual network with the habits of transformers (Liu et al. 2022, arXiv:2201.03545)."""

from __future__ import annotations

from functools import partial

from convcalc.applications.builder import Builder
from convcalc.applications.network import Given, Network, check_channels_last, wrong
from convcalc.applications.pieces import IMAGENET_MEAN, pooled
from convcalc.script import Call, Ref

_STANDARD_DEVIATION = (0.229, 0.224, 0.225)
_SCALE = 1e-6


def _normalising(b: Builder, name: str) -> Call:
    """A normalisation that is called on nothing so far."""
    return b.call("LayerNormalization", epsilon=1e-6, name=name)


def _convolving(b: Builder, filters: int, size: int, name: str) -> Call:
    """A convolution of patches that do not overlap, which is called on nothing so far."""
    return b.call("Conv2D", filters=filters, kernel_size=size, strides=size, name=name)


def _block(b: Builder, x: Ref, width: int, name: str) -> Ref:
    """A residual block: a convolution in depth, two Dense layers of which the first is wide, and a learned scale."""
    inside = b("Conv2D", x, filters=width, kernel_size=7, padding="same", groups=width, name=f"{name}_depthwise_conv")
    inside = b.on(_normalising(b, f"{name}_layernorm"), inside)
    inside = b("Dense", inside, units=4 * width, name=f"{name}_pointwise_conv_1")
    inside = b("Activation", inside, activation="gelu", name=f"{name}_gelu")
    inside = b("Dense", inside, units=width, name=f"{name}_pointwise_conv_2")
    inside = b("LayerScale", inside, init_values=_SCALE, projection_dim=width, name=f"{name}_layer_scale")
    inside = b("Activation", inside, activation="linear", name=f"{name}_identity")
    return b("ops.Add", [x, inside])


def _smaller(b: Builder, x: Ref, width: int, stage: int, name: str) -> Ref:
    """The image in patches of four, before the first stage; a half of the size before any other."""
    if stage == 0:
        label = f"{name}_stem"
        layers = [_convolving(b, width, 4, f"{label}_conv"), _normalising(b, f"{label}_layernorm")]
        return b.nested(layers, x, name=label)
    label, number = f"{name}_downsampling", stage - 1
    layers = [_normalising(b, f"{label}_layernorm_{number}"), _convolving(b, width, 2, f"{label}_conv_{number}")]
    return b.nested(layers, x, name=f"{label}_block_{number}")


def _convnext(b: Builder, x: Ref, given: Given, *, depths: tuple[int, ...], widths: tuple[int, ...]) -> Ref:
    """Four stages of ``depths`` blocks, whose ``widths`` are their numbers of channels."""
    name = given.name
    if given.include_preprocessing and given.input_shape[2] == 3:
        mean, variance = [one * 255 for one in IMAGENET_MEAN], [(one * 255) ** 2 for one in _STANDARD_DEVIATION]
        x = b("Normalization", x, mean=mean, variance=variance, name=f"{name}_prestem_normalization")
    for stage, (depth, width) in enumerate(zip(depths, widths, strict=True)):
        x = _smaller(b, x, width, stage, name)
        for number in range(depth):
            x = _block(b, x, width, f"{name}_stage_{stage}_block_{number}")
    if not given.include_top:
        return b("LayerNormalization", pooled(b, x, given), epsilon=1e-6)
    x = b("GlobalAveragePooling2D", x, name=f"{name}_head_gap")
    x = b.on(_normalising(b, f"{name}_head_layernorm"), x)
    return b("Dense", x, units=given.classes, activation=given.classifier_activation, name=f"{name}_head_dense")


def _check(given: Given, own: str) -> None:
    """Refuses a network without a name, and one with trained weights whose name has not the network's ``own``."""
    check_channels_last(given)
    if given.name is None:
        raise wrong("name", "the names of a ConvNeXt's layers begin with its own, got None", help="leave the name out")
    if given.weights == "imagenet" and own not in given.name:
        message = f"with weights='imagenet' the name must have {own!r} in it, got {given.name!r}"
        raise wrong("name", message, help="use weights=None, or leave the name out")


# Depths and widths of the stages.
_STAGES = {
    "Tiny": ((3, 3, 9, 3), (96, 192, 384, 768)),
    "Small": ((3, 3, 27, 3), (96, 192, 384, 768)),
    "Base": ((3, 3, 27, 3), (128, 256, 512, 1024)),
    "Large": ((3, 3, 27, 3), (192, 384, 768, 1536)),
    "XLarge": ((3, 3, 27, 3), (256, 512, 1024, 2048)),
}
NETWORKS = {
    f"ConvNeXt{size}": Network(
        partial(_convnext, depths=depths, widths=widths),
        size=224,
        order="include_top include_preprocessing weights input_tensor input_shape pooling classes "
        "classifier_activation name",
        check=partial(_check, own=f"convnext_{size.lower()}"),
        name=f"convnext_{size.lower()}",
    )
    for size, (depths, widths) in _STAGES.items()
}
