"""Types of numbers in lists: nested lists, ranges, factors with bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcalc.declare.types.base import MismatchError, Type
from convcalc.declare.types.numbers import Indices, Number

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
        if len({lengths(item) for item in items}) > 1:
            raise MismatchError
        return items

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        return {"anyOf": [{"type": "number"}, {"type": "array", "items": {"type": "number"}}]}


def lengths(nested: Any) -> tuple[int, ...]:
    """The shape of a number (none) or of nested tuples."""
    if not isinstance(nested, tuple):
        return ()
    return (len(nested), *(lengths(nested[0]) if nested else ()))


_numbers = Numbers()


class Row(Type):
    """A list of numbers."""

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return "a list of numbers"

    def read(self, value: Any, rank: int) -> Any:
        """The tuple."""
        items = _numbers.read(value, rank)
        if len(lengths(items)) != 1:
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


class Factor(Type):
    """A number between ``least`` and ``most``, or a pair of them.

    Keras mostly asks of a pair that it overlaps the bounds; ``each`` holds both numbers to them, and ``above``
    leaves the lower bound itself out.
    """

    def __init__(self, least: float, most: float, *, each: bool = False, above: bool = False) -> None:
        self.least = least
        self.most = most
        self.each = each
        self.above = above

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        start = f"above {self.least}" if self.above else f"from {self.least}"
        return f"a number {start} to {self.most}, or a pair of them"

    def read(self, value: Any, rank: int) -> Any:
        """The number, or the pair."""
        if not isinstance(value, list | tuple):
            return self._within(_number.read(value, rank))
        if len(value) != 2:
            raise MismatchError
        low, high = (_number.read(one, rank) for one in value)
        if not (self.each or (low <= self.most and high >= self.least)):
            raise MismatchError
        return tuple(map(self._within, (low, high))) if self.each else (low, high)

    def _within(self, value: float) -> float:
        if not self.least <= value <= self.most or (self.above and value == self.least):
            raise MismatchError
        return value

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        least = "exclusiveMinimum" if self.above else "minimum"
        one = {"type": "number", least: self.least, "maximum": self.most}
        return {"anyOf": [one, {"type": "array", "items": one, "minItems": 2, "maxItems": 2}]}


class Pair(Row):
    """Two numbers."""

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return "a pair of numbers"

    def read(self, value: Any, rank: int) -> Any:
        """The tuple."""
        pair = super().read(value, rank)
        if len(pair) != 2:
            raise MismatchError
        return pair

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        return {**super().schema(rank), "minItems": 2, "maxItems": 2}


class WholePair(Type):
    """Two positive integers."""

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return "a pair of positive integers"

    def read(self, value: Any, rank: int) -> tuple[int, int]:
        """The pair."""
        if not isinstance(value, list | tuple) or len(value) != 2:
            raise MismatchError
        if not all(type(one) is int and one > 0 for one in value):
            raise MismatchError
        return value[0], value[1]

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        return {"type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": 2, "maxItems": 2}


class Odd(Type):
    """An odd integer, or a pair of them."""

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return "an odd integer, or a pair of them"

    def read(self, value: Any, rank: int) -> tuple[int, ...]:
        """The pair."""
        pair = (value, value) if isinstance(value, int) else value
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise MismatchError
        if not all(isinstance(one, int) and one % 2 for one in pair):
            raise MismatchError
        return tuple(map(int, pair))

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        odd = {"type": "integer", "not": {"multipleOf": 2}}
        return {"anyOf": [odd, {"type": "array", "items": odd, "minItems": 2, "maxItems": 2}]}


class Either(Type):
    """What one of several types accepts; with ``none`` None too, as a value of its own."""

    def __init__(self, *types: Type, none: bool = False) -> None:
        self.types = types
        self.reads_none = none

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        words = [type.expected(rank) for type in self.types]
        return "; or ".join([*words, "null"] if self.reads_none else words)

    def read(self, value: Any, rank: int) -> Any:
        """The value as the first of the types that accepts it reads it."""
        if value is None and self.reads_none:
            return None
        for type in self.types:
            try:
                return type.read(value, rank)
            except MismatchError:
                continue
        raise MismatchError

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        null = [{"type": "null"}] if self.reads_none else []
        return {"anyOf": [*(type.schema(rank) for type in self.types), *null]}


Part = tuple[Any, ...]


class Index(Type):
    """What stands in brackets behind a tensor: numbers, slices, ``...`` and None; reads as a tuple."""

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return "whole numbers, slices, one ellipsis and new axes"

    def read(self, value: Any, rank: int) -> Part:
        """The parts, be they Python's or as Keras serialises them."""
        parts = tuple(map(self._part, value if isinstance(value, list | tuple) else [value]))
        if sum(one is ... for one in parts) > 1:
            raise MismatchError
        return parts

    def _part(self, value: Any) -> Any:
        match value:
            case {"class_name": "__slice__", "config": {"start": start, "stop": stop, "step": step}}:
                value = slice(start, stop, step)
            case {"class_name": "__ellipsis__"}:
                value = ...
        if isinstance(value, slice):
            ends = (value.start, value.stop, value.step)
            plain = value.step != 0 and all(one is None or type(one) is int for one in ends)
        else:
            plain = value is None or value is ... or type(value) is int
        if not plain:
            raise MismatchError
        return value

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        return {"type": "array"}
