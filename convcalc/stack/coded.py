"""Layers whose rules are a script's own code: the reader of the script says what they make of shapes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from convcalc.declare.layer import Layer
from convcalc.declare.signature import Signature
from convcalc.declare.traits import Masks, Positions
from convcalc.declare.weight import Inferred
from convcalc.lazy import Array
from convcalc.sizes.shapes import Shape
from convcalc.stack.graph import Stack
from convcalc.stack.nested import Nested

Steps = Callable[[tuple[Shape, ...], tuple[str, ...]], Stack | None]


class Coded(Layer):
    """A layer of a script's own. ``rule`` gives what the layer makes of the shapes of its inputs.

    ``steps`` gives the operations that the layer consists of, for shapes and dtypes of inputs, or None where it is more
    than operations; a layer without ``steps`` is not computed.
    """

    positions = Positions(move=True)
    signature = Signature("inputs", most=None, tensors=("mask",))
    masks = Masks()

    def __init__(
        self, kind: str, rule: Callable[..., Inferred], *, trainable: bool = True, steps: Steps | None = None
    ) -> None:
        self.held = ()
        self.name = None
        self.trainable = trainable
        self.dtype = "float32"
        self._kind = kind
        self._rule = rule
        self._steps = steps
        self._computed: dict[Any, Nested | None] = {}

    @property
    def kind(self) -> str:
        """The name of the class in the script."""
        return self._kind

    @property
    def config(self) -> dict[str, Any]:
        """Nothing: the arguments are the script's own."""
        return {}

    def operations(self, shapes: tuple[Shape, ...], dtypes: tuple[str, ...]) -> Nested | None:
        """The layer as a model of operations; None where what it does is more than operations."""
        if (shapes, dtypes) not in self._computed:
            found = self._steps(shapes, dtypes) if self._steps else None
            self._computed[shapes, dtypes] = Nested(found) if found else None
        return self._computed[shapes, dtypes]

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Any:
        """What the operations make of the inputs; ValueError where the layer does more than operations."""
        model = self.operations(tuple(x.shape for x in inputs), tuple(x.dtype.name for x in inputs))
        if model is None:
            raise ValueError("what it does is Python code, and nothing that is read is ever executed")
        return model.apply((), *inputs)

    def infer(self, *shapes: Shape, **options: Any) -> Inferred:
        """What the rule makes of inputs of these shapes."""
        return self._rule(*shapes)
