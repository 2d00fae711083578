"""A model inside a layer: a stack that is used as a layer, as in ``TimeDistributed(Sequential([…]))``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

from convcalc.declare.calls import NESTED
from convcalc.declare.layer import Layer
from convcalc.declare.naming import Numbering
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

    call = NESTED
    moves_axes = True
    # Computes a model's outputs from its weights by path, its inputs and a mask. `convcalc.execute` sets it as it is
    # loaded: this room knows models, and not how they run.
    compute: ClassVar[Callable[..., tuple[Array, ...]]]

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.held = tuple(node.layer for node in stack.leaves() if node.layer)
        self.name = stack.name or None
        self.trainable = True
        self.dtype = "float32"
        self._declared = tuple(one.shape for one in stack.inputs)

    @property
    def kind(self) -> str:
        """``Sequential`` or ``Functional``."""
        return self.stack.class_name

    @property
    def config(self) -> dict[str, Any]:
        """Its layers, those of nested models among them."""
        return {"layers": list(self.held)}

    def makes(self, named: bool) -> tuple[str, ...]:
        """Its layers without names; and Keras makes a Functional model of a Sequential."""
        return (*_made(self.stack), *["Functional"] * (not self.stack.functional and not named))

    def infer(self, *shapes: Shape) -> Inferred:
        """The model's outputs. `ShapeError` for an input that is not as a Functional model declares it."""
        if len(shapes) != len(self.stack.inputs):
            message = f"the model inside takes {len(self.stack.inputs)} inputs, got {len(shapes)}"
            raise WiringError(message, code="input-count")
        for own, shape, declared in zip(self.stack.inputs, shapes, self._declared, strict=True):
            if declared and not _agree(shape, declared):
                message = f"the model inside takes {show(declared)}, got {show(shape)}"
                raise ShapeError(message, code="input-shape", why="its Input says so")
            own.shape = shape
        infer(self.stack.nodes, shapes[0])
        outputs = [link.shape for link in self.stack.outputs]
        known = [shape for shape in outputs if shape is not None]
        if len(known) < len(outputs):
            raise ShapeError("what the model inside puts out is not known", code="unknown-size")
        macs = tuple(product for node in self.stack.nodes if node.inferred for product in node.inferred.macs)
        return Inferred(known[0], tuple(_weights(self.stack)), macs, (), tuple(known[1:]))

    def apply(self, weights: Sequence[Array], *inputs: Array, mask: Array | None = None) -> Any:
        """The model's outputs at inference."""
        paths = [weight.path for weight in self.infer(*(x.shape for x in inputs)).weights]
        outputs = self.compute(self.stack, dict(zip(paths, weights, strict=True)), inputs, mask)
        return outputs if len(outputs) > 1 else outputs[0]


def _agree(shape: Shape, declared: Shape) -> bool:
    """Whether a shape is as declared, the batch apart."""
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
    """The weights of all layers, each where Keras's files have it."""
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
    """Whether the layer was called by a name, be it one that a script has counted."""
    return node.call.name is not None and node.call.name.value is not None
