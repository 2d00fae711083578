"""Which of the models that a script makes is meant."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, NamedTuple

from convcalc.errors import ConvcalcError, ReadError, did_you_mean, one_of
from convcalc.read.code.factories import Factory, factories
from convcalc.read.code.live import Declared, Functional, Live, Model, Own, Sequential, is_model, live_of
from convcalc.read.code.machine import Machine
from convcalc.read.code.scope import Frame, Module, Scope
from convcalc.read.code.values import Function, OwnClass, Unknown
from convcalc.source import Place, Source, Span
from convcalc.stack.graph import Stack

_HELP = "make one with keras.Sequential([…]), or with keras.Model(inputs, outputs)"
# How many models a note or an error names.
_MOST_NAMES = 8


class Offer(NamedTuple):
    """A model of a script: the word behind the colon that asks for it, and the model; None where it is not known."""

    call: str
    stack: Stack | None


class Chooser:
    """Finds the model that is meant, once the script has been followed."""

    def __init__(self, machine: Machine, whole: Place) -> None:
        self._machine = machine
        self._whole = whole
        self._names = {id(live_of(value)): name for name, value in self._models_by_name().items()}

    def _models_by_name(self) -> dict[str, Any]:
        """The models that names of the script stand for at its end."""
        names = self._machine.main.names.names
        return {name: value for name, value in names.items() if is_model(live_of(value))}

    def chosen(self, wanted: str | None) -> Stack:
        """The model that is wanted; without a word, the one that the script is about.

        That is the model of the last ``summary()``; else the last model that is compiled or trained; else the last
        that is part of no other; else what a function makes that makes a model: the last that shows it, or the last.
        """
        session = self._machine.session
        if wanted:
            return self._named(wanted)
        if session.members.shown is not None:
            return self._stack(session.members.shown)
        free = self.free()
        if not free:
            return self._made()
        known = [
            one
            for one in (session.trained, session.compiled)
            if isinstance(one, Unknown) or any(one is x for x in free)
        ]
        found = next((one for one in known if one is not None), free[-1])
        others = [one for one in free if one is not found and isinstance(one, Live)]
        if others and isinstance(found, Live):
            self._machine.note(f"{self.name(found)} is shown; there are also {self._list(others)}")
        return self._stack(found)

    def offers(self) -> list[Offer]:
        """All models that can be asked for: the models of names, and what functions and classes make."""
        found: list[Offer] = []
        for name, value in self._models_by_name().items():
            found.append(self._offer(name, live_of(value)))
        for one in factories(self._machine):
            if one.call:
                found.append(self._offer(one.call, one.model))
        return found

    def _offer(self, call: str, live: Live | None) -> Offer:
        try:
            return Offer(call, self._stack(live) if live else None)
        except ConvcalcError:
            return Offer(call, None)

    def name(self, live: Live) -> str:
        """The name of the script's that stands for a model, else the model's own."""
        return self._names.get(id(live), live.name)

    def _list(self, models: list[Live]) -> str:
        names = list(dict.fromkeys(self.name(one) for one in models))
        more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        one = next((name for name in reversed(names) if name in self._names.values()), None)
        how = f"; choose with a colon, as {self._machine.main.source.name}:{one}" if one else ""
        return f"{', '.join(names[-_MOST_NAMES:])}{more}{how}"

    def free(self) -> list[Live | Unknown]:
        """The models that are part of no other, in the order of their making."""
        models = self._machine.session.models
        inside = {id(part) for model in models if isinstance(model, Live) for part in _parts(model)}
        free = [model for model in models if id(model) not in inside]
        own = [model for model in free if not (isinstance(model, Model) and model.is_published)]
        return own or free

    def _stack(self, found: Any) -> Stack:
        session = self._machine.session
        if isinstance(found, Live):
            tainted = self._machine.untainted(found.value)
            found = tainted if isinstance(tainted, Unknown) else session.graphs.stack(found)
        if isinstance(found, Unknown):
            raise session.refused(found)
        assert isinstance(found, Stack)
        return found

    def _made(self) -> Stack:
        """The model of a script that only defines what makes one."""
        session = self._machine.session
        named = self._machine.main.names.names.get("model")
        if isinstance(named, Unknown):
            raise session.refused(named)
        found = factories(self._machine)
        working = [one for one in found if one.model is not None and not one.guessed]
        if not working and session.eager:
            return self._stack(session.graphs.of_calls(session.eager))
        if not working and session.loose:
            return self._stack(session.graphs.of_tensor(session.loose[-1]))
        if working:
            chosen = next((one for one in reversed(working) if one.shows), working[-1])
            others = [one.call for one in found if one is not chosen and one.call]
            if others:
                file = self._machine.main.source.name
                more = ", ".join(others[:_MOST_NAMES])
                self._machine.note(
                    f"{chosen.call} is shown; there are also {more}: choose with a colon, as {file}:{others[0]}"
                )
            return self._stack(chosen.model)
        raise self._no_model(found)

    def _no_model(self, found: list[Factory]) -> ReadError:
        tried = next((one for one in found if one.model is not None), None)
        if tried:
            file = self._machine.main.source.name
            names = one_of([one.call for one in found if one.model is not None])
            return ReadError(
                f"this script only defines what makes models: {names}",
                code="no-layers",
                span=self._whole,
                help=f"say which, and with which arguments: '{file}:{tried.call}'",
            )
        lost = next((one.lost for one in reversed(found) if one.lost), None)
        error = self._machine.session.refused(lost) if lost else None
        if isinstance(error, ReadError):
            return error
        return ReadError("no model is made here", code="no-layers", span=self._whole, help=_HELP)

    def _named(self, wanted: str) -> Stack:
        """The model of a name or a call behind the colon."""
        machine = self._machine
        value = self._value(wanted)
        if isinstance(value, Function | OwnClass):
            value = machine.call(value, (), {}, machine.frame.node)
        live = live_of(value)
        if isinstance(value, Unknown):
            raise machine.session.refused(value)
        if not is_model(live):
            known = self._models_by_name()
            raise ReadError(
                f"{wanted} is no model",
                code="no-layers",
                span=self._whole,
                help=did_you_mean(wanted, known) or f"there are {one_of(known)}" if known else _HELP,
            )
        return self._stack(live)

    def _value(self, text: str) -> Any:
        machine = self._machine
        module = Module(Source(text, text), machine.main.path)
        module.names = Scope({}, machine.main.names, module)
        try:
            node = ast.parse(text, mode="eval").body
        except (SyntaxError, ValueError) as error:
            message = f"{text} is no name and no call of Python's"
            raise ReadError(message, code="bad-syntax", span=Span(module.source, 0, 1), why=str(error)) from None
        if isinstance(node, ast.Name) and node.id not in machine.main.names.names:
            known = [name for name, value in machine.main.names.names.items() if _makes(value)]
            help = did_you_mean(node.id, known) or (f"there are {one_of(known)}" if known else _HELP)
            raise ReadError(f"the script has no {node.id}", code="no-layers", span=self._whole, help=help)
        machine.frame = Frame(module.names)
        machine.frame.node = node
        return machine.evaluate.value(node)


def _makes(value: Any) -> bool:
    return is_model(live_of(value)) or isinstance(value, Function | OwnClass)


def _parts(model: Live, depth: int = 50) -> Iterator[Live]:
    """The models that are parts of a model, at any depth."""
    if isinstance(model, Sequential):
        inner: list[Live] = list(model.layers)
    elif isinstance(model, Functional):
        inner = [made.live for made in model.made]
    elif isinstance(model, Own):
        inner = list(model.tracked)
    else:
        inner = list(model.held) if isinstance(model, Declared) else []
    for one in inner if depth else ():
        yield one
        yield from _parts(one, depth - 1)


__all__ = ["Chooser", "ConvcalcError", "Model"]
