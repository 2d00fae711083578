"""Keras's operations on tensors that a script's functional model lists beside layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcalc.compute.activations import ACTIVATIONS
from convcalc.errors import ShapeError
from convcalc.inferred import Inferred
from convcalc.layer import Layer
from convcalc.layers import snake_case
from convcalc.lazy import Array, np
from convcalc.shapes import Dim, Shape, show

# Of one tensor, and of two or of one and a number: Keras's classes, in snake case a name of NumPy's or an activation's.
UNARY = (
    *("Absolute", "Cos", "Exp", "Log", "Negative", "Sin", "Sqrt", "Square", "Tanh"),
    *("Relu", "Relu6", "Sigmoid", "Softmax", "Silu", "Elu", "Selu", "Softplus", "LogSoftmax", "HardSigmoid"),
)
BINARY = ("Add", "Subtract", "Multiply", "TrueDivide", "Power", "Maximum", "Minimum")
Index = tuple[int | slice | None, ...]


class Operation(Layer):
    """One of Keras's operations, with the number or index ``value`` that it is made with beside its tensors.

    With ``left`` the number stands before the tensor: ``1 - x``.
    """

    moves_axes = True

    def __init__(self, kind: str, value: Any = None, *, left: bool = False) -> None:
        self.held = ()
        self.name = None
        self.dtype = "float32"
        self.value = value
        self.left = left
        self._kind = kind

    @property
    def kind(self) -> str:
        """Keras's class of the operation."""
        return self._kind

    @property
    def config(self) -> dict[str, Any]:
        """The number that it is made with, if any."""
        return {"value": self.value} if isinstance(self.value, int | float) else {}

    def infer(self, *shapes: Shape) -> Inferred:
        """The shape after the operation, batch first; nothing is multiplied and accumulated."""
        x = shapes[0]
        item = self._kind == "GetItem"
        pairs = () if item else zip(*shapes, strict=True)
        y = item_shape(x, self.value) if item else tuple(_broadcast(sizes, shapes) for sizes in pairs)
        return Inferred(y, (), (), ())

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Array:
        """The operation's result."""
        x = inputs[0]
        if self._kind == "GetItem":
            part: Array = x[self.value]
            return part
        name = snake_case(self._kind)
        function = ACTIVATIONS[name] if name in ACTIVATIONS else getattr(np, name)
        operands = inputs if self.value is None else (self.value, x) if self.left else (x, self.value)
        result: Array = function(*operands)
        return result


def _broadcast(sizes: Sequence[Dim], shapes: Sequence[Shape]) -> Dim:
    known = {size for size in sizes if size != 1}
    if len(known) > 1:
        message = f"{' and '.join(map(show, shapes))} do not go together"
        raise ShapeError(message, code="merge", help="give inputs of equal sizes")
    return known.pop() if known else 1


def item_shape(x: Shape, index: Index) -> Shape:
    """The shape of ``x[index]``, for whole numbers, slices and new axes; `ShapeError` for what is not there."""
    left = list(x)
    sizes: list[Dim] = []
    for one in index:
        if one is None:
            sizes.append(1)
            continue
        size = left.pop(0) if left else 0
        whole = one == slice(None)
        if isinstance(one, int) and size is not None and not -size <= one < size or not whole and size is None:
            raise ShapeError(f"{show(x)} has no such part", code="no-part", help="give sizes, or take a whole axis")
        if isinstance(one, slice):
            sizes.append(size if size is None else len(range(size)[one]))
    return (*sizes, *left)
