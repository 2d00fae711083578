"""Operations on the tensors of a script: ``x + y``, ``2 * x``, ``x[:, -1]``, ``keras.ops.relu(x)``."""

from __future__ import annotations

import ast
import re
from typing import Any

from convcalc.layers import OPERATIONS, find
from convcalc.read.code.applying import Applying, flat
from convcalc.read.code.bound import Tensor
from convcalc.read.code.builtin import Plain
from convcalc.read.common import not_yet
from convcalc.script import Call, Given

_SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "Add",
    ast.Sub: "Subtract",
    ast.Mult: "Multiply",
    ast.Div: "TrueDivide",
    ast.Pow: "Power",
    ast.MatMult: "Matmul",
}
_FUNCTION = re.compile(r"\bkeras\.(?:src\.)?(ops|activations)\.(?:\w+\.)*(\w+)$|^(ops|activations)\.(\w+)$")
# Functions whose class is not their name in capitals.
_CLASSES = {"abs": "Absolute", "swish": "Silu", "hard_swish": "HardSilu", "exponential": "Exp"}
# What keras.activations gives an operation that has another default.
_GIVEN = {"gelu": {"approximate": False}}
_HELP = "+ - * / ** and @ can be read; else use a layer, such as Rescaling(2)"


class Operations(Applying):
    """Calls that operate on tensors without a layer: Keras lists each as it lists layers, with a name of its kind."""

    def operated(self, kind: str, tensors: list[Tensor], node: ast.expr, given: dict[str, Any]) -> Tensor:
        """The output of an operation, made with the values ``given``."""
        place = self.place(node)
        call = Call(f"ops.{kind}", named={name: Given(value, place) for name, value in given.items()}, place=place)
        self.settle(call)
        return Applying.apply(self, call, tensors, [""] * len(tensors), {}, node)[0]

    def combined(self, node: ast.expr, sign: ast.operator, left: Any, right: Any) -> Any:
        """``left sign right``, of tensors too."""
        if not isinstance(left, Tensor) and not isinstance(right, Tensor):
            return super().combined(node, sign, left, right)
        made = self._bound(_SIGNS.get(type(sign), ""), [left, right], {}, node)
        if made is None:
            raise not_yet("this operation on a layer's output", self.place(node), _HELP)
        return made

    def operation(self, function: str, args: list[Any], named: dict[str, Any], node: ast.Call) -> Tensor | None:
        """What one of Keras's functions makes of tensors; None for a function that is not known here."""
        found = _FUNCTION.search(function)
        if not found:
            return None
        module, name = found[1] or found[3], found[2] or found[4]
        kind = _CLASSES.get(name) or "".join(part.capitalize() for part in name.split("_"))
        return self._bound(kind, args, (_GIVEN.get(name, {}) if module == "activations" else {}) | named, node)

    def _bound(self, kind: str, args: list[Any], named: dict[str, Any], node: ast.expr) -> Tensor | None:
        """The output of an operation on its arguments: Keras's functions take tensors, then the class's arguments."""
        if f"ops.{kind}" not in OPERATIONS:
            return None
        layer = find(f"ops.{kind}")
        names = [*dict.fromkeys((*layer.signature.inputs, *layer.arguments))]
        given = dict(zip(names, args, strict=False)) | named
        tensors = [tensor for name in layer.signature.inputs for tensor in flat(given.get(name)) or ()]
        rest = {name: value for name, value in given.items() if name not in layer.signature.inputs or not flat(value)}
        known = len(args) <= len(names) and set(given) <= set(names) and all(map(_is_plain, rest.values()))
        return self.operated(kind, tensors, node, rest) if known and tensors else None

    def value(self, node: ast.expr) -> Any:
        """The value of an expression, parts and opposites of tensors among them."""
        match node:
            case ast.Subscript(value=inner, slice=index):
                whole = self.or_unknown(inner)
                if isinstance(whole, Tensor):
                    return self.operated("GetItem", [whole], node, {"key": self._index(index, node)})
            case ast.UnaryOp(op=ast.USub(), operand=operand) if not isinstance(operand, ast.Constant):
                whole = self.or_unknown(operand)
                if isinstance(whole, Tensor):
                    return self.operated("Negative", [whole], node, {})
            case ast.Call(func=ast.Name(id="abs"), args=[operand]) if "abs" not in self.names:
                whole = self.or_unknown(operand)
                if isinstance(whole, Tensor):
                    return self.operated("Absolute", [whole], node, {})
        return super().value(node)

    def _index(self, index: ast.expr, node: ast.expr) -> tuple[Any, ...]:
        """The whole numbers, slices, new axes and the ellipsis of ``x[:, -1]``."""
        parts = index.elts if isinstance(index, ast.Tuple) else [index]
        found = tuple(map(self._part, parts))
        ends = [end for one in found if isinstance(one, slice) for end in (one.start, one.stop, one.step)]
        if not all(one is ... or isinstance(one, slice) or _is_plain(one) for one in found) or not _is_plain(ends):
            raise not_yet("this part of a layer's output", self.place(node), "take whole axes, numbers and slices")
        return found

    def _part(self, part: ast.expr) -> Any:
        if isinstance(part, ast.Slice):
            return slice(*(self.value(end) if end else None for end in (part.lower, part.upper, part.step)))
        return ... if isinstance(part, ast.Constant) and part.value is ... else self.value(part)


def _is_plain(value: Any) -> bool:
    """Whether a value is no tensor, data or the like, nor has such in it."""
    return all(map(_is_plain, value)) if isinstance(value, list | tuple) else isinstance(value, Plain)
