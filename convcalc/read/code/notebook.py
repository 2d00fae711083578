"""Notebooks, documents and scripts as cells of statements.

A cell that is not Python leaves the other cells alone, as in Jupyter. Lines that are IPython's and not Python's give
way to lines of the same length, so that every place stays where it is.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterator
from typing import Any

from convcalc.errors import ReadError
from convcalc.source import Source, Span

# Cells in another language; of these, the named ones hold Python behind their first line.
_CELL_MAGIC = re.compile(r"\s*%%(?!(?:time|timeit|capture|prun|memit)\b)")
_CELL_PYTHON = re.compile(r"\s*%%.*")
# IPython's own lines: magics, shell commands, help, and what is assigned from them.
_LINE = re.compile(r"(\s*)(?:[%!?]|(?:[\w.]+\s*\?{1,2}\s*)$)")
_ASSIGNED = re.compile(r"(\s*[\w, .]+=\s*)[%!]")
# What only Python 2 has, at the beginning of a line or behind a colon.
_PRINT = re.compile(r"(^\s*|:\s*|;\s*)(?:print|exec)(?:\s*$|\s+(?![=(.\s])|\s*>>|\s*\((?=.*\)\s*%))", re.MULTILINE)
_EXCEPT = re.compile(r"(^\s*except\s+[\w.]+)\s*,(\s*\w+)(\s*:)", re.MULTILINE)
_RAISE = re.compile(r"(^\s*raise\s+[\w.]+)\s*,.*$", re.MULTILINE)
_BOUND = re.compile(
    r"^(?:def|class)\s+(\w+)|^(\w+)\s*=[^=]|^(?:from\s+\S+\s+)?import\s+(?:\S+\s+as\s+)?(\w+)", re.MULTILINE
)
_FENCE = re.compile(r"^([ \t]*)(```+|~~~+)[ \t]*\{?\.?(\w*)[^\n]*\n(.*?)^\1?\2[ \t]*$", re.MULTILINE | re.DOTALL)
_PYTHON = {"", "py", "python", "python3", "ipython", "ipython3", "pycon"}


class Cell:
    """Some statements of a text; ``lost`` are the names that code in it binds which is not Python."""

    __slots__ = ("body", "error", "lost", "start")

    def __init__(self, start: int) -> None:
        self.start = start
        self.body: list[ast.stmt] = []
        self.error: SyntaxError | None = None
        self.lost: list[str] = []


class CellSource(Source):
    """The code of a notebook as one text; ``starts`` are the offsets of its cells, which count from 1."""

    def __init__(self, name: str, parts: list[str]) -> None:
        super().__init__(name, "\n\n".join(parts) + "\n")
        self.parts = parts
        self.starts: list[int] = []
        at = 0
        for part in parts:
            self.starts.append(at)
            at += len(part) + 2

    def part_of(self, offset: int) -> tuple[str, int]:
        """The name of the cell that holds a place, and where the cell begins."""
        number = next((at for at in range(len(self.starts), 0, -1) if self.starts[at - 1] <= offset), 1)
        return f"cell {number}", self.starts[number - 1] if self.starts else 0


class DocumentSource(Source):
    """A text with code in it; ``blocks`` are the places of the code."""

    def __init__(self, source: Source, blocks: list[tuple[int, int]]) -> None:
        super().__init__(source.name, source.text)
        self.blocks = blocks


def as_code(source: Source, extension: str) -> Source:
    """The code of a notebook or of a document; `ReadError` where there is none, or the notebook is damaged."""
    if extension == ".ipynb":
        return _notebook(source)
    blocks = _blocks(source.text)
    if not blocks and extension in (".md", ".rst"):
        message = f"{source.name} has no block of Python code"
        raise ReadError(message, code="no-layers", help="put the code between lines of ```")
    return DocumentSource(source, blocks) if blocks else source


def _notebook(source: Source) -> CellSource:
    try:
        book = json.loads(source.text)
        found = book.get("cells") or [one for sheet in book.get("worksheets", []) for one in sheet.get("cells", [])]
        parts = [_text(one) for one in found if one.get("cell_type") == "code"]
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise ReadError(f"{source.name} is no notebook: {error}", code="bad-syntax") from None
    return CellSource(source.name, [part.replace("\r\n", "\n").replace("\r", "\n") for part in parts])


def _text(cell: dict[str, Any]) -> str:
    text = cell.get("source", cell.get("input", ""))
    return "".join(text) if isinstance(text, list) else str(text)


def _blocks(text: str) -> list[tuple[int, int]]:
    """Where code stands in a document: fenced blocks, and literal blocks of reStructuredText."""
    found = [one.span(4) for one in _FENCE.finditer(text) if one[3].lower() in _PYTHON]
    if not found:
        for one in re.finditer(
            r"(?:^\.\. code(?:-block)?:: *(?:i?python3?)?|::)[ \t]*\n(?:[ \t]*:\w.*\n)*\n((?:[ \t]+.*\n|[ \t]*\n)+)",
            text,
            re.MULTILINE,
        ):
            found.append(one.span(1))
    return found


def cells(source: Source) -> list[Cell]:
    """The cells of a text. `SyntaxError` where a whole script is not Python."""
    if isinstance(source, CellSource):
        return [_cell(part, start, source) for part, start in zip(source.parts, source.starts, strict=True)]
    if isinstance(source, DocumentSource):
        return [_cell(source.text[start:end], start, source) for start, end in source.blocks]
    whole = Cell(0)
    whole.body = _parsed(source.text, 0)
    return [whole]


def _cell(text: str, start: int, source: Source) -> Cell:
    """A cell, as far as it is Python."""
    made = Cell(start)
    if _CELL_MAGIC.match(text):
        return made
    line = source.text.count("\n", 0, start)
    text = _session(text)
    try:
        made.body = _parsed(text, line)
    except (SyntaxError, ValueError, RecursionError) as error:
        made.error = error if isinstance(error, SyntaxError) else SyntaxError(str(error))
        for chunk, at in _chunks(text):
            try:
                made.body += _parsed(chunk, line + at)
            except (SyntaxError, ValueError, RecursionError):
                made.lost += [next(filter(None, names)) for names in _BOUND.findall(chunk)]
    return made


def _session(text: str) -> str:
    """The code of an interactive session, with blanks for its prompts; its outputs are comments."""
    if not re.match(r"\s*>>> ", text):
        return text
    lines = []
    for line in text.split("\n"):
        prompt = re.match(r"\s*(?:>>>|\.\.\.)(?: |$)", line)
        lines.append(line[len(prompt[0]) :] if prompt else "#" + line)
    return "\n".join(lines)


def _chunks(text: str) -> Iterator[tuple[str, int]]:
    """The parts of a text that begin at lines without indentation, each with the number of its first line."""
    lines = text.split("\n")
    begins = [
        at
        for at, line in enumerate(lines)
        if re.match(r"[^\s#)\]}]", line) and not re.match(r"(else|elif|except|finally)\b", line)
    ]
    for at, end in zip(begins, [*begins[1:], len(lines)], strict=True):
        yield "\n".join(lines[at:end]), at


def _parsed(text: str, line: int) -> list[ast.stmt]:
    """The statements of a text, whose lines are counted from ``line``; `SyntaxError` where it is no Python."""
    with warnings.catch_warnings(action="ignore"):  # Python's own, on odd literals
        for repaired in (lambda: text, lambda: _without_magics(text), lambda: _python3(_without_magics(text))):
            try:
                body = _statements(repaired())
                break
            except SyntaxError as error:
                first = error
        else:
            raise first
    for one in body if line else ():
        ast.increment_lineno(one, line)
    return body


def _statements(text: str) -> list[ast.stmt]:
    """The statements of a text; its first line may be indented, as IPython allows it."""
    if re.match(r"(?:[ \t]*\n)*[ \t]+[^\s#]", text):
        body = ast.parse("if 1:\n" + text).body
        inner = body[0].body if isinstance(body[0], ast.If) else []
        rest = [*inner, *body[1:]]
        for one in rest:
            ast.increment_lineno(one, -1)
        return rest
    return ast.parse(text, type_comments=False).body


def _without_magics(text: str) -> str:
    """The text with statements of the same length in place of IPython's own lines."""
    lines, found, inside, goes_on = text.split("\n"), [], "", False
    for line in lines:
        is_first = not inside and not goes_on
        own = _LINE.match(line) if is_first or goes_on and not inside else None
        assigned = _ASSIGNED.match(line) if is_first else None
        if goes_on and found and found[-1].strip() == "0":
            found.append("#" + line[1:])
        elif assigned and not own:
            found.append(assigned[1] + "_" + " " * (len(line) - len(assigned[1]) - 1))
        elif own and is_first:
            found.append(own[1] + "0" + " " * (len(line) - len(own[1]) - 1))
        else:
            found.append(line)
            inside = _open(line, inside)
        goes_on = line.rstrip().endswith("\\")
    return "\n".join(found)


