"""VGG: blocks of 3x3 convolutions, each block pooled (Simonyan, Zisserman 2014, arXiv:1409.1556)."""

from __future__ import annotations

from functools import partial

from convcalc.applications.builder import Builder
from convcalc.applications.network import Given, Network
from convcalc.applications.pieces import pooled, predictions
from convcalc.script import Ref

_FILTERS = (64, 128, 256, 512, 512)


def _vgg(b: Builder, x: Ref, given: Given, *, depths: tuple[int, ...]) -> Ref:
    """Blocks of ``depths`` convolutions, and three dense layers."""
    for block, (filters, depth) in enumerate(zip(_FILTERS, depths, strict=True), 1):
        for number in range(1, depth + 1):
            name = f"block{block}_conv{number}"
            x = b("Conv2D", x, filters=filters, kernel_size=3, activation="relu", padding="same", name=name)
        x = b("MaxPooling2D", x, pool_size=2, strides=2, name=f"block{block}_pool")
    if not given.include_top:
        return pooled(b, x, given)
    x = b("Flatten", x, name="flatten")
    for name in ("fc1", "fc2"):
        x = b("Dense", x, units=4096, activation="relu", name=name)
    return predictions(b, x, given)


NETWORKS = {
    "VGG16": Network(partial(_vgg, depths=(2, 2, 3, 3, 3)), size=224, name="vgg16"),
    "VGG19": Network(partial(_vgg, depths=(2, 2, 4, 4, 4)), size=224, name="vgg19"),
}
