"""A model of the script as a `Stack`: what it is at one moment, whatever the script does to it later."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import TYPE_CHECKING, Any

from convcalc.declare.layer import Layer
from convcalc.declare.weight import Inferred, Weight
from convcalc.errors import ConvcalcError, ReadError, raise_all
from convcalc.read.code.live import Declared, Functional, Live, Made, Own, Sequential
from convcalc.read.code.own_models import part_of, stack_of_own
from convcalc.read.code.values import Unknown
from convcalc.script import Automatic, Call, Given
from convcalc.sizes.shapes import Shape
from convcalc.stack.graph import Input, Link, Node, Stack
from convcalc.stack.infer import infer
from convcalc.stack.wiring import Order

if TYPE_CHECKING:
    from convcalc.read.code.session import Session

# How deep models may stand in models.
MOST_DEPTH = 60


def stack_of(session: Session, live: Live) -> Stack | Unknown:
    """The model as it is now; unknown where it has no definite form."""
    if live.lost:
        return live.lost
    try:
        return Snapshot(session).stack(live)
    except ConvcalcError as error:
        lost = session.machine.unknown(error.message, session.machine.frame.node)
        lost.cause.error = error
        return lost


class Snapshot:
    """Makes stacks of models, each model once."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._stacks: dict[int, Stack] = {}
        self._layers: dict[int, Layer] = {}
        self._lives: dict[int, Live] = {}
        self._weights: dict[int, Weight] = {}
        self._depth = 0

    def stack(self, live: Live) -> Stack:
        """The stack of a model; raises all that is wrong in it together."""
        if live.lost:
            raise self.session.refused(live.lost)
        if id(live) not in self._stacks:
            self._depth += 1
            if self._depth > MOST_DEPTH:
                message = f"models stand in models more than {MOST_DEPTH} deep"
                raise ReadError(message, code="too-deep", span=live.place)
            if isinstance(live, Sequential):
                made = self._chain(live)
            elif isinstance(live, Functional):
                made = self._graph(live)
            elif isinstance(live, Own):
                made = stack_of_own(live, self)
            else:
                raise AssertionError(live.kind)
            made.trainable = live.trainable
            self._weighed(made)
            made.own = live.kind if live.instance else ""
            self._stacks[id(live)] = made
            self._depth -= 1
        return self._stacks[id(live)]

    def _chain(self, model: Sequential) -> Stack:
        raise_all(list(model.errors))
        name, named = model.fed or ("", False)
        is_begun = model.shape is None and any(self._is_called(layer) for layer in model.layers)
        nodes = tuple(part_of(layer, self) if is_begun else self.node(layer) for layer in model.layers)
        given = Input(name, model.shape, model.input_dtype, named)
        stack = Stack(model.name, model.named, False, (given,), nodes)
        stack.fixed = is_begun  # layers that have been called elsewhere
        return self._weighed(infer(stack, [model.shape])) if model.shape is not None else stack

    def _is_called(self, layer: Live) -> bool:
        """Whether a layer has been called, also by the build of another Sequential that has it."""
        owner = layer.owner
        if layer.seen is None and owner is not None and owner.shape is not None:
            self.session.chains.build_calls(owner, owner.since[id(layer)], owner.place)
        return layer.seen is not None

    def _graph(self, model: Functional) -> Stack:
        nodes: dict[Made, Node | Input] = {}
        first: dict[int, Node] = {}
        for made in model.made:
            if not made.inputs:
                tensor, live = made.outputs[0], made.live
                nodes[made] = Input(live.name, tensor.shape, tensor.dtype, live.named, live.values)
                continue
            node = self.node(made.live, made.place)
            node.inputs = tuple(Link(nodes[one.node], one.index) for one in made.inputs)
            node.binding, node.number, node.last = made.binding, made.number, _last(made.live, model)
            node.first = first.get(id(made.live))
            first.setdefault(id(made.live), node)
            nodes[made] = node
        inputs = tuple(one for one in nodes.values() if isinstance(one, Input))
        inner = tuple(one for one in nodes.values() if isinstance(one, Node))
        outputs = tuple(Link(nodes[one.node], one.index) for one in model.results)
        stack = Stack(model.name, model.named, True, inputs, inner, outputs)
        return self._weighed(infer(stack, [one.shape for one in inputs]))

    def _weighed(self, stack: Stack) -> Stack:
        """The stack with the script's own weights in its nodes: layers that share weights share objects."""
        stack.distinct = True
        for node in stack.nodes:
            live = self._lives.get(id(node.layer)) if node.layer else None
            if node.inner is not None:
                self._weighed(node.inner)
                node.inferred = _with(node.inferred, node.inner.weights)
            elif live is not None and node.inferred is not None:
                node.inferred = _with(node.inferred, self._shared(live, node.inferred.weights))
        return stack

    def _shared(self, live: Live, weights: tuple[Weight, ...]) -> tuple[Weight, ...]:
        """The weights of a layer, each the one object that stands for it in this snapshot."""
        built = live.built.weights if isinstance(live, Declared) and live.built else weights
        keys = built if len(built) == len(weights) else weights
        return tuple(
            self._weights.setdefault(id(key.of or key), weight) for key, weight in zip(keys, weights, strict=True)
        )

    def node(self, live: Live, place: Any = None) -> Node:
        """The node of a layer or a model, without inputs and shapes so far."""
        if live.lost:
            raise self.session.refused(live.lost)
        if isinstance(live, Sequential | Functional):
            call = Call(live.kind, place=place or live.place)
            return Node(live.name, live.named, _named(call, live), None, self.stack(live))
        call = live.call if isinstance(live, Declared) else Call(live.kind, place=live.place)
        return Node(live.name, live.named, _named(call, live), self.layer(live), None)

    def weights(self, live: Live) -> list[Weight]:
        """The weights of a layer or a model as they are now."""
        return weights_of(live)

    def layer(self, live: Live) -> Layer:
        """The layer as it is now: frozen where the script has frozen it."""
        if id(live) not in self._layers:
            layer = self.session.making.as_layer(live)
            if isinstance(layer, Unknown):
                raise self.session.refused(layer)
            held = self._held(layer, live) if isinstance(live, Declared) else {}
            if held or layer.trainable != live.trainable:
                layer = copy(layer)
                layer.trainable = live.trainable
                vars(layer).update(held)
            self._layers[id(live)] = layer
            self._lives[id(layer)] = live
        return self._layers[id(live)]

    def _held(self, layer: Layer, live: Declared) -> dict[str, Any]:
        """The layers inside a layer that the script has frozen since, by the names of the attributes."""
        inside = {id(one.layer): one for one in live.held if isinstance(one, Declared) and one.layer is not None}
        now = {name: self.layer(inside[id(one)]) for name, one in vars(layer).items() if id(one) in inside}
        return {name: one for name, one in now.items() if one is not vars(layer)[name]}


