"""Calls become a stack: layers with names, shapes and weights, or all that is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from convcalc.declare import types as t
from convcalc.declare.calls import NESTED, calling
from convcalc.declare.layer import Layer
from convcalc.declare.naming import Numbering
from convcalc.errors import ConvcalcError, ReadError, WiringError, did_you_mean, raise_all, shown
from convcalc.layers import MODULES, canonical, find
from convcalc.script import WEIGHTLESS, Call, Given, Ref, Script
from convcalc.sizes.shapes import Shape
from convcalc.stack.graph import Input, Link, Node, Stack, leaves
from convcalc.stack.infer import infer, locate, point
from convcalc.stack.masks import record
from convcalc.stack.nested import Nested
from convcalc.stack.opaque import Opaque
from convcalc.stack.wiring import Wiring, is_graph

MOST_LAYERS = 1_000_000


def build(
    script: Script,
    *,
    input_shape: Shape | Mapping[str, Shape] | None = None,
    batch_size: int | None = None,
    no_bias: bool = False,
) -> Stack:
    """The resolved model of a script.

    ``input_shape`` (without the batch; by name for several inputs) and ``batch_size`` replace what the script says;
    ``no_bias`` sets ``use_bias=False`` wherever a layer has it. Raises all independent problems
    together (`Problems`), or the first `ShapeError`.
    """
    _refuse_many(script)
    by_name = input_shape if isinstance(input_shape, Mapping) else {}
    input_shape = None if isinstance(input_shape, Mapping) else input_shape
    functional = script.functional or is_graph(script.layers, script.outputs)
    resolver = Resolver(no_bias, script.frozen)
    nodes = resolver.resolve(script.layers)[: resolver.sound]
    errors = resolver.errors
    # Above the first layer that is wrong by itself shapes may be wrong too: both are said at once.
    several = sum(node.kind == "InputLayer" for node in nodes) > 1
    outputs: tuple[Link, ...] | None = None
    try:
        inputs: list[Input] = []
        batch = _written("batch_size", script.batch_size if batch_size is None else Given(batch_size), t.positive)
        if not several:
            inputs[:], nodes = _input(script, nodes, input_shape, batch, resolver)
        if functional:
            outputs_given = None if resolver.errors else script.outputs  # they may be what is wrong
            wiring = Wiring(inputs, nodes, outputs_given, input_shape, batch)
            inputs, nodes, outputs = wiring.inputs, wiring.nodes, wiring.outputs
        _reshape(inputs, by_name, batch)
        infer(nodes, inputs[0].shape, first=1 + resolver.sound - len(nodes))
        nodes = record(nodes, outputs, resolver.names) if outputs else nodes
    except ConvcalcError as error:
        errors = [error, *errors]
    raise_all(errors)
    given = _written("name", script.name, t.label)
    name = given or resolver.names.next("Functional" if functional else "Sequential")
    trainable = _flag(script.trainable)
    chosen = outputs if script.outputs else None
    return Stack(name, _is_written(script.name), functional, tuple(inputs), tuple(nodes), chosen, trainable=trainable)


class Resolver:
    """Turns calls into nodes: layers, names; counters start afresh, as in a new Keras session."""

    def __init__(self, no_bias: bool = False, frozen: bool = False) -> None:
        self.no_bias = no_bias
        self.frozen = frozen  # whether the model around is, and so its layers
        self.errors: list[ConvcalcError] = []
        self.sound = 0  # how many nodes of the outermost chain stand above the first error
        self.names = Numbering()
        self._layers: dict[str, Layer] = {}  # equal calls share one immutable layer

    def resolve(self, calls: Iterable[Call]) -> list[Node]:
        """The nodes of one chain; what is wrong is kept in ``errors`` and left out."""
        nodes: list[Node] = []
        made: dict[str, Node] = {}
        sound = 0
        wrong: set[int] = set()  # a repetition has one call many times, and one error
        for number, call in enumerate(calls, 1):
            if id(call) in wrong:
                continue
            try:
                node = self._node(call, number) if call.use is None else _again(call, call.use, made)
            except ConvcalcError as error:
                self.errors.append(error)
                wrong.add(id(call))
                continue
            if node.name in made and not node.first:
                self.errors.append(_same_name(node))
                wrong.add(id(call))
            made.setdefault(node.name, node)
            nodes.append(node)
            sound = sound if self.errors else len(nodes)
        self.sound = sound
        return nodes

    def _node(self, call: Call, number: int) -> Node:
        inner = None if call.layers is None else self._nested(call, call.layers)
        named = _is_written(call.name)
        try:
            layer = None if inner is not None else self.layer(call)
            name = Layer.common["name"].read(call.name.value, 0) if call.name else None
        except ConvcalcError as error:
            locate(error, call, f"layer {number}, {call.kind}")
            raise
        node = _called(Node(name or "", named, call, layer, inner))
        for inside in layer.makes(named) if layer else ["Functional"] * (node.kind == "Sequential"):
            self.names.next(inside)  # Keras makes it, and numbers it, before the layer that it is in
        if name is None:
            node.name = self.names.next(node.kind)
        return node

    def _nested(self, call: Call, layers: Sequence[Call]) -> Stack:
        """The nested model of a call, its layers frozen with it or with the model around."""
        around, self.frozen = self.frozen, self.frozen or call.frozen
        try:
            inner = self._model(layers, call.outputs)
            inner.trainable = _flag(call.named.get("trainable")) and not self.frozen
        finally:
            self.frozen = around
        return inner

    def _model(self, calls: Sequence[Call], outputs: Sequence[Ref] | None) -> Stack:
        """A nested model, without shapes so far."""
        nodes = self.resolve(calls)
        if is_graph(calls, outputs) and not self.errors:  # what is wrong is left out, and others may refer to it
            wiring = Wiring([], nodes, outputs, None, None)
            chosen = wiring.outputs if outputs else None
            return Stack("", False, True, tuple(wiring.inputs), tuple(wiring.nodes), chosen)
        first = nodes[0] if nodes else None
        own = nodes[1:] if first and first.kind == "InputLayer" else nodes
        only = Input(first.name if first and own is not nodes else "", None, "float32", False)
        return Stack("", False, False, (only,), tuple(own))

    def layer(self, call: Call, *, held: bool = False) -> Layer:
        """The layer of a call: one for all that differ in name alone, which is their nodes'; held ones have no node."""
        if call.opaque:
            config = {name: given.value for name, given in call.named.items()}
            return Opaque(call.kind, config, weightless=call.opaque == WEIGHTLESS)
        key = f"{self.frozen} {call.name!r} {call.key}" if held else f"{self.frozen} {call.key}"
        if key not in self._layers:
            kind = find(call.kind)
            given = {name: value for name, value in call.named.items() if held or name != "name"}
            order = [*kind.arguments, *("" for _ in call.positional)]
            positional = [self._value(kind, *pair) for pair in zip(order, call.positional, strict=False)]
            named = {name: self._value(kind, name, value) for name, value in given.items()}
            if self.no_bias and "use_bias" in kind.arguments:
                named["use_bias"] = False
            if self.frozen and "trainable" in kind.accepted:
                named["trainable"] = False
            self._layers[key] = kind(*positional, **named)
        return self._layers[key]

    def _value(self, kind: type[Layer], name: str, given: Given) -> Any:
        """The value; for an argument that takes layers a call (``activation=LeakyReLU(0.1)``) becomes that layer."""
        argument, value = kind.accepted.get(name), given.value
        if argument and isinstance(argument.type, t.Held) and isinstance(value, str):
            value = Call(value, place=given.place)  # a bare name, as an item of a chain may be
        return self._held(value) if argument and argument.type.takes_layers else value

    def _held(self, value: Any) -> Any:
        """A layer for a call, whose errors have its own place; in a list, for each."""
        if isinstance(value, list | tuple):
            return [self._held(one) for one in value]
        if not isinstance(value, Call) or (value.layers is None and canonical(value.kind) not in MODULES):
            return value
        try:
            return self.layer(value, held=True) if value.layers is None else self._held_model(value, value.layers)
        except ConvcalcError as error:
            point(error, value)
            raise

    def _held_model(self, call: Call, layers: Sequence[Call]) -> Nested:
        """A model that a layer holds. Its layers are numbered with that layer."""
        inside = Resolver(self.no_bias)
        stack = inside._nested(call, layers)
        raise_all(inside.errors)
        stack.name = _written("name", call.name, t.label) or ""
        return Nested(stack)


