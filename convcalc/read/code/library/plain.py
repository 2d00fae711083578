"""Python's own values: how large they may become, and what is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.read.code.values import MISSING, Data, Instance, Thing, Unknown

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

# The most members of a list, a tuple, a dictionary or a set.
MOST_MEMBERS = 100_000
# The most characters of a text.
MOST_CHARACTERS = 1_000_000
# The most bits of a whole number.
MOST_BITS = 1024
# Lists within lists may be nested so deep where all members are needed.
_MOST_DEPTH = 50
# So many members of a list cost as much as one step of a script.
_MEMBERS_OF_A_STEP = 16

SCALARS = (bool, int, float, complex, str, bytes, type(None), type(...), range, slice)
_CONTAINERS = (list, tuple, dict, set, frozenset)


class Iterated(list[Any]):
    """What ``zip``, ``map`` and their like give: members that ``next`` takes from it one by one."""


class Keys(list[Any]):
    """The keys of a dictionary, or its pairs: in some ways they are a set."""


class Iterator(Thing):
    """What ``iter`` gives: members, and how many of them have been taken."""

    def __init__(self, members: list[Any]) -> None:
        super().__init__()
        self._members = members
        self._at = 0

    def items_of(self, site: Site) -> list[Any]:
        """The members that are left; none is left behind it."""
        site.machine.journal.touch(self)
        rest = self._members[self._at :]
        self._at = len(self._members)
        return rest

    def take(self, site: Site, default: tuple[Any, ...]) -> Any:
        """The next member; where none is left, the default or unknown."""
        if self._at == len(self._members):
            return default[0] if default else site.unknown("nothing is left to take with next()")
        site.machine.journal.touch(self)
        self._at += 1
        return self._members[self._at - 1]


class Row(Thing):
    """An object of a class that ``namedtuple`` makes."""

    def __init__(self, names: tuple[str, ...], values: list[Any]) -> None:
        super().__init__()
        self.attributes = dict(zip(names, values, strict=True))
        self.members = tuple(values)

    def items_of(self, site: Site) -> list[Any]:
        """The members."""
        return list(self.members)

    def part_of(self, site: Site, key: Any) -> Any:
        """A member by its place, or several."""
        return key if isinstance(key, Unknown) else self.members[key]

    def length(self, site: Site) -> int:
        """The number of members."""
        return len(self.members)


class Namespace(Thing):
    """An object that only has attributes: ``SimpleNamespace(units=3)``."""

    def __init__(self, attributes: dict[str, Any]) -> None:
        super().__init__()
        self.attributes = attributes


def charge(site: Site, members: int) -> None:
    """Counts the work of making a list of so many members."""
    site.spend(members // _MEMBERS_OF_A_STEP)


def room(site: Site, members: int) -> Unknown | None:
    """Counts the work of making a list; unknown where the list would be too long."""
    if members > MOST_MEMBERS:
        return site.unknown(f"this would have more than {MOST_MEMBERS:,} members")
    charge(site, members)
    return None


def room_of_text(site: Site, characters: int) -> Unknown | None:
    """Counts the work of making a text; unknown where the text would be too long."""
    if characters > MOST_CHARACTERS:
        return site.unknown(f"this text would have more than {MOST_CHARACTERS:,} characters")
    site.spend(characters // 128)
    return None


def lost_in(*values: Any) -> Unknown | None:
    """The first of the values that is unknown; what is inside of them is not looked at."""
    return next((one for one in values if isinstance(one, Unknown)), None)


def members(site: Site, value: Any) -> list[Any] | Unknown:
    """A new list of what Python goes through in a value; an iterator is empty afterwards."""
    found = site.items(value)
    if isinstance(found, Unknown):
        return found
    lost = room(site, len(found))
    if lost:
        return lost
    found = in_order(value) if isinstance(value, set | frozenset) else list(found)
    if isinstance(value, Iterated):
        site.machine.journal.touch(value)
        value.clear()
    return found


def in_order(value: set[Any] | frozenset[Any]) -> list[Any]:
    """The members of a set. Python gives texts in an order that changes from run to run: here they are sorted."""
    if all(isinstance(one, str) for one in value):
        return sorted(value)
    if all(isinstance(one, int | float | None) for one in value):
        return list(value)
    return sorted(value, key=lambda one: (type(one).__name__, str(one) if isinstance(one, SCALARS) else ""))


def not_plain(site: Site, value: Any) -> Unknown | None:
    """Why a value is not known to its last part: something unknown, no value of Python's own, or too much of it.

    None where Python itself may compare, print, copy and hash the value.
    """
    todo: list[tuple[Any, int]] = [(value, 0)]
    size = characters = 0
    while todo:
        one, depth = todo.pop()
        size += 1
        characters += len(one) if isinstance(one, str | bytes) else 0
        if isinstance(one, Unknown):
            return one
        inside = len(one) if type(one) in _CONTAINERS else 0
        if size + inside > 2 * MOST_MEMBERS or characters > MOST_CHARACTERS or depth > _MOST_DEPTH:
            return site.unknown("this is too large to be worked out here")
        if type(one) in _CONTAINERS:
            parts = (part for pair in one.items() for part in pair) if isinstance(one, dict) else one
            todo += [(part, depth + 1) for part in parts]
        elif not isinstance(one, SCALARS):
            return site.unknown("the values in this are not known")
    charge(site, size)
    return None


def hashable(site: Site, value: Any) -> Unknown | None:
    """Why a value cannot be a key, or is not known to be one; None where it can."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, tuple | frozenset):
        if all(isinstance(one, SCALARS) for one in value):
            return None
        lost = not_plain(site, value)
        if lost:
            return lost
    if isinstance(value, Instance) and value.cls.find("__eq__") is not MISSING:
        return site.unknown("objects with an equality of their own are not followed as keys")
    try:
        hash(value)
    except TypeError:
        return site.unknown("this cannot be a key")
    return None


def hashed(site: Site, found: list[Any]) -> set[Any] | Unknown:
    """The set of the members of a list."""
    if all(isinstance(one, int | float | str | None) for one in found):
        return room(site, len(found)) or set(found)
    for one in found:
        lost = hashable(site, one)
        if lost:
            return lost
    return room(site, len(found)) or set(found)


def scalar(site: Site, value: Any) -> Any:
    """The number in an array of one number that is known; any other value unchanged."""
    if not isinstance(value, Data):
        return value
    if value.value is not None and value.value.size == 1:
        return value.value.item()
    return value.cause or site.unknown("the values of this array are not known")


def truth(site: Site, value: Any) -> bool | Unknown:
    """Whether Python takes a value as true."""
    return site.machine.evaluate.is_true(value, site.node)


def combine(site: Site, sign: str, left: Any, right: Any) -> Any:
    """``left sign right`` for values of any kind."""
    return site.machine.evaluate.combined(sign, left, right, site.node)
