"""Operations on the symbolic tensors of a script: ``x + y``, ``2 * x``, ``x[:, -1]``, ``keras.ops.relu(x)``."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from convcalc.errors import ConvcalcError
from convcalc.layers import OPERATIONS, find
from convcalc.read.code.calling import Called
from convcalc.read.code.live import Declared
from convcalc.read.code.values import Data, Tensor, Unknown, flat
from convcalc.read.common import not_yet
from convcalc.script import Call, Given
from convcalc.stack.build import Resolver

if TYPE_CHECKING:
    from convcalc.read.code.session import Session

_SIGNS = {"+": "Add", "-": "Subtract", "*": "Multiply", "/": "TrueDivide", "**": "Power", "@": "Matmul"}
_UNARY = {"-": "Negative"}
# What `keras.activations` gives an operation that has another default.
_HELP = "+ - * / ** and @ can be read; else use a layer, such as Rescaling(2)"


class Operations:
    """Makes operations, which Keras lists as it lists layers, with names of their kinds."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def operated(self, kind: str, inputs: Sequence[Data], config: dict[str, Any], node: ast.AST | None) -> Data:
        """The output of an operation; `ConvcalcError` where the shapes do not fit."""
        session = self._session
        place = session.machine.place(node or session.machine.frame.node)
        call = Call(f"ops.{kind}", named={name: Given(value, place) for name, value in config.items()}, place=place)
        given = Called()
        given.inputs, given.roles = list(inputs), [""] * len(inputs)
        live = Declared(call, Resolver().layer(call), kind)
        if not any(isinstance(one, Tensor) for one in inputs):
            return session.calling.outputs(live, given, place)[0]
        session.give_name(live, None)
        outputs = session.calling.symbolic(live, given, place)
        return outputs[0]

    def signed(self, sign: str, left: Any, right: Any, node: ast.AST) -> Any:
        """``left sign right``, of which one is a symbolic tensor."""
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
        """The output of an operation on its arguments: tensors first, then the arguments of the class."""
        if f"ops.{kind}" not in OPERATIONS:
            return self._not_yet(f"{kind} of a layer's output", node)
        layer = find(f"ops.{kind}")
        names = [*dict.fromkeys((*layer.signature.inputs, *layer.arguments))]
        given = {**dict(zip(names, args, strict=False)), **named}
        tensors = []
        rest: dict[str, Any] = {}
        for name, value in given.items():
            parts = flat(value)
            if name in layer.signature.inputs and parts and all(isinstance(one, Tensor) for one in parts):
                tensors += parts
            else:
                rest[name] = value
        if len(args) > len(names) or not set(given) <= set(names):
            return self._not_yet(f"{kind} of a layer's output with these arguments", node)
        if not tensors or not all(map(_is_plain, rest.values())):
            return self._not_yet(f"{kind} of a layer's output and data", node)
        return self._made(kind, tensors, rest, node)

    def _made(self, kind: str, tensors: Sequence[Data], config: dict[str, Any], node: ast.AST) -> Any:
        try:
            return self.operated(kind, tensors, config, node)
        except ConvcalcError as error:
            error.span = error.span or self._session.machine.place(node)
            lost = self._session.machine.unknown(error.message, node)
            lost.cause.error = error
            return lost

    def _not_yet(self, what: str, node: ast.AST) -> Unknown:
        lost = self._session.machine.unknown(f"{what} is not followed", node)
        lost.cause.error = not_yet(what, self._session.machine.place(node), _HELP)
        return lost


def _is_plain(value: Any) -> bool:
    """Whether a value is no tensor, data or the like, nor has such in it."""
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    return isinstance(value, int | float | str | bool | slice | None) or value is ...