def _again(call: Call, use: Given, made: Mapping[str, Node]) -> Node:
    """Another call of a layer above."""
    first = made.get(use.value) if isinstance(use.value, str) else None
    if first is None:
        message, help = f"no layer above is called {use.value!r}", did_you_mean(str(use.value), made)
        raise WiringError(message, code="unknown-tensor", span=use.place, help=help)
    node = Node(first.name, first.named, call, first.layer, first.inner)
    node.kind, node.first = first.kind, first
    return _called(node)


def _called(node: Node) -> Node:
    """The node, knowing what its tensors are given as."""
    node.calling = calling(node.call, node.layer.call if node.layer else NESTED, node.kind)
    return node


def _input(
    script: Script, nodes: list[Node], input_shape: Shape | None, batch: int | None, resolver: Resolver
) -> tuple[list[Input], list[Node]]:
    """The model's only input, from the first of: the caller, the script, an Input layer, a first layer's argument."""
    first = nodes[0] if nodes else None
    own: Any = first.layer if first and first.kind == "InputLayer" else None
    nodes = nodes[1:] if own else nodes
    shape = _written("input", script.input if input_shape is None else Given(input_shape), t.dims)
    if shape is None and own:
        batch, shape = (own.batch if batch is None else batch), own.sizes
    if shape is None:
        shape = _from_first_layer(nodes)
    whole = None if shape is None else (batch, *shape)
    name = first.name if first and own else resolver.names.next("InputLayer")
    return [Input(name, whole, own.dtype if own else "float32", bool(own and first and first.named))], nodes


