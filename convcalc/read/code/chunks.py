"""The statements of a script, of the cells of a notebook, and of the code in a document.

A part that is not Python leaves the others alone. What IPython adds to Python and what only Python 2 has is rewritten;
of what still is no Python, as little as possible is left out, and a `Left` stands in its place.
"""

from __future__ import annotations

import ast
import keyword
import re
import warnings
from collections.abc import Iterator

from convcalc.read.code.magics import dedented, without_magics, without_prompts
from convcalc.read.code.repairs import as_python3, as_typed
from convcalc.read.code.rewriting import Edit, Rewritten, logical_line
from convcalc.source import PartedSource, Source

# Cell magics whose cells are Python behind the first line; timeit's are as the body of a function.
_PYTHON = {"time", "timeit", "capture", "prun", "memit", "mprun", "lprun", "snakeviz", "pyinstrument", "scalene"}
_PYTHON |= {"notify", "heat", "wandb", "debug", "px"}
# Cell magics whose cells bind no names.
_FOREIGN = {"html", "HTML", "javascript", "js", "latex", "markdown", "svg", "SVG", "writefile", "file"}
_SHELL = {"bash", "sh", "cmd", "script", "system", "sx", "!", "perl", "ruby", "python", "python2", "python3", "pypy"}
_MAGIC = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*%%(\w+|!)(?!\w*\?)([^\n]*)(?:\n|\Z)")
# Commands that IPython takes without a percent sign where they are all of a cell.
_BARE = re.compile(r"\s*(?:cd|ls|ll|pwd|pip|conda|mkdir|rmdir|rm|cp|mv|cat|less|man|matplotlib)\b[^\n]*\s*\Z")
# A line that a statement may begin with, rather than go on.
_BEGIN = re.compile(r"^(?![ \t\n#)\]}]|(?:else|elif|except|finally)\b|\Z)", re.MULTILINE)
_UNFINISHED = re.compile(r"was never closed|unterminated triple-quoted|unexpected EOF")
# So often the end of an unfinished statement is searched for to the end of the text.
_MOST_SEARCHES = 20
# What code seems to bind that cannot be parsed, and all names in it.
_DEFINED = re.compile(r"(?:@[^\n]*\n)*(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)")
_IMPORT = re.compile(r"(?:from|import)\b")
_BOUND = re.compile(
    r"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)"
    r"|(?:^|[;:])[ \t]*([\w.,*()\[\] \t]+?)[ \t]*(?::[^=\n]*)?(?:\*\*|//|>>|<<|[-+*/%&|^@])?=(?!=)"
    r"|(\w+)[ \t]*:=|\bfor[ \t]+([\w.,*()\[\] \t]+?)[ \t]+in\b|\b(?:as|import|del|global)[ \t]+([\w.,*() \t]+)",
    re.MULTILINE,
)
_MAKING = re.compile(r"\b(?:Sequential|Model|\w+_model|model_from_\w+)[ \t]*\(")
_NAME = re.compile(r"(?<![\w.])[^\W\d]\w*")
_TEXT = re.compile(r"#[^\n]*|\"\"\".*?\"\"\"|'''.*?'''|\"[^\"\n]*\"|'[^'\n]*'", re.DOTALL)


class Left(ast.stmt):
    """Code that is left out; ``bound`` are the names that it seems to bind, ``used`` all names in it.

    ``shows`` says that it seems to show the summary of a model, ``makes`` that it seems to make one.
    """

    _fields = ("bound",)

    def __init__(self, text: str, message: str) -> None:
        super().__init__()
        lines = text.rstrip().split("\n")
        place = {"lineno": 1, "col_offset": 0, "end_lineno": len(lines), "end_col_offset": len(lines[-1].encode())}
        words = _TEXT.sub("0", text)
        self.bound: list[ast.Name] = [ast.Name(one, ast.Store(), **place) for one in _bound(words)]
        self.used = _names(words)
        self.shows = ".summary(" in words
        self.makes = not _DEFINED.match(text) and bool(_MAKING.search(words))
        self.message = message
        for name, number in place.items():
            setattr(self, name, number)


