"""Comparisons of Python's own values: equality, order, membership and identity."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from convcalc.read.code.library.plain import (
    SCALARS,
    Keys,
    Row,
    charge,
    hashable,
    hashed,
    lost_in,
    members,
    not_plain,
    truth,
)
from convcalc.read.code.values import (
    MISSING,
    Bound,
    Data,
    Function,
    Instance,
    Library,
    OwnClass,
    Partial,
    Thing,
    Unknown,
)

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

Answer = bool | Unknown
_ORDERS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
# Names of libraries of Python's own, each of which has one object.
_OWN = ("builtins.", "collections.", "typing.")


def compare(site: Site, sign: str, left: Any, right: Any) -> Any:
    """``left sign right`` for ``==``, ``!=``, ``<``, ``<=``, ``>``, ``>=``, ``in``, ``not in``, ``is``, ``is not``."""
    if isinstance(left, Row) and sign not in ("is", "is not"):
        left = left.members
    if isinstance(right, Row) and sign not in ("is", "is not"):
        right = right.members
    if sign in ("!=", "not in", "is not"):
        opposite = {"!=": "==", "not in": "in", "is not": "is"}[sign]
        found = compare(site, opposite, left, right)
        return not found if isinstance(found, bool) else found
    if sign == "is":
        return identical(site, left, right)
    if sign == "in":
        return contains(site, right, left)
    if sign == "==":
        return equal(site, left, right)
    return _ordered(site, sign, left, right)


def identical(site: Site, left: Any, right: Any) -> Answer:
    """Whether two values are one object."""
    lost = lost_in(left, right)
    if lost:
        return True if left is right else lost
    if isinstance(left, Library) and isinstance(right, Library):
        return equal(site, left, right)
    if left is right:
        return True
    if any(one is None or isinstance(one, bool) for one in (left, right)):
        return False
    if type(left) is not type(right):
        return site.unknown("whether these are one object is not known") if _are_data(left, right) else False
    if isinstance(left, Data | Bound | Thing):
        return site.unknown("whether these are one object is not known")
    if isinstance(left, SCALARS + (tuple, frozenset)):
        if type(left) is int and -5 <= left <= 256:
            return bool(left == right)
        same_value = equal(site, left, right)
        return False if same_value is False else site.unknown("whether Python keeps these as one object is not known")
    return False


def _are_data(left: Any, right: Any) -> bool:
    return isinstance(left, Data) and isinstance(right, Data)


def same(site: Site, left: Any, right: Any) -> Answer:
    """Whether two members of lists count as equal: one object is equal to itself."""
    return True if left is right else equal(site, left, right)


def equal(site: Site, left: Any, right: Any, depth: int = 0) -> Answer:
    """Whether two values are equal."""
    lost = lost_in(left, right)
    if lost:
        return lost
    if isinstance(left, SCALARS) and isinstance(right, SCALARS):
        return bool(left == right)
    if depth > 50:
        return site.unknown("these are nested too deeply to be compared here")
    if isinstance(left, Keys | set | frozenset) and isinstance(right, Keys | set | frozenset):
        return _equal_sets(site, left, right)
    for kind in (list, tuple):
        if isinstance(left, kind) and isinstance(right, kind):
            return _equal_members(site, left, right, depth)
    if isinstance(left, dict) and isinstance(right, dict):
        if left.keys() != right.keys():
            return False
        return _equal_members(site, list(left.values()), [right[key] for key in left], depth)
    return _equal_objects(site, left, right)


def _equal_sets(site: Site, left: Any, right: Any) -> Answer:
    made = hashed(site, list(left)), hashed(site, list(right))
    lost = lost_in(*made)
    return lost or made[0] == made[1]


def _equal_members(site: Site, left: Sequence[Any], right: Sequence[Any], depth: int) -> Answer:
    if len(left) != len(right):
        return False
    if all(type(one) in SCALARS for one in left) and all(type(one) in SCALARS for one in right):
        charge(site, len(left))
        return bool(left == right)
    lost: Unknown | None = None
    for one, other in zip(left, right, strict=True):
        site.spend(1 if isinstance(one, SCALARS) else 10)
        found = True if one is other and not isinstance(one, Unknown) else equal(site, one, other, depth + 1)
        if found is False:
            return False
        if isinstance(found, Unknown) and one is not other:
            lost = lost or found
    return lost or True


def _equal_objects(site: Site, left: Any, right: Any) -> Answer:
    """Whether two values are equal of which at least one is no value of Python's own."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Data):
            return False if other is None else site.unknown("the values of this array are not compared")
        if isinstance(one, Instance) and one.cls.find("__eq__") is not MISSING:
            method = site.machine.attribute(one, "__eq__", site.node)
            return truth(site, site.call(method, other))
    if left is right:
        return True
    if isinstance(left, Library) and isinstance(right, Library):
        return _equal_names(site, left, right)
    if isinstance(left, Bound) and isinstance(right, Bound):
        return left.owner is right.owner and left.function == right.function
    if left is None or right is None:
        return False
    for one in (left, right):
        if isinstance(one, Library) and not one.path.startswith(_OWN):
            return site.unknown(f"what {one.path} is equal to is not known")
        if isinstance(one, Thing):
            return site.unknown("what this is equal to is not known")
        if isinstance(one, Instance) and (one.items is not None or one.cls.cause):
            return site.unknown("what this is equal to is not known")
    own = (Function, Bound, OwnClass, Partial, Instance, Library, *SCALARS, list, tuple, dict, set, frozenset)
    if isinstance(left, own) or isinstance(right, own):
        return False
    return False if site.machine.class_names(left) is not None else site.unknown("what this is equal to is not known")


