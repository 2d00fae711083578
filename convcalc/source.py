"""Where a value came from: a text, and a place in it that an error can point at."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

from convcalc.sizes.widths import width


class Source:
    """A text and the name it goes by: a file name, ``<stdin>`` or ``<stack>``. Line breaks become newlines."""

    __slots__ = ("name", "text")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text.replace("\r\n", "\n").replace("\r", "\n")

    def line_at(self, offset: int) -> str:
        """The line that holds the character at ``offset``, without its line break."""
        end = self.text.find("\n", offset)
        return self.text[self.text.rfind("\n", 0, offset) + 1 : end if end >= 0 else None]

    def cell_at(self, offset: int) -> tuple[int, int]:
        """The number of the cell that holds a place, and where the cell begins; 0 and 0 in a text without cells."""
        return 0, 0


class PartedSource(Source):
    """A text of which only some parts are code; ``parts`` are their places.

    With ``are_cells`` the parts are the cells of a notebook, which count from 1, and each counts its own lines.
    """

    __slots__ = ("_starts", "are_cells", "parts")

    def __init__(self, name: str, text: str, parts: list[tuple[int, int]], are_cells: bool = False) -> None:
        super().__init__(name, text)
        self.parts = parts
        self.are_cells = are_cells
        self._starts = [start for start, _ in parts]

    def cell_at(self, offset: int) -> tuple[int, int]:
        """The number of the cell that holds a place, and where the cell begins."""
        if not self.are_cells or not self.parts:
            return 0, 0
        number = max(bisect_right(self._starts, offset), 1)
        return number, self._starts[number - 1]


class Span:
    """A place in a text: from the character at ``start`` up to, not including, the one at ``end``.

    Lines and columns count characters from 1, as editors do; they are worked out when an error asks.
    """

    __slots__ = ("end", "source", "start")

    def __init__(self, source: Source, start: int, end: int) -> None:
        self.source = source
        self.start = start
        self.end = end

    @property
    def line(self) -> int:
        """The number of its first line, in a notebook counted in its cell."""
        return self.source.text.count("\n", self.source.cell_at(self.start)[1], self.start) + 1

    @property
    def column(self) -> int:
        """The column of its first character."""
        return self.start - self.source.text.rfind("\n", 0, self.start)

    @property
    def length(self) -> int:
        """How many characters it covers on its first line; at least 1."""
        on_line = self.source.text[self.start : self.end].partition("\n")[0]
        return max(len(on_line.rstrip()), 1)

    @property
    def location(self) -> str:
        """``file:line:column``, as editors read it; in a notebook ``file:cell 3:line:column``."""
        cell = f"cell {self.cell}:" if self.cell else ""
        return f"{self.source.name}:{cell}{self.line}:{self.column}"

    @property
    def cell(self) -> int | None:
        """The number of the cell of a notebook that it stands in."""
        return self.source.cell_at(self.start)[0] or None

    def excerpt(self) -> list[str]:
        """The line, and a caret under the place; of a very long line the part around it."""
        text, column = self.source.line_at(self.start), self.column - 1
        cut = max(column - _MOST_BEFORE, 0) if len(text) > _MOST_SHOWN else 0
        shown, column = text[cut : cut + _MOST_SHOWN], column - cut
        # A caret lines up only where the line above has the same blanks, so tabs are kept as tabs.
        indent = "".join(c if c == "\t" else " " * width(c) for c in shown[:column])
        number = f"{self.line:>5}"
        carets = "^" * (width(shown[column : column + self.length]) or 1)
        return [f"{number} | {shown}".rstrip(), f"{' ' * len(number)} | {indent}{carets}"]


# How much of a long line an error quotes: characters in all, and before the place.
_MOST_SHOWN = 120
_MOST_BEFORE = 60


class Path:
    """A place in data without lines, such as ``$.layers[3]`` in JSON: ``key``, or a position, in ``parent``."""

    __slots__ = ("key", "parent", "source")

    def __init__(self, source: Source, parent: Path | None = None, key: Any = "$") -> None:
        self.source = source
        self.parent = parent
        self.key = key

    def child(self, key: str | int) -> Path:
        """The place one step below: a key, or a position in a list."""
        return Path(self.source, self, key)

    @property
    def path(self) -> str:
        """The steps from the top, written when an error asks: a big model has many places and few errors."""
        steps: list[str] = []
        at: Path | None = self
        while at:
            steps.append(f"[{at.key}]" if isinstance(at.key, int) else f".{at.key}" if at.parent else at.key)
            at = at.parent
        return "".join(reversed(steps))

    @property
    def location(self) -> str:
        """``file:path``."""
        return f"{self.source.name}:{self.path}"

    def excerpt(self) -> list[str]:
        """Nothing: JSON is written by programs, on lines too long to quote."""
        return []


Place = Span | Path
