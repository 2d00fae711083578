"""Types of words: choices, names of Keras objects with their options, labels, dtypes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from convcalc.compute.activations import ACTIVATIONS
from convcalc.declare import settings
from convcalc.declare.types.base import MismatchError, Type, is_code, is_foreign
from convcalc.errors import did_you_mean, one_of
from convcalc.script import Call
from convcalc.sizes import dtypes


class Choice(Type):
    """One of a few words; ``fold`` ignores their case where Keras does, ``also`` are older names of some."""

    def __init__(self, *options: str, fold: bool = False, also: Mapping[str, str] | None = None) -> None:
        self.options = options
        self.fold = fold
        self.also = also or {}

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return one_of(self.options)

    def read(self, value: Any, rank: int) -> str:
        """The word in its own spelling."""
        word = value.lower() if self.fold and isinstance(value, str) else value
        if not isinstance(word, str) or word not in (*self.options, *self.also):
            raise MismatchError
        return self.also.get(word, word)

    def hint(self, value: Any) -> str | None:
        """The nearest of the options."""
        return did_you_mean(value, self.options) if isinstance(value, str) else None

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        return {"enum": list(self.options)}


class DataFormat(Choice):
    """The place of the channel axis; None is the default in force (`convcalc.declare.settings`)."""

    reads_none = True

    def __init__(self, *, fold: bool = True) -> None:
        super().__init__(*settings.DATA_FORMATS, fold=fold)

    def read(self, value: Any, rank: int) -> str:
        """The word in its own spelling, or the default's."""
        return settings.image_data_format() if value is None else super().read(value, rank)


class Configured(Type):
    """A Keras object by name: ``"he_normal"``, ``HeNormal(seed=1)`` or its serialised mapping.

    ``table`` gives each accepted name its options and their defaults, ``values`` the types of options that
    Keras looks at. Reads as the name, or as ``{"class_name": …, "config": {…}}`` where options are given.
    """

    def __init__(
        self,
        what: str,
        table: Mapping[str, Mapping[str, Any]],
        settle: Callable[..., Any] | None = None,
        *,
        values: Mapping[str, Type] | None = None,
        reads_none: bool = False,
    ) -> None:
        self.what = what
        self.table = table
        self.settle = settle or self._settle
        self.values = values or {}
        self.reads_none = reads_none

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return f"the name of {self.what}"

    def read(self, value: Any, rank: int) -> Any:
        """The name, or the name with its options; None where that leaves the choice to the layer.

        Of a class that is not Keras's, what the file has: it counts for nothing.
        """
        if value is None and self.reads_none:
            return None
        if is_foreign(value) and isinstance(value.get("class_name"), str):
            return dict(value)
        name, options = self._parts(value)
        if not isinstance(name, str) or name not in self.table:
            raise MismatchError
        try:
            self.settle(name, options)
        except ValueError as error:
            raise MismatchError(f"is wrong: {error}") from None
        return {"class_name": name, "config": dict(options)} if options else name

    def _settle(self, name: str, options: Mapping[str, Any]) -> None:
        """Refuses options that the object does not have, and their values where their type does."""
        for option, value in options.items():
            if option not in self.table[name]:
                known = one_of(self.table[name]) if self.table[name] else "no options"
                raise ValueError(f"{name} has no option {option!r}; it takes {known}")
            try:
                self.values.get(option, anything).read(value, 0)
            except MismatchError:
                wanted = self.values[option].expected(0)
                raise ValueError(f"{name}'s {option} must be {wanted}, got {value!r}") from None

    def _parts(self, value: Any) -> tuple[Any, Mapping[str, Any]]:
        """Name and options of any of the three forms."""
        if isinstance(value, Call):
            name = value.kind.rpartition(".")[2]
            named = {key: given.value for key, given in value.named.items()}
            options = self.table.get(name, {})
            by_place = {key: given.value for key, given in zip(options, value.positional, strict=False)}
            # A call has its defaults: Keras takes `Constant()` for 0 and refuses the bare name "constant".
            return name, {**options, **by_place, **named}
        if isinstance(value, Mapping):
            config = value.get("config") or {}
            return value.get("class_name"), config if isinstance(config, Mapping) else {}
        return value, {}

    def hint(self, value: Any) -> str | None:
        """The nearest of the names, or all of them: too many for the message itself."""
        name = self._parts(value)[0]
        if isinstance(name, str) and name in self.table:
            return None  # its options are at fault
        near = did_you_mean(name, self.table) if isinstance(name, str) else None
        return near or f"one of {one_of(sorted(known for known in self.table if known.islower()))}"

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        return {"anyOf": [{"enum": sorted(self.table)}, {"type": "object", "required": ["class_name"]}]}


class Activation(Choice):
    """A Keras activation by name (exact spelling), an activation layer, or code in a file; None is ``linear``."""

    reads_none = True
    takes_layers = True

    def __init__(self) -> None:
        super().__init__(*ACTIVATIONS)

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return "the name of an activation, or an activation layer"

    def hint(self, value: Any) -> str | None:
        """The nearest of the names, or all of them: too many for the message itself."""
        return super().hint(value) or f"one of {one_of(sorted(self.options))}"

    def read(self, value: Any, rank: int) -> Any:
        """The name, the layer, or what the file has."""
        if value is None:
            return "linear"
        return value if hasattr(value, "infer") or is_code(value) else super().read(value, rank)

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


anything = Anything()


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


class Word(Type):
    """Any text."""

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return "text"

    def read(self, value: Any, rank: int) -> str:
        """The text."""
        if not isinstance(value, str):
            raise MismatchError
        return value

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values."""
        return {"type": "string"}


class Array(Type):
    """An array, or a list of one, as Keras's ``set_weights`` takes it; nothing that a text can say."""

    def expected(self, rank: int) -> str:
        """The values accepted, to follow "must be"."""
        return "an array"

    def read(self, value: Any, rank: int) -> Any:
        """The array."""
        value = value[0] if isinstance(value, list) and len(value) == 1 else value
        if not hasattr(value, "shape"):
            raise MismatchError
        return value

    def schema(self, rank: int) -> dict[str, Any]:
        """The JSON Schema of the accepted values: no value of JSON is one."""
        return {"type": "null"}


class DType(Choice):
    """A dtype by name; None is float32."""

    reads_none = True

    def __init__(self) -> None:
        super().__init__(*dtypes.BITS, dtypes.TEXT)

    def read(self, value: Any, rank: int) -> str:
        """The name."""
        return super().read("float32" if value is None else value, rank)


class Policy(Choice):
    """A dtype or dtype policy, by name or as Keras serialises it; None is float32. There may be ``further`` ones."""

    reads_none = True

    def __init__(self, *further: str) -> None:
        super().__init__(*dtypes.POLICIES, *further)

    def read(self, value: Any, rank: int) -> str:
        """The name."""
        config = value.get("config") if isinstance(value, Mapping) else None
        if isinstance(config, Mapping):
            return super().read(config.get("name"), rank)
        return super().read("float32" if value is None else value, rank)