def _last(live: Live, model: Functional) -> Inferred | None:
    """What a layer has made of its last call, where that stands outside of the model."""
    last = live.calls[-1] if live.calls else None
    return last.inferred if last is not None and all(last is not one for one in model.made) else None


def weights_of(live: Live, trainable: bool = True) -> list[Weight]:
    """The weights of a layer or a model in Keras's order, each once; frozen with the layer or the model."""
    inside = trainable and (live.trainable or not live.freezes)
    own: list[Weight] = []
    parts: Iterable[Live] = ()
    if isinstance(live, Declared):
        own = list(live.built.weights) if live.built else []
        parts = live.held if live.layer is None else ()
    elif isinstance(live, Own):
        own = [*live.weights, *(live.base.built.weights if live.base and live.base.built else ())]
        own = [one for one in own if one.trainable] + [one for one in own if not one.trainable]
        parts = live.tracked
    elif isinstance(live, Sequential):
        parts = live.layers
    elif isinstance(live, Functional):
        parts = {id(one.live): one.live for one in live.made}.values()
    if not (trainable and live.trainable):
        own = [_frozen(weight) for weight in own]
    found = [*own, *(weight for part in parts for weight in weights_of(part, inside))]
    return list({id(weight.of or weight): weight for weight in found}.values())


def _frozen(weight: Weight) -> Weight:
    if not weight.trainable:
        return weight
    made = copy(weight)
    made.trainable, made.of = False, weight
    return made


def _with(inferred: Inferred | None, weights: tuple[Weight, ...]) -> Inferred | None:
    """What a layer makes of shapes, with these weights."""
    if inferred is None:
        return None
    return Inferred(inferred.output, weights, inferred.macs, inferred.axes, inferred.more)


def _named(call: Call, live: Live) -> Call:
    """The call with the name that the layer has."""
    given = Given(live.name, call.place) if live.named else Automatic(live.name, call.place)
    made = Call(call.kind, call.positional, {**call.named, "name": call.named.get("name", given)}, place=call.place)
    made.named["name"] = given if made.named["name"].value is None else made.named["name"]
    return made


def in_order(session: Session, model: Functional) -> list[Live]:
    """The layers of a graph in the order in which Keras lists them."""
    nodes: dict[Made, Node | Input] = {}
    first: dict[int, Node | Input] = {}
    for made in model.made:
        node: Node | Input = Input("", None, "float32", False)
        if made.inputs:
            node = Node("", False, Call(made.live.kind), None, None)
            node.inputs = tuple(Link(nodes[one.node], one.index) for one in made.inputs)
            seen = first.get(id(made.live))
            node.first = seen if isinstance(seen, Node) else None
        nodes[made] = node
        first.setdefault(id(made.live), node)
    inputs = tuple(one for one in nodes.values() if isinstance(one, Input))
    inner = tuple(one for one in nodes.values() if isinstance(one, Node))
    outputs = tuple(Link(nodes[one.node], one.index) for one in model.results)
    lives = {node: made.live for made, node in nodes.items()}
    return [lives[calls[0]] for calls in Order(Stack("", False, True, inputs, inner, outputs)).layers]


__all__ = ["MOST_DEPTH", "Shape", "Snapshot", "in_order", "stack_of"]
