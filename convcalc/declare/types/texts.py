"""Types of what layers of texts take: vocabularies, salts, lengths of phrases."""

from __future__ import annotations

from typing import Any

from convcalc.declare.types.base import MismatchError, Type, is_code
from convcalc.declare.types.words import Policy


class OpenPolicy(Policy):
    """A dtype policy, or None where the layer chooses."""

    reads_none = False


class Salt(Type):
    """An integer, or a pair of them; reads as the pair."""

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return "an integer, or a pair of them"

    def read(self, value: Any, rank: int) -> tuple[int, int]:
        """The pair."""
        pair = (value, value) if isinstance(value, int) else value
        if not isinstance(pair, list | tuple) or len(pair) != 2 or not all(isinstance(one, int) for one in pair):
            raise MismatchError
        return int(pair[0]), int(pair[1])

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        one = {"type": "integer"}
        return {"anyOf": [one, {"type": "array", "items": one, "minItems": 2, "maxItems": 2}]}


class Tokens(Type):
    """A list of texts, or with ``whole`` of integers; reads as a tuple."""

    def __init__(self, *, whole: bool) -> None:
        self.sort: type = int if whole else str
        self.words = "integers" if whole else "texts"

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return f"a list of {self.words}, not empty"

    def read(self, value: Any, rank: int) -> tuple[Any, ...]:
        """The tuple."""
        if not isinstance(value, list | tuple) or not value or not all(type(one) is self.sort for one in value):
            raise MismatchError
        return tuple(value)

    def hint(self, value: Any) -> str | None:
        """What to do with a file's name."""
        return "give the words themselves: no file is read" if isinstance(value, str) else None

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        items = {"type": "integer" if self.sort is int else "string"}
        return {"type": "array", "items": items, "minItems": 1, "uniqueItems": True}


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


class Code(Type):
    """A function as Keras serialises it."""

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return "a function in a Keras file"

    def read(self, value: Any, rank: int) -> Any:
        """What the file says of the function."""
        if not is_code(value):
            raise MismatchError
        return value

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        return {"type": "object"}
