"""Numbers beyond shapes and parameters: bytes, activations, and the receptive field along a chain."""

from __future__ import annotations

import math
from collections.abc import Iterable

from convcalc import dtypes
from convcalc.inferred import Weight
from convcalc.shapes import Shape, product
from convcalc.stack import Node


def weight_bytes(weights: Iterable[Weight]) -> int:
    """Bytes of the weights in their own dtypes, as Keras's memory figures count them."""
    return sum(dtypes.size(weight.params, weight.dtype or "float32") for weight in weights)


def activation_bytes(shape: Shape, dtype: str) -> int | None:
    """Bytes of one sample of an output; None when a size is unknown."""
    values = product(shape[1:])
    return None if values is None else dtypes.size(values, dtype)


class ReceptiveField:
    """What one output value sees of the model's input, axis by axis, followed along a chain.

    ``sizes`` is None before the first spatial layer and where the axes can no longer be followed;
    ``all`` once every value sees the whole input. Sizes grow by (span - 1) × jump at each window, and
    the jump by its stride (Araujo, Norris and Sim, Distill 2019); a transposed axis divides the jump.
    """

    __slots__ = ("is_all", "reach")

    def __init__(self, shape: Shape | None) -> None:
        self.is_all = False
        # Integers as long as no axis is transposed: the jump doubles at each stride of 2, beyond any float.
        self.reach: list[tuple[float, float]] | None = [(1, 1)] * max(len(shape or ()) - 2, 0)

    def after(self, node: Node) -> None:
        """Moves past a node, nested models opened."""
        if node.layer is None:
            for inner in node.inner or ():
                self.after(inner)
            return
        reach = self.reach
        if node.inferred is None or reach is None:
            return
        axes = node.inferred.axes
        self.is_all = self.is_all or node.layer.sees_all
        if axes and len(axes) == len(reach):
            self.reach = [axis.reach(size, jump) for axis, (size, jump) in zip(axes, reach, strict=True)]
        elif node.layer.moves_axes:
            self.reach = None

    @property
    def sizes(self) -> list[int] | str | None:
        """Input cells along each axis, ``all``, or None where they are unknown or there are no axes."""
        if self.is_all:
            return "all"
        return [_whole(size) for size, _ in self.reach] if self.reach else None


def _whole(size: float) -> int:
    """The cells that a reach touches; a hair above a whole number is rounding."""
    return size if isinstance(size, int) else math.ceil(size - 1e-9)
