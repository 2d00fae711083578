"""Shapes through a model: every node's input shapes, output shapes and weights, or the first that does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from convcalc.declare.calls import Calling, works_on
from convcalc.declare.layer import Layer
from convcalc.declare.weight import Inferred
from convcalc.errors import ArgumentError, ConvcalcError, ShapeError, WiringError
from convcalc.layers import find
from convcalc.script import Call
from convcalc.sizes.formula import UNKNOWN
from convcalc.sizes.shapes import Shape, show
from convcalc.source import Place
from convcalc.stack.graph import Link, Node, Stack
from convcalc.stack.opaque import Opaque


def infer(nodes: Iterable[Node], shape: Shape | None, first: int = 1) -> Shape | None:
    """Fills in the nodes' shapes from the input's; returns the last output, None where it is unknown.

    Without an input's shape nothing is known; behind a layer whose output no file states nothing else is.
    `ShapeError` names the layer, counted from ``first``.
    """
    known: dict[tuple[int, Calling | None, tuple[Shape, ...]], Inferred] = {}
    done: list[Node] = []
    above: tuple[Shape, ...] = (shape,) if shape else ()  # all outputs of the layer above: the next one's inputs
    for number, node in enumerate(nodes, first):
        shapes = above or None if node.inputs is None else _linked(node, node.inputs)
        if shapes is None and shape is None:
            return None
        node.shapes = shapes or ()
        if shapes is None:
            _put_behind(node)
            continue
        if node.inner is not None:
            node.inferred = _nested(node, node.inner, shapes)
        elif isinstance(node.layer, Opaque):
            node.inferred = node.layer.stated(node.call.stated, shapes)
        elif node.layer:
            key = (id(node.layer), node.calling, shapes)
            if key not in known:
                try:
                    known[key] = _of_call(node.layer, node.calling, shapes)
                except ConvcalcError as error:
                    on = " and ".join(map(show, shapes))
                    locate(error, node.call, f"layer {number}, {node.name} ({node.kind}), on {on}", done)
                    raise
            node.inferred = known[key]
        above = node.outputs
        done.append(node)
    return above[0] if above else None


def _of_call(layer: Layer, calling: Calling | None, shapes: tuple[Shape, ...]) -> Inferred:
    """What a layer makes of the shapes of all its tensors, be they what it works on or not."""
    if calling is None:
        return layer.infer(*shapes)
    infer: Any = layer.infer  # which takes the options that its kind declares
    inferred: Inferred = infer(*works_on(calling, shapes), **calling.shaping)
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


def _put_behind(node: Node) -> None:
    """Marks a node, and those inside it, as behind an unknown output."""
    node.is_behind = True
    for one in node.inner.nodes if node.inner else ():
        _put_behind(one)


def _nested(node: Node, inner: Stack, shapes: tuple[Shape, ...]) -> Inferred | None:
    """What a nested model makes of ``shapes``: its outputs, and its layers' weights and MACs together.

    None where an output is neither known nor stated by a file.
    """
    shapes = tuple(works_on(node.calling, shapes))
    if len(shapes) != len(inner.inputs):
        message = f"{node.name} takes {len(inner.inputs)} inputs, got {len(shapes)}"
        raise WiringError(message, code="input-count", span=node.call.place)
    for own, shape in zip(inner.inputs, shapes, strict=True):
        own.shape = shape
    infer(inner.nodes, shapes[0])
    macs = tuple(product for one in inner.nodes for product in (one.inferred.macs if one.inferred else (UNKNOWN,)))
    known = tuple(link.shape for link in inner.outputs if link.shape is not None)
    outputs = known if len(known) == len(inner.outputs) else node.call.stated.on(shapes)
    return Inferred(outputs[0], node.weights, macs, (), outputs[1:]) if outputs else None


def locate(error: ConvcalcError, call: Call, where: str, before: Sequence[Node] | None = None) -> None:
    """Adds to an error: the place of the argument at fault, the layer, and the least input that it needs."""
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
        order = list(find(call.kind).arguments)
        at = order.index(name) if name in order else len(call.positional)
        given = call.positional[at] if at < len(call.positional) else None
    if given is None:
        return call.place
    return (given.place if error.value_at_fault else given.key) or call.place


def _least_input(before: Sequence[Node], least: tuple[int, ...]) -> tuple[int, ...]:
    """The smallest spatial sizes of the model's input that leave ``least`` after these nodes.

    Stops below a layer that has no spatial axes to follow.
    """
    for node in reversed(before):
        axes = node.inferred.axes if node.inferred else ()
        if axes:
            least = tuple(axis.least(n) for axis, n in zip(axes, least, strict=False))
        elif not node.inferred or node.inferred.output[1:-1] != (node.shape or ())[1:-1]:
            return least
    return least
