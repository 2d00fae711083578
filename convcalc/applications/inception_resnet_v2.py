"""Inception-ResNet v2: inception blocks, scaled and added to their input (Szegedy et al. 2016, arXiv:1602.07261)."""

from __future__ import annotations

from convcalc.applications.builder import Builder
from convcalc.applications.inception_v3 import STEM, Branch, branched, convolved, followed
from convcalc.applications.network import Given, Network
from convcalc.applications.pieces import classified
from convcalc.script import Ref

# Blocks that change the size: their name, and their branches.
_MIXED_5B: list[Branch] = [
    [(96, 1, 1)],
    [(48, 1, 1), (64, 5, 5)],
    [(64, 1, 1), (96, 3, 3), (96, 3, 3)],
    ["mean", (64, 1, 1)],
]
_MIXED_6A: list[Branch] = [[(384, 3, 3, 2)], [(256, 1, 1), (256, 3, 3), (384, 3, 3, 2)], ["max"]]
_MIXED_7A: list[Branch] = [
    [(256, 1, 1), (384, 3, 3, 2)],
    [(256, 1, 1), (288, 3, 3, 2)],
    [(256, 1, 1), (288, 3, 3), (320, 3, 3, 2)],
    ["max"],
]
# Residual blocks.
_BLOCK35: list[Branch] = [[(32, 1, 1)], [(32, 1, 1), (32, 3, 3)], [(32, 1, 1), (48, 3, 3), (64, 3, 3)]]
_BLOCK17: list[Branch] = [[(192, 1, 1)], [(128, 1, 1), (160, 1, 7), (192, 7, 1)]]
_BLOCK8: list[Branch] = [[(192, 1, 1)], [(192, 1, 1), (224, 1, 3), (256, 3, 1)]]
# Each stage: a block that changes the size, then a number of residual blocks with a scale.
_STAGES = (
    ("mixed_5b", _MIXED_5B, "block35", _BLOCK35, 10, 0.17),
    ("mixed_6a", _MIXED_6A, "block17", _BLOCK17, 20, 0.1),
    ("mixed_7a", _MIXED_7A, "block8", _BLOCK8, 9, 0.2),
)


def _residual(b: Builder, x: Ref, branches: list[Branch], label: str, scale: float, *, relu: bool = True) -> Ref:
    """A tensor plus its branches, brought to its channels and scaled."""
    mixed = branched(b, x, branches, f"{label}_mixed")
    up = b("Conv2D", mixed, filters=b.channels(x), kernel_size=1, padding="same", name=f"{label}_conv")
    x = b("CustomScaleLayer", [x, up], scale=scale)
    return b("Activation", x, activation="relu", name=f"{label}_ac") if relu else x


def _inception_resnet(b: Builder, x: Ref, given: Given) -> Ref:
    """The stem, three stages, one more residual block, and a last convolution."""
    x = followed(b, x, STEM)
    for mixed, first, label, branches, number, scale in _STAGES:
        x = branched(b, x, first, mixed)
        for index in range(1, number + 1):
            x = _residual(b, x, branches, f"{label}_{index}", scale)
    x = _residual(b, x, _BLOCK8, "block8_10", 1.0, relu=False)
    x = convolved(b, x, (1536, 1, 1), "conv_7b", "conv_7b_ac")
    return classified(b, x, given)


NETWORKS = {"InceptionResNetV2": Network(_inception_resnet, size=299, least=75, name="inception_resnet_v2")}
