"""Layers whose rules are a script's own code: the reader of the script says what they make of shapes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from convcalc.declare.layer import Layer
from convcalc.declare.signature import Signature
from convcalc.declare.traits import Masks, Positions
from convcalc.declare.weight import Inferred
from convcalc.sizes.shapes import Shape


class Coded(Layer):
    """A layer of a script's own. ``rule`` gives what the layer makes of the shapes of its inputs."""

    positions = Positions(move=True)
    signature = Signature("inputs", most=None, tensors=("mask",))
    masks = Masks()

    def __init__(self, kind: str, rule: Callable[..., Inferred], *, trainable: bool = True) -> None:
        self.held = ()
        self.name = None
        self.trainable = trainable
        self.dtype = "float32"
        self._kind = kind
        self._rule = rule

    @property
    def kind(self) -> str:
        """The name of the class in the script."""
        return self._kind

    @property
    def config(self) -> dict[str, Any]:
        """Nothing: the arguments are the script's own."""
        return {}

    def infer(self, *shapes: Shape, **options: Any) -> Inferred:
        """What the rule makes of inputs of these shapes."""
        return self._rule(*shapes)
