"""The methods of lists, dictionaries and sets: each change is noted first, so that it can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.read.code.library.comparing import in_sorted_order, position
from convcalc.read.code.library.immutable import TUPLES, Method
from convcalc.read.code.library.plain import (
    MOST_MEMBERS,
    Iterated,
    Keys,
    hashable,
    hashed,
    in_order,
    lost_in,
    members,
    room,
)
from convcalc.read.code.values import Instance, Thing, Unknown

if TYPE_CHECKING:
    from convcalc.read.code.site import Site


def lose(site: Site, whole: Any, lost: Unknown) -> Unknown:
    """Says that what a list, a dictionary or a set holds is no longer known."""
    site.machine.taint(whole, lost)
    return lost


def _grow(site: Site, whole: Any, more: int) -> Unknown | None:
    """Notes a change; unknown where the whole would become too large."""
    lost = room(site, len(whole) + more) if more > 1 else None
    if more == 1 and len(whole) >= MOST_MEMBERS:
        lost = room(site, len(whole) + 1)
    if lost:
        return lose(site, whole, lost)
    site.machine.journal.touch(whole)
    return None


# Lists.


def _append(site: Site, whole: list[Any], value: Any) -> Any:
    lost = _grow(site, whole, 1)
    return lost if lost else whole.append(value)


def _extend(site: Site, whole: list[Any], values: Any) -> Any:
    found = members(site, values)
    if isinstance(found, Unknown):
        return lose(site, whole, found)
    lost = _grow(site, whole, len(found))
    return lost if lost else whole.extend(found)


def _insert(site: Site, whole: list[Any], at: Any, value: Any) -> Any:
    if isinstance(at, Unknown):
        return lose(site, whole, at)
    lost = _grow(site, whole, 1)
    return lost if lost else whole.insert(at, value)


def _pop(site: Site, whole: list[Any], at: Any = -1) -> Any:
    if isinstance(at, Unknown):
        return lose(site, whole, at)
    site.machine.journal.touch(whole)
    return whole.pop(at)


def _remove(site: Site, whole: list[Any], value: Any) -> Any:
    found = position(site, whole, value)
    if isinstance(found, Unknown):
        return lose(site, whole, found)
    if found < 0:
        return site.unknown("what is to be removed is not in the list")
    site.machine.journal.touch(whole)
    del whole[found]
    return None


def _reverse(site: Site, whole: list[Any]) -> None:
    site.machine.journal.touch(whole)
    whole.reverse()


def _sort(site: Site, whole: list[Any], key: Any = None, reverse: Any = False) -> Any:
    found = in_sorted_order(site, whole, key, reverse)
    if isinstance(found, Unknown):
        return lose(site, whole, found)
    site.machine.journal.touch(whole)
    whole[:] = found
    return None


def _clear(site: Site, whole: Any) -> None:
    site.machine.journal.touch(whole)
    whole.clear()


def _copy(site: Site, whole: Any) -> Any:
    return room(site, len(whole)) or whole.copy()


LISTS: dict[str, Method] = {
    "index": TUPLES["index"], "count": TUPLES["count"], "append": _append, "extend": _extend, "insert": _insert,
    "pop": _pop, "remove": _remove, "reverse": _reverse, "sort": _sort, "clear": _clear, "copy": _copy,
}  # fmt: skip

# Dictionaries.


def pairs(site: Site, values: Any, named: dict[str, Any] | None = None) -> dict[Any, Any] | Unknown:
    """The dictionary of a dictionary's members or of pairs, and of named values."""
    if isinstance(values, Instance) and isinstance(values.items, dict):
        values = values.items
    if isinstance(values, Unknown):
        return values
    if isinstance(values, dict):
        return room(site, len(values)) or {**values, **(named or {})}
    if isinstance(values, Thing) and values.method("keys"):
        return site.unknown("the members of this are not known")
    found = members(site, values)
    if isinstance(found, Unknown):
        return found
    made: dict[Any, Any] = {}
    for one in found:
        pair = members(site, one)
        lost = pair if isinstance(pair, Unknown) else None if len(pair) == 2 else site.unknown("these are no pairs")
        lost = lost or hashable(site, pair[0])  # type: ignore[index]
        if lost:
            return lost
        made[pair[0]] = pair[1]  # type: ignore[index]
    return {**made, **(named or {})}


def _update(site: Site, whole: dict[Any, Any], values: Any = (), **named: Any) -> Any:
    found = pairs(site, values, named)
    if isinstance(found, Unknown):
        return lose(site, whole, found)
    return _grow(site, whole, len(found)) or whole.update(found)


def _get(site: Site, whole: dict[Any, Any], key: Any, default: Any = None) -> Any:
    if not whole:
        return default
    lost = hashable(site, key)
    return lost if lost else site.machine.untainted(whole[key]) if key in whole else default


