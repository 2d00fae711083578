"""A model inside a layer: a stack that is used as a layer, as in ``TimeDistributed(Sequential([…]))``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

from convcalc.declare.layer import Layer
from convcalc.declare.naming import Numbering
from convcalc.declare.signature import NESTED
from convcalc.declare.traits import Positions
from convcalc.declare.weight import Inferred, Weight, scoped
from convcalc.errors import ShapeError, WiringError
from convcalc.lazy import Array
from convcalc.sizes.shapes import Shape, show
from convcalc.stack.graph import Node, Stack
from convcalc.stack.infer import infer
from convcalc.stack.wiring import Order


class Nested(Layer):
    """A model as a layer: shapes, weights and products of all its layers together.

    A weight's scope is where Keras's files have it: ``layers/dense``, numbered by kind.
    """

    signature = NESTED
    positions = Positions(move=True)
    # The function that computes a model's outputs from its weights by path, its inputs and a mask. `convcalc.execute`
    # sets it when loaded, because the room of models does not know how they run.
    compute: ClassVar[Callable[..., tuple[Array, ...]]]

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.held = tuple(node.layer for node in stack.leaves() if node.layer)
        self.name = stack.name or None
        self.trainable = True
        self.dtype = "float32"

    @property
    def kind(self) -> str:
        """``Sequential`` or ``Functional``."""
        return self.stack.class_name

    @property
    def config(self) -> dict[str, Any]:
        """The layers inside, nested models opened."""
        return {"layers": list(self.held)}

    def makes(self, named: bool) -> tuple[str, ...]:
        """The kinds of the layers without names, and the Functional that Keras makes of a Sequential without a name."""
        return (*_made(self.stack), *["Functional"] * (not self.stack.functional and not named))

    def infer(self, *shapes: Shape) -> Inferred:
        """The model's outputs. `ShapeError` for an input that is not as a Functional model declares it."""
        if len(shapes) != len(self.stack.inputs):
            message = f"the model inside takes {len(self.stack.inputs)} inputs, got {len(shapes)}"
            raise WiringError(message, code="input-count")
        for declared, shape in zip(self.stack.inputs, shapes, strict=True):
            if declared.shape and not _agree(shape, declared.shape):
                message = f"the model inside takes {show(declared.shape)}, got {show(shape)}"
                raise ShapeError(message, code="input-shape", why="its Input says so")
        stack = infer(self.stack, shapes)
        outputs = stack.output_shapes
        if not outputs:
            raise ShapeError("what the model inside puts out is not known", code="unknown-size")
        return Inferred(outputs[0], tuple(_weights(stack)), stack.macs, (), outputs[1:])

    def apply(self, weights: Sequence[Array], *inputs: Array, mask: Array | None = None) -> Any:
        """The model's outputs at inference."""
        paths = [weight.path for weight in self.infer(*(x.shape for x in inputs)).weights]
        outputs = self.compute(self.stack, dict(zip(paths, weights, strict=True)), inputs, mask)
        return outputs if len(outputs) > 1 else outputs[0]


def _agree(shape: Shape, declared: Shape) -> bool:
    """Whether a shape agrees with the declared shape, the batch apart."""
    pairs = zip(shape[1:], declared[1:], strict=False)
    return len(shape) == len(declared) and all(None in pair or pair[0] == pair[1] for pair in pairs)


def _layers(stack: Stack) -> Iterator[Node]:
    """The first call of every layer, in Keras's order."""
    if not stack.functional:
        yield from stack.nodes
        return
    for first, *_ in Order(stack).layers:
        if isinstance(first, Node):
            yield first


def _weights(stack: Stack) -> Iterator[Weight]:
    """The weights of all layers, each under the path that Keras's files have."""
    numbering = Numbering()
    for node in _layers(stack):
        own = _weights(node.inner) if node.inner else node.inferred.weights if node.inferred else ()
        yield from scoped(f"layers/{numbering.next(node.kind)}", own)


def _made(stack: Stack) -> Iterator[str]:
    """The kinds that Keras numbers for the layers of a model, in the order of their making."""
    for node in stack.nodes:
        if node.layer:
            yield from node.layer.makes(_has_name(node))
        elif node.inner:
            yield from _made(node.inner)
        if not _has_name(node):
            yield node.kind


def _has_name(node: Node) -> bool:
    """Whether the call has a name, given in the text or counted by the reader of a script."""
    return node.call.name is not None and node.call.name.value is not None
