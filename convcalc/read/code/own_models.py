"""Models of the script's own classes as stacks: the layers that they track, each with the shapes of its last call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.declare.weight import Inferred
from convcalc.read.code.live import Declared, Functional, Live, Own, Sequential
from convcalc.read.code.values import MISSING
from convcalc.sizes.shapes import Shape
from convcalc.stack.graph import Input, Node, Stack

if TYPE_CHECKING:
    from convcalc.read.code.snapshot import Snapshot


def stack_of_own(live: Own, snapshot: Snapshot) -> Stack:
    """A model of an own class: the layers that it tracks, each with the shapes of its last call."""
    unbuilt = live.seen is None and any(_is_unbuilt(part) for part in live.tracked)
    lost = live.doubt or (live.failed if unbuilt else None)
    if lost:
        raise snapshot.session.refused(lost)
    nodes = []
    for part in live.tracked:
        if isinstance(part, Sequential | Functional) and not (isinstance(part, Sequential) and part.shape is None):
            node = snapshot.node(part)
            node.inferred, node.shapes = _of_model(part, node)
        else:
            node = part_of(part, snapshot)
        nodes.append(node)
    shapes = live.on or ((None,),)
    inputs = tuple(
        Input("" if at else "input", one if live.on else None, "float32", False) for at, one in enumerate(shapes)
    )
    stack = Stack(live.name, live.named, False, inputs, tuple(nodes))
    stack.fixed = True
    waiting = [part for part in live.tracked if isinstance(part, Own) and part.seen is None]
    stack.weights_apart = (*live.weights, *(weight for part in waiting for weight in snapshot.weights(part)))
    return stack


def _is_unbuilt(part: Live) -> bool:
    """Whether a layer has not been called so far, from which its weights would follow."""
    if isinstance(part, Declared):
        return part.built is None and not (part.layer and part.layer.built_at_init)
    if isinstance(part, Sequential):
        return part.shape is None
    return isinstance(part, Own) and part.seen is None


def _of_model(part: Live, node: Node) -> tuple[Inferred | None, tuple[Shape, ...]]:
    inner = node.inner
    if inner is None or not inner.output_shapes:
        return None, ()
    outputs = inner.output_shapes
    shapes = tuple(one.shape for one in inner.inputs if one.shape is not None)
    return Inferred(outputs[0], inner.weights, inner.macs, (), outputs[1:]), shapes


def part_of(part: Live, snapshot: Snapshot) -> Node:
    """The node of a layer with the shapes of its last call, wherever this stands."""
    node = snapshot.node(part)
    if part.seen is not None:
        node.shapes = part.on
        seen = part.seen
        node.inferred = Inferred(seen.output, tuple(snapshot.weights(part)), seen.macs, seen.axes, seen.more)
        node.is_unshown = _is_unshown(part)
        node.last = part.built if isinstance(part, Declared) else None
    return node


def _is_unshown(part: Live) -> bool:
    """Whether Keras knows no shape of a layer's output after calls on data: it asks ``compute_output_shape``."""
    if part.calls or part.owner is not None and part.owner.builds:
        return False
    if isinstance(part, Declared):
        return part.layer is not None and part.layer.built_at_init
    if not isinstance(part, Own) or part.base is not None or part.instance is None:
        return False
    return part.instance.cls.find("compute_output_shape") is MISSING
