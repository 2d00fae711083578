"""Operations on the tensors of a script: ``x + y``, ``2 * x``, ``x[:, -1]``, ``keras.ops.relu(x)``."""

from __future__ import annotations

import ast
import re
from typing import Any

from convcalc.layers._elementwise import BINARY, UNARY
from convcalc.read.applying import Applying
from convcalc.read.bound import Tensor
from convcalc.read.common import not_yet
from convcalc.script import OPERATION, Call, Given

_SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "Add",
    ast.Sub: "Subtract",
    ast.Mult: "Multiply",
    ast.Div: "TrueDivide",
    ast.Pow: "Power",
}
_FUNCTION = re.compile(r"\bkeras\.(?:src\.)?(?:ops|activations)\.(?:\w+\.)*(\w+)$|^(?:ops|activations)\.(\w+)$")
# Functions whose class is not their name in capitals.
_CLASSES = {"abs": "Absolute", "swish": "Silu"}
_HELP = "sums, differences, products and quotients can be read; else use a layer, such as Rescaling(2)"


class Operations(Applying):
    """Calls that operate on tensors without a layer: Keras lists each as it lists layers, with a name of its kind."""

    def operated(self, kind: str, tensors: list[Tensor], node: ast.expr, **given: Any) -> Tensor:
        """The output of an operation."""
        call = Call(kind, place=self.place(node), opaque=OPERATION)
        call.named = {name: Given(value) for name, value in given.items() if value is not None}
        self.give_name(call, kind)
        return Applying.apply(self, call, tensors, [""] * len(tensors), {}, node)[0]

    def combined(self, node: ast.expr, sign: ast.operator, left: Any, right: Any) -> Any:
        """``left sign right``, of tensors too."""
        if not isinstance(left, Tensor) and not isinstance(right, Tensor):
            return super().combined(node, sign, left, right)
        return self._binary(_SIGNS.get(type(sign), ""), left, right, node)

    def _binary(self, kind: str, left: Any, right: Any, node: ast.expr) -> Tensor:
        """Two tensors of one rank, or a tensor and a number, into one tensor."""
        tensors = [one for one in (left, right) if isinstance(one, Tensor)]
        numbers = [one for one in (left, right) if isinstance(one, int | float)]
        if kind not in BINARY or len(tensors) + len(numbers) < 2:
            raise not_yet("this operation on a layer's output", self.place(node), _HELP)
        if len({len(one.shape) for one in tensors if one.shape is not None}) > 1:
            help = f"use the layer: {kind}()([x, y])"
            raise not_yet("an operation on outputs of different ranks", self.place(node), help)
        if not numbers:
            return self.operated(kind, tensors, node)
        return self.operated(kind, tensors, node, value=numbers[0], left=True if left is numbers[0] else None)

    def operation(self, function: str, args: list[Any], named: dict[str, Any], node: ast.Call) -> Tensor | None:
        """What one of Keras's functions makes of tensors; None for those that are not known here."""
        found = _FUNCTION.search(function)
        name = (found[1] or found[2]) if found else ""
        kind = _CLASSES.get(name) or "".join(part.capitalize() for part in name.split("_"))
        if kind == "Concatenate" and args and isinstance(args[0], list) and set(named) <= {"axis"}:
            return self._beside(args[0], args[1] if len(args) > 1 else named.get("axis", -1), node)
        if named:
            return None
        if kind in UNARY and len(args) == 1 and isinstance(args[0], Tensor):
            return self.operated(kind, args, node)
        if kind in BINARY and len(args) == 2:
            return self._binary(kind, args[0], args[1], node)
        return None

    def _beside(self, tensors: list[Tensor], axis: Any, node: ast.Call) -> Tensor:
        """``keras.ops.concatenate([x, y], 1)``: as the layer's."""
        layer = Call("Concatenate", named={"axis": Given(axis)}, place=self.place(node.func))
        self.settle(layer)
        return Applying.apply(self, layer, tensors, [""] * len(tensors), {}, node)[0]

    def value(self, node: ast.expr) -> Any:
        """The value of an expression, parts and opposites of tensors among them."""
        match node:
            case ast.Subscript(value=inner, slice=index):
                whole = self.or_unknown(inner)
                if isinstance(whole, Tensor):
                    return self.operated("GetItem", [whole], node, value=self._index(whole, index, node))
            case ast.UnaryOp(op=ast.USub(), operand=operand) if not isinstance(operand, ast.Constant):
                whole = self.or_unknown(operand)
                if isinstance(whole, Tensor):
                    return self.operated("Negative", [whole], node)
        return super().value(node)

    def _index(self, whole: Tensor, index: ast.expr, node: ast.expr) -> tuple[Any, ...]:
        """The whole numbers, slices and new axes of ``x[:, -1]``, without an ellipsis."""
        parts = index.elts if isinstance(index, ast.Tuple) else [index]
        found: list[Any] = []
        for part in parts:
            if isinstance(part, ast.Slice):
                ends = [self.value(end) if end else None for end in (part.lower, part.upper, part.step)]
                found.append(slice(*ends))
            elif isinstance(part, ast.Constant) and part.value is Ellipsis:
                axes = sum(not (isinstance(one, ast.Constant) and one.value in (None, Ellipsis)) for one in parts)
                found += [slice(None)] * (len(whole.shape or ()) - axes)
            else:
                found.append(self.value(part))
        plain = all(one is None or type(one) is int or isinstance(one, slice) for one in found)
        if not plain or any(one.step == 0 for one in found if isinstance(one, slice)):
            raise not_yet("this part of a layer's output", self.place(node), "take whole axes, numbers and slices")
        return tuple(found)
