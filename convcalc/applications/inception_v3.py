"""Inception v3: parallel branches of convolutions, concatenated (Szegedy et al. 2015, arXiv:1512.00567)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcalc.applications.builder import Builder
from convcalc.applications.network import Given, Network
from convcalc.applications.pieces import classified, name
from convcalc.script import Ref

# A step of a branch: a convolution as (filters, height, width) of its kernels, with a stride and without padding as
# (filters, height, width, stride); "mean", a pooling that keeps the size; or "max", one that halves it.
Step = tuple[int, ...] | str
Branch = Sequence[Step]

STEM: Branch = [(32, 3, 3, 2), (32, 3, 3, 1), (64, 3, 3), "max", (80, 1, 1, 1), (192, 3, 3, 1), "max"]


def convolved(b: Builder, x: Ref, step: tuple[int, ...], label: str | None = None, relu: str | None = None) -> Ref:
    """A convolution without bias, normalised without scale, and rectified; ``label`` and ``relu`` are names."""
    filters, height, width, *stride = step
    placed: dict[str, Any] = {"strides": stride[0], "padding": "valid"} if stride else {"padding": "same"}
    x = b("Conv2D", x, filters=filters, kernel_size=(height, width), use_bias=False, **placed, **name(label))
    x = b("BatchNormalization", x, axis=b.axis, scale=False, **name(label and f"{label}_bn"))
    return b("Activation", x, activation="relu", **name(relu))


def followed(b: Builder, x: Ref, branch: Branch) -> Ref:
    """The output of a branch."""
    for step in branch:
        if step == "max":
            x = b("MaxPooling2D", x, pool_size=3, strides=2)
        elif step == "mean":
            x = b("AveragePooling2D", x, pool_size=3, strides=1, padding="same")
        else:
            assert not isinstance(step, str)
            x = convolved(b, x, step)
    return x


def branched(b: Builder, x: Ref, branches: Sequence[Branch], label: str | None) -> Ref:
    """The outputs of branches, concatenated."""
    return b("Concatenate", [followed(b, x, branch) for branch in branches], axis=b.axis, **name(label))


def _wide(pooled: int) -> list[Branch]:
    """A block on 35 x 35 positions."""
    return [
        [(64, 1, 1)],
        [(48, 1, 1), (64, 5, 5)],
        [(64, 1, 1), (96, 3, 3), (96, 3, 3)],
        ["mean", (pooled, 1, 1)],
    ]


def _long(width: int) -> list[Branch]:
    """A block on 17 x 17 positions, with kernels that are 7 long."""
    return [
        [(192, 1, 1)],
        [(width, 1, 1), (width, 1, 7), (192, 7, 1)],
        [(width, 1, 1), (width, 7, 1), (width, 1, 7), (width, 7, 1), (192, 1, 7)],
        ["mean", (192, 1, 1)],
    ]


_BLOCKS: list[list[Branch]] = [
    *map(_wide, (32, 64, 64)),
    [[(384, 3, 3, 2)], [(64, 1, 1), (96, 3, 3), (96, 3, 3, 2)], ["max"]],
    *map(_long, (128, 160, 160, 192)),
    [[(192, 1, 1), (320, 3, 3, 2)], [(192, 1, 1), (192, 1, 7), (192, 7, 1), (192, 3, 3, 2)], ["max"]],
]
# Two branches of the last blocks fork: a long kernel for each axis.
_FORK: list[Branch] = [[(384, 1, 3)], [(384, 3, 1)]]


def _forked(b: Builder, x: Ref, number: int) -> Ref:
    """A block on 8 x 8 positions."""
    branches = [
        followed(b, x, [(320, 1, 1)]),
        branched(b, followed(b, x, [(384, 1, 1)]), _FORK, f"mixed9_{number}"),
        branched(b, followed(b, x, [(448, 1, 1), (384, 3, 3)]), _FORK, None),
        followed(b, x, ["mean", (192, 1, 1)]),
    ]
    return b("Concatenate", branches, axis=b.axis, name=f"mixed{9 + number}")


def _inception(b: Builder, x: Ref, given: Given) -> Ref:
    """The stem, nine blocks of plain branches, and two whose branches fork."""
    x = followed(b, x, STEM)
    for number, branches in enumerate(_BLOCKS):
        x = branched(b, x, branches, f"mixed{number}")
    for number in (0, 1):
        x = _forked(b, x, number)
    return classified(b, x, given)


NETWORKS = {"InceptionV3": Network(_inception, size=299, least=75, name="inception_v3")}
