"""Layers in Python's call syntax, ``Conv1D(2, 4) | Flatten``: parsed with `ast`, literals only, never evaluated."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable
from typing import Any, TypeVar

from convcalc.errors import ReadError, raise_all
from convcalc.read.document.node import Locate
from convcalc.read.inline.expression import Expressions
from convcalc.read.inline.pieces import pieces
from convcalc.script import Call, Script
from convcalc.source import Source, Span

_Read = TypeVar("_Read")
_HELP = 'write calls such as Conv1D(2, 4, padding="same"), with | between them'


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
        for offset, piece in pieces(text, locate):
            try:
                reader = Expressions(piece, offset, locate)
                calls.append(_read(reader, reader.layer))
            except ReadError as error:
                errors.append(error)
    raise_all(errors)
    return calls


def read_value(text: str, locate: Locate) -> Any:
    """One value: a literal, or a call such as ``HeNormal(seed=1)`` as a `Call`."""
    offset, piece = next(pieces(text, locate))
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
