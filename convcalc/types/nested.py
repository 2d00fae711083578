"""Types of numbers in lists: nested lists, ranges, factors with bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcalc.types.base import MismatchError, Type
from convcalc.types.numbers import Indices, Number

_number = Number()


class Numbers(Type):
    """A number, or lists of numbers nested to any depth, each as long as its neighbours; reads as tuples."""

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return "a number, or lists of numbers of equal lengths"

    def read(self, value: Any, rank: int) -> Any:
        """The number, or the tuples."""
        if isinstance(value, Mapping) and value.get("class_name") == "__numpy__":  # as Keras serialises an array
            value = (value.get("config") or {}).get("value")
        if not isinstance(value, list | tuple):
            return _number.read(value, rank)
        items = tuple(self.read(item, rank) for item in value)
        if len({sizes(item) for item in items}) > 1:
            raise MismatchError
        return items

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        return {"anyOf": [{"type": "number"}, {"type": "array", "items": {"type": "number"}}]}


def sizes(nested: Any) -> tuple[int, ...]:
    """The shape of a number (none) or of nested tuples."""
    if not isinstance(nested, tuple):
        return ()
    return (len(nested), *(sizes(nested[0]) if nested else ()))


_numbers = Numbers()


class Row(Type):
    """A list of numbers."""

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return "a list of numbers"

    def read(self, value: Any, rank: int) -> Any:
        """The tuple."""
        items = _numbers.read(value, rank)
        if len(sizes(items)) != 1:
            raise MismatchError
        return items

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        return {"type": "array", "items": {"type": "number"}}


class AnyIndices(Indices):
    """One axis or several, by number, or none at all: None; reads as a tuple."""

    reads_none = True

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return f"{super().expected(rank)}, or null for none"

    def read(self, value: Any, rank: int) -> tuple[int, ...]:
        """The axes, in the order given."""
        return super().read(() if value is None else value, rank)
