"""Operations on the symbolic tensors of a script: ``x + y``, ``2 * x``, ``x[:, -1]``, ``keras.ops.relu(x)``."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from convcalc.declare.types import Fixed
from convcalc.errors import ConvcalcError
from convcalc.layers import OPERATIONS, find
from convcalc.read.code import number_kinds
from convcalc.read.code.calling import Called
from convcalc.read.code.known import Open, Sizes
from convcalc.read.code.live import Declared
from convcalc.read.code.values import Data, Tensor, Unknown, flat
from convcalc.read.common import not_yet
from convcalc.script import Call, Given
from convcalc.sizes.shapes import product
from convcalc.stack.build import Resolver

if TYPE_CHECKING:
    from convcalc.read.code.session import Session

_SIGNS = {
    "+": "Add", "-": "Subtract", "*": "Multiply", "/": "TrueDivide", "**": "Power", "@": "Matmul", "//": "FloorDivide",
    "%": "Mod", "<": "Less", "<=": "LessEqual", ">": "Greater", ">=": "GreaterEqual", "==": "Equal", "!=": "NotEqual",
    "&": "LogicalAnd", "|": "LogicalOr", "^": "LogicalXor",
}  # fmt: skip
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_UNARY = {"-": "Negative", "~": "LogicalNot"}
_HELP = "use a layer that does it, such as Rescaling(2)"
# The most values of an array that an operation keeps as its operand; of larger arrays it keeps the shape.
_MOST_KEPT = 10_000


class Operations:
    """Makes operations, which Keras lists as it lists layers, with names of their kinds."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def operated(self, kind: str, inputs: Sequence[Data], config: dict[str, Any], node: ast.AST | None) -> Data:
        """The first output of an operation; `ConvcalcError` where the shapes do not fit."""
        return self._outputs(kind, inputs, [""] * len(inputs), config, node)[0]

    def _outputs(
        self, kind: str, inputs: Sequence[Data], roles: list[str], config: dict[str, Any], node: ast.AST | None
    ) -> Sequence[Data]:
        """All outputs of an operation; on data these are shapes, and nothing is added to the graph."""
        session = self._session
        place = session.machine.place(node or session.machine.frame.node)
        call = Call(f"ops.{kind}", named={name: Given(value, place) for name, value in config.items()}, place=place)
        given = Called()
        given.inputs, given.roles = list(inputs), roles
        live = Declared(call, Resolver().layer(call), kind)
        if not any(isinstance(one, Tensor) for one in inputs):
            outputs = session.calling.outputs(live, given, place)
            cause = next((one.cause for one in inputs if one.cause), None)
            for one in outputs:
                one.cause = cause if None in one.shape else None
            return outputs
        session.give_name(live, None)
        return session.calling.symbolic(live, given, place)

    def signed(self, sign: str, left: Any, right: Any, node: ast.AST) -> Any:
        """``left sign right``, of which one is a symbolic tensor."""
        if sign in ("==", "!=") and any(one is None or isinstance(one, str) for one in (left, right)):
            return sign == "!="
        if sign in _TURNED and not isinstance(left, Tensor):  # Python asks the tensor on the right
            sign, left, right = _TURNED[sign], right, left
        kind = _SIGNS.get(sign)
        if kind is None:
            return self._not_yet("this operation on a layer's output", node)
        return self.of_function(kind, [left, right], {}, node)

    def unary(self, sign: str, value: Tensor, node: ast.AST) -> Any:
        """``-x``."""
        kind = _UNARY.get(sign)
        return self.of_function(kind, [value], {}, node) if kind else self._not_yet("this on a layer's output", node)

    def part(self, whole: Tensor, key: Any, node: ast.AST) -> Any:
        """``x[:, -1]``."""
        parts = key if isinstance(key, tuple) else (key,)
        lost = next((one for one in parts if isinstance(one, Unknown)), None)
        if lost:
            return lost
        if not all(one is ... or one is None or isinstance(one, int | slice) for one in parts):
            return self._not_yet("this part of a layer's output", node)
        return self._made("GetItem", [whole], {"key": parts}, node)

    def of_function(self, kind: str, args: list[Any], named: dict[str, Any], node: ast.AST) -> Any:
        """The output of an operation on its arguments, in the order of Keras's function; several outputs in a list."""
        if f"ops.{kind}" not in OPERATIONS:
            return self._not_yet(f"{kind} of a layer's output", node)
        layer: Any = find(f"ops.{kind}")
        bound = _bound(layer, args, named)
        if bound is None:
            return self._not_yet(f"{kind} of a layer's output with these arguments", node)
        eager = not any(isinstance(one, Tensor) for name in layer.signature.names for one in flat(bound.get(name)))
        tensors: list[Data] = []
        roles: list[str] = []
        tensor_names: list[str] = []
        for name in (*layer.signature.inputs, *layer.signature.tensors):
            own = flat(bound[name]) if name in bound else []
            if own and all(isinstance(one, Data if eager else Tensor) for one in own):
                tensors += own
                roles += ["" if name in layer.signature.inputs else name] * len(own)
                del bound[name]
                tensor_names.append(name)
        try:
            config = {name: _value(layer, name, value) for name, value in bound.items()}
            config |= layer.left_open(tensor_names)
        except (TypeError, ValueError):
            return self._not_yet(f"{kind} of a layer's output and data", node)
        if not tensors:
            return self._not_yet(f"{kind} of a layer's output and data", node)
        return self._made(kind, tensors, config, node, roles, listed=layer.listed)

    def _made(
        self,
        kind: str,
        tensors: Sequence[Data],
        config: dict[str, Any],
        node: ast.AST,
        roles: list[str] | None = None,
        *,
        listed: bool = False,
    ) -> Any:
        try:
            outputs = list(self._outputs(kind, tensors, roles or [""] * len(tensors), config, node))
        except ConvcalcError as error:
            error.span = error.span or self._session.machine.place(node)
            lost = self._session.machine.unknown(error.message, node)
            lost.cause.error = error
            return lost
        return outputs if listed or len(outputs) > 1 else outputs[0]

    def _not_yet(self, what: str, node: ast.AST) -> Unknown:
        lost = self._session.machine.unknown(f"{what} is not followed", node)
        lost.cause.error = not_yet(what, self._session.machine.place(node), _HELP)
        return lost