class Cell:
    """Some statements of a text; ``lost`` are the names that code in it binds which is left out.

    ``error`` is what Python says of such code, its place counted in the whole text. ``is_old`` says that the code is
    Python 2.
    """

    __slots__ = ("body", "error", "is_old", "lost", "start")

    def __init__(self, start: int) -> None:
        self.start = start
        self.body: list[ast.stmt] = []
        self.error: SyntaxError | None = None
        self.is_old = False
        self.lost: list[str] = []


def cells(source: Source) -> list[Cell]:
    """The cells of a notebook, the code of a document, or a script as one cell.

    A script that Python cannot take at all raises what Python raises: `RecursionError`, `MemoryError`, `ValueError`.
    """
    if not isinstance(source, PartedSource):
        return [_Reading(Cell(0), 0).cell_of(source.text)]
    found, line, last = [], 0, 0
    for start, end in source.parts:
        line, last = line + source.text.count("\n", last, start), start
        reading = _Reading(Cell(start), line)
        try:
            found.append(reading.cell_of(source.text[start:end]))
        except (ValueError, RecursionError, MemoryError) as error:
            found.append(reading.left_out(source.text[start:end], str(error)))
    return found


def statements(text: str) -> list[ast.stmt]:
    """The statements of a text; `SyntaxError` where it is not Python 3."""
    with warnings.catch_warnings(action="ignore"):  # Python's own, on odd literals
        return ast.parse(text).body


