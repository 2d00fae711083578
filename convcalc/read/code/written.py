"""What a script made as the calls of a model: each layer once, with the tensors of its calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcalc.errors import ConvcalcError, ReadError, raise_all
from convcalc.layers import canonical
from convcalc.read.code.bound import Applied, Model, Tensor
from convcalc.read.common import not_yet
from convcalc.script import Call, Given, Ref, Script
from convcalc.sizes.shapes import Shape
from convcalc.stack.build import MOST_LAYERS, Resolver, build
from convcalc.stack.graph import Input, Link, Node, Stack
from convcalc.stack.wiring import Order

INPUTS = ("Input", "InputLayer")
# How deep models may stand in models.
MOST_DEPTH = 100
Spoiled = Mapping[int, tuple[Any, list[ConvcalcError]]]


class Written:
    """Layers and models as calls that stand alone: what the script does to them later has no say."""

    def __init__(self, spoiled: Spoiled) -> None:
        self._spoiled = spoiled
        self._seen: dict[int, Call] = {}
        self._depth = 0
        self.errors: list[ConvcalcError] = []

    def call(self, call: Call) -> Call:
        """A layer, or a model with its layers; what went wrong in their making is kept in ``errors``."""
        if id(call) in self._seen and canonical(call.kind) not in INPUTS:
            raise not_yet("a layer that several models share, in a model of these models", call.place)
        self._seen[id(call)] = call
        if id(call) in self._spoiled:
            self.errors += self._spoiled[id(call)][1]
        if len(self._seen) > MOST_LAYERS:
            raise ReadError("this model has too many layers", code="too-many-layers", span=call.place)
        made = Call(call.kind, call.positional, call.named, place=call.place, opaque=call.opaque)
        if isinstance(call, Model):
            self._enter(call)
            made.layers = self._graph(call, made) if call.is_graph else self._chain(call)
            self._depth -= 1
        return made

    def _enter(self, model: Call) -> None:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise ReadError(f"models stand in models more than {MOST_DEPTH} deep", code="too-deep", span=model.place)

    def _chain(self, model: Model) -> list[Call]:
        """The layers of a Sequential."""
        seen: set[int] = set()
        for layer in model.layers:
            if id(layer) in seen:
                raise _twice(layer)
            seen.add(id(layer))
        return [self.call(layer) for layer in model.layers]

    def _graph(self, model: Model, made: Call) -> list[Call]:
        """The calls of a Functional model in the order of their making."""
        calls: dict[Applied, Call] = {}
        first: dict[int, Call] = {}
        for applied in model.calls:
            again = first.get(id(applied.layer))
            call = self.call(applied.layer) if again is None else Call("", place=applied.place, use=again.name)
            first.setdefault(id(applied.layer), call)
            calls[applied] = call
            if isinstance(applied.layer, Model):
                call.place = applied.place  # what is wrong there is wrong with this call
            if applied.inputs:
                call.inputs = tuple(_ref(tensor, calls, applied) for tensor in applied.inputs)
            call.roles, call.options, call.number = applied.roles, applied.options, applied.number
            call.listed = applied.listed
            call.stated = applied.stated
        made.outputs = tuple(_ref(tensor, calls, None) for tensor in model.results)
        return list(calls.values())

    def script(self, model: Model) -> Script:
        """The script of a model. Raises all that is wrong in it together."""
        call = self.call(model)
        raise_all(self.errors)
        script = Script(call.layers or [], name=call.name, place=call.place)
        script.functional, script.outputs = model.is_graph, call.outputs
        shape = None if model.is_graph or _has_input(model) else model.shape or _shape_inside(model)
        if shape and isinstance(shape.value, list | tuple) and shape.value:
            script.batch_size, script.input = Given(shape.value[0], shape.place), Given(shape.value[1:], shape.place)
        return script


def _ref(tensor: Tensor, calls: Mapping[Applied, Call], user: Applied | None) -> Ref:
    return Ref(calls[tensor.source], tensor=tensor.index, place=user.place if user else None)


def _has_input(model: Model) -> bool:
    return bool(model.layers) and canonical(model.layers[0].kind) in INPUTS


def _shape_inside(model: Model) -> Given | None:
    """The input's shape, batch first, of the models at a Sequential's beginning: where they know it, it does."""
    first: Call = model
    while isinstance(first, Model) and not first.is_graph and first.layers and not first.shape:
        first = first.layers[0]
    if isinstance(first, Model):
        return Given(first.given[0].shape) if first.is_graph and len(first.given) == 1 else first.shape
    if canonical(first.kind) not in INPUTS:
        return None
    layer: Any = Resolver().layer(first)
    return Given((layer.batch, *layer.sizes))


def _twice(call: Call) -> ReadError:
    why = "a Keras model's layers have unique names"
    message = "this layer is in the model twice"
    return ReadError(message, code="same-layer", span=call.place, why=why, help="make another layer like it")


def outputs_of(applied: Applied, spoiled: Spoiled) -> tuple[Shape, ...]:
    """The shapes of a call's outputs; `ConvcalcError` where there are none."""
    layers: list[Call] = []
    for tensor in applied.inputs:
        if tensor.source.error:
            raise tensor.source.error
        layers.append(Call("InputLayer", named={"batch_shape": Given(tensor.shape)}))
    call = Written(spoiled).call(applied.layer)
    if layers:
        call.inputs = tuple(map(Ref, layers))
    call.roles, call.options, call.listed = applied.roles, applied.options, applied.listed
    call.stated = applied.stated
    stack = build(Script([*layers, call], functional=True))
    return stack.outputs[0].source.outputs


def write_layers(model: Model, spoiled: Spoiled) -> list[Call]:
    """The layers of a Functional model in the order in which Keras lists them."""
    nodes: dict[Applied, Node | Input] = {}
    first: dict[int, Node | Input] = {}
    for applied in model.calls:
        node: Node | Input = Input("", None, "float32", False)
        if applied.inputs:
            node = Node("", False, applied.layer, None, None)
            node.inputs = tuple(Link(nodes[tensor.source], tensor.index) for tensor in applied.inputs)
            seen = first.get(id(applied.layer))
            node.first = seen if isinstance(seen, Node) else None
        nodes[applied] = node
        first.setdefault(id(applied.layer), node)
    inputs = tuple(node for node in nodes.values() if isinstance(node, Input))
    inner = tuple(node for node in nodes.values() if isinstance(node, Node))
    outputs = tuple(Link(nodes[tensor.source], tensor.index) for tensor in model.results)
    layers = {node: applied.layer for applied, node in nodes.items()}
    return [layers[calls[0]] for calls in Order(Stack("", False, True, inputs, inner, outputs)).layers]
