"""From calls to a stack: layers with names, shapes and weights, or all errors in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from convcalc.declare import types as t
from convcalc.declare.layer import Layer
from convcalc.declare.naming import Numbering
from convcalc.declare.signature import NESTED, bind_call
from convcalc.errors import ConvcalcError, ReadError, WiringError, did_you_mean, raise_all, shown
from convcalc.layers import MODULES, canonical, find
from convcalc.script import WEIGHTLESS, Call, Given, Ref, Script
from convcalc.sizes.shapes import Dim, Shape
from convcalc.stack.graph import Input, Node, Stack
from convcalc.stack.infer import infer, locate, point
from convcalc.stack.masks import record
from convcalc.stack.nested import Nested
from convcalc.stack.opaque import Opaque
from convcalc.stack.published import opened, whole
from convcalc.stack.wiring import Wiring, is_graph, which_input

MOST_LAYERS = 1_000_000


def build(
    script: Script,
    *,
    input_shape: Shape | Mapping[str, Shape] | None = None,
    batch_size: int | None = None,
    no_bias: bool = False,
) -> Stack:
    """The stack of a script.

    ``input_shape`` (without the batch; by name for several inputs) and ``batch_size`` replace what the script says;
    ``no_bias`` sets ``use_bias=False`` wherever a layer has it. Raises all independent problems
    together (`Problems`), or the first `ShapeError`.
    """
    _refuse_many(script)
    script = _opened(script, None if isinstance(input_shape, Mapping) else input_shape)
    by_name = input_shape if isinstance(input_shape, Mapping) else {}
    input_shape = None if isinstance(input_shape, Mapping) else input_shape
    resolver = Resolver(no_bias, script.frozen)
    nodes = resolver.resolve(script.layers)[: resolver.sound]
    errors = resolver.errors
    # Shapes may be wrong above the first layer that is wrong by itself: both errors are raised together.
    stack = Stack("", False, False, (), ())
    try:
        batch = _read("batch_size", script.batch_size if batch_size is None else Given(batch_size), t.positive)
        stack = _wired(script, nodes, input_shape, batch, resolver)
        shapes = _input_shapes(stack.inputs, by_name, batch)
        stack = infer(stack, shapes, first=1 + resolver.sound - len(stack.nodes))
        if stack.functional:
            stack.nodes = tuple(record(stack.nodes, stack.outputs, resolver.names))
    except ConvcalcError as error:
        errors = [error, *errors]
    raise_all(errors)
    stack.name = _read("name", script.name, t.label) or resolver.names.next(stack.class_name)
    return stack


def on_inputs(stack: Stack, input_shape: Shape | Mapping[str, Shape] | None, batch_size: int | None) -> Stack:
    """The stack on inputs of other shapes: sizes without the batch, by name for several inputs, and a batch size."""
    if input_shape is None and batch_size is None:
        return stack
    if stack.fixed:
        message = f"the input of {stack.class_name} is what its script calls it on"
        raise ReadError(message, code="not-yet", help="change the input in the script")
    if stack.distinct and sum(len(node.weights) for node in stack.nodes if node.first is None) > len(stack.weights):
        message = "other inputs of a model whose layers share weights are not supported yet"
        raise ReadError(message, code="not-yet", help="change the input in the script")
    if input_shape is not None and not isinstance(input_shape, Mapping):
        if len(stack.inputs) > 1:
            raise which_input(stack.inputs)
        input_shape = {stack.input.name: input_shape}
    batch = _read("batch_size", Given(batch_size), t.positive)
    shapes = _input_shapes(stack.inputs, input_shape or {}, batch)
    return infer(stack, [one if one is None or batch is None else (batch, *one[1:]) for one in shapes])


def _wired(
    script: Script, nodes: list[Node], input_shape: Shape | None, batch: int | None, resolver: Resolver
) -> Stack:
    """The model with its inputs and links, without a name and shapes so far."""
    functional = script.functional or is_graph(script.layers, script.outputs)
    named, trainable = _is_written(script.name), _flag(script.trainable)
    more = [node for node in nodes if node.kind == "InputLayer"][1:]
    inputs: list[Input] = []
    if not more:
        inputs[:], nodes = _input(script, nodes, input_shape, batch, resolver)
    if not functional:
        if more:
            raise _second_input(more[0])
        return Stack("", named, False, tuple(inputs), tuple(nodes), trainable=trainable)
    outputs = None if resolver.errors else script.outputs  # they may be what is wrong
    wiring = Wiring(inputs, nodes, outputs, input_shape, batch)
    chosen = wiring.outputs if script.outputs else None
    return Stack("", named, True, tuple(wiring.inputs), tuple(wiring.nodes), chosen, trainable=trainable)


class Resolver:
    """Makes nodes of calls. Names are counted from the start, as in a new Keras session."""

    def __init__(self, no_bias: bool = False, frozen: bool = False) -> None:
        self.no_bias = no_bias
        self.frozen = frozen  # whether the model around is frozen, and so all its layers
        self.errors: list[ConvcalcError] = []
        self.sound = 0  # how many nodes of the outermost chain stand above the first error
        self.names = Numbering()
        self._layers: dict[str, Layer] = {}  # equal calls share one immutable layer

    def resolve(self, calls: Iterable[Call]) -> list[Node]:
        """The nodes of one chain. A wrong call is left out, and its error is kept in ``errors``."""
        nodes: list[Node] = []
        by_name: dict[str, Node] = {}
        sound = 0
        wrong: set[int] = set()  # a repetition has the same call many times, and only one error
        for number, call in enumerate(calls, 1):
            if id(call) in wrong:
                continue
            try:
                node = self._node(call, number) if call.use is None else _again(call, call.use, by_name)
            except ConvcalcError as error:
                self.errors.append(error)
                wrong.add(id(call))
                continue
            if node.name in by_name and not node.first:
                self.errors.append(_same_name(node))
                wrong.add(id(call))
            by_name.setdefault(node.name, node)
            nodes.append(node)
            sound = sound if self.errors else len(nodes)
        self.sound = sound
        return nodes

    def _node(self, call: Call, number: int) -> Node:
        try:
            model = opened(call)
            inner = None if model.layers is None else self._nested(model, model.layers)
            layer = None if inner is not None else self.layer(call)
            name = Layer.common["name"].read(model.name.value, 0) if model.name else None
        except ConvcalcError as error:
            locate(error, call, f"layer {number}, {call.kind}")
            raise
        named = _is_written(model.name)
        node = _called(Node(name or "", named, call, layer, inner))
        for kind in layer.makes(named) if layer else ["Functional"] * (node.kind == "Sequential"):
            self.names.next(kind)  # Keras makes and numbers an inner layer before the layer around it
        if name is None:
            node.name = self.names.next(node.kind)
        return node

    def _nested(self, call: Call, layers: Sequence[Call]) -> Stack:
        """The nested model of a call. Its layers are frozen where the call or the model around is."""
        around, self.frozen = self.frozen, self.frozen or call.frozen
        try:
            inner = self._model(layers, call.outputs)
            inner.trainable = _flag(call.named.get("trainable")) and not self.frozen
        finally:
            self.frozen = around
        return inner

    def _model(self, calls: Sequence[Call], outputs: Sequence[Ref] | None) -> Stack:
        """A nested model without a name and without shapes so far."""
        nodes = self.resolve(calls)
        if is_graph(calls, outputs) and not self.errors:  # a wrong call is left out, and other calls may refer to it
            wiring = Wiring([], nodes, outputs, None, None)
            chosen = wiring.outputs if outputs else None
            return Stack("", False, True, tuple(wiring.inputs), tuple(wiring.nodes), chosen)
        first = nodes[0] if nodes else None
        has_input = first is not None and first.kind == "InputLayer"
        only = Input(first.name if first and has_input else "", None, "float32", False)
        return Stack("", False, False, (only,), tuple(nodes[1:] if has_input else nodes))

    def layer(self, call: Call, *, held: bool = False) -> Layer:
        """The layer of a call. Calls that differ in name alone share a layer; a ``held`` layer keeps its own name."""
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
        """An argument's value; a call (``activation=ReLU(0.1)``) becomes a layer where the argument takes layers."""
        argument, value = kind.accepted.get(name), given.value
        if argument and isinstance(argument.type, t.Held) and isinstance(value, str):
            value = Call(value, place=given.place)  # a bare name, as an item of a chain may be
        return self._with_layers(value) if argument and argument.type.takes_layers else value

    def _with_layers(self, value: Any) -> Any:
        """The layer of a call, or the layers of a list of calls; errors have the place of their own call."""
        if isinstance(value, list | tuple):
            return [self._with_layers(one) for one in value]
        if not isinstance(value, Call):
            return value
        try:
            model = opened(value)
            if model.layers is not None:
                return self._as_layer(model, model.layers)
            return self.layer(value, held=True) if canonical(value.kind) in MODULES else value
        except ConvcalcError as error:
            point(error, value)
            raise

    def _as_layer(self, call: Call, layers: Sequence[Call]) -> Nested:
        """A model that a layer holds."""
        resolver = Resolver(self.no_bias)
        stack = resolver._nested(call, layers)
        raise_all(resolver.errors)
        stack.name = _read("name", call.name, t.label) or ""
        return Nested(stack)


