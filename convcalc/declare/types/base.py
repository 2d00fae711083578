"""What an argument's type is: how it reads a value, and what a message and a schema say of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any


def is_code(value: Any) -> bool:
    """Whether a value is a function as Keras serialises it, with a name or without; it is kept, and never run."""
    if not isinstance(value, Mapping):
        return False
    return value.get("class_name") in ("function", "__lambda__") or [*value] == ["value"]


# What Keras calls the modules that its own classes are from.
_KERAS = re.compile(r"(tf_)?keras(\.|$)")


def is_foreign(value: Any) -> bool:
    """Whether an object in a Keras file is of a class that is not Keras's: null stands for a script's own."""
    return isinstance(value, Mapping) and "module" in value and not _KERAS.match(str(value["module"]))


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
