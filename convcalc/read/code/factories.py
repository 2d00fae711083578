"""Functions and classes of a script that make models, where the script itself makes none."""

from __future__ import annotations

import re
from typing import Any

from convcalc.read.code.live import Live, is_model, live_of
from convcalc.read.code.machine import Machine
from convcalc.read.code.values import MISSING, Function, Instance, OwnClass, Unknown

# What is tried for a parameter without a default, by its name: only to propose a call, never as an answer.
_GUESSES = (
    (re.compile(r"(input_?)?(shape|size|dims?)|img_?size|image_?size", re.IGNORECASE), (128, 128, 3)),
    (re.compile(r"(h|height|w|width|rows|cols|img_?rows|img_?cols|image_?(h|w)\w*)", re.IGNORECASE), 128),
    (re.compile(r"(channels?|depth|c)", re.IGNORECASE), 3),
    (re.compile(r"(n(b|um)?_?)?(class(es)?|labels?|outputs?|actions?|units|features|filters)(_num)?|n\w*", re.I), 10),
)


class Factory:
    """A function, a class or a method that may make a model; ``call`` is how it has been called, as a text.

    ``guessed`` says that the call has arguments that the script does not give, and ``shows`` that the model's summary
    is shown in the call.
    """

    def __init__(self, call: str, guessed: bool) -> None:
        self.call = call
        self.guessed = guessed
        self.shows = False
        self.model: Live | None = None
        self.lost: Unknown | None = None


def factories(machine: Machine) -> list[Factory]:
    """All that the script defines and that makes a model when it is called, in the order of the script."""
    found = []
    for name, value in list(machine.main.names.names.items()):
        if isinstance(value, Function) and value.module is machine.main:
            found.append(_tried(machine, name, value, value))
        elif isinstance(value, OwnClass) and value.module is machine.main:
            found += _of_class(machine, name, value)
    return [one for one in found if one.model is not None or one.lost is not None]


def _of_class(machine: Machine, name: str, cls: OwnClass) -> list[Factory]:
    """A class as a factory: a model itself, or with methods that make one."""
    init = cls.find("__init__")
    found = [_tried(machine, name, cls, init if isinstance(init, Function) else None)]
    for method, function in cls.names.items():
        if isinstance(function, Function) and function.kind in ("staticmethod", "classmethod"):
            found.append(
                _tried(machine, f"{name}.{method}", machine.attribute(cls, method, machine.frame.node), function)
            )
    return found


def _tried(machine: Machine, name: str, value: Any, function: Function | None) -> Factory:
    """A factory, called with its defaults, or else with guesses."""
    named: dict[str, Any] = {}
    args = function.node.args if function else None
    names = [one.arg for one in (*args.posonlyargs, *args.args, *args.kwonlyargs)] if args else []
    if function and (function.owner is not None and function.kind != "staticmethod"):
        names = names[1:]
    for one in names:
        if function and one not in function.defaults:
            guess = next((value for pattern, value in _GUESSES if pattern.fullmatch(one)), MISSING)
            if guess is MISSING:
                return Factory("", True)
            named[one] = guess
    call = f"{name}({', '.join(f'{key}={value!r}' for key, value in named.items())})"
    factory = Factory(call, bool(named))
    models, members = len(machine.session.models), machine.session.members
    members.shown = None
    outcome = machine.branches.attempt(lambda: machine.call(value, (), named, machine.frame.node))
    factory.shows, members.shown = members.shown is not None, None
    result = outcome.value
    if isinstance(result, list | tuple):
        result = next((one for one in result if _model_in(one)), result)
    factory.model = _model_in(result)
    if factory.model is None and isinstance(result, Unknown) and (len(machine.session.models) > models):
        factory.lost = result
    return factory


def _model_in(value: Any) -> Live | None:
    """The model that a value is, or that an object of the script's own keeps as ``model``."""
    live = live_of(value)
    if live is None and isinstance(value, Instance):
        live = live_of(value.attrs.get("model"))
    return live if is_model(live) and live is not None and not live.lost else None
