"""Words as numbers, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from convcalc.lazy import Array, np

# The number of what is to be left out: no vector has a place for it.
DROPPED = -1


def numbered(x: Array, numbers: Mapping[Any, int], other: Callable[[Array], Array]) -> Array:
    """The number of each value, and of those without one what ``other`` makes of them; int64, shape unchanged."""
    values = x.ravel()
    found = [numbers.get(value) for value in values.tolist()]
    unknown = np.array([number is None for number in found], bool)
    y = np.array([number or 0 for number in found], np.int64)
    y[unknown] = other(values[unknown])
    return y.reshape(x.shape)


def worded(x: Array, words: Mapping[int, Any], other: Any) -> Array:
    """The word of each number, and ``other`` for numbers without one; shape unchanged."""
    return np.array([words.get(number, other) for number in x.astype(np.int64).ravel().tolist()]).reshape(x.shape)
