"""Blocks that the networks share: a normalised convolution, the end of a network, and rounded widths."""

from __future__ import annotations

from typing import Any

from convcalc.applications.builder import Builder
from convcalc.applications.network import Given, wrong
from convcalc.script import Ref

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_VARIANCE = (0.229**2, 0.224**2, 0.225**2)


def classified(b: Builder, x: Ref, given: Given, *, named: bool = False, pool: str | None = "avg_pool") -> Ref:
    """The usual end: means of the channels and a classifier; without the top, the pooling that is asked for.

    ``named`` says that the pooling has a name without the top, and ``pool`` is its name with the top.
    """
    if not given.include_top:
        return pooled(b, x, given, named=named)
    x = b("GlobalAveragePooling2D", x, **name(pool))
    return predictions(b, x, given)


def predictions(b: Builder, x: Ref, given: Given, **arguments: Any) -> Ref:
    """The classifier: a Dense layer called ``predictions``."""
    activation = given.classifier_activation
    return b("Dense", x, units=given.classes, activation=activation, name="predictions", **arguments)


def pooled(b: Builder, x: Ref, given: Given, *, named: bool = False) -> Ref:
    """The end of a network without its top: pooled where that is asked for, else unchanged."""
    kinds = {"avg": "GlobalAveragePooling2D", "max": "GlobalMaxPooling2D"}
    if not isinstance(given.pooling, str) or given.pooling not in kinds:
        return x
    return b(kinds[given.pooling], x, **name(f"{given.pooling}_pool" if named else None))


def name(name: str | None) -> dict[str, str]:
    """The argument ``name``, where there is a name."""
    return {} if name is None else {"name": name}


def rounded(width: float, divisor: int = 8, least: int | None = None) -> int:
    """The multiple of ``divisor`` nearest to a width, at least ``least``, and not below nine tenths of the width."""
    near = max(least or divisor, int(width + divisor / 2) // divisor * divisor)
    return near + divisor if near < 0.9 * width else near


def halving_pad(b: Builder, x: Ref, kernel: int, label: str) -> Ref:
    """A tensor padded for a convolution with stride 2, so that the output has half the size, rounded up."""
    half, (height, width) = kernel // 2, b.size(x)
    if height is not None and width is None:
        message = "Keras cannot pad an image whose width alone is unknown, as this network must"
        raise wrong("input_shape", message, help="give the width, or leave the height unknown too")
    evens = [1 if height is None or size is None else 1 - size % 2 for size in (height, width)]
    return b("ZeroPadding2D", x, padding=tuple((half - even, half) for even in evens), name=label)
