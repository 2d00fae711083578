"""Stacks for the tests of the forward pass, written as calls: no reader takes part."""

from __future__ import annotations

from typing import Any

from convcalc.script import Call, Given, Script
from convcalc.stack.build import build
from convcalc.stack.graph import Stack


def call(kind: str, *, weights: dict[str, Any] | None = None, **arguments: Any) -> Call:
    """A layer as written."""
    values = {key: Given(value) for key, value in (weights or {}).items()}
    return Call(kind, named={key: Given(value) for key, value in arguments.items()}, weights=values or None)


def nested(name: str, *calls: Call) -> Call:
    """A Sequential model inside another."""
    return Call("Sequential", named={"name": Given(name)}, layers=list(calls))


def stack(*calls: Call, shape: tuple[int | None, ...] | None = (10, 3)) -> Stack:
    """The resolved model of a chain of calls; ``shape`` without the batch."""
    return build(Script(list(calls)), input_shape=shape)


def conv(**arguments: Any) -> Call:
    """A Conv1D of 2 filters and 4 taps: 24 kernel values and 2 biases on (10, 3)."""
    return call("Conv1D", **{"filters": 2, "kernel_size": 4, **arguments})
