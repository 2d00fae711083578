"""Sequential models: what they hold, when Keras builds them, and the tensors that their layers have then."""

from __future__ import annotations

import ast
from collections.abc import Sequence as Members
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from convcalc.errors import ConvcalcError, ReadError
from convcalc.read.code.live import Declared, Functional, Live, Made, Own, Sequential, live_of
from convcalc.read.code.refusal import no_value
from convcalc.read.code.values import Data, Tensor, Unknown
from convcalc.read.common import not_a_layer
from convcalc.sizes.shapes import Shape
from convcalc.source import Place

if TYPE_CHECKING:
    from convcalc.read.code.session import Session

# The names of a layer's argument that says what its input is.
_SHAPES = ("batch_input_shape", "input_shape", "input_dim")


class Chains:
    """Makes and changes Sequential models."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._bases: dict[int, int] = {}

    def make(self, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Sequential:
        """``Sequential([…])``."""
        model = Sequential(self._session.machine.place(node.func if isinstance(node, ast.Call) else node))
        self.init(model, args, named, node)
        return model

    def init(self, model: Sequential, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> None:
        """Gives a new model its layers and its name."""
        session = self._session
        layers = args[0] if args else named.get("layers")
        session.models.append(model)
        session.give_name(model, named.get("name", args[2] if len(args) > 2 else None))
        if layers is not None:
            members = session.machine.items(layers, node)
            if isinstance(members, Unknown):
                self._spoil(model, no_value(members, session.machine.place(node)), members)
                members = []
            for at, layer in enumerate(members):
                self._append(model, layer, _element(node, at))
            self._rebuild(model)
        unknown = set(named) - {"layers", "name", "trainable"}
        if unknown:
            message = f"Sequential has no argument {sorted(unknown)[0]!r}"
            self._spoil(model, ReadError(message, code="unknown-argument", span=session.machine.place(node)), None)
        if named.get("trainable") is False:
            model.trainable, model.freezes = False, session.generation < 3

    def _spoil(self, model: Sequential, error: ConvcalcError, lost: Unknown | None) -> None:
        model.errors.append(error)

    def add(self, model: Sequential, layer: Any, node: ast.AST) -> None:
        """``model.add(layer)``."""
        self._session.machine.journal.touch(model)
        self._append(model, layer, node)
        self._rebuild(model)

    def _append(self, model: Sequential, value: Any, node: ast.AST) -> None:
        machine = self._session.machine
        value = machine.untainted(value)
        if isinstance(value, Tensor) and value.node.live.kind == "InputLayer":
            model.input = model.input or value.node
            model.input_dtype = value.dtype
            if not model.layers and model.shape is None:
                model.shape, model.fed = value.shape, (value.node.live.name, value.node.live.named)
                return
        live = live_of(value)
        if isinstance(value, Unknown):
            self._spoil(model, no_value(value, machine.place(node)), value)
        elif live is None:
            text = ast.unparse(node)[:40]
            self._spoil(
                model,
                not_a_layer(f"{text} is not a layer", machine.place(node), "write a call, as Flatten()"),
                None,
            )
        elif live.lost:
            self._spoil(model, no_value(live.lost, live.place), live.lost)
        elif any(one is live for one in model.layers):
            self._spoil(model, _twice(live), None)
        elif live.kind == "InputLayer" and isinstance(live, Declared):
            layer: Any = live.layer
            model.shape = layer.batch_shape or (layer.batch_size, *(layer.shape or ()))
            model.fed, model.input_dtype = (live.name, live.named), layer.dtype
        else:
            model.layers = (*model.layers, live)
            machine.spend(len(model.layers), node)
            machine.budget.event()

    def pop(self, model: Sequential) -> None:
        """``model.pop()``."""
        self._session.machine.journal.touch(model)
        model.layers = model.layers[:-1]
        self._rebuild(model)

    def _rebuild(self, model: Sequential) -> None:
        """Keras builds a Sequential that knows its input with every change, and numbers what it makes for it."""
        first = model.layers[0] if model.layers else None
        if first is None:
            return
        if model.shape is None:
            given = _stated(first)
            if given is not None:
                self._feed(model, given)
            elif isinstance(first, Sequential | Functional) and _input_of(first) is not None and len(model.layers) > 1:
                self._feed(model, _input_of(first))
            elif isinstance(first, Sequential | Functional):
                return
        if model.shape is not None:
            self._count(model)

    def build_for(self, model: Sequential, shape: Shape, dtype: str = "float32") -> None:
        """A Sequential meets its first input: Keras makes an InputLayer and a Functional model for it."""
        if model.shape is None:
            self._session.machine.journal.touch(model)
            model.input_dtype = dtype
            self._feed(model, shape)
            self._count(model)
        elif not model.builds:
            self._count(model)

    def _count(self, model: Sequential) -> None:
        """Another build of a Sequential: a Functional model is numbered, and every layer called."""
        for layer in model.layers:
            if id(layer) not in model.since:
                model.since[id(layer)] = model.builds
                layer.owner = layer.owner or model
        if any(isinstance(layer, Own) or isinstance(layer, Sequential) and not layer.builds for layer in model.layers):
            with suppress(ConvcalcError):  # is raised again where the model is asked for
                self.build_calls(model, model.builds, model.place)
        model.builds += 1
        self._session.machine.journal.touch(self._session.numbers.counts)
        self._session.numbers.next("Functional")
        self._session.machine.budget.event()

    def _feed(self, model: Sequential, shape: Shape | None) -> None:
        """Keras makes a Sequential's InputLayer, and numbers it."""
        model.shape = shape
        self._session.machine.journal.touch(self._session.numbers.counts)
        model.fed = (self._session.numbers.next("InputLayer"), False)

    def outputs(self, model: Sequential, inputs: Members[Data], place: Place) -> list[Data]:
        """What a Sequential gives, as shapes; `ConvcalcError` where a layer refuses what it gets."""
        current = list(inputs)
        if model.errors:
            raise model.errors[0]
        for layer in model.layers:
            current = self._session.calling.through(layer, current, place)
        return current

    def build_calls(self, model: Sequential, turn: int, place: Place | None) -> list[Made]:
        """The calls of the layers in one of a Sequential's builds, counted from 0; none where it has no input."""
        if turn < 0 or model.shape is None:
            return []
        if turn not in model.made:
            session = self._session
            calls = [self._input_call(model, place)]
            base = self._bases.setdefault(id(model), session.made)
            for layer in model.layers:
                since = model.since.get(id(layer), turn + 1)
                if since > turn:
                    continue
                made = Made(layer, tuple(calls[-1].outputs[:1]), ("",), place)
                made.number, made.order = turn - since, (base, turn, len(calls))
                found = session.calling.through(layer, list(made.inputs), place, made)
                made.outputs = [Tensor(made, at, one.shape, one.dtype) for at, one in enumerate(found)]
                calls.append(made)
            model.made[turn] = calls
        return model.made[turn]

    def _input_call(self, model: Sequential, place: Place | None) -> Made:
        """The one call of a Sequential's InputLayer: all its builds begin there."""
        if model.input is None:
            name, named = model.fed or ("", False)
            words = {"batch_shape": model.shape, "dtype": model.input_dtype}
            live = self._session.input_layer(words, name, named, place)
            model.input = self._session.input_of(live).node
        return model.input


