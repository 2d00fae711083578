"""The vocabulary of layer arguments: what each accepts, how it reads, what a message and a schema say of it.

A `Type` canonicalises at the edge: past `read`, a kernel size is a tuple of ints and a name is a known name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from convcalc import dtypes, settings
from convcalc.compute.activations import ACTIVATIONS
from convcalc.compute.initializers import INITIALIZERS
from convcalc.errors import did_you_mean, one_of
from convcalc.script import Call


class MismatchError(ValueError):
    """A value that an argument does not accept; its text, if any, replaces "must be …"."""


class Type:
    """What an argument accepts. ``rank`` is the number of spatial axes of the layer that asks."""

    # Whether None has a meaning of its own, rather than "not given".
    reads_none = False

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


def _in_64_bits(value: int) -> int:
    """The integer; `MismatchError` where no array could be that large. Python prints no number without bound."""
    if value.bit_length() > 63:
        raise MismatchError("is an integer beyond 64 bits")
    return value


class Whole(Type):
    """An integer of at least ``least``. True counts as 1, as in Python and so in Keras."""

    def __init__(self, least: int | None = None) -> None:
        self.least = least

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        if self.least == 1:
            return "a positive integer"
        return "an integer" if self.least is None else f"an integer of {self.least} or more"

    def read(self, value: Any, rank: int) -> int:
        """The integer."""
        if not isinstance(value, int) or (self.least is not None and value < self.least):
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
        return f"{self.each.expected(rank)}, or {rank} of them"

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
        return f"a number from {self.least} to {self.most}" if self.most is not None else f"{self.least} or more"

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


class Choice(Type):
    """One of a few words; ``fold`` ignores their case where Keras does."""

    def __init__(self, *options: str, fold: bool = False) -> None:
        self.options = options
        self.fold = fold

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return one_of(self.options)

    def read(self, value: Any, rank: int) -> str:
        """The word in its own spelling."""
        word = value.lower() if self.fold and isinstance(value, str) else value
        if not isinstance(word, str) or word not in self.options:
            raise MismatchError
        return word

    def hint(self, value: Any) -> str | None:
        """The nearest of the options."""
        return did_you_mean(value, self.options) if isinstance(value, str) else None

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        return {"enum": list(self.options)}


class DataFormat(Choice):
    """The place of the channel axis; None is the default in force (`convcalc.settings`)."""

    reads_none = True

    def __init__(self) -> None:
        super().__init__(*settings.DATA_FORMATS, fold=True)

    def read(self, value: Any, rank: int) -> str:
        """The word in its own spelling, or the default's."""
        return settings.image_data_format() if value is None else super().read(value, rank)


class Configured(Type):
    """A Keras object by name: ``"he_normal"``, ``HeNormal(seed=1)`` or its serialised mapping.

    ``table`` gives each accepted name its options and their defaults. Reads as the name, or as
    ``{"class_name": …, "config": {…}}`` where options are given.
    """

    def __init__(self, what: str, table: Mapping[str, Mapping[str, Any]]) -> None:
        self.what = what
        self.table = table

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return f"the name of {self.what}"

    def read(self, value: Any, rank: int) -> Any:
        """The name, or the name with its options."""
        name, options = self._parts(value)
        if not isinstance(name, str) or name not in self.table:
            raise MismatchError
        known = self.table[name]
        for option in options:
            if option not in known:
                hint = did_you_mean(option, known) or f"{name} takes {one_of(known) if known else 'no options'}"
                raise MismatchError(f"{name} has no option {option!r}; {hint}")
        return {"class_name": name, "config": dict(options)} if options else name

    def _parts(self, value: Any) -> tuple[Any, Mapping[str, Any]]:
        """Name and options of any of the three forms."""
        if isinstance(value, Call):
            name = value.kind.rpartition(".")[2]
            named = {key: given.value for key, given in value.named.items()}
            by_place = zip(self.table.get(name, ()), value.positional, strict=False)
            return name, {key: given.value for key, given in by_place} | named
        if isinstance(value, Mapping):
            config = value.get("config") or {}
            return value.get("class_name"), config if isinstance(config, Mapping) else {}
        return value, {}

    def hint(self, value: Any) -> str | None:
        """The nearest of the names."""
        name = self._parts(value)[0]
        near = did_you_mean(name, self.table) if isinstance(name, str) else None
        return near or f"one of {one_of(sorted(n for n in self.table if n.islower()))}"

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        return {"anyOf": [{"enum": sorted(self.table)}, {"type": "object", "required": ["class_name"]}]}


