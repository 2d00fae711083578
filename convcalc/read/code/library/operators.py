"""Arithmetic of Python's own values, bounded: what would be too large is refused before it is worked out."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from convcalc.read.code.library.plain import (
    MOST_BITS,
    Keys,
    hashed,
    lost_in,
    members,
    room,
    room_of_text,
)
from convcalc.read.code.library.printing import percent
from convcalc.read.code.values import Library, OwnClass, Unknown

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

NUMBERS = (int, float, complex)
_NUMERIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod, "**": operator.pow, "&": operator.and_, "|": operator.or_, "^": operator.xor,
    "<<": operator.lshift, ">>": operator.rshift,
}  # fmt: skip
_OF_SETS = {"&", "|", "^", "-"}


def arithmetic(site: Site, sign: str, left: Any, right: Any) -> Any:
    """``left sign right``; unknown where Python refuses it, and where the result would be too large."""
    lost = lost_in(left, right)
    if lost:
        return lost
    try:
        return _combined(site, sign, left, right)
    except (TypeError, ValueError, ArithmeticError):
        return site.unknown("this cannot be worked out")


def _combined(site: Site, sign: str, left: Any, right: Any) -> Any:
    if isinstance(left, NUMBERS) and isinstance(right, NUMBERS):
        return number(site, sign, left, right)
    if sign == "%" and isinstance(left, str):
        return percent(site, left, right)
    if sign == "+":
        return _joined(site, left, right)
    if sign == "*":
        return _repeated(site, left, right)
    if sign in _OF_SETS and (isinstance(left, Keys) or isinstance(right, Keys)):
        left, right = (hashed(site, list(one)) if isinstance(one, Keys) else one for one in (left, right))
        return arithmetic(site, sign, left, right)
    if sign in _OF_SETS and isinstance(left, set | frozenset) and isinstance(right, set | frozenset):
        return room(site, len(left) + len(right)) or _NUMERIC[sign](left, right)
    if sign == "|" and isinstance(left, dict) and isinstance(right, dict):
        return room(site, len(left) + len(right)) or {**left, **right}
    return site.unknown(f"what {sign} does here is not known")


def union(left: Any, right: Any) -> tuple[Any, ...] | None:
    """The classes of ``int | str``; None where the two are no classes."""
    classes = (*_classes(left), *_classes(right))
    known = all(isinstance(one, Library | OwnClass) for one in classes)
    return classes if known and (left, right) != (None, None) else None


def _classes(one: Any) -> tuple[Any, ...]:
    """The classes of ``int | str``, which ``isinstance`` takes as it takes several classes."""
    if isinstance(one, tuple):
        return one
    return (Library("builtins.NoneType") if one is None else one,)


def number(site: Site, sign: str, left: Any, right: Any) -> Any:
    """``left sign right`` for two numbers."""
    if sign == "@":
        return site.unknown("numbers cannot be multiplied with @")
    if isinstance(left, int) and isinstance(right, int) and _is_too_large(sign, left, right):
        return site.unknown(f"this number would have more than {MOST_BITS:,} bits")
    return bounded(site, _NUMERIC[sign](left, right))


def bounded(site: Site, value: Any) -> Any:
    """The number; unknown where it is too large a whole number."""
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        return site.unknown(f"this number would have more than {MOST_BITS:,} bits")
    return value


def _is_too_large(sign: str, left: int, right: int) -> bool:
    if sign == "**":
        return abs(left) > 1 and right > 0 and abs(left).bit_length() * right > 2 * MOST_BITS
    return sign == "<<" and bool(left) and right > MOST_BITS


def _joined(site: Site, left: Any, right: Any) -> Any:
    if isinstance(left, str | bytes) and isinstance(right, str | bytes):
        return room_of_text(site, len(left) + len(right)) or left + right  # type: ignore[operator]
    for kind in (list, tuple):
        if isinstance(left, kind) and isinstance(right, kind):
            return room(site, len(left) + len(right)) or kind([*left, *right])
    return site.unknown("what + does here is not known")


def _repeated(site: Site, left: Any, right: Any) -> Any:
    whole, times = (right, left) if isinstance(left, int) else (left, right)
    if not isinstance(times, int) or not isinstance(whole, str | bytes | list | tuple):
        return site.unknown("what * does here is not known")
    size = len(whole) * max(times, 0)
    if isinstance(whole, str | bytes):
        return room_of_text(site, size) or whole * times
    kind = list if isinstance(whole, list) else tuple
    return room(site, size) or kind(whole) * (times if whole else 0)


def summed(site: Site, values: Any, start: Any = 0) -> Any:
    """The sum of the members of a value, from left to right."""
    found = members(site, values)
    if isinstance(found, Unknown):
        return found
    numbers = [start, *found]
    if all(isinstance(one, NUMBERS) for one in numbers):
        return bounded(site, sum(found, start))
    for kind in (list, tuple):
        if all(isinstance(one, kind) for one in numbers):
            return room(site, sum(map(len, numbers))) or kind(part for one in numbers for part in one)
    return folded(site, "+", found, start)


def folded(site: Site, sign: str, found: list[Any], start: Any) -> Any:
    """What remains of values that are combined from left to right."""
    for one in found:
        site.spend(1)
        start = site.machine.evaluate.combined(sign, start, one, site.node)
    return start


__all__ = ["arithmetic", "bounded", "folded", "number", "summed"]
