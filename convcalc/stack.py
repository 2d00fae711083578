"""A model resolved: an input and nodes, each a layer in its place with what follows from its input's shape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from convcalc.inferred import Inferred
from convcalc.layer import Layer
from convcalc.script import Call
from convcalc.shapes import Shape


class Input:
    """The model's input: its layer name, its shape (batch first; None when unknown) and its dtype."""

    __slots__ = ("dtype", "name", "named", "shape")

    def __init__(self, name: str, shape: Shape | None, dtype: str, named: bool) -> None:
        self.name = name
        self.shape = shape
        self.dtype = dtype
        self.named = named


class Node:
    """A layer in its place: a name, an input shape, and what follows from both.

    ``inner`` holds the nodes of a nested model, which has no ``layer`` of its own. Without an input
    shape ``inferred`` is None. ``named`` says that the name was given, not made.
    """

    __slots__ = ("call", "inferred", "inner", "kind", "layer", "name", "named", "shape")

    def __init__(self, name: str, named: bool, call: Call, layer: Layer | None, inner: tuple[Node, ...] | None) -> None:
        self.name = name
        self.named = named
        self.call = call
        self.layer = layer
        self.inner = inner
        self.kind = type(layer).__name__ if layer else "Sequential"
        self.shape: Shape | None = None
        self.inferred: Inferred | None = None


class Stack:
    """A whole model: its input and, in order, its nodes. Each node's input is the output above it."""

    __slots__ = ("functional", "input", "name", "named", "nodes")

    def __init__(self, name: str, named: bool, functional: bool, input: Input, nodes: tuple[Node, ...]) -> None:
        self.name = name
        self.named = named
        self.functional = functional
        self.input = input
        self.nodes = nodes

    @property
    def class_name(self) -> str:
        """Keras's class: ``Sequential``, or ``Functional``."""
        return "Functional" if self.functional else "Sequential"

    @property
    def output_shape(self) -> Shape | None:
        """The last node's output shape, or the input's in an empty model."""
        if not self.nodes:
            return self.input.shape
        last = self.nodes[-1].inferred
        return last.output if last else None

    def leaves(self) -> Iterator[Node]:
        """The nodes that are layers, in the order of computation, those of nested models included."""
        return leaves(self.nodes)


def leaves(nodes: Iterable[Node]) -> Iterator[Node]:
    """The nodes that are layers, nested models opened."""
    for node in nodes:
        if node.inner is None:
            yield node
        else:
            yield from leaves(node.inner)
