"""DenseNet: blocks in which every layer sees the outputs of all before (Huang et al. 2016, arXiv:1608.06993)."""

from __future__ import annotations

from functools import partial

from convcalc.applications.builder import Builder
from convcalc.applications.network import Given, Network, check_channels_last
from convcalc.applications.pieces import classified
from convcalc.script import Ref

# Channels that a layer of a dense block adds.
_GROWTH = 32


def _rectified(b: Builder, x: Ref, prefix: str) -> Ref:
    """A tensor normalised and rectified."""
    x = b("BatchNormalization", x, axis=3, epsilon=1.001e-5, name=f"{prefix}bn")
    return b("Activation", x, activation="relu", name=f"{prefix}relu")


def _convolved(b: Builder, x: Ref, filters: int, kernel: int, name: str) -> Ref:
    """A tensor after a convolution that keeps height and width."""
    padding = "valid" if kernel == 1 else "same"
    return b("Conv2D", x, filters=filters, kernel_size=kernel, padding=padding, use_bias=False, name=name)


def _grown(b: Builder, x: Ref, name: str) -> Ref:
    """A tensor with the channels that one layer of a dense block makes of it behind its own channels."""
    new = _convolved(b, _rectified(b, x, f"{name}_0_"), 4 * _GROWTH, 1, f"{name}_1_conv")
    new = _convolved(b, _rectified(b, new, f"{name}_1_"), _GROWTH, 3, f"{name}_2_conv")
    return b("Concatenate", [x, new], axis=3, name=f"{name}_concat")


def _densenet(b: Builder, x: Ref, given: Given, *, depths: tuple[int, ...]) -> Ref:
    """The image at a quarter of its size, and dense blocks of ``depths``; half the channels and size between them."""
    x = b("ZeroPadding2D", x, padding=((3, 3), (3, 3)))
    x = b("Conv2D", x, filters=64, kernel_size=7, strides=2, use_bias=False, name="conv1_conv")
    x = b("ZeroPadding2D", _rectified(b, x, "conv1_"), padding=((1, 1), (1, 1)))
    x = b("MaxPooling2D", x, pool_size=3, strides=2, name="pool1")
    channels = 64
    for stage, depth in enumerate(depths, 2):
        if stage > 2:
            pool, channels = f"pool{stage - 1}", channels // 2
            x = _convolved(b, _rectified(b, x, f"{pool}_"), channels, 1, f"{pool}_conv")
            x = b("AveragePooling2D", x, pool_size=2, strides=2, name=f"{pool}_pool")
        for number in range(1, depth + 1):
            x = _grown(b, x, f"conv{stage}_block{number}")
        channels += depth * _GROWTH
    return classified(b, _rectified(b, x, ""), given, named=True)


_DEPTHS = {"121": (6, 12, 24, 16), "169": (6, 12, 32, 32), "201": (6, 12, 48, 32)}
NETWORKS = {
    f"DenseNet{layers}": Network(
        partial(_densenet, depths=depths), size=224, check=check_channels_last, name=f"densenet{layers}"
    )
    for layers, depths in _DEPTHS.items()
}
