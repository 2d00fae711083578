"""Declared arguments as a page of text or JSON shows them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from convcalc.declare.argument import Argument


def argument_lines(arguments: Iterable[Argument], rank: int) -> list[str]:
    """A line for each argument: ``name=default``, what it means and what it accepts."""
    arguments = list(arguments)
    width = max((len(_signature(one)) for one in arguments), default=0)
    return [f"  {_signature(one):<{width}}  {one.doc}: {one.type.expected(rank)}" for one in arguments]


def argument_to_dict(argument: Argument, rank: int) -> dict[str, Any]:
    """An argument as JSON has it."""
    default = {} if argument.required else {"default": argument.same_as or argument.default}
    accepts = argument.type.schema(rank)
    return {"name": argument.name, "required": argument.required, **default, "accepts": accepts, "doc": argument.doc}


def _signature(argument: Argument) -> str:
    """``name`` or ``name=default``, as in a call."""
    if argument.required:
        return argument.name
    if argument.same_as:
        return f"{argument.name}={argument.same_as}"
    return f"{argument.name}={argument.default!r}"