def _open(line: str, inside: str) -> str:
    """What is open behind a line: brackets, and at the end the quotes of a text of several lines."""
    at = 0
    while at < len(line):
        if inside and inside[-1] in "\"'":
            quotes = inside[-1] * 3
            end = line.find(quotes, at)
            if end < 0:
                return inside
            inside, at = inside[:-1], end + 3
            continue
        mark = line[at]
        if mark == "#":
            break
        if mark in "\"'":
            if line.startswith(mark * 3, at):
                inside, at = inside + mark, at + 3
                continue
            end = re.compile(rf"(?:[^\\{mark}]|\\.)*{mark}").match(line, at + 1)
            at = end.end() if end else len(line)
            continue
        if mark in "([{":
            inside += "("
        elif mark in ")]}" and inside.endswith("("):
            inside = inside[:-1]
        at += 1
    return inside


def _python3(text: str) -> str:
    """The text of Python 2 with statements that Python 3 knows, of the same length."""
    lines = []
    for line in text.split("\n"):
        found = _PRINT.search(line)
        if found:
            line = line[: found.end(1)] + "0" + " " * (len(line) - found.end(1) - 1)
        lines.append(line)
    text = _EXCEPT.sub(
        lambda one: f"{one[1]}{' ' * (len(one[0]) - len(one[1]) - len(one[3]))}{one[3]}", "\n".join(lines)
    )
    return _RAISE.sub(lambda one: one[1] + " " * (len(one[0]) - len(one[1])), text)


__all__ = ["Cell", "CellSource", "DocumentSource", "Span", "as_code", "cells"]
