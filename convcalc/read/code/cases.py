"""``match``: whether a pattern fits, with the names in it bound."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from convcalc.read.code.values import MISSING, Instance, Library, OwnClass, Unknown

if TYPE_CHECKING:
    from convcalc.read.code.machine import Machine

# Classes that give the whole subject to their only pattern by place: int(n).
_WHOLE = ("bool", "bytes", "dict", "float", "frozenset", "int", "list", "set", "str", "tuple")


def fits(machine: Machine, pattern: ast.pattern, subject: Any) -> bool | Unknown:
    """Whether a pattern fits; the names in it are bound as soon as their own part fits."""
    if isinstance(subject, Unknown) and not isinstance(pattern, ast.MatchAs):
        return subject
    match pattern:
        case ast.MatchValue(value=value):
            equal = machine.evaluate.compared("==", subject, machine.evaluate.value(value), value)
            return machine.evaluate.is_true(equal, value)
        case ast.MatchSingleton(value=value):
            return subject is value
        case ast.MatchOr(patterns=patterns):
            return _decided((fits(machine, one, subject) for one in patterns), True)
        case ast.MatchAs(pattern=inner, name=name):
            fit = True if inner is None else fits(machine, inner, subject)
            if name and fit is True:
                machine.follow.store(name, subject)
            return fit
        case ast.MatchSequence(patterns=patterns):
            return _sequence(machine, patterns, subject)
        case ast.MatchMapping():
            return _mapping(machine, pattern, subject)
        case ast.MatchClass():
            return _class(machine, pattern, subject)
    return machine.unknown("this pattern is not followed", pattern)


def _decided(found: Iterable[bool | Unknown], by: bool) -> bool | Unknown:
    """The truth ``by`` as soon as one part has it; else unknown where a part is unknown; else the other truth."""
    lost: Unknown | None = None
    for one in found:
        if one is by:
            return by
        lost = lost or (one if isinstance(one, Unknown) else None)
    return lost or not by


def _all(found: Iterable[bool | Unknown]) -> bool | Unknown:
    return _decided(found, False)


def _sequence(machine: Machine, patterns: list[ast.pattern], subject: Any) -> bool | Unknown:
    if not isinstance(subject, list | tuple | range):
        return False
    star = next((at for at, one in enumerate(patterns) if isinstance(one, ast.MatchStar)), None)
    if len(subject) != len(patterns) if star is None else len(subject) < len(patterns) - 1:
        return False
    parts = list(subject)
    if star is None:
        return _all(fits(machine, one, part) for one, part in zip(patterns, parts, strict=True))
    after = len(parts) - (len(patterns) - 1 - star)
    starred = patterns[star]
    if isinstance(starred, ast.MatchStar) and starred.name:
        machine.follow.store(starred.name, parts[star:after])
    pairs = zip([*patterns[:star], *patterns[star + 1 :]], [*parts[:star], *parts[after:]], strict=True)
    return _all(fits(machine, one, part) for one, part in pairs)


def _mapping(machine: Machine, pattern: ast.MatchMapping, subject: Any) -> bool | Unknown:
    if not isinstance(subject, dict):
        return False
    keys = [machine.evaluate.value(one) for one in pattern.keys]
    if not all(isinstance(key, str | int | float | bytes | bool | None) for key in keys):
        return machine.unknown("this pattern is not followed", pattern)
    if any(key not in subject for key in keys):
        return False
    if pattern.rest:
        machine.follow.store(pattern.rest, {key: one for key, one in subject.items() if key not in keys})
    return _all(fits(machine, one, subject[key]) for key, one in zip(keys, pattern.patterns, strict=True))


def _class(machine: Machine, pattern: ast.MatchClass, subject: Any) -> bool | Unknown:
    cls = machine.evaluate.value(pattern.cls)
    if not isinstance(cls, Library | OwnClass):
        return machine.unknown("this pattern is not followed", pattern)
    is_one = machine.call(Library("builtins.isinstance"), (subject, cls), {}, pattern)
    if is_one is not True:
        return is_one if isinstance(is_one, bool | Unknown) else machine.unknown("this is not known", pattern)
    names: Any = ()
    if isinstance(cls, Library) and cls.path.startswith("builtins.") and cls.name in _WHOLE:
        whole = pattern.patterns
    else:
        whole = []
        names = machine.attribute(cls, "__match_args__", pattern) if pattern.patterns else ()
        if isinstance(cls, OwnClass) and names is MISSING and cls.find("__dataclass__") is not MISSING:
            names = tuple(cls.names.get("__annotations__", ()))
    if not isinstance(names, tuple) or not whole and len(names) < len(pattern.patterns):
        return machine.unknown("this pattern is not followed", pattern)
    parts = [*zip(names, pattern.patterns, strict=False), *zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True)]
    named = _attributes(
        machine, [(name, one) for name, one in parts if not whole or name in pattern.kwd_attrs], subject
    )
    return _all([*(fits(machine, one, subject) for one in whole), *named])


def _attributes(machine: Machine, parts: list[tuple[str, ast.pattern]], subject: Any) -> Iterator[bool | Unknown]:
    for name, one in parts:
        found = machine.attribute(subject, name, one)
        yield False if found is MISSING and isinstance(subject, Instance) else fits(machine, one, found)
