"""Lambda layers: what they give is what their function makes of shapes."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from convcalc.read.code.calling import Called
from convcalc.read.code.live import Declared
from convcalc.read.code.standins import like, plain
from convcalc.read.code.values import Data, Function, Tensor, Unknown, flat
from convcalc.script import Call
from convcalc.stack.coded import Coded

if TYPE_CHECKING:
    from convcalc.read.code.session import Session


class Lambdas:
    """Makes and calls Lambda layers."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def make(self, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Declared:
        """``Lambda(function)``: its shapes are what its function makes of shapes."""
        session = self._session
        function = args[0] if args else named.get("function")
        live = Declared(Call("Lambda", place=session.machine.place(node)), None, "Lambda")
        live.function = function
        live.words = {**dict(zip(("output_shape", "mask", "arguments"), args[1:], strict=False)), **named}
        live.layer = Coded("Lambda", lambda *shapes: session.calling.rule(live, shapes, node))
        session.give_name(live, named.get("name"))
        return live

    def apply(self, live: Declared, given: Called, node: ast.AST) -> Any:
        """A Lambda called on tensors or data."""
        session = self._session
        tensors = [one for one in given.inputs if isinstance(one, Tensor)]
        inner = Called()
        inner.inputs, inner.listed = [plain(one) for one in given.inputs], given.listed
        result = self._result(live, inner, node)
        outputs = flat(result)
        lost = next((one for one in outputs if isinstance(one, Unknown)), None)
        if lost or not outputs or not all(isinstance(one, Data) for one in outputs):
            return lost or session.machine.unknown(f"what {live.name} gives is no tensor", node)
        if not tensors:
            return result
        masks = [one.mask for one in tensors if one.mask is not None]
        made = session.calling.record_known(live, tensors, masks, outputs, node)
        return like(result, iter(made.outputs))

    def _result(self, live: Declared, given: Called, node: ast.AST) -> Any:
        machine = self._session.machine
        value = list(given.inputs) if given.listed else given.inputs[0]
        more = live.words.get("arguments")
        self._session.inside += 1
        try:
            result = machine.call(live.function, (value,), more if isinstance(more, dict) else {}, node)
        finally:
            self._session.inside -= 1
        if all(isinstance(one, Data) for one in flat(result)):
            live.on = tuple(one.shape for one in given.inputs)
            live.known[live.on] = tuple(one.shape for one in flat(result))
            return result
        stated: Any = live.words.get("output_shape")
        if isinstance(stated, Function):
            whole = machine.call(stated, (given.inputs[0].shape,), {}, node)
            return Data(whole, given.inputs[0].dtype) if _is_shape(whole) else result
        if isinstance(stated, int):
            stated = (stated,)
        return Data((given.inputs[0].shape[0], *stated), given.inputs[0].dtype) if _is_shape(stated) else result

    def shapes(self, live: Declared, inputs: Sequence[Data], node: ast.AST) -> Any:
        """What a Lambda gives on data."""
        given = Called()
        given.inputs = list(inputs)
        given.listed = len(inputs) > 1
        return self._result(live, given, node)


def _is_shape(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(one is None or type(one) is int for one in value)
