"""What a name of a script can stand for, beside Python's own values, layers and models."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convcalc.errors import ConvcalcError
from convcalc.sizes.shapes import Shape
from convcalc.source import Place

if TYPE_CHECKING:
    from convcalc.read.code.scope import Module, Scope

# The most values of an array that is worked out in numbers; of larger arrays only the shape is followed.
MOST_VALUES = 1_000_000


class Cause:
    """Why a value is not known: a sentence without its end, and the place where the value was lost.

    ``name`` is the first name that the value was given. ``error`` is the error to show in place of this cause where
    the error alone says all: a layer that Keras refuses.
    """

    __slots__ = ("error", "message", "name", "place")

    def __init__(self, message: str, place: Place | None, error: ConvcalcError | None = None) -> None:
        self.message = message
        self.place = place
        self.name: str | None = None
        self.error = error


class Unknown:
    """A value that does not follow from the script. Every operation on it gives it back.

    ``name`` is the name of the script's that it was last given, by which the user can give it a value.
    """

    __slots__ = ("cause", "name")

    def __init__(self, cause: Cause, name: str | None = None) -> None:
        self.cause = cause
        self.name = name


class Inert(Unknown):
    """An object of a library that changes no model: an optimizer, a plot. What it gives is inert, too."""

    __slots__ = ()


class Foreign(Unknown):
    """Something of a library that is not known and that changes nothing it is given, such as a table of a file."""

    __slots__ = ()


class Data:
    """An array or a tensor of data.

    ``shape`` has None for a size that is not known, and ``cause`` says why; without a cause it is a size that Keras
    leaves open. ``value`` is the NumPy array where all values are known; it may be given as a function that makes it.
    ``kin`` are the arrays that share its memory. ``labels`` is the number of classes where the values are the whole
    numbers below it.
    ``origin`` is the call of a layer, outside of all models, whose output it is, with the number of the output.
    ``is_variable`` says that it is a variable, which a layer of the script's own keeps as its ``weight``.
    """

    __slots__ = (
        "_value", "cause", "dtype", "is_trainable", "is_variable", "kin", "labels", "mask", "origin", "shape", "weight",
    )  # fmt: skip

    def __init__(
        self,
        shape: Shape,
        dtype: str = "float32",
        *,
        value: Any = None,
        labels: int | None = None,
        cause: Unknown | None = None,
    ) -> None:
        self.shape = tuple(shape)
        self.dtype = dtype
        self._value = value
        self.labels = labels
        self.cause = cause
        self.kin: list[Data] = []
        self.mask: Any = None
        self.origin: Any = None
        self.is_variable = False
        self.is_trainable = True
        self.weight: Any = None

    @property
    def is_known(self) -> bool:
        """Whether all values are known, which loads no NumPy."""
        return self._value is not None

    @property
    def value(self) -> Any:
        """The values as a NumPy array, or None."""
        if callable(self._value):
            self._value = self._value()
        return self._value

    @value.setter
    def value(self, value: Any) -> None:
        self._value = value

    def __repr__(self) -> str:
        return f"Data({self.shape}, {self.dtype!r})"


class Tensor(Data):
    """A symbolic tensor of a graph that the script makes: output ``index`` of ``node``."""

    __slots__ = ("index", "node")

    def __init__(self, node: Any, index: int, shape: Shape, dtype: str) -> None:
        super().__init__(shape, dtype)
        self.node = node
        self.index = index


class Library:
    """Something of an installed library by its whole name, such as ``numpy.zeros`` or ``keras.layers``."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Library) and other.path == self.path

    def __hash__(self) -> int:
        return hash(self.path)


class Function:
    """A function of the script's own: its node, its defaults, the names around it, and the class that it is in."""

    __slots__ = ("attrs", "defaults", "kind", "lost", "module", "name", "node", "owner", "scope", "yields")

    def __init__(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
        defaults: dict[str, Any],
        scope: Scope,
        module: Module,
    ) -> None:
        self.node = node
        self.name = getattr(node, "name", "<lambda>")
        self.defaults = defaults
        self.scope = scope
        self.module = module
        self.owner: OwnClass | None = None
        self.yields = False  # whether it is a generator
        self.lost: Unknown | None = None  # why its results are not known: it calls itself without an end
        self.kind = ""  # "property", "setter", "staticmethod", "classmethod"
        self.attrs: dict[str, Any] = {}


