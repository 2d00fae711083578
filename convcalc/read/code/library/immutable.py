"""The methods of texts, bytes, numbers and tuples, which change nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from convcalc.read.code.library.comparing import among, position
from convcalc.read.code.library.plain import (
    MOST_CHARACTERS,
    SCALARS,
    Iterated,
    lost_in,
    members,
    not_plain,
    room,
    room_of_text,
)
from convcalc.read.code.library.printing import format_text
from convcalc.read.code.values import Unknown, unknown_in

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

Method = Callable[..., Any]
_OF_TEXTS = (
    "capitalize", "casefold", "center", "count", "encode", "endswith", "find", "index", "isalnum", "isalpha", "isascii",
    "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric", "isprintable", "isspace", "istitle", "isupper",
    "ljust", "lower", "lstrip", "partition", "removeprefix", "removesuffix", "replace", "rfind", "rindex", "rjust",
    "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith", "strip", "swapcase", "title", "upper",
    "zfill", "expandtabs",
)  # fmt: skip
_OF_BYTES = (
    "count", "decode", "endswith", "find", "hex", "index", "isalnum", "isalpha", "isdigit", "lower", "lstrip",
    "replace", "rfind", "rsplit", "rstrip", "split", "splitlines", "startswith", "strip", "upper",
)  # fmt: skip
_OF_NUMBERS = {
    int: ("bit_length", "bit_count", "conjugate", "as_integer_ratio", "is_integer"),
    float: ("is_integer", "as_integer_ratio", "hex", "conjugate"),
    complex: ("conjugate",),
}
# Methods whose first argument is a width.
_WIDE = {"center", "ljust", "rjust", "zfill", "expandtabs"}


def known(function: Method) -> Method:
    """A method whose result is unknown as soon as an argument is."""

    def call(site: Site, value: Any, *args: Any, **named: Any) -> Any:
        lost = unknown_in(args, 2) or unknown_in(named, 2)
        return lost if lost else function(site, value, *args, **named)

    return call


def _of_python(kind: type, name: str) -> Method:
    """A method of Python's own that gives a small value for small values."""
    own = getattr(kind, name)

    def call(site: Site, value: Any, *args: Any, **named: Any) -> Any:
        lost = not_plain(site, args) or not_plain(site, named)
        size = len(value) if isinstance(value, str | bytes) else 1
        if name in _WIDE and args and isinstance(args[0], int):
            tabs = value.count("\t") if name == "expandtabs" else 1
            size += max(args[0], 0) * tabs
        lost = lost or room_of_text(site, size)
        return lost or own(value, *args, **named)

    return call


def _replace(site: Site, value: Any, old: Any, new: Any, *count: Any) -> Any:
    found = len(value) + value.count(old) * max(len(new) - len(old), 0)
    return room_of_text(site, found) or value.replace(old, new, *count)


def _join(site: Site, value: Any, parts: Any) -> Any:
    found = members(site, parts)
    if isinstance(found, Unknown):
        return found
    lost = lost_in(*found)
    if lost:
        return lost
    size = len(value) * len(found) + sum(len(one) for one in found if isinstance(one, str | bytes))
    return room_of_text(site, size) or value.join(found)


def _split(site: Site, value: Any, *args: Any, **named: Any) -> Any:
    found = value.split(*args, **named)
    return room(site, len(found)) or found


def _translate(site: Site, value: str, table: Any) -> Any:
    lost = not_plain(site, table)
    longest = max((len(one) for one in table.values() if isinstance(one, str)), default=1)
    return lost or room_of_text(site, len(value) * max(longest, 1)) or value.translate(table)


def maketrans(site: Site, *args: Any) -> Any:
    """``str.maketrans(…)``: which characters become which."""
    return not_plain(site, args) or str.maketrans(*args)


def _format_map(site: Site, value: str, names: Any) -> Any:
    return format_text(site, value, **names)


def _index(site: Site, value: Any, part: Any, start: int = 0, end: int = MOST_CHARACTERS) -> Any:
    inside = value[start:end]
    found = position(site, inside, part)
    if isinstance(found, Unknown):
        return found
    if found < 0:
        return site.unknown("this is not in the list")
    return found + (start if start >= 0 else max(len(value) + start, 0))


def _count(site: Site, value: Any, part: Any) -> Any:
    found = 0
    if isinstance(part, SCALARS) and all(type(one) in SCALARS for one in value):
        return value.count(part)
    for one in value:
        answer = among(site, [one], part)
        if isinstance(answer, Unknown):
            return answer
        found += answer
    return found


def _of_range(name: str) -> Method:
    return known(lambda site, value, part: getattr(value, name)(part))


TEXTS: dict[str, Method] = {name: known(_of_python(str, name)) for name in _OF_TEXTS}
TEXTS |= {"join": _join, "format": format_text, "translate": known(_translate)}
TEXTS |= {"replace": known(_replace), "split": known(_split), "rsplit": known(_of_python(str, "rsplit"))}
TEXTS |= {"format_map": known(_format_map)}
BYTES: dict[str, Method] = {name: known(_of_python(bytes, name)) for name in _OF_BYTES}
BYTES |= {"join": _join, "replace": known(_replace)}
NUMBERS: dict[type, dict[str, Method]] = {
    kind: {name: known(_of_python(kind, name)) for name in names if hasattr(kind, name)}
    for kind, names in _OF_NUMBERS.items()
}
RANGES: dict[str, Method] = {"index": _of_range("index"), "count": _of_range("count")}
# Shapes are tuples here, and older TensorFlow asks them for a list.
TUPLES: dict[str, Method] = {"index": _index, "count": _count, "as_list": lambda site, value: list(value)}

__all__ = ["BYTES", "NUMBERS", "RANGES", "TEXTS", "TUPLES", "Iterated", "Method", "known"]
