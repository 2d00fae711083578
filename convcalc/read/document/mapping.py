"""Python mappings and JSON as document nodes; places are paths such as ``$.layers[3]``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcalc.errors import ReadError
from convcalc.read.document.node import Locate
from convcalc.source import Path, Source, Span


class DataNode(Path):
    """A plain Python value, and its own place: a big model has many values, so each is one object."""

    __slots__ = ("value",)

    def __init__(self, value: Any, source: Source, parent: DataNode | None = None, key: str | int = "$") -> None:
        self.value = value
        self.source = source
        self.parent = parent
        self.key = key

    @property
    def key_place(self) -> Path:
        """The same path: it names both."""
        return self

    @property
    def place(self) -> Path:
        """Itself."""
        return self

    def entries(self) -> list[DataNode] | None:
        """The mapping's values; a key that is not text is taken as its text."""
        if not isinstance(self.value, (dict, Mapping)):  # a dict is by far the fastest to recognise
            return None
        return [DataNode(value, self.source, self, str(key)) for key, value in self.value.items()]

    def members(self) -> list[DataNode] | None:
        """The members of a list or a tuple."""
        if not isinstance(self.value, (list, tuple)):
            return None
        return [DataNode(value, self.source, self, index) for index, value in enumerate(self.value)]

    def plain(self) -> Any:
        """The value itself."""
        return self.value

    def inline(self) -> tuple[str, Locate]:
        """The text; all of it has one place."""
        return self.value, lambda start, end: self


def parse_json(source: Source) -> DataNode:
    """A JSON text as nodes; `ReadError` at the character where it stops being JSON."""
    import json

    try:
        return DataNode(json.loads(source.text, object_pairs_hook=_unique), source)
    except json.JSONDecodeError as error:
        span = Span(source, error.pos, error.pos + 1)
        raise ReadError(f"this is not JSON: {error.msg}", code="bad-json", span=span) from None
    except _TwiceError as error:
        raise ReadError(f"the key {error.args[0]!r} is given twice", code="duplicate-key", span=Path(source)) from None
    except ValueError:  # an integer of thousands of digits
        raise ReadError("a number has too many digits", code="bad-number", span=Path(source)) from None


class _TwiceError(Exception):
    """A key that a JSON object gives twice; JSON's parser does not say where."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    whole = dict(pairs)
    if len(whole) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _TwiceError(next(key for key in keys if keys.count(key) > 1))
    return whole
