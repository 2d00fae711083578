"""A model resolved: an input and nodes, each a layer in its place with what follows from its input's shape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from convcalc.declare.calls import Calling
from convcalc.declare.layer import Layer
from convcalc.declare.weight import Inferred, Weight
from convcalc.script import Call
from convcalc.sizes.shapes import Shape


class Input:
    """An input of the model: its layer name, its shape (batch first; None when unknown) and its dtype."""

    __slots__ = ("dtype", "name", "named", "shape")
    number = 0

    def __init__(self, name: str, shape: Shape | None, dtype: str, named: bool) -> None:
        self.name = name
        self.shape = shape
        self.dtype = dtype
        self.named = named

    @property
    def outputs(self) -> tuple[Shape, ...]:
        """Its shape; nothing when it is unknown."""
        return () if self.shape is None else (self.shape,)


class Link:
    """A tensor of a graph: output ``tensor`` of a node or an input."""

    __slots__ = ("source", "tensor")

    def __init__(self, source: Node | Input, tensor: int = 0) -> None:
        self.source = source
        self.tensor = tensor

    @property
    def shape(self) -> Shape | None:
        """Batch first; None when it is unknown."""
        outputs = self.source.outputs
        return outputs[self.tensor] if self.tensor < len(outputs) else None


class Node:
    """One call of a layer: a name, input shapes, and what follows from both.

    ``inner`` is a nested model, which has no ``layer`` of its own. Without input
    shapes ``inferred`` is None. ``named`` says that the name was given, not made. In a graph ``inputs``
    are the tensors of the call, None being the output above; a layer's further calls know its ``first``
    and their ``number``. ``calling`` says what the tensors are given as, None where the layer works on all of them.
    ``is_behind`` says that its input comes from a layer whose output is unknown.
    """

    __slots__ = (
        "call", "calling", "first", "inferred", "inner", "inputs", "is_behind", "kind", "layer", "name", "named",
        "number", "shapes",
    )  # fmt: skip

    def __init__(self, name: str, named: bool, call: Call, layer: Layer | None, inner: Stack | None) -> None:
        self.name = name
        self.named = named
        self.call = call
        self.layer = layer
        self.inner = inner
        self.kind = layer.kind if layer else inner.class_name if inner else "Sequential"
        self.inputs: tuple[Link, ...] | None = None
        self.calling: Calling | None = None
        self.first: Node | None = None
        self.number = 0
        self.is_behind = False
        self.shapes: tuple[Shape, ...] = ()
        self.inferred: Inferred | None = None

    @property
    def shape(self) -> Shape | None:
        """The shape of its input, of the first one where it has several; None when it is unknown."""
        return self.shapes[0] if self.shapes else None

    @property
    def outputs(self) -> tuple[Shape, ...]:
        """The shapes of its outputs; none when they are unknown."""
        return (self.inferred.output, *self.inferred.more) if self.inferred else ()

    @property
    def weights(self) -> tuple[Weight, ...]:
        """The weights, in Keras's order, as far as they are known; a nested model's are those of its layers."""
        if self.inner is None:
            return self.inferred.weights if self.inferred else ()
        return tuple(weight for one in self.inner.nodes if one.first is None for weight in one.weights)

    @property
    def is_counted(self) -> bool:
        """Whether all its weights are known."""
        if self.layer is None:
            return self.inner is not None and all(one.is_counted for one in self.inner.nodes)
        if self.layer.built_at_init:  # which has no weights, whatever it is called on
            return True
        return self.layer.is_counted and (self.layer.is_opaque or self.inferred is not None)


class Stack:
    """A whole model: its inputs and, in an order of computation, its nodes.

    Where a node does not say otherwise its inputs are the outputs above it. ``outputs`` are the model's
    outputs, None being those of the last node. ``trainable`` is the model's own flag: layers have theirs.
    """

    __slots__ = ("_outputs", "functional", "inputs", "name", "named", "nodes", "trainable")

    def __init__(
        self,
        name: str,
        named: bool,
        functional: bool,
        inputs: tuple[Input, ...],
        nodes: tuple[Node, ...],
        outputs: tuple[Link, ...] | None = None,
        *,
        trainable: bool = True,
    ) -> None:
        self.trainable = trainable
        self.name = name
        self.named = named
        self.functional = functional
        self.inputs = inputs
        self.nodes = nodes
        self._outputs = outputs

    @property
    def input(self) -> Input:
        """The first input, the only one of a chain."""
        return self.inputs[0]

    @property
    def outputs(self) -> tuple[Link, ...]:
        """The tensors that it gives: those that were named, else all of the last node's, one while it has no shape."""
        last = (self.inputs + self.nodes)[-1]
        return self._outputs or tuple(Link(last, tensor) for tensor in range(len(last.outputs) or 1))

    @property
    def class_name(self) -> str:
        """Keras's class: ``Sequential``, or ``Functional``."""
        return "Functional" if self.functional else "Sequential"

    @property
    def output_shape(self) -> Shape | None:
        """The shape of the first output, the only one of a chain."""
        return self.outputs[0].shape

    def copied(self) -> Stack:
        """The stack anew, nested ones too: what is inferred of the copy leaves this one alone."""
        twins: dict[Node | Input, Node | Input] = {
            one: Input(one.name, one.shape, one.dtype, one.named) for one in self.inputs
        }
        for node in self.nodes:
            inner = None if node.inner is None else node.inner.copied()
            copy = Node(node.name, node.named, node.call, node.layer, inner)
            copy.number, copy.first, copy.kind, copy.calling = node.number, node.first, node.kind, node.calling
            if node.inputs is not None:
                copy.inputs = tuple(Link(twins[link.source], link.tensor) for link in node.inputs)
            twins[node] = copy
        inputs = tuple(one for one in twins.values() if isinstance(one, Input))
        nodes = tuple(one for one in twins.values() if isinstance(one, Node))
        outputs = tuple(Link(twins[link.source], link.tensor) for link in self.outputs)
        return Stack(self.name, self.named, self.functional, inputs, nodes, outputs)

    def leaves(self) -> Iterator[Node]:
        """The nodes that are layers, in the order of computation, those of nested models included."""
        return leaves(self.nodes)


def leaves(nodes: Iterable[Node]) -> Iterator[Node]:
    """The nodes that are layers, nested models opened."""
    for node in nodes:
        if node.inner is None:
            yield node
        else:
            yield from leaves(node.inner.nodes)
