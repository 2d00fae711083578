"""Where a value came from: a text, and a place in it that an error can point at."""

from __future__ import annotations


class Source:
    """A text and the name it goes by: a file name, ``<stdin>`` or ``<stack>``."""

    __slots__ = ("name", "text")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text

    def line(self, number: int) -> str:
        """Line ``number`` (from 1) without its line break; empty past the end."""
        lines = self.text.splitlines()
        return lines[number - 1] if number <= len(lines) else ""


class Span:
    """A place in a text: line and column from 1, and how many characters it covers on that line."""

    __slots__ = ("column", "length", "line", "source")

    def __init__(self, source: Source, line: int, column: int, length: int = 1) -> None:
        self.source = source
        self.line = line
        self.column = column
        self.length = max(length, 1)

    @property
    def location(self) -> str:
        """``file:line:column``, as editors read it."""
        return f"{self.source.name}:{self.line}:{self.column}"

    def excerpt(self) -> list[str]:
        """The line, and a caret under the place."""
        text = self.source.line(self.line)
        # A caret lines up only where the line above has the same blanks, so tabs are kept as tabs.
        indent = "".join(c if c == "\t" else " " for c in text[: self.column - 1])
        number = f"{self.line:>5}"
        return [f"{number} | {text}", f"{' ' * len(number)} | {indent}{'^' * self.length}"]


class Path:
    """A place in data without lines, such as ``$.layers[3]`` in JSON."""

    __slots__ = ("path", "source")

    def __init__(self, source: Source, path: str = "$") -> None:
        self.source = source
        self.path = path

    @property
    def location(self) -> str:
        """``file:path``."""
        return f"{self.source.name}:{self.path}"

    def excerpt(self) -> list[str]:
        """Nothing: JSON is written by programs, on lines too long to quote."""
        return []


Place = Span | Path
