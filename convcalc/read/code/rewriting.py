"""Text that is rewritten before it is parsed, and the way from places in the new text back to the text as it was."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate
from typing import Any, NamedTuple


class Edit(NamedTuple):
    """The characters from ``start`` up to ``end``, and what stands there afterwards."""

    start: int
    end: int
    text: str = ""


class Lines:
    """A text as lines, between whose numbers and columns and the text's offsets it translates.

    Lines count from 1. Columns count the bytes of UTF-8 from 0, as in `ast`.
    """

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.starts = list(accumulate((len(line) + 1 for line in self.lines), initial=0))

    def offset(self, line: int, column: int) -> int:
        """The offset of a place."""
        text = self.lines[line - 1]
        inside = column if text.isascii() else len(text.encode()[:column].decode(errors="ignore"))
        return self.starts[line - 1] + inside

    def place(self, offset: int) -> tuple[int, int]:
        """The line and the column of an offset."""
        line = min(bisect_right(self.starts, offset), len(self.lines))
        before = self.lines[line - 1][: offset - self.starts[line - 1]]
        return line, len(before) if before.isascii() else len(before.encode())


class Rewritten:
    """A text after some edits, which leave the number of lines as it was; ``before`` is the text that was edited."""

    def __init__(self, text: str, before: Rewritten | None = None, edits: Iterable[Edit] = ()) -> None:
        self.before = before
        self.edits = sorted(edits)
        self._ends: list[int] = []  # where each edit ends in the new text
        parts, at, size = [], 0, 0
        for edit in self.edits:
            parts += [text[at : edit.start], edit.text]
            size += edit.start - at + len(edit.text)
            self._ends.append(size)
            at = edit.end
        self.text = "".join([*parts, text[at:]]) if parts else text

    def edited(self, edits: Iterable[Edit]) -> Rewritten:
        """The text after more edits; the same text where there are none."""
        edits = list(edits)
        return Rewritten(self.text, self, edits) if edits else self

    @property
    def first(self) -> Rewritten:
        """The text before all edits."""
        return self.before.first if self.before else self

    def back(self, offset: int, is_end: bool = False) -> int:
        """The place in the first text of a place in this text; of a place within an edit, where the edit begins.

        With ``is_end`` the place is the end of something, and the end of the edit is meant.
        """
        at = self._back(offset, is_end)
        return self.before.back(at, is_end) if self.before else at

    def _back(self, offset: int, is_end: bool) -> int:
        """The place in the text before the last edits."""
        inside = max(offset - is_end, 0)  # the end of something is the end of its last character
        at = bisect_right(self._ends, inside)
        if at < len(self.edits) and self._ends[at] - len(self.edits[at].text) <= inside:
            return self.edits[at].end if is_end else self.edits[at].start
        return offset + (self.edits[at - 1].end - self._ends[at - 1] if at else 0)

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self.text)

    @cached_property
    def _same(self) -> list[bool]:
        """Of each line whether it is the same in the first text."""
        pairs = zip(self._lines.lines, self.first._lines.lines, strict=True)
        return [one == other for one, other in pairs]

    def place(self, line: int, column: int, is_end: bool = False) -> tuple[int, int]:
        """The line and column in the first text of a place in this text."""
        return self.first._lines.place(self.back(self._lines.offset(line, column), is_end))

    def place_of_character(self, line: int, column: int) -> tuple[int, int]:
        """The same of a place whose column counts characters, as columns of a `SyntaxError` do."""
        lines, first = self._lines, self.first._lines
        line = min(line, len(lines.lines))
        offset = self.back(lines.starts[line - 1] + min(column, len(lines.lines[line - 1])))
        line = first.place(offset)[0]
        return line, offset - first.starts[line - 1]

    def restore(self, tree: ast.AST, line: int = 0) -> None:
        """Gives all nodes of a tree the places that they have in the first text; ``line`` is added to the numbers."""
        if not self.before and not line:
            return
        same = self._same if self.before else []
        node: Any  # `ast` says of no class of its own that it has places
        for node in ast.walk(tree):
            if not hasattr(node, "lineno"):
                continue
            if same and not same[node.lineno - 1]:
                node.lineno, node.col_offset = self.place(node.lineno, node.col_offset)
            if same and not same[node.end_lineno - 1]:
                node.end_lineno, node.end_col_offset = self.place(node.end_lineno, node.end_col_offset, True)
            node.lineno += line
            node.end_lineno += line


class Token(NamedTuple):
    """A word, a sign, a text or a line break: its kind, its text, and where it stands."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)


_TOKEN = re.compile(
    r"""
    (?P<blank>[ \t\f]+|\\\n)
  | (?P<comment>\#[^\n]*)
  | (?P<string>(?i:[rubf]{0,3})
      (?:\"\"\"(?:[^\\"]|\\.|"(?!""))*+(?:\"\"\"|\Z)
       | \'\'\'(?:[^\\']|\\.|'(?!''))*+(?:\'\'\'|\Z)
       | "(?:[^\\"\n]|\\.)*+"?
       | '(?:[^\\'\n]|\\.)*+'?))
  | (?P<number>(?:\d|\.\d)(?:[eE][-+]\d|[\w.])*)
  | (?P<name>\w+)
  | (?P<newline>\n)
  | (?P<open>[(\[{])
  | (?P<close>[)\]}])
  | (?P<sign>\*\*=?|//=?|>>=?|<<=?|<>|->|[-+*/%&|^@=!<>:]=|.)
    """,
    re.VERBOSE | re.DOTALL,
)


def logical_line(text: str, at: int) -> tuple[list[Token], int]:
    """The tokens of the line that begins at ``at``, up to its line break, and where the next line begins.

    Brackets, texts of several lines and backslashes join lines. Blanks and comments are left out.
    """
    tokens: list[Token] = []
    depth = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        assert found is not None
        kind = found.lastgroup or ""
        at = found.end()
        if kind == "newline" and not depth:
            break
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth = max(depth - 1, 0)
        if kind not in ("blank", "comment", "newline"):
            tokens.append(Token(kind, found[0], found.start()))
    return tokens, at
