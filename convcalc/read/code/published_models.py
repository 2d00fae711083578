"""Keras's published networks in a script: models whose layers are the script's to take and to freeze."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from convcalc.errors import ConvcalcError
from convcalc.read.code.calling import Called
from convcalc.read.code.live import Declared, Functional, Live, Sequential
from convcalc.read.code.values import Library, Tensor, Unknown
from convcalc.script import Call, Ref, Script
from convcalc.source import Place
from convcalc.stack.build import Resolver

if TYPE_CHECKING:
    from convcalc.read.code.session import Session


class Networks:
    """Makes published networks."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def is_network(self, path: str) -> bool:
        """Whether a whole name is a network's."""
        return "applications" in path.split(".") and self.is_name(path.rpartition(".")[2])

    def is_name(self, name: str) -> bool:
        """Whether a name without its module is a network's."""
        from convcalc.applications import APPLICATIONS

        return name in APPLICATIONS

    def make(self, name: str, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """A network, as Keras's function of this name makes it."""
        from convcalc.applications import script

        session, place = self._session, self._session.machine.place(node)
        words = {key: value.name if isinstance(value, Library) else value for key, value in named.items()}
        if isinstance(words.get("weights"), Unknown):
            words["weights"] = None  # a file of weights changes no figure
        lost = next((one for one in (*args, *words.values()) if isinstance(one, Unknown)), None)
        if lost:
            return Unknown(lost.cause)
        tensor = words.get("input_tensor")
        if isinstance(tensor, Tensor):
            words["input_tensor"] = tensor.shape
        try:
            return self._model(script(name, *args, place=place, **words), tensor, node)
        except ConvcalcError as error:
            return session.lost(error, node)

    def _model(self, found: Script, tensor: Any, node: ast.AST) -> Functional | Unknown:
        """The model of a script of calls; its first input is the given tensor, if any."""
        session, place = self._session, self._session.machine.place(node)
        tensors: dict[int, list[Tensor]] = {}
        lives: dict[str, Live] = {}
        model = Functional(place)
        for call in found.layers:
            if call.kind == "InputLayer":
                given = tensor if isinstance(tensor, Tensor) and not model.given else self._input(call)
                model.given.append(given)
                tensors[id(call)] = [given]
                continue
            live = lives.get(str(call.use.value)) if call.use else None
            live = live or self._live(call, place)
            lives.setdefault(live.name, live)
            on = Called()
            on.inputs = [_tensor(ref, tensors) for ref in call.inputs or ()]
            on.roles = list(call.roles) or [""] * len(on.inputs)
            on.options, on.listed = call.options, call.listed
            tensors[id(call)] = session.calling.symbolic(live, on, place)
        last = found.layers[-1]
        model.results = [_tensor(ref, tensors) for ref in found.outputs or (Ref(last),)]
        model.structure = model.results if len(model.results) > 1 else model.results[0]
        return session.graphs.finish_network(model, found.name.value if found.name else None, node)

    def _input(self, call: Call) -> Tensor:
        live = self._live(call, call.place)
        assert isinstance(live, Declared)
        return self._session.input_of(live)

    def _live(self, call: Call, place: Place | None) -> Live:
        """The layer of a call; a nested Sequential with its layers."""
        name = call.name.value if call.name and call.name.written else None
        if call.layers is not None:
            chain = Sequential(place)
            chain.layers = tuple(self._live(one, place) for one in call.layers)
            self._session.give_name(chain, name)
            return chain
        live = Declared(call, Resolver(self._session.no_bias).layer(call), call.kind)
        live.place = place
        self._session.give_name(live, name)
        return live


def _tensor(ref: Ref, tensors: dict[int, list[Tensor]]) -> Tensor:
    return tensors[id(ref.layer)][ref.tensor]
