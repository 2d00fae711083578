"""A call's values bound to the arguments that a kind of layer declares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcalc.declare.argument import Argument
from convcalc.errors import ArgumentError, ConvcalcError, did_you_mean, one_of, raise_all


def bind(kind: Any, positional: Sequence[Any], named: dict[str, Any]) -> dict[str, Any]:
    """What a call gives a kind of layer: values by argument name, read; all that is wrong is reported together."""
    order = list(kind.arguments)
    errors: list[ConvcalcError] = []
    if len(positional) > len(order):
        many = f"{kind.__name__} takes {len(order)} positional arguments, got {len(positional)}"
        errors.append(ArgumentError(many, code="too-many-arguments", why=f"they are {', '.join(order)}"))
    given = dict(zip(order, positional, strict=False))
    errors += [_twice(name) for name in named if name in given]
    given.update(named)
    given.update({new: given.pop(old) for old, new in kind.renamed.items() if old in given})
    values: dict[str, Any] = {}
    for name, value in given.items():
        try:
            values[name] = _accept(kind, name).read(value, kind.rank)
        except ArgumentError as error:
            errors.append(error)
    missing = [n for n, a in kind.arguments.items() if a.required and n not in given]
    # A misspelt argument is one mistake, not also a missing one.
    if all(error.code != "unknown-argument" for error in errors):
        errors += [_missing(kind, name) for name in missing]
    raise_all(errors)
    return values


def _accept(kind: Any, name: str) -> Argument:
    if name in kind.accepted:
        accepted: Argument = kind.accepted[name]
        return accepted
    raise ArgumentError(
        f"{kind.__name__} has no argument {name!r}",
        code="unknown-argument",
        argument=name,
        value_at_fault=False,
        help=did_you_mean(name, kind.accepted) or f"it takes {one_of(kind.arguments) if kind.arguments else 'none'}",
    )


def _missing(kind: Any, name: str) -> ArgumentError:
    doc = kind.arguments[name].doc
    return ArgumentError(f"{kind.__name__} needs {name}", code="missing-argument", why=f"{name}: {doc}")


def _twice(name: str) -> ArgumentError:
    return ArgumentError(f"{name} is given twice", code="argument-twice", argument=name)
