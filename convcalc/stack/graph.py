"""A model resolved: an input and nodes, each a layer in its place with what follows from its input's shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from convcalc.declare.layer import Layer
from convcalc.declare.signature import Binding, works_on
from convcalc.declare.weight import Inferred, Weight
from convcalc.script import Call
from convcalc.sizes.formula import UNKNOWN, Product
from convcalc.sizes.shapes import Shape
from convcalc.stack.opaque import Opaque


class Input:
    """An input of the model: the name of its layer, its shape (batch first; None when unknown) and its dtype.

    ``values`` gives the array on which a script calls the layers, where the script says all numbers of it; else None.
    """

    __slots__ = ("dtype", "name", "named", "shape", "values")
    number = 0

    def __init__(
        self, name: str, shape: Shape | None, dtype: str, named: bool, values: Callable[[], Any] | None = None
    ) -> None:
        self.name = name
        self.shape = shape
        self.dtype = dtype
        self.named = named
        self.values = values

    @property
    def outputs(self) -> tuple[Shape, ...]:
        """The input's shape, its only output; none when the shape is unknown."""
        return () if self.shape is None else (self.shape,)


class Link:
    """A tensor of a graph: output ``tensor`` of a node or an input."""

    __slots__ = ("source", "tensor")

    def __init__(self, source: Node | Input, tensor: int = 0) -> None:
        self.source = source
        self.tensor = tensor

    @property
    def shape(self) -> Shape | None:
        """The tensor's shape, batch first; None when it is unknown."""
        outputs = self.source.outputs
        return outputs[self.tensor] if self.tensor < len(outputs) else None


class Node:
    """One call of a layer: a name, input shapes, and what follows from both.

    The node of a nested model has the model as ``inner`` and no ``layer``. ``named`` says that the name was given,
    not made. In a graph ``inputs`` are the tensors that the layer is called on; None stands for the output above.
    A further call of a layer knows the layer's ``first`` call and its own ``number``.
    ``binding`` says what the tensors are given as, None where the layer works on all of them.
    ``shapes`` are the input shapes, and ``inferred`` what the layer makes of them; without shapes it is None.
    ``is_behind`` says that the input comes from a layer whose output is unknown. ``last`` is what the layer has made of
    the shapes of its last call, where a script calls it again outside of the model: Keras's rows show this.
    ``is_unshown`` says that Keras's row has ``?`` in place of the output: the layer's shape follows from calls on data.
    """

    __slots__ = (
        "binding", "call", "first", "inferred", "inner", "inputs", "is_behind", "is_unshown", "kind", "last", "layer",
        "name", "named", "number", "shapes",
    )  # fmt: skip

    def __init__(self, name: str, named: bool, call: Call, layer: Layer | None, inner: Stack | None) -> None:
        self.name = name
        self.named = named
        self.call = call
        self.layer = layer
        self.inner = inner
        self.kind = layer.kind if layer else inner.class_name if inner else "Sequential"
        self.inputs: tuple[Link, ...] | None = None
        self.binding: Binding | None = None
        self.first: Node | None = None
        self.number = 0
        self.is_behind = False
        self.shapes: tuple[Shape, ...] = ()
        self.inferred: Inferred | None = None
        self.last: Inferred | None = None
        self.is_unshown = False

    @property
    def shape(self) -> Shape | None:
        """The shape of the first input; None when it is unknown."""
        return self.shapes[0] if self.shapes else None

    @property
    def outputs(self) -> tuple[Shape, ...]:
        """The shapes of all outputs; none when they are unknown."""
        return (self.inferred.output, *self.inferred.more) if self.inferred else ()

    @property
    def weights(self) -> tuple[Weight, ...]:
        """The known weights in Keras's order; of a nested model, the weights of all its layers."""
        if self.inner is None:
            return self.inferred.weights if self.inferred else ()
        return self.inner.weights

    @property
    def is_counted(self) -> bool:
        """Whether all weights of the layer, or of the nested model, are known."""
        if self.layer is None:
            return self.inner is not None and all(one.is_counted for one in self.inner.nodes)
        if self.layer.built_at_init:  # which has no weights, whatever it is called on
            return True
        return self.layer.weightless if isinstance(self.layer, Opaque) else self.inferred is not None

    def copied(self, copies: Mapping[Source, Source]) -> Node:
        """The same call without shapes, on the copies of what it is called on."""
        copy = Node(self.name, self.named, self.call, self.layer, self.inner)
        copy.binding, copy.last = self.binding, self.last
        copy.number = self.number
        if self.inputs is not None:
            copy.inputs = tuple(Link(copies[link.source], link.tensor) for link in self.inputs)
        if self.first is not None:
            first = copies.get(self.first, self.first)  # a call that no output needs has no copy
            copy.first = first if isinstance(first, Node) else None
        return copy


