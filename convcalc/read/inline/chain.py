"""Layers in Python's call syntax, ``Conv1D(2, 4) | Flatten``: parsed with `ast`, literals only, never evaluated."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from convcalc.errors import ReadError, raise_all
from convcalc.read.document.node import Locate
from convcalc.read.inline.expression import Expressions
from convcalc.script import Call, Script
from convcalc.source import Source, Span

_Read = TypeVar("_Read")
_HELP = 'write calls such as Conv1D(2, 4, padding="same"), with | between them'
MOST_DEPTH = 100
_QUOTED = r'"""(?:\\.|.)*?"""' + r"|'''(?:\\.|.)*?'''" + r'|"(?:\\.|[^"\\\n])*"' + r"|'(?:\\.|[^'\\\n])*'"
_COMMENT = re.compile(rf"{_QUOTED}|(#[^\n]*)", re.DOTALL)
_SIGN = re.compile(rf"{_QUOTED}|([][(){{}}\"'|\n])", re.DOTALL)
_CLOSING = {"(": ")", "[": "]", "{": "}"}


def read_script(source: Source) -> Script:
    """The script of an inline stack; ``Sequential([…])`` alone is the whole model."""
    calls = read_calls(source.text, lambda start, end: Span(source, start, end))
    if len(calls) == 1 and calls[0].layers is not None:
        trainable = calls[0].named.get("trainable")
        return Script(calls[0].layers, name=calls[0].name, trainable=trainable, place=calls[0].place)
    return Script(calls, place=Span(source, 0, len(source.text)))


def read_calls(text: str, locate: Locate) -> list[Call]:
    """The layers of an inline stack, separated by ``|`` or line breaks. Raises all `ReadError`s together."""
    calls: list[Call] = []
    errors: list[ReadError] = []
    with warnings.catch_warnings(action="ignore"):  # Python's own, on odd literals
        for offset, piece in _pieces(text, locate):
            try:
                reader = Expressions(piece, offset, locate)
                calls.append(_read(reader, reader.layer))
            except ReadError as error:
                errors.append(error)
    raise_all(errors)
    return calls


def read_value(text: str, locate: Locate) -> Any:
    """One value: a literal, or a call such as ``HeNormal(seed=1)`` as a `Call`."""
    offset, piece = next(_pieces(text, locate))
    with warnings.catch_warnings(action="ignore"):
        reader = Expressions(piece, offset, locate)
        return _read(reader, reader.value)


def _read(reader: Expressions, read: Callable[[ast.expr], _Read]) -> _Read:
    """The reader's whole text, as a layer or as a value."""
    start, locate = reader.offset, reader.locate
    try:
        return read(ast.parse(reader.text, mode="eval").body)
    except SyntaxError as error:
        raise reader.syntax_error(error, _HELP) from None
    except (RecursionError, MemoryError):
        deep = "this is nested too deeply to read"
        raise ReadError(deep, code="too-deep", span=locate(start, start + 1)) from None
    except ValueError as error:  # a null character, half a surrogate pair
        message = f"this is not a layer: {error}"
        raise ReadError(message, code="bad-syntax", span=locate(start, start + len(reader.text))) from None


def _pieces(text: str, locate: Locate) -> Iterator[tuple[int, str]]:
    """The offset and the text of every layer; `ReadError` for brackets that do not match and for an empty place."""
    text = _COMMENT.sub(lambda match: " " * len(match[0]) if match[1] else match[0], text)
    begin, found, bar = 0, False, 0
    for end, sign in [*_separators(text, locate), (len(text), "|")]:
        words = text[begin:end]
        if words.strip():
            found = True
            yield begin + len(words) - len(words.lstrip()), words.strip()
        if sign == "|":
            if not found:
                at = end if end < len(text) else bar
                raise ReadError("a layer is missing beside this |", code="no-layers", span=locate(at, at + 1))
            found, bar = False, end
        begin = end + 1


def _separators(text: str, locate: Locate) -> Iterator[tuple[int, str]]:
    """Offset and sign of every ``|`` and line break between layers."""
    opened: list[int] = []
    for match in _SIGN.finditer(text):
        sign, at = match[1], match.start()
        if sign in ("|", "\n") and not opened:
            yield at, sign
        elif sign in ("'", '"'):
            raise _unclosed("quote", locate, at)
        elif sign in ("(", "[", "{"):
            opened.append(at)
            if len(opened) > MOST_DEPTH:
                deep = f"this is nested more than {MOST_DEPTH} deep"
                raise ReadError(deep, code="too-deep", span=locate(at, at + 1))
        elif sign in (")", "]", "}"):
            _close(text, opened, at, locate)
    if opened:
        raise _unclosed("bracket", locate, opened[-1])


def _close(text: str, opened: list[int], at: int, locate: Locate) -> None:
    """Removes from ``opened`` the bracket that the bracket at ``at`` closes."""
    if not opened:
        raise ReadError(f"this {text[at]} closes nothing", code="unopened", span=locate(at, at + 1))
    opening = text[opened[-1]]
    if _CLOSING[opening] != text[at]:
        raise ReadError(
            f"this {opening} is not closed",
            code="unclosed",
            span=locate(opened[-1], opened[-1] + 1),
            why=f"the next bracket to close is {text[at]}, not {_CLOSING[opening]}",
        )
    opened.pop()


def _unclosed(what: str, locate: Locate, at: int) -> ReadError:
    return ReadError(
        f"this {what} is not closed",
        code="unclosed",
        span=locate(at, at + 1),
        help="close it; inside a [list] or a {mapping} of YAML, which end a text at a comma, put it in quotes",
    )