def _stated(live: Live) -> Shape | None:
    """The shape, batch first, that a first layer carries (``input_shape=``, ``input_dim=``)."""
    if isinstance(live, Sequential) and live.shape is None and live.layers:
        return None
    if not isinstance(live, Declared):
        return live.stated if isinstance(live, Own) else None
    if live.batch_shape is not None:
        return tuple(live.batch_shape.value)
    given = {name: live.call.named[name].value for name in _SHAPES if name in live.call.named}
    if given.get("batch_input_shape") is not None:
        return tuple(given["batch_input_shape"])
    if given.get("input_shape") is not None:
        own = given["input_shape"]
        return (None, *(own if isinstance(own, list | tuple) else (own,)))
    if given.get("input_dim") is not None and live.kind != "Embedding":
        return (None, given["input_dim"])
    return None


def _input_of(model: Live) -> Shape | None:
    """The shape of a model's only input, where it is known."""
    if isinstance(model, Functional):
        return model.given[0].shape if len(model.given) == 1 else None
    return model.shape if isinstance(model, Sequential) else None


def _element(node: ast.AST, at: int) -> ast.AST:
    """The node of a layer in the list of a Sequential, as far as it is written there."""
    lists = (
        [*node.args, *(word.value for word in node.keywords if word.arg == "layers")]
        if isinstance(node, ast.Call)
        else []
    )
    elements = lists[0].elts if lists and isinstance(lists[0], ast.List | ast.Tuple) else []
    return elements[at] if at < len(elements) else node


def _twice(live: Live) -> ReadError:
    why = "a Keras model's layers have unique names"
    message = "this layer is in the model twice"
    return ReadError(message, code="same-layer", span=live.place, why=why, help="make another layer like it")