class Activation(Choice):
    """A Keras activation by name (exact spelling), or an activation layer; None is ``linear``."""

    reads_none = True

    def __init__(self) -> None:
        super().__init__(*ACTIVATIONS)

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return "the name of an activation"

    def hint(self, value: Any) -> str | None:
        """The nearest of the names, or all of them: too many for the message."""
        return super().hint(value) or f"one of {one_of(sorted(self.options))}"

    def read(self, value: Any, rank: int) -> Any:
        """The name, or the layer."""
        if value is None:
            return "linear"
        return value if hasattr(value, "infer") else super().read(value, rank)

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        return {"enum": [None, *self.options]}


class Anything(Type):
    """A value that is kept and has no effect on shapes, counts or results."""

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return "any value"

    def read(self, value: Any, rank: int) -> Any:
        """The value itself."""
        return value

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        return {}


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
            if dim is not None and (not isinstance(dim, int) or isinstance(dim, bool) or dim < self.least):
                raise MismatchError
            _in_64_bits(dim or 0)
        return tuple(value)

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        return {"type": "array", "items": {"type": ["integer", "null"], "minimum": self.least}}


class Label(Type):
    """A layer's or a model's name: text without a slash (Keras keeps it for weight paths)."""

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return "text without '/'"

    def read(self, value: Any, rank: int) -> str:
        """The text."""
        if not isinstance(value, str) or "/" in value:
            raise MismatchError
        return value

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        return {"type": "string", "pattern": "^[^/]*$"}


class Policy(Choice):
    """A dtype or dtype policy, by name or as Keras serialises it; None is float32."""

    reads_none = True

    def __init__(self) -> None:
        super().__init__(*dtypes.POLICIES)

    def read(self, value: Any, rank: int) -> str:
        """The name."""
        config = value.get("config") if isinstance(value, Mapping) else None
        return super().read(config.get("name") if isinstance(config, Mapping) else value or "float32", rank)


def _spellings(table: Mapping[str, Mapping[str, Any]], snake: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """A table under its class names and Keras's snake-case spellings of them."""
    return {**table, **dict(zip(snake, table.values(), strict=True))}


_REGULARIZERS: dict[str, dict[str, Any]] = {
    "L1": {"l1": 0.01},
    "L2": {"l2": 0.01},
    "L1L2": {"l1": 0.0, "l2": 0.0},
    "OrthogonalRegularizer": {"factor": 0.01, "mode": "rows"},
}
_CONSTRAINTS: dict[str, dict[str, Any]] = {
    "MaxNorm": {"max_value": 2, "axis": 0},
    "MinMaxNorm": {"min_value": 0.0, "max_value": 1.0, "rate": 1.0, "axis": 0},
    "NonNeg": {},
    "UnitNorm": {"axis": 0},
}

positive = Whole(1)
whole = Whole()
flag = Flag()
strict_flag = Flag(strict=True)
number = Number()
fraction = Number(0, 1)
taps = PerAxis(1)
taps_or_zero = PerAxis(0)
data_format = DataFormat()
activation = Activation()
initializer = Configured("an initializer", {name: entry.options for name, entry in INITIALIZERS.items()})
regularizer = Configured("a regularizer", _spellings(_REGULARIZERS, ("l1", "l2", "l1l2", "orthogonal_regularizer")))
constraint = Configured("a constraint", _spellings(_CONSTRAINTS, ("max_norm", "min_max_norm", "non_neg", "unit_norm")))
anything = Anything()
dims = Dims()
label = Label()
policy = Policy()