class _Reading:
    """Reads the text of a cell, whose first line has the number ``line`` in the whole text, from 0."""

    def __init__(self, cell: Cell, line: int) -> None:
        self._cell = cell
        self._line = line
        self._has_left = False  # whether some code is left out

    def cell_of(self, written: str) -> Cell:
        """The cell with its statements."""
        cell, text = self._cell, Rewritten(written)
        try:
            cell.body = self._parsed(text)
        except SyntaxError:
            cell.body = self._rewritten(without_prompts(dedented(text)))
        if self._has_left:
            whole = ast.walk(ast.Module(cell.body, []))
            cell.lost = [name.id for one in whole if isinstance(one, Left) for name in one.bound]
        return cell

    def left_out(self, text: str, message: str) -> Cell:
        """The cell without its code."""
        self._cell.body = [self._left(Rewritten(text), 0, len(text), message)]
        self._cell.error = SyntaxError(message, ("", self._line + 1, 1, None))
        return self._cell

    def _rewritten(self, text: Rewritten) -> list[ast.stmt]:
        """The statements of a cell that is more than Python."""
        is_timed = False
        while found := _MAGIC.match(text.text):
            magic, words = found[1], found[2].split()
            if magic not in _PYTHON:
                return self._of_foreign(text, magic, words)
            is_timed = is_timed or magic == "timeit"
            name = words[0] if magic == "capture" and words and words[0].isidentifier() else ""
            start = found.start(1) - 2
            text = text.edited([Edit(start, found.end(2), f"{name} = get_ipython()" if name else "")])
        if _BARE.match(text.text):
            return []
        body = self._statements(without_magics(text))
        return _as_function(body) if is_timed and body else body

    def _of_foreign(self, text: Rewritten, magic: str, words: list[str]) -> list[ast.stmt]:
        """What a cell in another language leaves behind: names that its first line or, maybe, its code binds."""
        if magic in _FOREIGN:
            return []
        left = self._left(text, 0, len(text.text), f"a cell of %%{magic} is not read")
        known = {one.id for one in left.bound} if magic not in _SHELL else set()
        named = {word for word in words if word.isidentifier()}
        left.bound = [_name_at(left, name) for name in sorted(known | named)]
        left.used, left.shows, left.makes = [], False, False
        return [left] if left.bound else []

    def _statements(self, text: Rewritten) -> list[ast.stmt]:
        """The statements of a text: as Python 3, else as Python 2, else as far as it is Python."""
        typed = as_typed(text)
        old = as_python3(typed)
        errors = []
        for version in (text, typed, old):
            try:
                body = self._parsed(version)
            except SyntaxError as error:
                errors.append(error)
            else:
                self._cell.is_old = version is old and old is not typed
                return body
        self._cell.error = self._placed(errors[0], text)
        return list(self._chunks(old))

    def _parsed(self, text: Rewritten, start: int = 0, end: int | None = None) -> list[ast.stmt]:
        """The statements of a part of a text that begins with a line; `SyntaxError` where it is not Python."""
        body = statements(text.text[start:end])
        line = text.text.count("\n", 0, start)
        for one in body:
            if line:
                ast.increment_lineno(one, line)
            text.restore(one, self._line)
        return body

    def _placed(self, error: SyntaxError, text: Rewritten) -> SyntaxError:
        """An error with its place counted in the whole text."""
        line, column = text.place_of_character(error.lineno or 1, (error.offset or 1) - 1)
        return SyntaxError(error.msg, ("", self._line + line, column + 1, None))

    def _chunks(self, text: Rewritten) -> Iterator[ast.stmt]:
        """The statements of the parts of a text that are Python, each part as small as can be."""
        begins = [one.start() for one in _BEGIN.finditer(text.text)]
        ends, at, searches = [*begins[1:], len(text.text)], 0, 0
        while at < len(begins):
            last = at
            while text.text[begins[last]] == "@" and last + 1 < len(begins):
                last += 1
            body, message = self._chunk(text, begins[at], ends[last])
            if body is None and _UNFINISHED.search(message) and searches < _MOST_SEARCHES:
                end = _logical_end(text.text, begins[at], ends[last])
                further = next((one for one in range(last, len(ends)) if ends[one] >= end), len(ends) - 1)
                body, _ = self._chunk(text, begins[at], ends[further])
                searches += end == len(text.text)
                last = further if body is not None or end < len(text.text) else last
            yield from [self._left(text, begins[at], ends[last], message)] if body is None else body
            at = last + 1

    def _chunk(self, text: Rewritten, start: int, end: int) -> tuple[list[ast.stmt] | None, str]:
        """The statements of a part, or None and what Python says of it."""
        try:
            return self._parsed(text, start, end), ""
        except SyntaxError as error:
            return None, error.msg
        except (ValueError, RecursionError, MemoryError) as error:
            return None, str(error)

    def _left(self, text: Rewritten, start: int, end: int, message: str) -> Left:
        left = Left(text.text[start:end], message)
        self._has_left = True
        ast.increment_lineno(left, text.text.count("\n", 0, start))
        text.restore(left, self._line)
        return left


def _logical_end(text: str, start: int, least: int) -> int:
    """Where the line ends that begins at ``start``, or one after it, not before ``least``."""
    while start < least:
        start = logical_line(text, start)[1]
    return start


def _as_function(body: list[ast.stmt]) -> list[ast.stmt]:
    """Statements as the body of a function that is called once: what they bind is not seen outside."""
    tree = ast.parse("def timeit(): pass\ntimeit()")
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    function.name = "%%timeit"
    for one in ast.walk(tree):
        if isinstance(one, ast.Name):
            one.id = "%%timeit"
        if hasattr(one, "lineno"):
            ast.copy_location(one, body[0])
    function.body = body
    return tree.body


def _name_at(place: ast.AST, name: str) -> ast.Name:
    return ast.copy_location(ast.Name(name, ast.Store()), place)


def _bound(text: str) -> list[str]:
    """The names that code seems to bind."""
    defined = _DEFINED.match(text)
    if defined:
        return [defined[1]]
    if _IMPORT.match(text):
        return _names(text)
    found = ["".join(one) for one in _BOUND.findall(text)]
    return sorted({name for part in found for name in _names(part)})


def _names(text: str) -> list[str]:
    """All names in code, apart from attributes."""
    return sorted({name for name in _NAME.findall(text) if not keyword.iskeyword(name)})
