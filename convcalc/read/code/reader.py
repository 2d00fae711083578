"""Keras code as scripts: what makes its models is followed, and never executed."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from convcalc.errors import ArgumentError, ConvcalcError, ReadError, did_you_mean
from convcalc.read.code.choose import Chooser, Offer
from convcalc.read.code.chunks import Cell, cells
from convcalc.read.code.generation import generation_of
from convcalc.read.code.machine import Machine
from convcalc.read.code.rewriting import Lines
from convcalc.read.code.scope import Module
from convcalc.read.code.syntax import MOST_CHARACTERS
from convcalc.read.code.values import Data
from convcalc.script import Code
from convcalc.source import PartedSource, Source, Span
from convcalc.stack.graph import Stack

# Python 2 that divides as Python 3 does.
_DIVISION = re.compile(r"^[ \t]*from __future__ import[^\n]*\bdivision\b", re.MULTILINE)
# How deep the reader itself may go: a call of a script's function takes about a dozen of its own.
_DEPTH = 20_000


def read_code(
    code: Code, *, given: Mapping[str, Any] | None = None, keras: int | None = None, no_bias: bool = False
) -> Stack:
    """The model of a script: the model of the last ``summary()``, else the last that it makes.

    `ReadError` where the script does not say what that model is; `Problems` where several things in it are wrong.
    """
    with _deep():
        machine, parts = _followed(code, given, keras, no_bias)
        try:
            stack = Chooser(machine, _whole(code)).chosen(code.wanted)
        except ConvcalcError as error:
            raise _not_python(code.source, parts, error) from None
        _check_given(machine)
    left = [one for part in parts if (one := _said(code.source, part))]
    stack.notes = (*machine.notes, *left)
    return stack


def offers(code: Code, *, given: Mapping[str, Any] | None = None, keras: int | None = None) -> list[Offer]:
    """All models of a script that can be asked for behind a colon."""
    with _deep():
        return Chooser(_followed(code, given, keras)[0], _whole(code)).offers()


def _whole(code: Code) -> Span:
    return Span(code.source, 0, len(code.source.text))


def _followed(
    code: Code, given: Mapping[str, Any] | None, keras: int | None, no_bias: bool = False
) -> tuple[Machine, list[Cell]]:
    """The machine that has followed a script to its end, and the cells of the script."""
    if len(code.source.text) > MOST_CHARACTERS:
        message = f"a script may have {MOST_CHARACTERS:,} characters"
        raise ReadError(message, code="too-large", help="write the model as YAML")
    module = Module(code.source, code.path)
    module.names.names["__name__"] = "__main__"
    values = {name: _value(name, text) for name, text in (given or {}).items()}
    machine = Machine(module, given=values, no_bias=no_bias)
    parts = _cells(code.source)
    machine.is_old = any(cell.is_old for cell in parts) and not _DIVISION.search(code.source.text)
    told = generation_of([one for cell in parts for one in cell.body])
    machine.session.generation = keras or told.number
    if machine.session.generation == 1 and told.node is not None:
        machine.note(
            f"read as Keras 1, for {told.word} in line {getattr(told.node, 'lineno', 1)}; --keras says otherwise"
        )
    for cell in parts:
        machine.follow.top(cell.body)
    return machine, parts


def _cells(source: Source) -> list[Cell]:
    """The cells of a text; `ReadError` for a script that Python cannot take at all."""
    try:
        return cells(source)
    except (RecursionError, MemoryError):
        deep = "this script is nested too deeply to read"
        raise ReadError(deep, code="too-deep", span=Span(source, 0, 1)) from None
    except ValueError as error:  # a null character, half a surrogate pair
        whole = Span(source, 0, len(source.text))
        raise ReadError(f"this is not Python: {error}", code="bad-syntax", span=whole) from None


def _not_python(source: Source, parts: list[Cell], error: ConvcalcError) -> ConvcalcError:
    """What is wrong with a text that gives no model: that it is not Python, where this may be the reason."""
    broken = next((cell.error for cell in parts if cell.error), None)
    if broken is None or (isinstance(source, PartedSource) and error.code != "no-layers"):
        return error
    return ReadError(
        "this is not Python",
        code="bad-syntax",
        span=_place(source, broken),
        why=f"Python says: {broken.msg}",
        help="a script is read as Python 3",
    )


def _place(source: Source, error: SyntaxError) -> Span:
    lines = Lines(source.text)
    line = min(error.lineno or 1, len(lines.lines))
    start = lines.starts[line - 1] + min(max((error.offset or 1) - 1, 0), len(lines.lines[line - 1]))
    start = min(start, max(len(source.text) - 1, 0))
    return Span(source, start, start + 1)


def _said(source: Source, cell: Cell) -> str | None:
    """The note on code in a cell that is left out."""
    if cell.error is None:
        return None
    return f"{_place(source, cell.error).location}: this is not Python 3 and is left out ({cell.error.msg})"


@contextmanager
def _deep() -> Iterator[None]:
    """Lets the reader go deep: functions of a script call each other, and each call is several of the reader's."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _DEPTH))
    try:
        yield
    except RecursionError:
        raise ReadError("this script is nested too deeply to read", code="too-deep") from None
    finally:
        sys.setrecursionlimit(before)


def _value(name: str, text: Any) -> Any:
    """The value of a name as the user gives it: a literal of Python, or ``shape(60000, 28, 28)`` for data."""
    try:
        node = ast.parse(text, mode="eval").body if isinstance(text, str) else None
        if node is None:
            return text
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "shape":
            return Data(tuple(ast.literal_eval(one) for one in node.args))
        return ast.literal_eval(node)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        help = f"write a literal of Python, as {name}=57 or {name}='word', or {name}=shape(60000,28,28) for data"
        raise ArgumentError(f"{text!r} is no value for {name}", code="bad-value", help=help) from None


def _check_given(machine: Machine) -> None:
    """Refuses a value for a name that the script does not have."""
    for name in machine.given:
        if name not in machine.used:
            message = f"the script gives no value to {name}"
            known = [one for one, value in machine.main.names.names.items() if not one.startswith("__")]
            raise ArgumentError(message, code="unused-value", help=did_you_mean(name, known))
