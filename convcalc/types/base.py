"""What an argument's type is: how it reads a value, and what a message and a schema say of it."""

from __future__ import annotations

from typing import Any


class MismatchError(ValueError):
    """A value that an argument does not accept; its text, if any, replaces "must be …"."""


class Type:
    """What an argument accepts. ``rank`` is the number of spatial axes of the layer that asks."""

    # Whether None has a meaning of its own, rather than "not given".
    reads_none = False
    # Whether a call of a layer's kind is that layer, rather than a configured value of the same name.
    takes_layers = False

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        raise NotImplementedError

    def read(self, value: Any, rank: int) -> Any:
        """The canonical value; `MismatchError` when ``value`` is not one of these."""
        raise NotImplementedError

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        raise NotImplementedError

    def hint(self, value: Any) -> str | None:
        """A remedy for a value that was refused, such as the nearest name."""
        return None
