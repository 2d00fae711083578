"""An inline stack cut into its layers: at ``|`` and at line breaks, outside brackets and quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from convcalc.errors import ReadError
from convcalc.read.document.node import Locate

MOST_DEPTH = 100
_TEXT = r'"""(?:\\.|.)*?"""' + r"|'''(?:\\.|.)*?'''" + r'|"(?:\\.|[^"\\\n])*"' + r"|'(?:\\.|[^'\\\n])*'"
_COMMENT = re.compile(rf"{_TEXT}|(#[^\n]*)", re.DOTALL)
_SIGN = re.compile(rf"{_TEXT}|([][(){{}}\"'|\n])", re.DOTALL)
_CLOSING = {"(": ")", "[": "]", "{": "}"}


def pieces(text: str, locate: Locate) -> Iterator[tuple[int, str]]:
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
    """Takes the bracket that the one at ``at`` closes off ``opened``."""
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
