"""Which of the models that a script makes is meant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from convcalc.errors import ConvcalcError, ReadError
from convcalc.read.code.live import Declared, Functional, Live, Own, Sequential
from convcalc.read.code.machine import Machine
from convcalc.read.code.values import Unknown
from convcalc.source import Place
from convcalc.stack.graph import Stack

_HELP = "make one with keras.Sequential([…]), or with keras.Model(inputs, outputs)"


def chosen(machine: Machine, whole: Place) -> Stack:
    """The model of the last ``summary()``; else the last model that is part of no other."""
    session = machine.session
    if session.members.shown is not None:
        return _stack(machine, session.members.shown)
    inside = {id(part) for model in session.models if isinstance(model, Live) for part in _parts(model)}
    free = [model for model in session.models if id(model) not in inside]
    if free:
        last = free[-1]
        return _stack(machine, last if isinstance(last, Unknown) else session.graphs.stack(last))
    named = machine.main.names.names.get("model")
    if isinstance(named, Unknown):
        raise session.refused(named)
    raise ReadError("no model is made here", code="no-layers", span=whole, help=_HELP)


def _stack(machine: Machine, found: Any) -> Stack:
    if isinstance(found, Unknown):
        raise machine.session.refused(found)
    assert isinstance(found, Stack)
    return found


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


__all__ = ["ConvcalcError", "chosen"]