class Bound:
    """A method bound to what it is called on: a function of the script, or the name of a library's method."""

    __slots__ = ("function", "owner")

    def __init__(self, owner: Any, function: Function | str) -> None:
        self.owner = owner
        self.function = function


class Partial:
    """``functools.partial(function, …)``: a call that waits for more arguments."""

    __slots__ = ("args", "function", "named")

    def __init__(self, function: Any, args: tuple[Any, ...], named: dict[str, Any]) -> None:
        self.function = function
        self.args = args
        self.named = named


class Super:
    """``super()``: an instance whose attributes are looked up behind a class."""

    __slots__ = ("instance", "owner")

    def __init__(self, owner: OwnClass, instance: Any) -> None:
        self.owner = owner
        self.instance = instance


class OwnClass:
    """A class of the script's own. ``bases`` are classes of the script's, or of libraries."""

    __slots__ = ("bases", "cause", "module", "name", "names", "node")

    def __init__(
        self, name: str, bases: tuple[Any, ...], names: dict[str, Any], node: ast.ClassDef, module: Module
    ) -> None:
        self.name = name
        self.bases = bases
        self.names = names
        self.node = node
        self.module = module
        self.cause: Unknown | None = None  # why the class is beyond the reader

    @property
    def order(self) -> list[Any]:
        """The class and its bases in the order in which attributes are looked up, each once."""
        found: list[Any] = []
        for one in (self, *(later for base in self.bases for later in _order_of(base))):
            if one in found:
                found.remove(one)
            found.append(one)
        return found

    def find(self, name: str, after: OwnClass | None = None) -> Any:
        """The attribute of the first class that has it, behind the class ``after``; MISSING where none has it."""
        order = self.order
        for one in order[order.index(after) + 1 :] if after in order else order:
            if isinstance(one, OwnClass) and name in one.names:
                return one.names[name]
        return MISSING

    @property
    def is_enum(self) -> bool:
        """Whether it is an enumeration, whose names are its members."""
        return any(one.path.startswith("enum.") for one in self.libraries())

    def libraries(self) -> Iterator[Library]:
        """The classes of libraries that it descends from."""
        return (one for one in self.order if isinstance(one, Library))


def _order_of(base: Any) -> list[Any]:
    return base.order if isinstance(base, OwnClass) else [base]


class Instance:
    """An object of one of the script's own classes. ``live`` is the layer or the model that it is, if any."""

    __slots__ = ("attrs", "cls", "items", "live")

    def __init__(self, cls: OwnClass) -> None:
        self.cls = cls
        self.attrs: dict[str, Any] = {}
        self.live: Any = None
        self.items: Any = None  # what it holds where its class is a list or a dictionary


class Thing:
    """An object of a library that the reader follows: a data set, a tokenizer.

    The public methods of a descendant are what a script may call; each takes the `Site` of the call first.
    ``attributes`` are what a script may read.
    """

    def __init__(self) -> None:
        self.attributes: dict[str, Any] = {}

    def method(self, name: str) -> Any:
        """The method that a script may call by this name, or None."""
        own = getattr(type(self), name, None)
        return None if name.startswith("_") or hasattr(Thing, name) or not callable(own) else getattr(self, name)


class Missing:
    """What stands for an attribute or a name that is not there."""


MISSING = Missing()


def unknown_in(value: Any, depth: int = 4, seen: dict[int, int] | None = None) -> Unknown | None:
    """The first unknown value in a value, also in its lists, tuples and dictionaries; each is looked at once."""
    if isinstance(value, Unknown):
        return value
    if not depth or not isinstance(value, list | tuple | set | dict):
        return None
    seen = {} if seen is None else seen
    if seen.get(id(value), 0) >= depth:
        return None
    seen[id(value)] = depth
    for part in value.values() if isinstance(value, dict) else value:
        if isinstance(part, Unknown | list | tuple | set | dict):
            found = unknown_in(part, depth - 1, seen)
            if found:
                return found
    return None


def flat(value: Any, depth: int = 6) -> list[Any]:
    """The values in the lists, tuples and dictionaries of a value, in order; a dictionary is sorted by key."""
    if isinstance(value, dict):
        value = [value[key] for key in sorted(value, key=str)]
    if isinstance(value, list | tuple) and depth:
        return [one for part in value[:10_000] for one in flat(part, depth - 1)]
    return [value]
