"""What following one way has led to, and whether two ways have led to the same."""

from __future__ import annotations

from typing import Any

from convcalc.read.code.signals import Signal, Thrown
from convcalc.read.code.values import Data, Unknown

_PLAIN = (bool, int, float, str, bytes, type(None), type(...))


class Outcome:
    """What following one way has led to: how it ended, and each changed thing as it was before and is after."""

    def __init__(self) -> None:
        self.signal: Signal | None = None
        self.thrown: Thrown | None = None
        self.value: Any = None
        self.models = 0
        self.changes: dict[int, tuple[Any, Any, Any]] = {}

    def then(self, later: Outcome) -> None:
        """Adds what has followed on this way."""
        for key, (thing, before, after) in later.changes.items():
            self.changes[key] = (thing, self.changes[key][1] if key in self.changes else before, after)
        self.signal, self.thrown = later.signal, later.thrown
        self.models += later.models


def same(one: Any, two: Any) -> bool:
    """Whether two values are alike for certain: the same object, or equal values that cannot change."""
    if one is two:
        return True
    if isinstance(one, Unknown) and isinstance(two, Unknown):
        return True
    if type(one) is not type(two):
        return False
    if isinstance(one, _PLAIN):
        return bool(one == two)
    if isinstance(one, list | tuple):
        return len(one) == len(two) and all(map(same, one, two))
    if isinstance(one, dict):
        return list(one) == list(two) and all(map(same, one.values(), two.values()))
    if type(one) is Data:
        plain = one.value is None and two.value is None and one.origin is None and two.origin is None
        return plain and (one.shape, one.dtype, one.labels) == (two.shape, two.dtype, two.labels)
    return hasattr(one, "path") and bool(one == two)  # names of libraries