def _again(call: Call, use: Given, by_name: Mapping[str, Node]) -> Node:
    """Another call of a layer above."""
    first = by_name.get(use.value) if isinstance(use.value, str) else None
    if first is None:
        message, help = f"no layer above is called {use.value!r}", did_you_mean(str(use.value), by_name)
        raise WiringError(message, code="unknown-tensor", span=use.place, help=help)
    node = Node(first.name, first.named, call, first.layer, first.inner)
    node.kind, node.first = first.kind, first
    return _called(node)


def _called(node: Node) -> Node:
    """The node, knowing what its tensors are given as."""
    node.binding = bind_call(node.call, node.layer.signature if node.layer else NESTED, node.kind)
    return node


def _input(
    script: Script, nodes: list[Node], input_shape: Shape | None, batch: int | None, resolver: Resolver
) -> tuple[list[Input], list[Node]]:
    """The model's only input, from the first of: the caller, the script, an Input layer, a first layer's argument."""
    first = nodes[0] if nodes else None
    own: Any = first.layer if first and first.kind == "InputLayer" else None
    nodes = nodes[1:] if own else nodes
    shape = _read("input", script.input if input_shape is None else Given(input_shape), t.dims)
    if shape is None and own:
        batch, shape = (own.batch if batch is None else batch), own.sizes
    if shape is None:
        shape = _from_first_layer(nodes)
    whole = None if shape is None else (batch, *shape)
    name = first.name if first and own else resolver.names.next("InputLayer")
    return [Input(name, whole, own.dtype if own else "float32", bool(own and first and first.named))], nodes


