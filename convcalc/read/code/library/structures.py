"""Structures of data: arrays in tuples and dictionaries, as the elements of data sets are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from convcalc.lazy import np
from convcalc.read.code.values import MOST_VALUES, Cause, Data, Foreign, Library, Tensor, Thing, Unknown, unknown_in

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

_PYTHON = {"int": "int64", "float": "float64", "bool": "bool", "str": "string"}
_ORDER = ("bool", "int", "float")


class Followed(Thing):
    """A thing whose methods give an unknown argument back, except for the methods named in ``open``."""

    open: frozenset[str] = frozenset()

    def method(self, name: str) -> Any:
        """The method that a script may call by this name, or None."""
        own = None if name == "open" else super().method(name)
        return own if own is None or name in self.open else _guarded(own)


def _guarded(own: Callable[..., Any]) -> Callable[..., Any]:
    def call(site: Site, *args: Any, **named: Any) -> Any:
        return unknown_in(args) or unknown_in(named) or own(site, *args, **named)

    return call


def foreign(site: Site, message: str) -> Foreign:
    """Something of a library that is lost here, with the reason; its methods change nothing that they are given."""
    return Foreign(Cause(message, site.place))


def mapped(function: Callable[[Any], Any], structure: Any) -> Any:
    """The structure with another leaf for each of its leaves."""
    if isinstance(structure, dict):
        return {key: mapped(function, part) for key, part in structure.items()}
    if isinstance(structure, tuple):
        return tuple(mapped(function, part) for part in structure)
    return function(structure)


def arrays_of(structure: Any) -> list[Data]:
    """All arrays of a structure."""
    if isinstance(structure, dict | tuple):
        parts = structure.values() if isinstance(structure, dict) else structure
        return [one for part in parts for one in arrays_of(part)]
    return [structure] if isinstance(structure, Data) else []


def filled(spec: Any, first: Any) -> Any:
    """The structure ``spec`` with the sizes that it lacks taken from another structure of the same form."""
    if isinstance(spec, dict) and isinstance(first, dict) and spec.keys() == first.keys():
        return {key: filled(part, first[key]) for key, part in spec.items()}
    if isinstance(spec, tuple) and isinstance(first, tuple) and len(spec) == len(first):
        return tuple(filled(one, other) for one, other in zip(spec, first, strict=True))
    if not isinstance(spec, Data) or not isinstance(first, Data) or len(spec.shape) != len(first.shape):
        return mapped(fresh, spec)
    sizes = [one if one is not None else other for one, other in zip(spec.shape, first.shape, strict=True)]
    return Data(tuple(sizes), spec.dtype, cause=first.cause if None in sizes else None)


def fresh(leaf: Any) -> Any:
    """A leaf as an array of its own, without values."""
    return Data(leaf.shape, leaf.dtype, cause=leaf.cause) if isinstance(leaf, Data) else leaf


def stacked(size: int | None, structure: Any, cause: Unknown | None = None) -> Any:
    """The structure with another axis of this size in front of each array."""

    def stack(leaf: Any) -> Any:
        if not isinstance(leaf, Data):
            return leaf if isinstance(leaf, Unknown) or leaf is None else cause
        return Data((size, *leaf.shape), leaf.dtype, cause=cause if size is None else leaf.cause)

    return mapped(stack, structure)


def inner(structure: Any) -> Any:
    """The structure of the members along the first axis."""

    def member(leaf: Any) -> Any:
        if not isinstance(leaf, Data):
            return leaf
        if not leaf.shape:
            raise ValueError("a number has no members")
        return Data(leaf.shape[1:], leaf.dtype, cause=leaf.cause if None in leaf.shape[1:] else None)

    return mapped(member, structure)


def dtype_name(value: Any) -> str:
    """The name of a data type: ``"float32"`` for ``tf.float32``. `ValueError` where it is none."""
    name = value.name if isinstance(value, Library) else value
    if not isinstance(name, str):
        raise ValueError("this is no data type")
    return _PYTHON.get(name, name)


def whole(value: Any) -> int | None:
    """A whole number that is known, or None."""
    if isinstance(value, Data):
        known = value.value is not None and value.shape == () and value.dtype.lstrip("u").startswith("int")
        return int(value.value) if known else None
    return value if isinstance(value, int) else None


def as_array(site: Site, value: Any, integer: str = "int64", real: str = "float64") -> Any:
    """What an array of a value is: `Data` for arrays, numbers, text and lists; unknown for anything else."""
    if isinstance(value, Unknown) or (isinstance(value, Data) and not isinstance(value, Tensor)):
        return value
    if isinstance(value, Thing):
        return value.attributes.get("values") or site.unknown(f"{site.text} does not take this here")
    form = _form(value, [MOST_VALUES])
    if form is None:
        return site.unknown(f"{site.text} does not know the values of this list")
    shape, kind, cause = form
    return Data(shape, {"int": integer, "float": real}.get(kind, kind), cause=cause)


def _form(value: Any, left: list[int]) -> tuple[tuple[int | None, ...], str, Unknown | None] | None:
    """The shape of a value, the kind of its numbers, and why a size is not known; None where that is not known."""
    left[0] -= 1
    if left[0] < 0:
        return None
    if isinstance(value, Data) and not isinstance(value, Tensor):
        return value.shape, value.dtype, value.cause
    if isinstance(value, bool | int | float | str):
        return (), "string" if isinstance(value, str) else type(value).__name__, None
    if isinstance(value, range):
        return (len(value),), "int", None
    if not isinstance(value, list | tuple):
        return None
    forms = []
    for part in value:
        form = _form(part, left)
        if form is None:
            return None
        forms.append(form)
    return _joined(forms) if forms else ((0,), "float", None)


def _joined(
    forms: list[tuple[tuple[int | None, ...], str, Unknown | None]],
) -> tuple[tuple[int | None, ...], str, Unknown | None]:
    shapes = {form[0] for form in forms}
    kinds = {form[1] for form in forms}
    if len(shapes) > 1:
        return (len(forms),), "object", None
    if len(kinds) == 1:
        return (len(forms), *forms[0][0]), kinds.pop(), forms[0][2]
    known = kinds <= set(_ORDER)
    return (len(forms), *forms[0][0]), max(kinds, key=_ORDER.index) if known else "object", forms[0][2]


def classes_of(value: Any) -> int | None:
    """How many different labels there are in an array or a list, where that is known."""
    if isinstance(value, Data):
        if value.value is not None:
            return len(np.unique(value.value))
        return value.labels
    if isinstance(value, list | tuple | range) and len(value) <= MOST_VALUES:
        plain = all(isinstance(part, bool | int | float | str) for part in value)
        return len(set(value)) if plain else None
    return None
