"""Layers of Keras's as a script makes them: arguments with their places, settings, and Keras's names."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from convcalc.errors import ConvcalcError
from convcalc.layers import canonical, find, spelling
from convcalc.read.code.live import Declared, Live, Own, flat_lives, live_of
from convcalc.read.code.refusal import no_value
from convcalc.read.code.values import (
    Bound,
    Cause,
    Data,
    Function,
    Instance,
    Library,
    OwnClass,
    Partial,
    Thing,
    Unknown,
)
from convcalc.script import UNCOUNTED, Call, Given
from convcalc.source import Place
from convcalc.stack.build import Resolver
from convcalc.stack.infer import locate
from convcalc.stack.nested import Nested
from convcalc.stack.opaque import Opaque

if TYPE_CHECKING:
    from convcalc.read.code.session import Session

# Arguments whose values change neither shapes nor counts; and the arguments among them that no layer here keeps.
_PASSIVE = re.compile(r"(_initializer|_regularizer|_constraint)$|^(seed|weights)$")
_DROPPED = ("seed", "weights")
# What stands for an object of the script's own where Keras would keep it in a config.
_FOREIGN: dict[str, Any] = {"module": None, "class_name": "own", "config": {}}


class Making:
    """Makes layers of Keras's kinds."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def declared(
        self, kind: str, args: tuple[Any, ...], named: Mapping[str, Any], node: ast.AST, *, numbered: bool = True
    ) -> Declared:
        """A layer; ``lost`` says why it is not known where an argument is not, or Keras refuses it."""
        machine = self._session.machine
        machine.spend(machine.budget.LAYER, node)
        by_place, by_name = self.given(node, args, dict(named))
        place = machine.place(node.func if isinstance(node, ast.Call) else node)
        call = Call(kind, by_place, by_name, place=place)
        live = Declared(call, None, canonical(kind))
        live.held = tuple(found for value in flat_lives((*args, *named.values())) if (found := live_of(value)))
        try:
            modern = spelling.modern(kind, by_place, by_name, self._session.generation)
            call.kind, call.positional, call.named = modern.kind, modern.positional, modern.named
            live.kind, live.batch_shape = canonical(modern.kind), modern.batch_shape
            live.lost = self._checked(call)
            self._settle(call)
            if live.lost is None:
                live.layer = Resolver(self._session.no_bias).layer(call)
                live.kind, live.trainable = live.layer.kind, live.layer.trainable
        except ConvcalcError as error:
            locate(error, call, call.kind)
            live.lost = self._session.lost(error, node)
        if numbered:
            self._name(live, call)
        if live.layer is None or not live.layer.follows_dtype:  # an operation on data makes nothing of a model
            machine.budget.event()
        return live

    def foreign(self, kind: str, named: Mapping[str, Any], node: ast.AST) -> Declared:
        """A layer of another library: its weights are unknown, and its output is what ``output_shape`` states."""
        place = self._session.machine.place(node)
        config = {name: value for name, value in named.items() if not isinstance(value, Unknown)}
        call = Call(kind, (), self.given(node, (), config)[1], place=place, opaque=UNCOUNTED)
        live = Declared(call, Opaque(kind, config, weightless=False), kind)
        self._session.give_name(live, named.get("name"))
        return live

    def _checked(self, call: Call) -> Unknown | None:
        """Why a layer is not known: an argument of it is not. Values that count for nothing are taken as they are."""
        kind: Any = find(call.kind)
        names = [*kind.arguments, *("" for _ in call.positional)]
        for name, given in [*zip(names, call.positional, strict=False), *call.named.items()]:
            lost = given.value = self._argument(name, given)
            if isinstance(lost, Unknown):
                found = Cause(lost.cause.message, lost.cause.place, no_value(lost, given.place))
                found.name = lost.cause.name
                return Unknown(found)
        return None

    def _argument(self, name: str, given: Given) -> Any:
        """A value as an argument of a layer: names of Keras's functions as text, the script's own code as code."""
        value = self._session.machine.untainted(given.value)
        if _PASSIVE.search(name) and (name in _DROPPED or not isinstance(value, str | dict | Call | Library | None)):
            return given.value if isinstance(value, int) else None if name in _DROPPED else _FOREIGN
        other = isinstance(value, Library) and not value.path.startswith(("keras.", "tensorflow."))
        if name == "activation" and (other or isinstance(value, Function | Bound | Partial)):
            return {"class_name": "function", "config": getattr(value, "name", "own")}
        return self._plain(value, given.place)

    def _plain(self, value: Any, place: Place | None) -> Any:
        """A value as a plain one: layers as layers, arrays as lists."""
        live = live_of(value)
        if live is not None:
            return self.as_layer(live)
        if isinstance(value, Unknown | str | bytes | int | float | None | Call):
            return value
        if isinstance(value, Library):
            return self._session.machine.of_import(value, place)
        if isinstance(value, Data) and value.value is not None:
            return value.value.tolist()
        if isinstance(value, list | tuple | range | set | frozenset):
            self._session.machine.spend(10 * len(value), self._session.machine.frame.node)
            parts = [self._plain(self._session.machine.untainted(one), place) for one in value]
            lost = next((one for one in parts if isinstance(one, Unknown)), None)
            return lost or (tuple(parts) if isinstance(value, tuple) else parts)
        if isinstance(value, dict):
            return {key: self._plain(one, place) for key, one in value.items()}
        if isinstance(value, Instance | OwnClass | Function | Thing):
            return Unknown(Cause("this is no plain value", place))
        return value

    def as_layer(self, live: Live) -> Any:
        """A layer or a model as a layer with rules, as another layer holds it or a stack has it."""
        if live.lost:
            return live.lost
        if isinstance(live, Declared):
            if live.layer is not None and live.named:
                live.layer.name = live.name
            return live.layer
        if isinstance(live, Own):
            return self._session.owning.held(live)
        stack = self._session.graphs.stack(live)
        return stack if isinstance(stack, Unknown) else Nested(stack)

    def given(
        self, node: ast.AST, args: tuple[Any, ...], named: dict[str, Any]
    ) -> tuple[tuple[Given, ...], dict[str, Given]]:
        """Arguments with their places in the script, as far as they stand in the call itself."""
        machine = self._session.machine
        module, whole = machine.scope.module, machine.place(node)
        written = node.args if isinstance(node, ast.Call) else []
        words = {word.arg: word for word in node.keywords} if isinstance(node, ast.Call) else {}
        known = len(written) >= len(args) and not any(isinstance(one, ast.Starred) for one in written)
        places = [module.place(one) for one in written[len(written) - len(args) :]] if known else [whole] * len(args)
        by_name = {}
        for name, value in named.items():
            word = words.get(name)
            by_name[name] = Given(
                value, module.place(word.value) if word else whole, module.place_of_word(word) if word else whole
            )
        return tuple(map(Given, args, places)), by_name

    def _settle(self, call: Call) -> None:
        """Gives a new layer what the script's settings say."""
        kind, session = find(call.kind), self._session
        by_place = list(kind.arguments)[: len(call.positional)]
        settings = {"data_format": session.data_format, "dtype": session.policy or session.floatx}
        if kind.__name__ == "InputLayer":
            settings = {"dtype": session.floatx}
        for name, value in settings.items():
            if value and name in kind.accepted and name not in (*by_place, *call.named):
                call.named = {**call.named, name: Given(value, call.place)}

    def _name(self, live: Declared, call: Call) -> None:
        """Numbers a layer that has no name of its own, after the layers that Keras makes inside it."""
        name = call.name.value if call.name else None
        if live.layer is not None:
            made = list(live.layer.makes(name is not None))
            for held in live.held:
                for kind in _numbered(held):
                    if kind in made:
                        made.remove(kind)
            for kind in made:
                self._session.numbers.next(kind)
        self._session.give_name(live, name)


def _numbered(live: Live) -> list[str]:
    """The kinds that have been numbered for a layer when the script made it."""
    layer = live.layer if isinstance(live, Declared) else None
    inner = list(layer.makes(live.named)) if layer else []
    return [*inner, *([] if live.named else [live.kind])]
