"""Words to indices of a vocabulary, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from convcalc.lazy import Array, np

# The index of a value that is left out: no vector has a place for it.
DROPPED = -1


def to_indices(x: Array, numbers: Mapping[Any, int], other: Callable[[Array], Array]) -> Array:
    """The index of each value by ``numbers``; ``other`` gives the indices of unknown values. int64, shape unchanged."""
    values = x.ravel()
    found = [numbers.get(value) for value in values.tolist()]
    unknown = np.array([number is None for number in found], bool)
    y = np.array([number or 0 for number in found], np.int64)
    y[unknown] = other(values[unknown])
    return y.reshape(x.shape)


def to_words(x: Array, words: Mapping[int, Any], other: Any) -> Array:
    """The word of each index, and ``other`` for an index without a word; shape unchanged."""
    return np.array([words.get(number, other) for number in x.astype(np.int64).ravel().tolist()]).reshape(x.shape)
