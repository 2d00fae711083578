"""Layers, models and functions that a script calls, on tensors most of all."""

from __future__ import annotations

import ast
import re
from typing import Any

from convcalc.declare.signature import NESTED
from convcalc.errors import ConvcalcError
from convcalc.layers import MODULES, canonical, find, is_function
from convcalc.read.code import data
from convcalc.read.code.bound import Applied, Function, Model, Partial, Space, Tensor, Unknown
from convcalc.read.code.making import Making, is_model
from convcalc.read.code.names import WHOLE
from convcalc.read.code.written import outputs_of
from convcalc.read.common import is_nested, not_yet
from convcalc.read.inline.expression import dotted
from convcalc.script import NOTHING, Call, Given, Stated

# Keras's functions for its merging layers: `keras.layers.add([a, b])` is `Add()([a, b])`.
_MERGE = re.compile(
    r"(?:(?:keras|tf_keras|tensorflow|tf)\.(?:\w+\.)*layers\.(?:\w+\.)*|^)"
    r"(add|subtract|multiply|average|maximum|minimum|concatenate|dot)$"
)

_APPLICATION = re.compile(r"\bapplications\.(?:\w+\.)*[A-Z]\w*$")


class Applying(Making):
    """Calls on tensors: of layers, of models, and of what stands for layers."""

    def __init__(self, *text: Any) -> None:
        super().__init__(*text)
        self.uses: dict[Call, list[Applied]] = {}  # the calls of every layer
        self.order: dict[Applied, tuple[int, ...]] = {}  # every call's place in the order of making

    def call(self, node: ast.Call) -> Any:
        """What a call makes: a layer, a model, tensors, or what a function returns."""
        kind = self.kind(node.func)
        if kind is None:
            return self._called(node)
        if kind.endswith("image_data_format") and not node.args:
            return self.image_data_format()
        merge = _MERGE.search(kind)
        if is_model(kind):
            return self.model(node)
        if is_nested(kind):
            return self.nested(kind, node)
        if kind in ("functools.partial", "partial") and node.args:
            return Partial(node)
        if merge:
            return self._merged(merge[1].capitalize(), node)
        if kind.rpartition(".")[2] in ("int_shape", "shape") and len(node.args) == 1:
            return self.attribute(self.value(node.args[0]), "shape", node)
        if canonical(kind) == "Lambda" and self.is_keras(node.func):
            return self.lambda_layer(node)
        if _APPLICATION.search(kind):
            help = "save its model.to_json() with Keras, and give convcalc the .json file"
            raise not_yet("a model of keras.applications in a script", self.place(node), help)
        if self.is_layer(kind, node.func) and not is_function(kind):
            made = self.layer_of(kind, node)
            return self._fed(made, node) if canonical(kind) == "Input" else made
        return self._other(kind, node)

    def _other(self, kind: str, node: ast.Call) -> Any:
        """What a function that is no layer makes: data of a known shape, if anything that is known."""
        args = [self.or_unknown(one) for one in node.args]
        named = {word.arg or "**": self.or_unknown(word.value) for word in node.keywords}
        for value in (*args, *named.values()):
            if isinstance(value, Unknown) and value.error.code in WHOLE:
                raise value.error
        tensors = [value for value in (*args, *named.values()) if flat(value)]
        if tensors:
            made = self.operation(kind, args, named, node)
            if made is None:
                help = "use a layer for it, such as Activation('relu'), Rescaling(1 / 255) or Add()([x, y])"
                raise not_yet(f"{dotted(node.func)}() on a layer's output", self.place(node), help)
            return made
        found = data.made(kind, args, named) if data.is_known(kind) else None
        if found is None:
            raise self.no_value(f"{dotted(node.func)}() is a call whose result is not known here", node)
        return found

    def _fed(self, layer: Call, node: ast.Call) -> Tensor:
        """``Input(…)``: the tensor of an InputLayer."""
        return self.apply(layer, [], [], {}, node)[0]

    def _called(self, node: ast.Call) -> Any:
        """Applying what the script made: a layer, a model, a function, or a value's method."""
        func = node.func
        if isinstance(func, ast.Attribute):
            owner = self.or_unknown(func.value)
            if isinstance(owner, Model) and func.attr == "get_layer":
                return self.get_layer(owner, node)
            if isinstance(owner, Tensor) and func.attr == "get_shape":
                return self.attribute(owner, "shape", node)
            if not isinstance(owner, Call | Tensor | Unknown):
                return self.method(node, func)
        called = self.value(func)
        if isinstance(called, Partial):
            return self.call(called.with_more(node))
        if isinstance(called, Function):
            return self.known(self.run(called, node), node)
        plain = isinstance(called, Space) and not any(isinstance(one, Function) for one in called.names.values())
        if isinstance(called, Space) and plain and not node.args and not node.keywords:
            return Space(dict(called.names))
        if not isinstance(called, Call):
            raise self.no_value(f"{ast.unparse(func)[:60]}() is a call whose result is not known here", node)
        return self.on_tensors(called, node)

    def lambda_layer(self, node: ast.Call) -> Call:
        """The layer of ``Lambda(function)``."""
        raise NotImplementedError

    def stated(self, made: Applied) -> Stated:
        """What is known of a call beside its layer's rules."""
        return NOTHING

    def model(self, node: ast.Call) -> Model:
        """The model of ``Model(inputs, outputs)``."""
        raise NotImplementedError

    def get_layer(self, model: Model, node: ast.Call) -> Call:
        """The layer of ``model.get_layer("name")``."""
        raise NotImplementedError

    def run(self, function: Function, node: ast.Call) -> Any:
        """What a function of the script's own returns."""
        raise NotImplementedError

    def on_tensors(self, layer: Call, node: ast.Call) -> Any:
        """A layer or a model called on tensors: its output, or all of them."""
        names = _by_place(layer)
        inputs: list[Tensor] = []
        roles: list[str] = []
        options: dict[str, Given] = {}
        value: Any = None
        listed = False
        by_place = [(names[min(at, len(names) - 1)], one) for at, one in enumerate(node.args)]
        for role, one in [*by_place, *((word.arg or "**", word.value) for word in node.keywords)]:
            value = self.value(one)
            tensors = flat(value)
            listed = listed or (one in node.args[:1] and isinstance(value, list | tuple))
            if tensors:
                inputs += tensors
                roles += [role] * len(tensors)
            elif value is not None and not isinstance(value, data.Array):
                self._check_option(role, value, one)
                options[role] = Given(self.argument(one), self.place(one))
        if not inputs:
            if isinstance(layer, Model) and not layer.builds and isinstance(value, data.Array):
                layer.shape = Given(value.shape, self.place(node))  # as Keras builds it for data
                self.build_now(layer)
            raise self.no_value("this layer is called on something that is not known here", node)
        made = self.apply(layer, inputs, roles, options, node, listed=listed)
        return made[0] if len(made) == 1 else made

    def _check_option(self, role: str, value: Any, node: ast.expr) -> None:
        """Refuses what is no plain value, or has no name, among the arguments of a layer's call."""
        if isinstance(value, list | tuple) and any(isinstance(one, Tensor) for one in value):
            raise not_yet("a list of tensors and other values", self.place(node), "give tensors alone")
        if not role:
            raise self.no_value("a layer is given tensors by place, and other values by name", node)

    def apply(
        self,
        layer: Call,
        inputs: list[Tensor],
        roles: list[str],
        options: dict[str, Given],
        node: ast.expr,
        *,
        listed: bool = False,
    ) -> list[Tensor]:
        """The outputs of a call, whose shapes are worked out at once."""
        self.spend(node, 10)
        if isinstance(layer, Model) and not layer.builds:
            self.build_now(layer)
        uses = self.uses.setdefault(layer, [])
        owner = self.owners.get(layer)
        number = len(uses) + (owner.builds - owner.since[layer] if owner else 0)
        uses.append(Applied(layer, tuple(inputs), tuple(roles), options, number, self.place(node), listed))
        return self.settled(uses[-1])

    def settled(self, made: Applied, order: tuple[int, ...] = ()) -> list[Tensor]:
        """The outputs of a new call; ``order`` is its place in the order of making where that is not the last."""
        self.order[made] = order or (len(self.order),)
        made.stated = self.stated(made)
        try:
            made.shapes = outputs_of(made, self.spoiled)
        except ConvcalcError as error:
            made.error = error
        return made.outputs

    def _merged(self, kind: str, node: ast.Call) -> Any:
        """``add([a, b], name="sum")``."""
        first = [word.value for word in node.keywords if word.arg == "inputs"] or node.args[:1]
        inputs = [tensor for one in first for tensor in flat(self.value(one)) or ()]
        if not inputs:
            raise self.no_value(f"{dotted(node.func)}() is a call whose result is not known here", node)
        named = self.by_name([word for word in node.keywords if word.arg != "inputs"])
        if kind == "Dot":
            named = {"axes": Given(-1), **named} if len(node.args) < 2 else named
        layer = Call(kind, tuple(self.by_place(node.args[1:])), named, place=self.place(node.func))
        self.settle(layer)
        return self.apply(layer, inputs, [""] * len(inputs), {}, node)[0]

    def operation(self, function: str, args: list[Any], named: dict[str, Any], node: ast.Call) -> Tensor | None:
        """What one of Keras's operations makes of tensors; None for an operation that is not known here."""
        return None


def _by_place(layer: Call) -> tuple[str, ...]:
    """What a layer's call takes by place, as roles: what it works on needs no name."""
    known = layer.layers is None and canonical(layer.kind) in MODULES
    signature = find(layer.kind).signature if known else NESTED
    return (*("" for _ in signature.inputs), *signature.tensors, "")


def flat(value: Any) -> list[Tensor] | None:
    """The tensors of a value, in Keras's order; None where there is anything else in it."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, dict):
        value = [value[key] for key in sorted(value, key=str)]
    if not isinstance(value, list | tuple) or len(value) > 1000:
        return None
    inside = [flat(one) for one in value]
    return None if None in inside else [tensor for part in inside for tensor in part or ()]