class Stack:
    """A whole model: its inputs and, in an order of computation, its nodes.

    A node without inputs of its own takes the outputs above it. ``outputs`` are the model's outputs; None stands for
    the outputs of the last node. ``trainable`` is the model's own flag; each layer has its own, too.
    """

    __slots__ = (
        "_outputs",
        "distinct",
        "fixed",
        "functional",
        "inputs",
        "name",
        "named",
        "nodes",
        "notes",
        "own",
        "trainable",
        "weights_apart",
    )

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
        self.distinct = False  # whether each weight is an object of its own, however many layers share it
        self.fixed = False  # whether its nodes have the shapes of their calls, and no links that shapes could follow
        self.notes: tuple[str, ...] = ()  # what the user should know of how the model was read
        self.own = ""  # the class of a script's own that the model is of
        self.weights_apart: tuple[Weight, ...] = ()  # weights of the model itself, which no layer has
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
        """The model's output tensors: the named ones, or all outputs of the last node (one while it has no shape)."""
        last = (self.inputs + self.nodes)[-1]
        return self._outputs or tuple(Link(last, tensor) for tensor in range(len(last.outputs) or 1))

    @property
    def class_name(self) -> str:
        """The class: ``Sequential``, ``Functional``, or a script's own."""
        return self.own or ("Functional" if self.functional else "Sequential")

    @property
    def output_shape(self) -> Shape | None:
        """The shape of the first output, the only one of a chain."""
        return self.outputs[0].shape

    @property
    def output_shapes(self) -> tuple[Shape, ...]:
        """The shapes of all outputs; none where one is unknown."""
        outputs = self.outputs
        shapes = tuple(link.shape for link in outputs if link.shape is not None)
        return shapes if len(shapes) == len(outputs) else ()

    @property
    def weights(self) -> tuple[Weight, ...]:
        """The weights of all layers, as far as they are known, in the order of the nodes."""
        found = tuple(weight for node in self.nodes if node.first is None for weight in node.weights)
        return tuple({id(weight): weight for weight in found}.values()) if self.distinct else found

    @property
    def macs(self) -> tuple[Product, ...]:
        """The products that the nodes compute, each node's in order."""
        return tuple(
            product for node in self.nodes for product in (node.inferred.macs if node.inferred else (UNKNOWN,))
        )

    def replaced(self, copies: Mapping[Source, Source]) -> Stack:
        """The same model of other nodes and inputs: a copy stands for each, in its order."""
        inputs = tuple(one for one in copies.values() if isinstance(one, Input))
        nodes = tuple(one for one in copies.values() if isinstance(one, Node))
        outputs = self._outputs and tuple(Link(copies[link.source], link.tensor) for link in self._outputs)
        made = Stack(self.name, self.named, self.functional, inputs, nodes, outputs, trainable=self.trainable)
        made.own, made.notes, made.distinct = self.own, self.notes, self.distinct
        return made

    def leaves(self) -> Iterator[Node]:
        """The nodes that are layers, in the order of computation, nested models opened."""
        return leaves(self.nodes)


Source = Node | Input


def leaves(nodes: Iterable[Node]) -> Iterator[Node]:
    """The nodes that are layers, nested models opened."""
    for node in nodes:
        if node.inner is None:
            yield node
        else:
            yield from leaves(node.inner.nodes)


def dtype_of(source: Source, tensor: int = 0) -> str:
    """The dtype of an output, the first one unless ``tensor`` says which."""
    found: dict[tuple[Source, int], str] = {}
    todo = [(source, tensor)]
    while todo:
        behind = _followed(*todo[-1])
        missing = [one for one in behind if one not in found]
        if missing:
            todo += missing
            continue
        node, output = todo.pop()
        given = [found[one] for one in behind]
        if isinstance(node, Node) and node.inner is None:
            found[node, output] = node.layer.typed(given, output) if node.layer else "float32"
        else:
            found[node, output] = given[0] if isinstance(node, Node) else node.dtype
    return found[source, tensor]


def _followed(source: Source, tensor: int) -> list[tuple[Source, int]]:
    """The tensors whose dtypes the dtype of an output depends on: an operation's inputs, a nested model's output."""
    if isinstance(source, Input):
        return []
    if source.inner is not None:
        links: Sequence[Link] = source.inner.outputs[tensor : tensor + 1]
    else:
        follows = source.layer is not None and source.layer.follows_dtype
        links = works_on(source.binding, source.inputs or ()) if follows else ()
    return [(link.source, link.tensor) for link in links]
