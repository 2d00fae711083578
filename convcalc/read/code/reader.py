"""Keras code as scripts: what makes its models is followed, and never executed."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from convcalc.errors import ReadError
from convcalc.read.code.choose import chosen
from convcalc.read.code.machine import Machine
from convcalc.read.code.notebook import cells
from convcalc.read.code.scope import Module
from convcalc.read.code.syntax import MOST_CHARACTERS
from convcalc.source import Source, Span
from convcalc.stack.graph import Stack

# How deep the reader itself may go: a call of a script's function takes about a dozen of its own.
_DEPTH = 20_000


def read_code(
    source: Source, *, given: Mapping[str, Any] | None = None, no_bias: bool = False, path: str | None = None
) -> tuple[Stack, list[str]]:
    """The model of a script, and notes for the user: the model of the last ``summary()``, else the last that it makes.

    `ReadError` where the script does not say what that model is; `Problems` where several things in it are wrong.
    """
    whole = Span(source, 0, len(source.text))
    if len(source.text) > MOST_CHARACTERS:
        message = f"a script may have {MOST_CHARACTERS:,} characters"
        raise ReadError(message, code="too-large", help="write the model as YAML")
    module = Module(source, path)
    module.names.names["__name__"] = "__main__"
    machine = Machine(module, given=given, no_bias=no_bias)
    with _deep():
        for cell in cells(source):
            machine.follow_cell(cell)
        return chosen(machine, whole), machine.notes


@contextmanager
def _deep() -> Iterator[None]:
    """Lets the reader go deep: functions of a script call each other, and each call is several of the reader's."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _DEPTH))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
