"""The input shape that a model lacks: the first of a few usual ones under which all of its numbers are known."""

from __future__ import annotations

from convcalc.errors import ConvcalcError
from convcalc.sizes.shapes import Shape
from convcalc.stack.graph import Stack
from convcalc.stack.infer import infer

# Tried in this order, without the batch: an open size alone says the most, and then what is smallest.
_USUAL: tuple[Shape, ...] = (
    (None,), (10,), (10, 3), (1000, 3), (28, 28, 3), (224, 224, 3), (3, 224, 224), (16, 16, 16, 3), (64, 64, 64, 3),
)  # fmt: skip


def lacking(stack: Stack) -> str | None:
    """What a user adds to see all numbers, as ``-s 28,28,3`` or ``-s None``; None where no usual shape does."""
    if len(stack.inputs) > 1:
        return None
    for shape in _USUAL:
        if _suits(stack, shape):
            return f"-s {','.join(map(str, shape))}"
    return None


def _suits(stack: Stack, shape: Shape) -> bool:
    """Whether the model takes the shape and tells all weights of layers that are Keras's; the stack stays as it is."""
    copy = stack.copied()
    copy.input.shape = (None, *shape)
    try:
        infer(copy.nodes, copy.input.shape)
    except ConvcalcError:
        return False
    return all(node.is_counted or node.is_behind or node.layer and node.layer.is_opaque for node in copy.leaves())