def _opened(script: Script, input_shape: Shape | None) -> Script:
    """The script, or the network where the script is nothing but the call of one."""
    try:
        return whole(script, input_shape)
    except ConvcalcError as error:
        locate(error, script.layers[0], script.layers[0].kind)
        raise


def _refuse_many(script: Script) -> None:
    """Refuses more layers than a model may have."""
    if len(script.layers) > MOST_LAYERS:
        most = f"{len(script.layers):,} layers are more than the {MOST_LAYERS:,} that a model may have"
        raise ReadError(most, code="too-many-layers", span=script.place, help="split the model")


def _input_shapes(inputs: Sequence[Input], shapes: Mapping[str, Shape], batch: Dim) -> list[Shape | None]:
    """The inputs' shapes, replaced by name but for the batch; `WiringError` for a name that no input has."""
    by_name = {one.name: one.shape for one in inputs}
    for name, shape in shapes.items():
        if name not in by_name:
            help = did_you_mean(name, by_name) or f"the inputs are {', '.join(by_name)}"
            raise WiringError(f"no input is called {name!r}", code="which-input", help=help)
        own = by_name[name]
        sizes = _read(f"input_shape[{name!r}]", Given(shape), t.dims)
        by_name[name] = own if sizes is None else (own[0] if own else batch, *sizes)
    return [by_name[one.name] for one in inputs]


def _flag(given: Given | None) -> bool:
    """A model's own ``trainable``."""
    trainable: bool | None = _read("trainable", given, t.strict_flag)
    return trainable is not False


def _read(name: str, given: Given | None, type: t.Type) -> Any:
    """A value of the script's own, read by its type."""
    if given is None or given.value is None:
        return None
    try:
        return type.read(given.value, 0)
    except t.MismatchError:
        message = f"{name} must be {type.expected(0)}, got {shown(given.value)}"
        raise ReadError(message, code="bad-value", span=given.place) from None


def _is_written(name: Given | None) -> bool:
    """Whether a name stands in the text, and was not made by Keras."""
    return name is not None and name.value is not None and name.written


def _from_first_layer(nodes: Sequence[Node]) -> Shape | None:
    """The shape that the first layer carries (``input_shape=``, ``input_dim=``), or the input of a model inside."""
    first = nodes[0] if nodes else None
    if first and first.inner:
        declared = first.inner.input.shape if len(first.inner.inputs) == 1 else None
        return declared[1:] if declared else _from_first_layer(first.inner.nodes)
    if first is None or first.layer is None:
        return None
    given = {name: getattr(first.layer, name, None) for name in Layer.common if name not in first.layer.arguments}
    return given.get("input_shape") or ((given["input_dim"],) if given.get("input_dim") else None)


def _second_input(node: Node) -> WiringError:
    return WiringError(
        f"{node.name} is a second input, and a chain has one",
        code="which-input",
        span=node.call.place,
        help="leave it out, or say what each layer is called on",
    )


def _same_name(node: Node) -> WiringError:
    return WiringError(
        f"two layers are called {node.name!r}",
        code="same-name",
        span=node.call.name.place if node.call.name else node.call.place,
        why="a Keras model's layers have unique names",
        help="give one of them another name",
    )
