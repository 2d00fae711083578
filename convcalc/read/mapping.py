"""Python mappings and JSON as document nodes; places are paths such as ``$.layers[3]``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from convcalc.errors import ReadError
from convcalc.read.node import Entry, Locate, Node
from convcalc.source import Path, Source, Span


class DataNode:
    """A plain Python value with its path."""

    __slots__ = ("place", "value")

    def __init__(self, value: Any, place: Path) -> None:
        self.value = value
        self.place = place

    def entries(self) -> list[Entry] | None:
        """The mapping's items; `ReadError` for a key that is not text."""
        if not isinstance(self.value, Mapping):
            return None
        return [self._entry(key, value) for key, value in self.value.items()]

    def _entry(self, key: Any, value: Any) -> Entry:
        if not isinstance(key, str):
            raise ReadError(f"the key {key!r} is not text", code="bad-key", span=self.place)
        place = self.place.child(key)
        return Entry(key, place, DataNode(value, place))

    def members(self) -> list[Node] | None:
        """The members of a list or a tuple."""
        if not isinstance(self.value, Sequence) or isinstance(self.value, str):
            return None
        return [DataNode(value, self.place.child(index)) for index, value in enumerate(self.value)]

    def plain(self) -> Any:
        """The value itself."""
        return self.value

    def inline(self) -> tuple[str, Locate]:
        """The text; all of it has one place."""
        return self.value, lambda start, end: self.place


def parse_json(source: Source) -> DataNode:
    """A JSON text as nodes; `ReadError` at the character where it stops being JSON."""
    import json

    try:
        return DataNode(json.loads(source.text, object_pairs_hook=_unique), Path(source))
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
