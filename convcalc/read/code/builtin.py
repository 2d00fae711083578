"""The few functions and comparisons of Python that scripts may use on what is known, none of them unbounded."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial, reduce
from typing import Any

from convcalc.read.inline.arithmetic import combine

# The members that one list or text may have.
MOST_MEMBERS = 10_000

Plain = int | float | str | bool | None

COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda one, many: one in many,
    ast.NotIn: lambda one, many: one not in many,
}
_ZERO: tuple[Any] = (0,)
# On numbers, texts and truth values: a list of lists can be larger than it looks.
_PERCENT = re.compile("%[sd]")
_ON_PLAIN: dict[str, Callable[..., Any]] = {
    "range": range,
    "int": int,
    "float": float,
    "str": str,
    "min": min,
    "max": max,
    "abs": abs,
    "round": round,
    "bool": bool,
}
_ON_MEMBERS: dict[str, Callable[..., Any]] = {
    "len": len,
    "list": list,
    "tuple": tuple,
    "reversed": lambda values: list(reversed(values)),
    "enumerate": lambda values, start=0: list(enumerate(values, start)),
    "sum": lambda values: reduce(partial(combine, ast.Add()), values, *_ZERO),
    "sorted": sorted,
    "dict": dict,
    "zip": lambda *values: list(zip(*values, strict=False)),
}
NAMES = {*_ON_PLAIN, *_ON_MEMBERS}


def apply(name: str, values: Sequence[Any], named: Mapping[str, Any] | None = None) -> Any:
    """The result of a function of Python's; `ValueError` where it has none that is bounded."""
    if name in _ON_PLAIN and not all(isinstance(value, Plain) for value in values):
        raise ValueError(f"{name} is read for numbers and texts only")
    try:
        return bounded((_ON_PLAIN | _ON_MEMBERS)[name](*map(bounded, values), **(named or {})))
    except (TypeError, OverflowError) as error:
        raise ValueError(str(error)) from None


def bounded(value: Any) -> Any:
    """The value; `ValueError` for a list, a text or a range of more than `MOST_MEMBERS`."""
    if isinstance(value, Sequence) and len(value) > MOST_MEMBERS:
        raise ValueError(f"it has more than {MOST_MEMBERS:,} members")
    return value


def join(sign: ast.operator, left: Any, right: Any) -> Any:
    """``+`` of two texts, lists or tuples, ``*`` of one and a number; None where neither is asked for."""
    if isinstance(sign, ast.Add):
        kind = type(left)
        if kind in (str, list, tuple) and type(right) is kind:
            return bounded(left + right)
    if isinstance(sign, ast.Mult) and isinstance(left, list | tuple | str) and isinstance(right, int):
        bounded(range(len(left) * max(right, 0)))
        return left * right
    if isinstance(sign, ast.Mod) and isinstance(left, str):
        parts = _PERCENT.split(left)
        return format_text("{}".join(parts), right if isinstance(right, tuple) else [right])
    return None


def format_text(text: Any, values: Sequence[Any]) -> str:
    """``"conv_{}".format(1)``, of plain values in empty braces only: a width could ask for any size."""
    parts = text.split("{}") if isinstance(text, str) else []
    if len(parts) != len(values) + 1 or "{" in "".join(parts) or not all(isinstance(v, Plain) for v in values):
        raise ValueError("format is read with one {} for each value")
    pairs = zip(parts[1:], values, strict=True)
    return str(bounded(parts[0] + "".join(f"{value}{part}" for part, value in pairs)))


def spelled(value: Any, width: str) -> str:
    """``f"{value:02d}"``; `ValueError` for widths that are not small."""
    if not isinstance(value, Plain) or not _WIDTH.fullmatch(width):
        raise ValueError("values in a text are plain, and no wider than 99")
    try:
        return format(value, width)
    except TypeError as error:
        raise ValueError(str(error)) from None


def method(value: Any, name: str, args: Sequence[Any]) -> Any:
    """The result of a method of Python's that changes nothing; `ValueError` for others."""
    wanted = next((names for kind, names in _METHODS.items() if isinstance(value, kind)), ())
    if name not in wanted:
        raise ValueError(f"{name} is not read here")
    try:
        made = getattr(value, name)(*args)
        return bounded(made if isinstance(made, Plain | list) or value is made or name == "get" else list(made))
    except (TypeError, OverflowError) as error:
        raise ValueError(str(error)) from None


# Methods that change nothing, and whose result is no larger than what they are called on.
_METHODS: dict[type, tuple[str, ...]] = {
    dict: ("items", "keys", "values", "get"),
    str: ("lower", "upper", "strip", "split", "startswith", "endswith"),
    list: ("index", "count"),
    tuple: ("index", "count"),
}
_WIDTH = re.compile(r"0?\d{0,2}[ds]?|\.\d[fe]")
