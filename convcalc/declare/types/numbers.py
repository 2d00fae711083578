"""Types of numbers: integers, one for each axis, real numbers, flags, shapes, axes, pads."""

from __future__ import annotations

import math
from typing import Any

from convcalc.declare.types.base import MismatchError, Type


def _in_64_bits(value: int) -> int:
    """The integer; `MismatchError` where no array could be that large. Python prints no number without bound."""
    if value.bit_length() > 63:
        raise MismatchError("is an integer beyond 64 bits")
    return value


class Whole(Type):
    """An integer of at least ``least``. True counts as 1, as in Python and so in Keras, unless ``strict``."""

    def __init__(self, least: int | None = None, *, strict: bool = False) -> None:
        self.least = least
        self.strict = strict

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        if self.least == 1:
            return "a positive integer"
        return "an integer" if self.least is None else f"an integer of {self.least} or more"

    def read(self, value: Any, rank: int) -> int:
        """The integer."""
        if not isinstance(value, int) or (self.strict and isinstance(value, bool)):
            raise MismatchError
        if self.least is not None and value < self.least:
            raise MismatchError
        return _in_64_bits(int(value))

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        return {"type": "integer"} | ({} if self.least is None else {"minimum": self.least})


class PerAxis(Type):
    """One integer for every spatial axis: a single one is repeated (Keras's ``standardize_tuple``)."""

    def __init__(self, least: int = 1) -> None:
        self.each = Whole(least)

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        one = self.each.expected(rank)
        return one if rank == 1 else f"{one}, or {rank} of them"

    def read(self, value: Any, rank: int) -> tuple[int, ...]:
        """The tuple of ``rank`` integers."""
        values = (value,) * rank if isinstance(value, int) else value
        if not isinstance(values, list | tuple) or len(values) != rank:
            raise MismatchError
        return tuple(self.each.read(one, rank) for one in values)

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        each = self.each.schema(rank)
        return {"anyOf": [each, {"type": "array", "items": each, "minItems": rank, "maxItems": rank}]}


class Number(Type):
    """A real number between ``least`` and ``most``, both included."""

    def __init__(self, least: float | None = None, most: float | None = None) -> None:
        self.least = least
        self.most = most

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        if self.least is None:
            return "a number"
        return (
            f"a number from {self.least} to {self.most}"
            if self.most is not None
            else f"a number of {self.least} or more"
        )

    def read(self, value: Any, rank: int) -> float:
        """The number, as written."""
        if not isinstance(value, int | float):
            raise MismatchError
        if not (self.least is None or value >= self.least) or not (self.most is None or value <= self.most):
            raise MismatchError
        return value

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        bounds = {"minimum": self.least, "maximum": self.most}
        return {"type": "number"} | {key: bound for key, bound in bounds.items() if bound is not None}


class Finite(Number):
    """A real number that is neither infinite nor none at all."""

    def read(self, value: Any, rank: int) -> float:
        """The number, as written."""
        number = super().read(value, rank)
        if not math.isfinite(number):
            raise MismatchError
        return number


class Penalty(Finite):
    """The factor of a penalty: a finite number of 0 or more; None is 0."""

    reads_none = True

    def __init__(self) -> None:
        super().__init__(0)

    def read(self, value: Any, rank: int) -> float:
        """The factor."""
        return super().read(0.0 if value is None else value, rank)


class Flag(Type):
    """Yes or no. Keras takes any value's truth, unless ``strict``."""

    def __init__(self, *, strict: bool = False) -> None:
        self.strict = strict

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return "true or false"

    def read(self, value: Any, rank: int) -> bool:
        """The truth value."""
        # A word such as "no" would count as true: in Keras a silent trap, here an error.
        if isinstance(value, str) or (self.strict and not isinstance(value, bool)):
            raise MismatchError
        return bool(value)

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        return {"type": "boolean"}


