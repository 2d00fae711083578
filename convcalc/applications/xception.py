"""Xception: separable convolutions with residuals (Chollet 2016, arXiv:1610.02357)."""

from __future__ import annotations

from convcalc.applications.builder import Builder
from convcalc.applications.network import Given, Network
from convcalc.applications.pieces import classified, name
from convcalc.script import Ref

# Blocks that halve height and width: the number of the block, and the filters of its two convolutions.
_ENTRY = {2: (128, 128), 3: (256, 256), 4: (728, 728)}
_EXIT = {13: (728, 1024)}
_MIDDLE = range(5, 13)


def _normal(b: Builder, x: Ref, label: str | None = None) -> Ref:
    """A tensor, normalised."""
    return b("BatchNormalization", x, axis=b.last_axis, **name(label and f"{label}_bn"))


def _relu(b: Builder, x: Ref, label: str) -> Ref:
    """A tensor, rectified."""
    return b("Activation", x, activation="relu", name=f"{label}_act")


def _separable(b: Builder, x: Ref, filters: int, label: str) -> Ref:
    """A separable convolution, normalised."""
    x = b("SeparableConv2D", x, filters=filters, kernel_size=3, padding="same", use_bias=False, name=label)
    return _normal(b, x, label)


def _halving(b: Builder, x: Ref, block: int, filters: tuple[int, int]) -> Ref:
    """Two separable convolutions, pooled, plus the input as a strided convolution makes it."""
    residual = b("Conv2D", x, filters=filters[1], kernel_size=1, strides=2, padding="same", use_bias=False)
    residual = _normal(b, residual)
    for number, width in enumerate(filters, 1):
        label = f"block{block}_sepconv{number}"
        if block > 2 or number > 1:  # the input of the first of these blocks is rectified already
            x = _relu(b, x, label)
        x = _separable(b, x, width, label)
    x = b("MaxPooling2D", x, pool_size=3, strides=2, padding="same", name=f"block{block}_pool")
    return b("Add", [x, residual])


def _xception(b: Builder, x: Ref, given: Given) -> Ref:
    """Entry flow, eight equal blocks, exit flow."""
    for label, filters, strides in (("block1_conv1", 32, 2), ("block1_conv2", 64, 1)):
        x = b("Conv2D", x, filters=filters, kernel_size=3, strides=strides, use_bias=False, name=label)
        x = _relu(b, _normal(b, x, label), label)
    for block, widths in _ENTRY.items():
        x = _halving(b, x, block, widths)
    for block in _MIDDLE:
        residual = x
        for number in (1, 2, 3):
            label = f"block{block}_sepconv{number}"
            x = _separable(b, _relu(b, x, label), 728, label)
        x = b("Add", [x, residual])
    for block, widths in _EXIT.items():
        x = _halving(b, x, block, widths)
    for label, filters in (("block14_sepconv1", 1536), ("block14_sepconv2", 2048)):
        x = _relu(b, _separable(b, x, filters, label), label)
    return classified(b, x, given)


NETWORKS = {"Xception": Network(_xception, size=299, least=71, name="xception")}
