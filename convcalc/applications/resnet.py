"""ResNet: residual blocks of three convolutions, the middle one narrow.

Version 1 normalises after each convolution (He et al. 2015, arXiv:1512.03385), version 2 before (arXiv:1603.05027).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from convcalc.applications.builder import Builder
from convcalc.applications.network import Given, Network
from convcalc.applications.pieces import classified
from convcalc.script import Ref

_FILTERS = (64, 128, 256, 512)


def _normalised(b: Builder, x: Ref, name: str, *, relu: bool = True) -> Ref:
    """A tensor normalised and rectified, by layers called ``name_bn`` and ``name_relu``."""
    x = b("BatchNormalization", x, axis=b.axis, epsilon=1.001e-5, name=f"{name}_bn")
    return b("Activation", x, activation="relu", name=f"{name}_relu") if relu else x


def _begun(b: Builder, x: Ref, *, normalised: bool) -> Ref:
    """The image after the first convolution and pooling, a quarter of its height and width."""
    x = b("ZeroPadding2D", x, padding=((3, 3), (3, 3)), name="conv1_pad")
    x = b("Conv2D", x, filters=64, kernel_size=7, strides=2, name="conv1_conv")
    if normalised:
        x = _normalised(b, x, "conv1")
    x = b("ZeroPadding2D", x, padding=((1, 1), (1, 1)), name="pool1_pad")
    return b("MaxPooling2D", x, pool_size=3, strides=2, name="pool1_pool")


def _block_v1(b: Builder, x: Ref, filters: int, stride: int, name: str, *, first: bool) -> Ref:
    """A block of version 1; the first block of a stage changes the channels of its input too."""
    shortcut = x
    if first:
        shortcut = b("Conv2D", x, filters=4 * filters, kernel_size=1, strides=stride, name=f"{name}_0_conv")
        shortcut = _normalised(b, shortcut, f"{name}_0", relu=False)
    x = b("Conv2D", x, filters=filters, kernel_size=1, strides=stride, name=f"{name}_1_conv")
    x = _normalised(b, x, f"{name}_1")
    x = b("Conv2D", x, filters=filters, kernel_size=3, padding="same", name=f"{name}_2_conv")
    x = _normalised(b, x, f"{name}_2")
    x = b("Conv2D", x, filters=4 * filters, kernel_size=1, name=f"{name}_3_conv")
    x = _normalised(b, x, f"{name}_3", relu=False)
    x = b("Add", [shortcut, x], name=f"{name}_add")
    return b("Activation", x, activation="relu", name=f"{name}_out")


def _block_v2(b: Builder, x: Ref, filters: int, stride: int, name: str, *, first: bool) -> Ref:
    """A block of version 2: its input is normalised, its output is a mere sum."""
    normal = _normalised(b, x, f"{name}_preact")
    if first:
        shortcut = b("Conv2D", normal, filters=4 * filters, kernel_size=1, strides=stride, name=f"{name}_0_conv")
    else:
        shortcut = b("MaxPooling2D", x, pool_size=1, strides=stride) if stride > 1 else x
    x = b("Conv2D", normal, filters=filters, kernel_size=1, strides=1, use_bias=False, name=f"{name}_1_conv")
    x = _normalised(b, x, f"{name}_1")
    x = b("ZeroPadding2D", x, padding=((1, 1), (1, 1)), name=f"{name}_2_pad")
    x = b("Conv2D", x, filters=filters, kernel_size=3, strides=stride, use_bias=False, name=f"{name}_2_conv")
    x = _normalised(b, x, f"{name}_2")
    x = b("Conv2D", x, filters=4 * filters, kernel_size=1, name=f"{name}_3_conv")
    return b("Add", [shortcut, x], name=f"{name}_out")


def _v1(b: Builder, x: Ref, given: Given, *, depths: tuple[int, ...]) -> Ref:
    """Four stages of ``depths`` blocks; each stage but the first halves height and width in its first block."""
    x = _begun(b, x, normalised=True)
    x = _stages(b, x, depths, _block_v1, lambda stage, number: 1 + (number == 1 and stage > 2))
    return classified(b, x, given, named=True)


def _v2(b: Builder, x: Ref, given: Given, *, depths: tuple[int, ...]) -> Ref:
    """Four stages of ``depths`` blocks; each stage but the last halves height and width in its last block."""
    x = _begun(b, x, normalised=False)
    x = _stages(b, x, depths, _block_v2, lambda stage, number: 1 + (number == depths[stage - 2] and stage < 5))
    return classified(b, _normalised(b, x, "post"), given, named=True)


def _stages(
    b: Builder, x: Ref, depths: tuple[int, ...], block: Callable[..., Ref], stride: Callable[[int, int], int]
) -> Ref:
    """The stages ``conv2`` to ``conv5``; the stride of a block is a function of the stage and the block's number."""
    for stage, (filters, depth) in enumerate(zip(_FILTERS, depths, strict=True), 2):
        for number in range(1, depth + 1):
            name = f"conv{stage}_block{number}"
            x = block(b, x, filters, stride(stage, number), name, first=number == 1)
    return x


_DEPTHS = {"ResNet50": (3, 4, 6, 3), "ResNet101": (3, 4, 23, 3), "ResNet152": (3, 8, 36, 3)}
NETWORKS = {
    f"{name}{version}": Network(partial(build, depths=depths), size=224, name=f"{name}{version}".lower())
    for version, build in {"": _v1, "V2": _v2}.items()
    for name, depths in _DEPTHS.items()
}
