"""Shapes through a model: every node's input shapes, output shapes and weights, or the first that does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from convcalc.declare.layer import Layer
from convcalc.declare.signature import Binding, works_on
from convcalc.declare.weight import Inferred
from convcalc.errors import ArgumentError, ConvcalcError, ShapeError, WiringError
from convcalc.script import Call
from convcalc.sizes.shapes import Shape, show
from convcalc.source import Place
from convcalc.stack.graph import Input, Link, Node, Source, Stack
from convcalc.stack.opaque import Opaque
from convcalc.stack.published import arguments_of


def infer(stack: Stack, shapes: Sequence[Shape | None], first: int = 1) -> Stack:
    """The stack on inputs of these shapes: the same calls in new nodes that have shapes.

    Without a shape of the first input no shape is known: the stack itself. Behind a layer whose output no file
    states, no node has shapes. `ShapeError` names the layer, counted from ``first``.
    """
    return stack if shapes[0] is None or stack.fixed else _copied(stack, shapes, first)


def _copied(stack: Stack, shapes: Sequence[Shape | None], first: int = 1, *, is_behind: bool = False) -> Stack:
    """The stack with new nodes, which have shapes unless the whole stack ``is_behind`` an unknown output."""
    inference = _Inference(stack.inputs, shapes)
    for number, node in enumerate(stack.nodes, first):
        inference.add(node, number, is_behind)
    return stack.replaced(inference.copies)


class Inferring(Protocol):
    """A call of a layer of which it is known what the layer makes of the shape of its input."""

    @property
    def shape(self) -> Shape | None:
        """The shape of the first input."""

    @property
    def inferred(self) -> Inferred | None:
        """What the layer makes of it."""


class _Inference:
    """The new nodes of a stack, made one after the other; ``copies`` has the new for each old node and input."""

    def __init__(self, inputs: Sequence[Input], shapes: Sequence[Shape | None]) -> None:
        self.copies: dict[Source, Source] = {
            one: Input(one.name, shape, one.dtype, one.named, one.values)
            for one, shape in zip(inputs, shapes, strict=True)
        }
        self._results: dict[tuple[int, Binding | None, tuple[Shape, ...]], Inferred] = {}  # equal calls share one
        self._done: list[Node] = []
        # All outputs of the layer above are the next layer's inputs in a chain.
        self._above: tuple[Shape, ...] = () if shapes[0] is None else (shapes[0],)

    def add(self, node: Node, number: int, is_behind: bool) -> None:
        """Adds the copy of a node, with shapes where its inputs have some."""
        copies = self.copies
        copies[node] = copy = node.copied(copies)
        shapes = self._above or None if copy.inputs is None else _linked(copy, copy.inputs)
        if shapes is None or is_behind:
            copy.is_behind = True
            if node.inner:
                copy.inner = _copied(node.inner, [one.shape for one in node.inner.inputs], is_behind=True)
            return
        copy.shapes = shapes
        if node.inner is not None:
            copy.inner, copy.inferred = _nested(node, node.inner, shapes)
        elif isinstance(node.layer, Opaque):
            copy.inferred = node.layer.stated(node.call.stated, shapes)
        elif node.layer:
            copy.inferred = self._of_layer(copy, node.layer, number)
        self._above = copy.outputs
        self._done.append(copy)

    def _of_layer(self, node: Node, layer: Layer, number: int) -> Inferred:
        """What a layer makes of the shapes of its node; an error names the layer."""
        key = (id(layer), node.binding, node.shapes)
        if key not in self._results:
            try:
                self._results[key] = _of_call(layer, node.binding, node.shapes)
            except ConvcalcError as error:
                on = " and ".join(map(show, node.shapes))
                locate(error, node.call, f"layer {number}, {node.name} ({node.kind}), on {on}", self._done)
                raise
        return self._results[key]


def _of_call(layer: Layer, binding: Binding | None, shapes: tuple[Shape, ...]) -> Inferred:
    """What a layer makes of the shapes of all tensors that it is called on."""
    if binding is None:
        return layer.infer(*shapes)
    infer: Any = layer.infer  # takes the options that the layer's kind declares
    inferred: Inferred = infer(*works_on(binding, shapes), **binding.shaping)
    return inferred


def _linked(node: Node, links: tuple[Link, ...]) -> tuple[Shape, ...] | None:
    """The shapes of the tensors that a node is called on; None where one is unknown."""
    for link in links:
        outputs = len(link.source.outputs)
        if 0 < outputs <= link.tensor:
            message = f"{link.source.name} has {outputs} outputs, and number {link.tensor} is asked for"
            raise WiringError(message, code="unknown-tensor", span=node.call.place)
    shapes = [link.shape for link in links if link.shape is not None]
    return tuple(shapes) if len(shapes) == len(links) else None


def _nested(node: Node, inner: Stack, shapes: tuple[Shape, ...]) -> tuple[Stack, Inferred | None]:
    """A nested model on ``shapes``; and its outputs, with the weights and MACs of all its layers.

    The second is None where an output is neither known nor stated by a file.
    """
    shapes = tuple(works_on(node.binding, shapes))
    if len(shapes) != len(inner.inputs):
        message = f"{node.name} takes {len(inner.inputs)} inputs, got {len(shapes)}"
        raise WiringError(message, code="input-count", span=node.call.place)
    inner = infer(inner, shapes)
    outputs = inner.output_shapes or node.call.stated.on(shapes)
    return inner, Inferred(outputs[0], inner.weights, inner.macs, (), outputs[1:]) if outputs else None


def locate(error: ConvcalcError, call: Call, where: str, before: Sequence[Inferring] | None = None) -> None:
    """Adds to an error the place of the argument at fault, the layer, and the least input that the layer needs."""
    point(error, call)
    for one in getattr(error, "errors", (error,)):
        one.layer = one.layer or where
        if isinstance(one, ShapeError) and one.least and before is not None:
            one.require(_least_input(before, one.least))


def point(error: ConvcalcError, call: Call) -> None:
    """Adds to an error the place of the argument at fault."""
    for one in getattr(error, "errors", (error,)):
        one.span = one.span or _place(call, one)


def _place(call: Call, error: ConvcalcError) -> Place | None:
    """The place of the argument that the error names, or of the call."""
    name = error.argument
    given = call.named.get(name) if name else None
    if given is None and name and call.positional and isinstance(error, ArgumentError | ShapeError):
        order = list(arguments_of(call.kind))
        at = order.index(name) if name in order else len(call.positional)
        given = call.positional[at] if at < len(call.positional) else None
    if given is None:
        return call.place
    return (given.place if error.value_at_fault else given.key) or call.place


def _least_input(before: Sequence[Inferring], least: tuple[int, ...]) -> tuple[int, ...]:
    """The smallest spatial sizes of the model's input that leave ``least`` after these nodes.

    Behind a node that has no spatial axes to follow, the sizes are the sizes of the node's output.
    """
    for node in reversed(before):
        axes = node.inferred.axes if node.inferred else ()
        if axes:
            least = tuple(axis.least(n) for axis, n in zip(axes, least, strict=False))
        elif not node.inferred or node.inferred.output[1:-1] != (node.shape or ())[1:-1]:
            return least
    return least
