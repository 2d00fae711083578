"""Types of layers inside layers, and of what recurrent layers and their wrappers take."""

from __future__ import annotations

from typing import Any

from convcalc.declare.types.base import MismatchError, Type
from convcalc.declare.types.words import Choice


class AutoFlag(Type):
    """Yes, no, or the choice left to Keras."""

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return "'auto', true or false"

    def read(self, value: Any, rank: int) -> Any:
        """The word ``auto``, or the truth value."""
        if value not in ("auto", True, False):
            raise MismatchError
        return value if value == "auto" else bool(value)

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        return {"enum": ["auto", True, False]}


class Held(Type):
    """A layer, for a layer that works with another one."""

    takes_layers = True

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return "a layer"

    def hint(self, value: Any) -> str | None:
        """How a layer is written."""
        return "write it as a call, LSTM(4), or in YAML as {LSTM: {units: 4}}"

    def read(self, value: Any, rank: int) -> Any:
        """The layer."""
        if not hasattr(value, "infer"):
            raise MismatchError
        return value

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        return {"type": "object"}


class Cells(Held):
    """Cells in a list; ``alone`` takes one cell by itself too."""

    def __init__(self, *, alone: bool = False) -> None:
        self.alone = alone

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return "a cell, or a list of cells" if self.alone else "a list of cells"

    def hint(self, value: Any) -> str | None:
        """How a cell is written."""
        return "cells are what recurrent layers repeat at every time step, such as LSTMCell(4) or GRUCell(4)"

    def read(self, value: Any, rank: int) -> Any:
        """The cell, or the tuple of cells."""
        if self.alone and _is_cell(value):
            return value
        if not isinstance(value, list | tuple) or not value or not all(map(_is_cell, value)):
            raise MismatchError
        return tuple(value)

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        some = {"type": "array", "items": {"type": "object"}, "minItems": 1}
        return {"anyOf": [{"type": "object"}, some]} if self.alone else some


def _is_cell(value: Any) -> bool:
    return bool(getattr(value, "is_cell", False))


class Merge(Choice):
    """How two outputs become one; None keeps both."""

    reads_none = True

    def __init__(self) -> None:
        super().__init__("sum", "mul", "ave", "concat")

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return f"{super().expected(rank)}, or null"

    def read(self, value: Any, rank: int) -> Any:
        """The word, or None."""
        return None if value is None else super().read(value, rank)

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        return {"enum": [None, *self.options]}