def _setdefault(site: Site, whole: dict[Any, Any], key: Any, default: Any = None) -> Any:
    lost = hashable(site, key)
    if lost:
        return lose(site, whole, lost)
    if key in whole:
        return site.machine.untainted(whole[key])
    return _grow(site, whole, 1) or whole.setdefault(key, default)


def _pop_key(site: Site, whole: dict[Any, Any], key: Any, *default: Any) -> Any:
    lost = hashable(site, key)
    if lost:
        return lose(site, whole, lost)
    site.machine.journal.touch(whole)
    return whole.pop(key, *default)


def _popitem(site: Site, whole: dict[Any, Any], last: bool = True) -> Any:
    if isinstance(last, Unknown):
        return lose(site, whole, last)
    site.machine.journal.touch(whole)
    key = next(reversed(whole) if last else iter(whole))
    return key, whole.pop(key)


def _move_to_end(site: Site, whole: dict[Any, Any], key: Any, last: bool = True) -> Any:
    lost = hashable(site, key) or lost_in(last)
    if lost:
        return lose(site, whole, lost)
    site.machine.journal.touch(whole)
    value = whole.pop(key)
    rest = {} if last else dict(whole)
    if not last:
        dict.clear(whole)
    whole[key] = value
    whole.update(rest)
    return None


def _items(site: Site, whole: dict[Any, Any]) -> Any:
    return room(site, len(whole)) or Keys(whole.items())


def _keys(site: Site, whole: dict[Any, Any]) -> Any:
    return room(site, len(whole)) or Keys(whole)


def _values(site: Site, whole: dict[Any, Any]) -> Any:
    return room(site, len(whole)) or list(whole.values())


def fromkeys(site: Site, keys: Any, value: Any = None) -> Any:
    """A dictionary that has one value for several keys."""
    found = members(site, keys)
    if isinstance(found, Unknown):
        return found
    lost = next((lost for lost in (hashable(site, one) for one in found) if lost), None)
    return lost or dict.fromkeys(found, value)


DICTIONARIES: dict[str, Method] = {
    "get": _get, "items": _items, "keys": _keys, "values": _values, "update": _update, "setdefault": _setdefault,
    "pop": _pop_key, "popitem": _popitem, "clear": _clear, "copy": _copy,
    "move_to_end": _move_to_end, "iteritems": _items, "itervalues": _values, "iterkeys": _keys,
}  # fmt: skip

# Sets.


def _of_sets(name: str) -> Method:
    """A method that makes a new set of several: ``union``."""

    def call(site: Site, whole: Any, *others: Any) -> Any:
        made = [_as_set(site, one) for one in others]
        lost = lost_in(*made) or room(site, len(whole) + sum(len(one) for one in made if isinstance(one, set)))
        return lost or getattr(whole, name)(*made)

    return call


def _as_set(site: Site, value: Any) -> set[Any] | Unknown:
    found = members(site, value)
    return found if isinstance(found, Unknown) else hashed(site, found)


def _changing(name: str) -> Method:
    """A method that changes a set by others: ``update``."""
    own = _of_sets({"update": "union"}.get(name, name.removesuffix("_update")))

    def call(site: Site, whole: Any, *others: Any) -> Any:
        found = own(site, whole, *others)
        if isinstance(found, Unknown):
            return lose(site, whole, found)
        site.machine.journal.touch(whole)
        whole.clear()
        whole |= found
        return None

    return call


def _one(name: str) -> Method:
    """A method that changes a set by one member: ``add``."""

    def call(site: Site, whole: Any, value: Any) -> Any:
        lost = hashable(site, value)
        if lost:
            return lose(site, whole, lost)
        return _grow(site, whole, 1) or getattr(whole, name)(value)

    return call


def _pop_any(site: Site, whole: set[Any]) -> Any:
    if len(whole) > 1:
        return lose(site, whole, site.unknown("which member of a set comes first is not known"))
    site.machine.journal.touch(whole)
    return whole.pop()


def _frozen_copy(site: Site, whole: Any) -> Any:
    return room(site, len(whole)) or whole.copy()


_FREE = ("union", "intersection", "difference", "symmetric_difference", "issubset", "issuperset", "isdisjoint")
FROZEN: dict[str, Method] = {name: _of_sets(name) for name in _FREE} | {"copy": _frozen_copy}
SETS: dict[str, Method] = {
    **FROZEN,
    **{name: _changing(name) for name in ("update", "intersection_update", "difference_update")},
    **{name: _one(name) for name in ("add", "discard", "remove")},
    "symmetric_difference_update": _changing("symmetric_difference_update"),
    "clear": _clear,
    "pop": _pop_any,
}

__all__ = ["DICTIONARIES", "FROZEN", "LISTS", "SETS", "Iterated", "in_order", "lose", "pairs"]
