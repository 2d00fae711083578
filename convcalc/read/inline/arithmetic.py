"""Arithmetic on written numbers, bounded: ``9**9**9`` is refused before it is worked out."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

MOST_BITS = 1024

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {ast.USub: operator.neg, ast.UAdd: operator.pos}


def negate(sign: ast.unaryop, value: Any) -> int | float:
    """``-value`` or ``+value``; `ValueError` for anything but a number."""
    if type(sign) not in _UNARY or not _is_number(value):
        raise ValueError("only numbers have a sign")
    return bounded(_UNARY[type(sign)](value))


def combine(sign: ast.operator, left: Any, right: Any) -> int | float:
    """``left sign right``; `ValueError` for anything but numbers, and for results out of bounds."""
    if type(sign) not in _BINARY or not (_is_number(left) and _is_number(right)):
        raise ValueError("only numbers can be combined, with + - * / // % **")
    if isinstance(sign, ast.Pow) and isinstance(left, int) and abs(left).bit_length() * right > MOST_BITS:
        raise ValueError(f"it is beyond {MOST_BITS} bits")
    try:
        return bounded(_BINARY[type(sign)](left, right))
    except ArithmeticError as error:  # division by zero, a float beyond its range
        raise ValueError(str(error.args[-1])) from None


def bounded(value: Any) -> int | float:
    """The number; `ValueError` for an integer beyond `MOST_BITS` or a complex number."""
    if isinstance(value, complex):
        raise ValueError("it is a complex number")
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        raise ValueError(f"it is beyond {MOST_BITS} bits")
    return value  # type: ignore[no-any-return]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