def _refuse_many(script: Script) -> None:
    """Refuses more layers than a model may have."""
    if len(script.layers) > MOST_LAYERS:
        most = f"{len(script.layers):,} layers are more than the {MOST_LAYERS:,} that a model may have"
        raise ReadError(most, code="too-many-layers", span=script.place, help="split the model")


def _reshape(inputs: Sequence[Input], shapes: Mapping[str, Shape], batch: int | None) -> None:
    """Gives inputs their shapes by name, the batch apart; `WiringError` for a name that no input has."""
    by_name = {one.name: one for one in inputs}
    for name, shape in shapes.items():
        if name not in by_name:
            help = did_you_mean(name, by_name) or f"the inputs are {', '.join(by_name)}"
            raise WiringError(f"no input is called {name!r}", code="which-input", help=help)
        own = by_name[name].shape
        sizes = _written(f"input_shape[{name!r}]", Given(shape), t.dims)
        by_name[name].shape = own if sizes is None else (own[0] if own else batch, *sizes)


def _flag(given: Given | None) -> bool:
    """A model's own ``trainable``."""
    trainable: bool | None = _written("trainable", given, t.strict_flag)
    return trainable is not False


def _written(name: str, given: Given | None, type: t.Type) -> Any:
    """A value of the script's own, read by its type."""
    if given is None or given.value is None:
        return None
    try:
        return type.read(given.value, 0)
    except t.MismatchError:
        message = f"{name} must be {type.expected(0)}, got {shown(given.value)}"
        raise ReadError(message, code="bad-value", span=given.place) from None


def _is_written(name: Given | None) -> bool:
    """Whether a name was given, rather than made."""
    return name is not None and name.value is not None and name.written


def _from_first_layer(nodes: list[Node]) -> Shape | None:
    """The shape that the first layer carries (``input_shape=``, ``input_dim=``), nested models opened."""
    layer = next(leaves(nodes), None)
    if layer is None or layer.layer is None:
        return None
    given = {name: getattr(layer.layer, name, None) for name in Layer.common if name not in layer.layer.arguments}
    return given.get("input_shape") or ((given["input_dim"],) if given.get("input_dim") else None)


def _same_name(node: Node) -> WiringError:
    return WiringError(
        f"two layers are called {node.name!r}",
        code="same-name",
        span=node.call.name.place if node.call.name else node.call.place,
        why="a Keras model's layers have unique names",
        help="give one of them another name",
    )
