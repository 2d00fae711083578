"""Texts that are made of values: ``str``, f-strings, ``%`` and ``format``, all of bounded widths."""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING, Any

from convcalc.read.code.library.plain import MOST_CHARACTERS, SCALARS, lost_in, not_plain, room_of_text, scalar
from convcalc.read.code.values import MISSING, Data, Instance, Thing, Unknown

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

_MOST_WIDTH = 10_000
_PERCENT = re.compile(
    r"%(?:\((?P<key>[^()]*)\))?[#0\- +]*(?P<width>\*|\d+)?(?:\.(?P<digits>\*|\d+)?)?[hlL]?(?P<kind>.)", re.DOTALL
)
_FIELD = re.compile(r"(\w*)((?:\.\w+|\[[^\[\]]+\])*)")
_STEP = re.compile(r"\.(\w+)|\[([^\[\]]+)\]")


def text_of(site: Site, value: Any, method: str = "__str__") -> Any:
    """``str(value)``, or ``repr(value)`` with the method ``__repr__``."""
    if isinstance(value, str) and method == "__str__":
        return value
    if isinstance(value, Instance):
        for name in (method, "__repr__"):
            if value.cls.find(name) is not MISSING:
                return site.call(site.machine.attribute(value, name, site.node))
    lost = not_plain(site, value)
    if lost:
        return lost
    made = str(value) if method == "__str__" else repr(value)
    return room_of_text(site, len(made)) or made


def formatted(site: Site, value: Any, spec: Any, conversion: int = -1) -> Any:
    """The text of a value in an f-string: ``{value!r:spec}``, with the conversion as `ast` numbers it."""
    lost = lost_in(value, spec)
    if lost:
        return lost
    if isinstance(spec, str) and any(int(width[:9]) > _MOST_WIDTH for width in re.findall(r"\d+", spec)):
        return site.unknown("this text would be too wide")
    if conversion in (ord("r"), ord("s"), ord("a")):
        value = text_of(site, value, "__str__" if conversion == ord("s") else "__repr__")
        value = ascii(value) if conversion == ord("a") and not isinstance(value, Unknown) else value
    elif isinstance(value, Data):
        value = scalar(site, value)
        if not isinstance(value, int | Unknown):
            return site.unknown("how this number is written is not known")
    elif isinstance(value, Instance) and value.cls.find("__format__") is not MISSING:
        return site.call(site.machine.attribute(value, "__format__", site.node), spec)
    elif not spec or not isinstance(value, SCALARS):
        value = text_of(site, value)
    if isinstance(value, Unknown):
        return value
    try:
        made = format(value, spec)
    except (TypeError, ValueError, OverflowError):
        return site.unknown("this cannot be written so")
    return room_of_text(site, len(made)) or made


def percent(site: Site, text: str, values: Any) -> Any:
    """``text % values``."""
    fields = list(_PERCENT.finditer(text))
    by_name = isinstance(values, dict) and (not fields or any(one["key"] for one in fields))
    given = list(values) if isinstance(values, tuple) else [values]
    widths = [int(width[:9]) for one in fields for width in (one["width"], one["digits"]) if width and width != "*"]
    if sum(widths) > _MOST_WIDTH:
        return site.unknown("this text would be too wide")
    if any("*" in (one["width"] or "", one["digits"] or "") for one in fields):
        return site.unknown("widths that are values are not followed")
    if by_name:
        kept = {one["key"]: _printable(site, values[one["key"]], one["kind"]) for one in fields if one["key"]}
        lost = lost_in(*kept.values())
        return lost or _percent(site, text, kept)
    kinds = [one["kind"] for one in fields if one["kind"] != "%"]
    if len(kinds) != len(given):
        return site.unknown(f"this text has places for {len(kinds)} values, not for {len(given)}")
    found = [_printable(site, value, kind) for value, kind in zip(given, kinds, strict=True)]
    return lost_in(*found) or _percent(site, text, tuple(found))


def _percent(site: Site, text: str, values: Any) -> Any:
    size = len(text)
    for one in values.values() if isinstance(values, dict) else values:
        size += len(one) if isinstance(one, str | bytes) else 400
    many = text.count("%") + 1 if isinstance(values, dict) else 1
    return room_of_text(site, size * many) or text % values


def _printable(site: Site, value: Any, kind: str) -> Any:
    """A value as ``%`` may take it: a number, or its text."""
    if kind in "sra":
        made = text_of(site, value, "__str__" if kind == "s" else "__repr__")
        return made if isinstance(made, Unknown) or kind == "s" else _Written(made)
    return scalar(site, value)


class _Written:
    """A value whose ``repr`` has been worked out."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def format_text(site: Site, text: str, *args: Any, **named: Any) -> Any:
    """``text.format(…)``."""
    made = _filled(site, text, args, named, [0], 2)
    return made if isinstance(made, Unknown) else room_of_text(site, len(made)) or made


def _filled(site: Site, text: str, args: tuple[Any, ...], named: dict[str, Any], at: list[int], depth: int) -> Any:
    parts: list[str] = []
    size = 0
    for literal, name, spec, conversion in string.Formatter().parse(text):
        parts.append(literal)
        if name is None:
            continue
        value = _field(site, name, args, named, at)
        inner = _filled(site, spec or "", args, named, at, depth - 1) if depth and spec else ""
        made = formatted(site, value, inner, ord(conversion) if conversion else -1)
        if isinstance(made, Unknown):
            return made
        parts.append(made)
        size += len(literal) + len(made)
        if size > MOST_CHARACTERS:
            return site.unknown(f"this text would have more than {MOST_CHARACTERS:,} characters")
        site.spend(1)
    return "".join(parts)


def _field(site: Site, name: str, args: tuple[Any, ...], named: dict[str, Any], at: list[int]) -> Any:
    match = _FIELD.fullmatch(name)
    if match is None:
        return site.unknown("this field of a text is not followed")
    first, rest = match[1], match[2]
    if not first:
        at[0] += 1
    value = args[int(first)] if first.isdigit() else named[first] if first else args[at[0] - 1]
    for attribute, key in _STEP.findall(rest):
        if isinstance(value, Unknown):
            return value
        if attribute:
            value = site.machine.attribute(value, attribute, site.node)
        elif isinstance(value, Thing):
            return site.unknown("this field of a text is not followed")
        else:
            value = site.machine.evaluate.part(value, int(key) if key.isdigit() else key, site.node)
        if value is MISSING:
            return site.unknown(f"{name} is not there")
    return value
