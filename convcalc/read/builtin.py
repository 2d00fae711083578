"""The few functions and comparisons of Python that scripts may use on what is known, none of them unbounded."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Sequence
from typing import Any

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
}
# On numbers, texts and truth values: a list of lists can be larger than it looks.
_ON_PLAIN: dict[str, Callable[..., Any]] = {
    "range": range,
    "int": int,
    "float": float,
    "str": str,
    "min": min,
    "max": max,
}
_ON_MEMBERS: dict[str, Callable[..., Any]] = {
    "len": len,
    "list": list,
    "tuple": tuple,
    "reversed": lambda values: list(reversed(values)),
    "enumerate": lambda values: list(enumerate(values)),
    "zip": lambda *values: list(zip(*values, strict=False)),
}
NAMES = {*_ON_PLAIN, *_ON_MEMBERS}


def apply(name: str, values: Sequence[Any]) -> Any:
    """The result of a function of Python's; `ValueError` where it has none that is bounded."""
    if name in _ON_PLAIN and not all(isinstance(value, Plain) for value in values):
        raise ValueError(f"{name} is read for numbers and texts only")
    try:
        return bounded((_ON_PLAIN | _ON_MEMBERS)[name](*map(bounded, values)))
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
    if isinstance(sign, ast.Mult) and isinstance(left, list | tuple) and isinstance(right, int):
        bounded(range(len(left) * max(right, 0)))
        return left * right
    return None


def format_text(text: Any, values: Sequence[Any]) -> str:
    """``"conv_{}".format(1)``, of plain values in empty braces only: a width could ask for any size."""
    parts = text.split("{}") if isinstance(text, str) else []
    if len(parts) != len(values) + 1 or "{" in "".join(parts) or not all(isinstance(v, Plain) for v in values):
        raise ValueError("format is read with one {} for each value")
    pairs = zip(parts[1:], values, strict=True)
    return str(bounded(parts[0] + "".join(f"{value}{part}" for part, value in pairs)))
