"""Layers and models of the script's own classes, and Lambda layers: built and called as Keras does it.

Inside a ``call`` the reader works on data alone, of which it knows shapes; only the outermost call on tensors adds to
a graph.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from convcalc.declare.weight import Inferred, Weight
from convcalc.layers import canonical
from convcalc.layers.spelling import is_layer
from convcalc.read.code.calling import Called
from convcalc.read.code.live import Declared, Functional, Live, Made, Own, Sequential, TrackedDict, TrackedList, live_of
from convcalc.read.code.snapshot import weights_of
from convcalc.read.code.standins import as_data, is_shape, like, parameters, plain, shape_of
from convcalc.read.code.traced import operations_of
from convcalc.read.code.values import (
    MISSING,
    Data,
    Function,
    Inert,
    Instance,
    Tensor,
    Unknown,
    flat,
)
from convcalc.script import Call
from convcalc.sizes.formula import UNKNOWN
from convcalc.sizes.shapes import Shape
from convcalc.stack.coded import Coded

if TYPE_CHECKING:
    from convcalc.read.code.session import Session

_LAYERS = ("keras.layers.Layer", "keras.Layer", "keras.layers.Wrapper", "tensorflow.Module", "keras.Operation")


class Owning:
    """Makes, builds and calls own layers and models."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def begin(self, made: Instance, node: ast.AST) -> None:
        """Makes a layer or a model of a new object, as the object's class says."""
        place = self._session.machine.place(node)
        for base in made.cls.libraries():
            kind = base.name
            if base.path in _LAYERS or base.path.startswith("keras") and kind in ("Layer", "Wrapper", "Operation"):
                made.live = Own(made, False, place)
            elif base.path.startswith("keras") and kind in ("Model", "Functional"):
                made.live = Own(made, True, place)
            elif base.path.startswith("keras") and kind == "Sequential":
                made.live = Sequential(place)
                made.live.kind, made.live.instance = made.cls.name, made
            elif base.path.startswith("keras") and is_layer(kind):
                made.live = Own(made, False, place)
                made.live.base_kind = canonical(kind)
            if made.live is not None:
                return

    def init(self, made: Instance, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> None:
        """``__init__`` of Keras's class, which names the layer, and makes a Functional of inputs and outputs."""
        session, live = self._session, made.live
        if isinstance(live, Sequential):
            session.chains.init(live, args, named, node)
        elif (
            isinstance(live, Own)
            and live.is_model
            and ({"inputs", "outputs", "input", "output"} & {*named} or len(args) > 1)
        ):
            functional = Functional(session.machine.place(node))
            functional.kind, functional.instance = made.cls.name, made
            made.live = functional
            session.graphs.init(functional, args, named, node)
        elif isinstance(live, Own):
            self._begun(live, args, named, node)

    def _begun(self, live: Own, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> None:
        session = self._session
        if live.begun:
            return
        live.begun = True
        if live.base_kind:
            live.base = session.making.declared(live.base_kind, args, named, node, numbered=False)
        name = named.get("name")
        shape = named.get("input_shape")
        live.stated = (None, *shape) if isinstance(shape, list | tuple) else None
        session.give_name(live, name if isinstance(name, str) else None)
        if named.get("trainable") is False:
            live.trainable, live.freezes = False, session.generation < 3
        if live.is_model:
            session.models.append(live)
        session.machine.budget.event()

    def settle(self, live: Own, node: ast.AST) -> None:
        """Names a layer whose class does not call `__init__` of Keras's class."""
        self._begun(live, (), {}, node)

    def track(self, live: Own, value: Any) -> Any:
        """The value of an attribute as Keras keeps it, with the layers and weights in it tracked."""
        if isinstance(value, Data) and value.is_variable:
            self._own_weight(live, value)
            return value
        if isinstance(value, Unknown) and not isinstance(value, Inert):
            live.doubt = live.doubt or value
        found = live_of(value)
        if found is not None:
            if all(one is not found for one in live.tracked):
                self._session.machine.journal.touch(live)
                live.tracked = [*live.tracked, found]
            return value
        if type(value) is list:
            return TrackedList([self.track(live, one) for one in value], lambda one: self.track(live, one))
        if type(value) is dict:
            whole = {key: self.track(live, one) for key, one in value.items()}
            return TrackedDict(whole, lambda one: self.track(live, one))
        return tuple(self.track(live, one) for one in value) if type(value) is tuple else value

    def _own_weight(self, live: Own, value: Data) -> None:
        if value.weight is None and None not in value.shape:
            value.weight = Weight(
                "variable", tuple(n or 0 for n in value.shape), "zeros", dims=("",) * len(value.shape)
            )
            value.weight.dtype = value.dtype
            value.weight.trainable = value.is_trainable
        if value.weight is not None and all(one is not value.weight for one in live.weights):
            self._session.machine.journal.touch(live)
            live.weights = [*live.weights, value.weight]

    def add_weight(self, live: Own, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """``self.add_weight(…)``: a weight of the layer's own; older Keras has the name first."""
        machine = self._session.machine
        names = (
            ("name", "shape", "dtype", "initializer")
            if args and isinstance(args[0], str)
            else ("shape", "initializer", "dtype", "trainable")
        )
        words = {**dict(zip(names, args, strict=False)), **named}
        shape = words.get("shape", ())
        shape = (shape,) if isinstance(shape, int) else shape
        lost = shape if isinstance(shape, Unknown) else next((one for one in shape if isinstance(one, Unknown)), None)
        if lost or not all(type(one) is int for one in shape):
            lost = lost or machine.unknown("the shape of this weight has an unknown size", node)
            live.lost = live.lost or Unknown(lost.cause)
            return Unknown(lost.cause)
        name, dtype = words.get("name"), words.get("dtype")
        weight = Weight(name if isinstance(name, str) else "variable", tuple(shape), "zeros", dims=("",) * len(shape))
        weight.trainable = words.get("trainable") is not False
        weight.dtype = dtype if isinstance(dtype, str) else "float32"
        machine.journal.touch(live)
        live.weights = [*live.weights, weight]
        data = Data(tuple(shape), weight.dtype)
        data.weight = weight
        return data

    # Calls.

    def apply(self, live: Own, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """An own layer or model called on tensors or data."""
        session = self._session
        self._begun(live, (), {}, node)
        tensors = [one for value in (*args, *named.values()) for one in flat(value) if isinstance(one, Tensor)]
        if not tensors:
            result = self.run(live, args, named, node)
            session.members.eager_own(live, args, result, node)
            return result
        result = self.run(live, as_data(args), {key: as_data(one) for key, one in named.items()}, node)
        outputs = flat(result)
        lost = next((one for one in outputs if isinstance(one, Unknown)), None)
        if lost or not all(isinstance(one, Data) for one in outputs):
            return lost or session.machine.unknown(f"what {live.kind} gives is no tensor", node)
        masks = [one.mask for one in tensors if one.mask is not None and self._takes(live, "mask")]
        made = self._recorded(live, tensors, masks, outputs, node)
        if masks or self._passes_masks(live):
            made.outputs[0].mask = tensors[0].mask if self._passes_masks(live) else None
        return like(result, iter(made.outputs))

    def _recorded(
        self, live: Live, tensors: Sequence[Tensor], masks: Sequence[Tensor], outputs: Sequence[Data], node: ast.AST
    ) -> Made:
        """A call in the graph, with its masks, and its outputs as tensors."""
        calling, place = self._session.calling, self._session.machine.place(node)
        given = Called()
        given.inputs, given.roles = [*tensors, *masks], [*("" for _ in tensors), *("mask" for _ in masks)]
        made = calling.record(live, (*tensors, *masks), tuple(given.roles), place)
        made.binding = calling.binding(live, given, place)
        made.outputs = [Tensor(made, at, one.shape, one.dtype) for at, one in enumerate(outputs)]
        return made

    def _passes_masks(self, live: Own) -> bool:
        return bool(live.instance and live.instance.attrs.get("supports_masking") is True)

    def _takes(self, live: Own, name: str) -> bool:
        """Whether the layer's ``call`` has a parameter of this name."""
        call = live.instance.cls.find("call") if live.instance else None
        return isinstance(call, Function) and name in parameters(call)

    def run(self, live: Own, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """What an own layer gives on data: built first where it is not, then its ``call``."""
        session, instance = self._session, live.instance
        if instance is None or live.lost:
            return Unknown(live.lost.cause) if live.lost else session.machine.unknown("not a layer", node)
        inputs = [one for value in (*args, *named.values()) for one in flat(value)]
        lost = next((one for one in inputs[:1] if isinstance(one, Unknown)), None)
        if lost:
            live.failed = live.failed or lost
            return Unknown(lost.cause)
        self._build(live, args, named, node)
        call = instance.cls.find("call")
        session.inside += 1
        try:
            result = self._called(live, call, args, named, node)
        finally:
            session.inside -= 1
        live.is_built = True
        lost = next((one for one in flat(result) if isinstance(one, Unknown)), None)
        if lost and live.seen is None:
            live.failed = lost
        if result is not None:
            self.see(live, [one for one in inputs if isinstance(one, Data)], result)
        return result

    def _called(self, live: Own, call: Any, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        session = self._session
        if isinstance(call, Function):
            names = parameters(call)
            extra: dict[str, Any] = {}
            first = next((one for one in args if isinstance(one, Data)), None)
            if "mask" in names and "mask" not in named and len(args) <= names.index("mask") and first is not None:
                extra["mask"] = first.mask
            if (
                "training" in names
                and "training" not in {**named, **call.defaults}
                and len(args) <= names.index("training")
            ):
                extra["training"] = False
            known = named if call.node.args.kwarg else {key: one for key, one in named.items() if key in names}
            return session.machine.call(call, (live.instance, *args), {**known, **extra}, node)
        if live.base is not None:
            return session.calling.apply(live.base, args, named, node)
        return session.machine.unknown(f"{live.kind} has no call method that is followed", node)

    def _build(self, live: Own, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> None:
        """Builds a layer that meets its first input, by its own ``build`` where its class has one."""
        instance = live.instance
        build = instance.cls.find("build") if instance else MISSING
        if live.is_built or not isinstance(build, Function) or instance is None:
            return
        live.is_built = True
        shapes = [shape_of(one) for one in (*args, *named.values())]
        names = parameters(build)
        call = instance.cls.find("call")
        order = parameters(call) if isinstance(call, Function) else []
        by_name = {f"{name}_shape": shape for name, shape in zip(order, shapes, strict=False)}
        by_name |= {f"{name}_shape": shape_of(one) for name, one in named.items()}
        if len(names) > 1 and all(name in by_name for name in names):
            self._session.machine.call(build, (instance,), {name: by_name[name] for name in names}, node)
        else:
            self._session.machine.call(build, (instance, shapes[0] if shapes else None), {}, node)

    def see(self, live: Live, inputs: Sequence[Data], result: Any) -> None:
        """Keeps the shapes of a call, which the rows of a summary show."""
        outputs = [one for one in flat(result) if isinstance(one, Data)]
        if outputs:
            live.on = tuple(one.shape for one in inputs)
            shapes = [one.shape for one in outputs]
            live.seen = Inferred(shapes[0], (), (UNKNOWN,), (), tuple(shapes[1:]))
            live.known[live.on] = tuple(shapes)

    def shapes(self, live: Live, inputs: Sequence[Data], node: ast.AST) -> Any:
        """What an own layer or a Lambda gives on data of these shapes."""
        inputs = [plain(one) for one in inputs]
        if isinstance(live, Declared):
            given = Called()
            given.inputs = list(inputs)
            given.listed = len(inputs) > 1
            return self._lambda_result(live, given, node)
        assert isinstance(live, Own)
        self._begun(live, (), {}, node)
        return self.run(live, (inputs[0] if len(inputs) == 1 else list(inputs),), {}, node)

    # Lambda layers.

    def lambda_layer(self, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Declared:
        """``Lambda(function)``: its shapes are what its function makes of shapes."""
        session = self._session
        function = args[0] if args else named.get("function")
        live = Declared(Call("Lambda", place=session.machine.place(node)), None, "Lambda")
        live.function = function

        def called(tensors: list[Tensor]) -> Any:
            return self._function_of(live, tensors if len(tensors) > 1 else tensors[0], node)

        live.words = {**dict(zip(("output_shape", "mask", "arguments"), args[1:], strict=False)), **named}
        live.layer = Coded(
            "Lambda",
            lambda *shapes: self._rule(live, shapes, node),
            steps=lambda shapes, dtypes: operations_of(session, called, shapes, dtypes, node),
        )
        session.give_name(live, named.get("name"))
        return live

    def apply_lambda(self, live: Declared, given: Called, node: ast.AST) -> Any:
        """A Lambda called on tensors or data."""
        session = self._session
        tensors = [one for one in given.inputs if isinstance(one, Tensor)]
        inner = Called()
        inner.inputs, inner.listed = [plain(one) for one in given.inputs], given.listed
        result = self._lambda_result(live, inner, node)
        outputs = flat(result)
        lost = next((one for one in outputs if isinstance(one, Unknown)), None)
        if lost or not outputs or not all(isinstance(one, Data) for one in outputs):
            return lost or session.machine.unknown(f"what {live.name} gives is no tensor", node)
        if not tensors:
            live.built = live.built or Inferred(outputs[0].shape, (), (), (), tuple(one.shape for one in outputs[1:]))
            self.see(live, [one for one in given.inputs if isinstance(one, Data)], result)
            return result
        masks = [one.mask for one in tensors if one.mask is not None]
        made = self._recorded(live, tensors, masks, outputs, node)
        return like(result, iter(made.outputs))

    def _function_of(self, live: Declared, value: Any, node: ast.AST) -> Any:
        """What a Lambda's function gives."""
        more = live.words.get("arguments")
        self._session.inside += 1
        try:
            return self._session.machine.call(live.function, (value,), more if isinstance(more, dict) else {}, node)
        finally:
            self._session.inside -= 1

    def _lambda_result(self, live: Declared, given: Called, node: ast.AST) -> Any:
        machine = self._session.machine
        result = self._function_of(live, list(given.inputs) if given.listed else given.inputs[0], node)
        if all(isinstance(one, Data) for one in flat(result)):
            live.on = tuple(one.shape for one in given.inputs)
            live.known[live.on] = tuple(one.shape for one in flat(result))
            return result
        stated = live.words.get("output_shape")
        if isinstance(stated, Function):
            whole = machine.call(stated, (given.inputs[0].shape,), {}, node)
            return Data(whole, given.inputs[0].dtype) if is_shape(whole) else result
        if isinstance(stated, int):
            stated = (stated,)
        first = given.inputs[0]
        return Data((first.shape[0], *(stated or ())), first.dtype) if is_shape(stated) else result

    def _rule(self, live: Live, shapes: Sequence[Shape], node: ast.AST) -> Inferred:
        """What an own layer makes of shapes, for the stack that it becomes part of."""
        if isinstance(live, Own) and live.doubt:
            raise self._session.refused(live.doubt)
        if tuple(shapes) not in live.known:
            result = flat(self.shapes(live, [Data(shape) for shape in shapes], node))
            lost = next((one for one in result if isinstance(one, Unknown)), None)
            if lost:
                raise self._session.refused(lost)
            live.known[tuple(shapes)] = tuple(one.shape for one in result)
        output, *more = live.known[tuple(shapes)]
        macs = () if isinstance(live, Declared) else (UNKNOWN,)
        return Inferred(output, tuple(weights_of(live)), macs, (), tuple(more))

    def held(self, live: Own) -> Coded:
        """An own layer as the layer of a node, or one that another layer holds."""
        node = self._session.machine.frame.node
        coded = Coded(live.kind, lambda *shapes: self._rule(live, shapes, node), trainable=live.trainable)
        coded.name = live.name if live.named else None
        return coded
