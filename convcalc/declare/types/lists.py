"""Types of numbers in lists: nested lists, rows, factors with bounds, parts of a tensor, lengths of phrases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcalc.declare.types.base import MismatchError, Type
from convcalc.declare.types.numbers import Number

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


class Fixed:
    """An array of data among the operands of an operation; ``values`` are nested tuples, None where only Python knows.

    Only shape and dtype matter to other shapes and dtypes.
    """

    __slots__ = ("dtype", "shape", "values")

    def __init__(self, shape: tuple[int | None, ...], dtype: str, values: Any = None) -> None:
        self.shape = tuple(shape)
        self.dtype = dtype
        self.values = values

    def __eq__(self, other: object) -> bool:
        same = isinstance(other, Fixed) and (self.shape, self.dtype) == (other.shape, other.dtype)
        return same and self.values is not None and self.values == getattr(other, "values", None)

    def __hash__(self) -> int:
        return hash((self.shape, self.dtype))

    def __repr__(self) -> str:
        return f"array{list(self.shape)}"


class Operand(Numbers):
    """A number, an array of data, or lists of numbers nested to any depth; the lists read as tuples."""

    def read(self, value: Any, rank: int) -> Any:
        """The number, the array or the tuples."""
        match value:
            case Fixed() | bool():
                return value
            case {"class_name": "__numpy__" | "__tensor__", "config": {"value": found, **rest}}:
                values = super().read(found, rank)
                return Fixed(lengths(values), str(rest.get("dtype") or "float32"), values)
        return super().read(value, rank)


def operand_shape(value: Any) -> tuple[int | None, ...]:
    """The shape of an operand that is a number, an array or nested tuples."""
    return value.shape if isinstance(value, Fixed) else lengths(value)


def operand_dtype(value: Any) -> str:
    """The dtype of an operand that is no tensor; of a number of Python its type, which takes other dtypes."""
    if isinstance(value, Fixed):
        return value.dtype
    while isinstance(value, tuple) and value:
        value = value[0]
    return type(value).__name__ if isinstance(value, bool | int | float) else "float"


def lengths(nested: Any) -> tuple[int, ...]:
    """The shape of a number (none) or of nested tuples."""
    if not isinstance(nested, tuple):
        return ()
    return (len(nested), *(lengths(nested[0]) if nested else ()))


_numbers = Numbers()


class Row(Type):
    """A list of numbers; a ``pair`` has two."""

    def __init__(self, *, pair: bool = False) -> None:
        self.pair = pair

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return "a pair of numbers" if self.pair else "a list of numbers"

    def read(self, value: Any, rank: int) -> Any:
        """The tuple."""
        items = _numbers.read(value, rank)
        if len(lengths(items)) != 1 or (self.pair and len(items) != 2):
            raise MismatchError
        return items

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        return {"type": "array", "items": {"type": "number"}} | ({"minItems": 2, "maxItems": 2} if self.pair else {})


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


Part = tuple[Any, ...]


class Index(Type):
    """What stands in brackets behind a tensor: numbers, slices, ``...`` and None; reads as a tuple."""

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return "whole numbers, slices, one ellipsis and new axes"

    def read(self, value: Any, rank: int) -> Part:
        """The parts, given as Python has them or as Keras serialises them."""
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


class Phrases(Type):
    """How many words make a phrase: an integer for all numbers up to it, or several; reads as a tuple."""

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return "an integer or a list of integers"

    def read(self, value: Any, rank: int) -> tuple[int, ...]:
        """The lengths."""
        lengths = range(1, value + 1) if isinstance(value, int) else value
        if not isinstance(lengths, list | tuple | range) or not all(isinstance(one, int) for one in lengths):
            raise MismatchError
        return tuple(lengths)

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        one = {"type": "integer", "maximum": 20}
        return {"anyOf": [one, {"type": "array", "items": one}]}
