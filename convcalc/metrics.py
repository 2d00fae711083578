"""Numbers beyond shapes and parameters: bytes, activations, and the receptive field along a chain."""

from __future__ import annotations

import math
from collections.abc import Iterable

from convcalc import dtypes
from convcalc.layer import Weight
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
        self.reach: list[tuple[float, float]] | None = [(1.0, 1.0)] * max(len(shape or ()) - 2, 0)

    def after(self, node: Node) -> None:
        """Moves past a node, nested models opened."""
        for inner in node.inner or ():
            self.after(inner)
        if node.layer is None or node.inferred is None or self.reach is None:
            return
        axes = node.inferred.axes
        self.is_all = self.is_all or node.layer.sees_all
        if axes and len(axes) == len(self.reach):
            self.reach = [axis.reach(*reach) for axis, reach in zip(axes, self.reach, strict=True)]
        elif node.layer.moves_axes:
            self.reach = None

    @property
    def sizes(self) -> list[int] | str | None:
        """Input cells along each axis, ``all``, or None where they are unknown or there are no axes."""
        if self.is_all:
            return "all"
        # The jump of a transposed axis is a fraction: a hair above a whole number is rounding.
        return [math.ceil(size - 1e-9) for size, _ in self.reach] if self.reach else None
