"""Documents with code in them: Markdown, reStructuredText, plain text, and tutorials that are pasted."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from convcalc.errors import ReadError
from convcalc.read.code.chunks import cells
from convcalc.read.code.notebook import read_notebook
from convcalc.read.code.syntax import MOST_CHARACTERS, is_all_code
from convcalc.source import PartedSource, Source

_PYTHON = re.compile(r"\{?(?:code-cell\}? *)?\.?(?:i?py(?:thon)?[\d.]*|pycon|python-repl|keras)(?!\w)", re.IGNORECASE)
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})[ \t]*([^\n`]*)$")
_SESSION = re.compile(r"[ \t]*(?:>>> |>>>$|In ?\[\d*\]: )")
_DIRECTIVE = re.compile(
    r"[ \t]*\.\. (?:(?P<python>ipython|testcode|testsetup|doctest)|code|code-block|sourcecode)::"
    r"[ \t]*(?P<name>\S*)[ \t]*$"
)
_OPTION = re.compile(r"[ \t]+:[\w-]+:")
_LITERAL = re.compile(r"(?![ \t]*\.\. ).*::[ \t]*$")
_ITEM = re.compile(r"[ \t]*([-*+]|\d+[.)])[ \t]")


class _Block(NamedTuple):
    """Where code may stand in a text; ``is_python`` says that the text says so."""

    start: int
    end: int
    is_python: bool


def as_code(source: Source, extension: str = "") -> Source:
    """The code of a notebook or of a document; the source itself where it is none.

    The extension is the ending of its file, and empty for pasted text.

    `ReadError` for a notebook that is damaged, and for a document without code.
    """
    if extension == ".ipynb" or (not extension and source.text.lstrip().startswith("{")):
        return read_notebook(source)
    if len(source.text) > MOST_CHARACTERS:
        return source
    is_page = extension in (".md", ".rst")
    if not is_page and is_all_code(source.text):
        return source
    for way in _WAYS.get(extension, (_fenced, _directed)):
        parts = _parts(source, way)
        if parts:
            return PartedSource(source.name, source.text, parts)
    if is_page:
        marks = "lines of ```" if extension == ".md" else ".. code-block:: python"
        message = f"{source.name} has no block of Python code"
        raise ReadError(message, code="no-layers", help=f"mark the code by {marks}")
    return source


def _parts(source: Source, way: Callable[[list[str]], Iterator[_Block]]) -> list[tuple[int, int]]:
    """The places of the code in a text; none where no block changes anything."""
    blocks = list(way(source.text.split("\n")))
    made = cells(PartedSource(source.name, source.text, [(one.start, one.end) for one in blocks]))
    pairs = list(zip(blocks, made, strict=True))
    kept = [block for block, cell in pairs if block.is_python or (not cell.error and any(map(_acts, cell.body)))]
    binds = any(block in kept and any(not isinstance(one, ast.Expr) for one in cell.body) for block, cell in pairs)
    return [(one.start, one.end) for one in kept] if binds else []


def _acts(statement: ast.stmt) -> bool:
    """Whether a statement is more than a value."""
    return not isinstance(statement, ast.Expr) or isinstance(statement.value, ast.Call | ast.Await)


def _fenced(lines: list[str]) -> Iterator[_Block]:
    """The blocks between lines of ``` or ~~~."""
    at, start, fence, info = 0, 0, "", ""
    for line in lines:
        found = _FENCE.match(line)
        if not fence and found:
            fence, info, start = found[1], found[2].strip(), at + len(line) + 1
        elif fence and found and found[1].startswith(fence) and not found[2].strip():
            if not info or _PYTHON.match(info):
                yield _Block(min(start, at), at, bool(info))
            fence = ""
        at += len(line) + 1
    if fence and (not info or _PYTHON.match(info)):
        yield _Block(min(start, at - 1), at - 1, bool(info))


def _sessions(lines: list[str]) -> Iterator[_Block]:
    """The sessions with prompts, each up to the next empty line."""
    at, start = 0, -1
    for line in lines:
        if start < 0 and _SESSION.match(line):
            start = at
        elif start >= 0 and not line.strip():
            yield _Block(start, at, True)
            start = -1
        at += len(line) + 1
    if start >= 0:
        yield _Block(start, at - 1, True)


def _directed(lines: list[str]) -> Iterator[_Block]:
    """The blocks of reStructuredText: below a directive, below a line that ends in ``::``, and sessions."""
    number, starts = 0, _starts(lines)
    while number < len(lines):
        first, is_python = _announced(lines, number)
        if _SESSION.match(lines[number]):
            last = next((one for one in range(number, len(lines)) if not lines[one].strip()), len(lines))
            yield _Block(starts[number], starts[last], True)
            number = last
        elif first:
            last = _below(lines, first, len(lines[number]) - len(lines[number].lstrip()))
            if last > first and is_python is not None:
                yield _Block(starts[first], starts[last], is_python)
            number = last
        else:
            number += 1


def _announced(lines: list[str], number: int) -> tuple[int, bool | None]:
    """The first line of the block that a line announces, 0 for none; and whether the block is Python.

    The block may be Python where the line does not say it (False), and is not where the line says otherwise (None).
    """
    directive = _DIRECTIVE.match(lines[number])
    if not directive:
        return (number + 1, False) if _LITERAL.match(lines[number]) else (0, None)
    first = number + 1
    while first < len(lines) and _OPTION.match(lines[first]):
        first += 1
    is_python = bool(directive["python"] or _PYTHON.match(directive["name"]))
    return first, is_python or (None if directive["name"] else False)


def _below(lines: list[str], first: int, margin: int) -> int:
    """The number of the first line, not empty, that is not indented more than ``margin``."""
    for number in range(first, len(lines)):
        line = lines[number]
        if line.strip() and len(line) - len(line.lstrip()) <= margin:
            return number
    return len(lines)


def _indented(lines: list[str]) -> Iterator[_Block]:
    """The blocks of old Markdown: indented by four below an empty line, outside of lists."""
    starts, number, is_list, after = _starts(lines), 0, False, True
    while number < len(lines):
        line = lines[number]
        is_code_line = line.startswith(("    ", "\t")) and line.strip()
        if is_code_line and after and not is_list:
            last = _below(lines, number, 3 if line.startswith("    ") else 0)
            yield _Block(starts[number], starts[last], False)
            number, after = last, True
            continue
        if line.strip() and not line.startswith((" ", "\t")):
            is_list = bool(_ITEM.match(line))
        after = not line.strip()
        number += 1


def _starts(lines: list[str]) -> list[int]:
    """Where each line begins; behind the last line, where the text ends."""
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    starts[-1] -= 1
    return starts


# How code is marked in files of each kind; the first way that finds code is taken.
_WAYS = {
    ".md": (_fenced, _indented, _sessions),
    ".rst": (_directed, _fenced),
    ".txt": (_fenced, _directed, _indented),
}
