"""Code that Python 3 refuses, rewritten: Python 2 as old tutorials have it, and blanks and quotes of web pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from convcalc.read.code.rewriting import Edit, Rewritten, Token, logical_line

# Words before a colon that open a block on the same line.
_OPENING = {"if", "elif", "else", "for", "while", "try", "except", "finally", "with", "def", "class"}
_MARGIN = re.compile(r"[ ]*\t[ \t]*")
_OCTAL = re.compile(r"0[0-7]+$")
_LONG = re.compile(r"(0[xX][\da-fA-F]+|0[oO]?[0-7]*|[1-9]\d*)[lL]$")
_RAW = re.compile(r"[uU][rR]")


# Blanks, signs of no width and quotes that pages and word processors put into code.
_TYPED = dict.fromkeys("\u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B))), " ")
_TYPED |= dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff", "")
_TYPED |= {"\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'"}
_TYPOGRAPHY = re.compile(f"[{''.join(_TYPED)}]")


def as_typed(text: Rewritten) -> Rewritten:
    """The text with plain blanks and quotes, as on a keyboard; what stands in texts stays."""
    return text.edited(_plain(text.text)) if _TYPOGRAPHY.search(text.text) else text


def _plain(text: str) -> Iterator[Edit]:
    at = 0
    while at < len(text):
        tokens, at = logical_line(text, at)
        for token in tokens:
            if token.text in _TYPED:
                yield Edit(token.start, token.end, _TYPED[token.text])


def as_python3(text: Rewritten) -> Rewritten:
    """The text with Python 3 in the place of statements and words that only Python 2 has."""
    return text.edited(_edits(text.text))


def _edits(text: str) -> Iterator[Edit]:
    at = 0
    while at < len(text):
        margin = _MARGIN.match(text, at)
        tokens, after = logical_line(text, at)
        if margin and tokens:  # Python 2 takes a tab as the way to the next multiple of eight
            yield Edit(at, margin.end(), margin[0].expandtabs(8))
        yield from _of_words(tokens)
        for statement in _statements(tokens):
            yield from _of_statement(statement)
        at = after


def _statements(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The simple statements of a line: what stands between semicolons, and behind the colon that opens a block."""
    begin = depth = 0
    opens = bool(tokens) and tokens[0].text in _OPENING
    for at, token in enumerate(tokens):
        if token.kind in ("open", "close"):
            depth = max(depth + (1 if token.kind == "open" else -1), 0)
        elif not depth and (token.text == ";" or (token.text == ":" and opens and not _in_lambda(tokens[begin:at]))):
            opens = opens and token.text == ";"
            yield tokens[begin : at + (token.text == ":")]
            begin = at + 1
    yield tokens[begin:]


def _in_lambda(tokens: Sequence[Token]) -> bool:
    """Whether the colon behind these tokens is a lambda's."""
    words = [token.text for token in tokens]
    return words.count("lambda") > words.count(":")


def _of_statement(tokens: Sequence[Token]) -> Iterator[Edit]:
    """The edits of a statement that Python 3 writes in another way."""
    word, following = (tokens[0].text if tokens else ""), tokens[1:]
    if not following:
        return
    if word == "print" and following[0].text not in ("(", "=", ".", "[", ","):
        yield Edit(tokens[0].start, tokens[0].end, "0,")
        if following[0].text == ">>":
            yield Edit(following[0].start, following[0].end)
    elif word == "exec" and following[0].text not in ("(", "=", ".", "[", ","):
        yield Edit(tokens[0].end, following[0].start, "(")
        yield Edit(tokens[-1].end, tokens[-1].end, ")")
    elif word in ("raise", "except"):
        comma = _comma(tokens)
        if comma and word == "raise":
            yield Edit(comma.start, tokens[-1].end)
        elif comma:
            yield Edit(comma.start, comma.end, " as ")


def _comma(tokens: Sequence[Token]) -> Token | None:
    """The first comma outside of brackets."""
    depth = 0
    for token in tokens:
        depth += (token.kind == "open") - (token.kind == "close")
        if token.text == "," and not depth:
            return token
    return None


def _of_words(tokens: Sequence[Token]) -> Iterator[Edit]:
    """The edits of single words and signs."""
    is_open = False
    for token in tokens:
        if token.text == "<>":
            yield Edit(token.start, token.end, "!=")
        elif token.text == "`":
            yield Edit(token.start, token.end, ")" if is_open else "repr(")
            is_open = not is_open
        elif token.kind == "number" and _LONG.match(token.text):
            yield Edit(token.start, token.end, _octal(token.text[:-1]))
        elif token.kind == "number":
            if _octal(token.text) != token.text:
                yield Edit(token.start, token.end, _octal(token.text))
        elif token.kind == "string" and _RAW.match(token.text) and "\\u" not in token.text.lower():
            yield Edit(token.start, token.start + 1)


def _octal(number: str) -> str:
    """A number in eights as Python 3 writes it."""
    return f"0o{number[1:]}" if _OCTAL.match(number) and number.strip("0") else number