def _equal_names(site: Site, left: Library, right: Library) -> Answer:
    if left == right:
        return True
    if left.path.startswith(_OWN) or right.path.startswith(_OWN):
        return False
    if left.path.startswith("keras.layers.") and right.path.startswith("keras.layers."):
        return False
    return site.unknown(f"whether {left.path} is {right.path} is not known")


def contains(site: Site, whole: Any, part: Any) -> Answer:
    """Whether a value is in a list, a text, a dictionary or the like."""
    if isinstance(whole, Unknown):
        return whole
    if isinstance(whole, Instance) and whole.cls.find("__contains__") is not MISSING:
        method = site.machine.attribute(whole, "__contains__", site.node)
        return truth(site, site.call(method, part))
    if isinstance(whole, Instance) and whole.items is not None:
        whole = whole.items
    if isinstance(whole, Thing):
        own = whole.method("contains")
        if own:
            return own(site, part)  # type: ignore[no-any-return]
    if isinstance(whole, str | bytes | range):
        return _in_plain(site, whole, part)
    if isinstance(whole, set | frozenset | dict):
        if not whole and isinstance(part, Unknown):
            return False
        part = frozenset(part) if isinstance(part, set) and not isinstance(whole, dict) else part
        return hashable(site, part) or part in whole
    found = members(site, list(whole) if isinstance(whole, list) else whole)
    return found if isinstance(found, Unknown) else among(site, found, part)


def _in_plain(site: Site, whole: Any, part: Any) -> Answer:
    if isinstance(part, Unknown):
        return part
    if isinstance(whole, range) and isinstance(part, SCALARS):
        return part in whole
    if isinstance(whole, str | bytes) and type(part) is type(whole):
        charge(site, len(whole) // 8)
        return part in whole  # type: ignore[operator]
    return site.unknown("what this contains is not known")


def among(site: Site, found: Sequence[Any], part: Any) -> Answer:
    """Whether a value is one of several."""
    if isinstance(part, SCALARS) and all(type(one) in SCALARS for one in found):
        charge(site, len(found))
        return part in found
    if any(one is part for one in found):
        return True
    lost: Unknown | None = None
    for one in found:
        site.spend(1)
        answer = same(site, one, part)
        if answer is True:
            return True
        if isinstance(answer, Unknown):
            lost = lost or answer
    return lost or False


def position(site: Site, found: Sequence[Any], part: Any) -> int | Unknown:
    """Where a value stands first among several; -1 where it does not."""
    for at, one in enumerate(found):
        answer = same(site, one, part)
        if isinstance(answer, Unknown):
            return answer
        if answer:
            charge(site, at)
            return at
    charge(site, len(found))
    return -1


def _ordered(site: Site, sign: str, left: Any, right: Any) -> Any:
    lost = lost_in(left, right)
    if lost:
        return lost
    if isinstance(left, list | tuple) and type(left) is type(right):
        for one, other in zip(left, right, strict=False):
            answer = same(site, one, other)
            if isinstance(answer, Unknown):
                return answer
            if not answer:
                return _ordered(site, sign, one, other)
        return _ORDERS[sign](len(left), len(right))
    for one in (left, right):
        lost = not_plain(site, one)
        if lost:
            return lost
    try:
        return bool(_ORDERS[sign](left, right))
    except TypeError:
        return site.unknown("these cannot be compared")


def in_sorted_order(site: Site, found: list[Any], key: Any = None, reverse: Any = False) -> list[Any] | Unknown:
    """The members in order. Where their order is not known their number still is: each is unknown then."""
    down = truth(site, reverse)
    keys = found if key is None else [site.call(key, one) for one in found]
    lost = not_plain(site, keys) or (down if isinstance(down, Unknown) else None)
    if lost:
        return [Unknown(lost.cause) for _ in found]
    charge(site, 4 * len(found))
    try:
        order = sorted(range(len(found)), key=keys.__getitem__, reverse=bool(down))
    except TypeError:
        return site.unknown("these cannot be sorted")
    return [found[at] for at in order]