class Dims(Type):
    """A shape without the batch: integers of 0 or more, or null where unknown."""

    def __init__(self, least: int = 0) -> None:
        self.least = least

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return f"a list of integers of {self.least} or more, with null for an unknown size"

    def read(self, value: Any, rank: int) -> tuple[int | None, ...]:
        """The tuple of sizes."""
        if not isinstance(value, list | tuple):
            raise MismatchError
        for dim in value:
            if dim is not None and (not isinstance(dim, int) or dim < self.least):
                raise MismatchError
        return tuple(None if dim is None else _in_64_bits(int(dim)) for dim in value)

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        return {"type": "array", "items": {"type": ["integer", "null"], "minimum": self.least}}


class Sizes(Dims):
    """A shape as `Dims`; a single integer is a shape of one size."""

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return f"an integer, or {super().expected(rank)}"

    def read(self, value: Any, rank: int) -> tuple[int | None, ...]:
        """The tuple of sizes."""
        return super().read((value,) if isinstance(value, int) else value, rank)

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        return {"anyOf": [{"type": "integer", "minimum": self.least}, super().schema(rank)]}


class Indices(Type):
    """One axis or several, by number; reads as a tuple."""

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return "an integer or a list of integers"

    def read(self, value: Any, rank: int) -> tuple[int, ...]:
        """The axes, in the order given."""
        values = (value,) if isinstance(value, int) else value
        if not isinstance(values, list | tuple) or not all(isinstance(one, int) for one in values):
            raise MismatchError
        return tuple(map(int, values))

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        return {"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}}]}


class AxisNumbers(Indices):
    """A list of axes."""

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return "a list of integers"

    def read(self, value: Any, rank: int) -> tuple[int, ...]:
        """The axes, in the order given."""
        if isinstance(value, int):
            raise MismatchError
        return super().read(value, rank)

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        return {"type": "array", "items": {"type": "integer"}}


class AxisPair(Indices):
    """One axis, or a pair of axes; reads as it is."""

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return "an integer or a pair of integers"

    def read(self, value: Any, rank: int) -> Any:
        """The axis, or the pair as a tuple."""
        axes = super().read(value, rank)
        if isinstance(value, int):
            return axes[0]
        if len(axes) != 2:
            raise MismatchError
        return axes

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        each = {"type": "integer"}
        return {"anyOf": [each, {"type": "array", "items": each, "minItems": 2, "maxItems": 2}]}


class Groups(Whole):
    """A number of groups, or -1 for as many as there are channels."""

    def __init__(self) -> None:
        super().__init__(-1)

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return "a positive integer, or -1"

    def read(self, value: Any, rank: int) -> int:
        """The integer."""
        groups = super().read(value, rank)
        if groups == 0:
            raise MismatchError
        return groups


class Pads(Type):
    """Cells before and after each axis: one integer for all, or for each axis an integer or a pair.

    Reads as a pair for every axis; with one axis as the pair itself, as Keras writes it. ``signed`` takes a
    single negative integer too, where Keras's check lets it through.
    """

    def __init__(self, *, signed: bool = False) -> None:
        self.least = None if signed else 0

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        one = "an integer of 0 or more, or a pair (before, after)"
        return one if rank == 1 else f"{one}; or {rank} of these, one for each axis"

    def read(self, value: Any, rank: int) -> Any:
        """The pairs."""
        if isinstance(value, int):
            both = (Whole(self.least).read(value, rank),) * 2
            return both if rank == 1 else (both,) * rank
        if rank == 1:
            return _pair.read(value, 2)
        if not isinstance(value, list | tuple) or len(value) != rank:
            raise MismatchError
        return tuple(_pair.read(one, 2) for one in value)

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        pair = _pair.schema(2)
        single = Whole(self.least).schema(rank)
        several = pair if rank == 1 else {"type": "array", "items": pair, "minItems": rank, "maxItems": rank}
        return {"anyOf": [single, several]}


_pair = PerAxis(0)
