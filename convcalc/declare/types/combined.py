"""Types made of other types: a test that a value passes, None beside a type, a list, one of several types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from convcalc.declare.types.base import MismatchError, Type


class Passing(Type):
    """A value that passes ``test``, and reads as itself."""

    def __init__(self, words: str, schema: Mapping[str, Any], test: Callable[[Any], bool]) -> None:
        self.words = words
        self.described = schema
        self.test = test

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return self.words

    def read(self, value: Any, rank: int) -> Any:
        """The value itself."""
        if not self.test(value):
            raise MismatchError
        return value

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        return dict(self.described)


class OrNone(Type):
    """What ``type`` accepts, and None, which reads as ``meaning``.

    ``words`` follow in messages where null is a value like the others; then the schema has null too.
    """

    reads_none = True

    def __init__(self, type: Type, meaning: Any = None, words: str = "") -> None:
        self.type = type
        self.meaning = meaning
        self.words = words

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return f"{self.type.expected(rank)}{self.words}"

    def read(self, value: Any, rank: int) -> Any:
        """The meaning of None, or the value as the type reads it."""
        return self.meaning if value is None else self.type.read(value, rank)

    def hint(self, value: Any) -> str | None:
        """The remedy of the type."""
        return self.type.hint(value)

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        schema = self.type.schema(rank)
        if self.words and "enum" in schema:
            return {"enum": [None, *schema["enum"]]}
        if self.words and isinstance(schema.get("type"), str):
            return {**schema, "type": [schema["type"], "null"]}
        return schema


class ListOf(Type):
    """A list of what ``each`` accepts, ``least`` to ``most`` items long; reads as a tuple.

    ``alone`` is the type of a value without a list, which is repeated to the list's least length. ``unique`` tells
    the schema that no item comes twice, which the layer itself checks. ``for_text`` is the remedy where a text is
    given.
    """

    def __init__(
        self,
        each: Type,
        words: str,
        least: int = 0,
        most: int | None = None,
        *,
        alone: Type | None = None,
        unique: bool = False,
        for_text: str | None = None,
    ) -> None:
        self.each = each
        self.words = words
        self.least = least
        self.most = most
        self.alone = alone
        self.unique = unique
        self.for_text = for_text

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return self.words

    def read(self, value: Any, rank: int) -> tuple[Any, ...]:
        """The items, in the order given."""
        if self.alone and not isinstance(value, list | tuple):
            return (self.alone.read(value, rank),) * (self.least or 1)
        if not isinstance(value, list | tuple) or len(value) < self.least:
            raise MismatchError
        if self.most is not None and len(value) > self.most:
            raise MismatchError
        return tuple(self.each.read(one, rank) for one in value)

    def hint(self, value: Any) -> str | None:
        """The remedy where a text is given."""
        return self.for_text if isinstance(value, str) else None

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        several: dict[str, Any] = {"type": "array", "items": self.each.schema(rank)}
        several |= {"minItems": self.least} if self.least else {}
        several |= {} if self.most is None else {"maxItems": self.most}
        several |= {"uniqueItems": True} if self.unique else {}
        return {"anyOf": [self.alone.schema(rank), several]} if self.alone else several


class Either(Type):
    """What one of several types accepts; with ``none`` None too, as a value of its own.

    ``words`` are what a message says, unless it lists what the types say.
    """

    def __init__(self, *types: Type, none: bool = False, words: str | None = None) -> None:
        self.types = types
        self.reads_none = none
        self.words = words

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        words = [type.expected(rank) for type in self.types]
        return self.words or "; or ".join([*words, "null"] if self.reads_none else words)

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