def _bound(layer: Any, args: Sequence[Any], named: dict[str, Any]) -> dict[str, Any] | None:
    """The arguments by name, without the ones that are None; None where the operation does not take them."""
    words = layer.words()
    if layer.starred:
        at = words.index(layer.signature.inputs[0])
        args = [*args[:at], list(args[at:])] if args[at:] else args
    if len(args) > len(words):
        return None
    whole = {**dict(zip(words, args, strict=False)), **named}
    if layer.gathers:
        rest = {name: whole.pop(name) for name in [*whole] if name not in words}
        whole |= {layer.gathers: rest} if rest else {}
    plain = {name for name, one in layer.arguments.items() if one.default is not None}
    found = {name: value for name, value in whole.items() if value is not None or name in plain}
    return found if found.keys() <= {*words, *layer.arguments} else None


def _value(layer: Any, name: str, value: Any) -> Any:
    """An argument that is no tensor; `TypeError` or `ValueError` for what an operation cannot have."""
    if name == "dtype":
        return number_kinds.name_of(value)
    if name in layer.signature.names:
        return _operand(value)
    return _plain(value)


def _operand(value: Any) -> Any:
    """A number, or numbers in lists; data as an array."""
    if isinstance(value, Data) and not isinstance(value, Tensor) and value.shape is not None:
        size = product(value.shape)
        if size is None:
            raise TypeError("an operand needs a known size")
        kept = value.is_known and size <= _MOST_KEPT
        return Fixed(tuple(n or 0 for n in value.shape), value.dtype, _nested(value.value.tolist()) if kept else None)
    return _plain(value)


def _nested(value: Any) -> Any:
    return tuple(map(_nested, value)) if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    """A value of Python's; a size that Keras leaves open is None."""
    if isinstance(value, Open):
        return None
    if isinstance(value, Sizes):
        return [_plain(one) for one in value.sizes]
    if isinstance(value, Data) and value.is_known and not isinstance(value, Tensor):
        return value.value.tolist()
    if isinstance(value, list | tuple):
        return type(value)(map(_plain, value))
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, int | float | str | bool | slice | None) or value is ...:
        return value
    raise TypeError("this is no argument of an operation")
