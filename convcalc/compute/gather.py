"""Rows of a table by number, and steps that hold nothing but one value."""

from __future__ import annotations

from convcalc.lazy import Array, np


def embed(table: Array, numbers: Array) -> Array:
    """``table[number]`` for each number; (n, d) and (...) → (..., d). Fractions are cut, -1 is the last row.

    `ValueError` for a number that has no row.
    """
    rows = numbers.astype(np.int64)
    least, most = int(rows.min(initial=0)), int(rows.max(initial=0))
    if least < -len(table) or most >= len(table):
        wrong = most if most >= len(table) else least
        raise ValueError(f"the input has {wrong}, and there are embeddings for 0 to {len(table) - 1}")
    return np.take(table, rows, axis=0)


def capped(logits: Array, most: float | None) -> Array:
    """Most · tanh(logits / most): logits between -most and most; as they are without a bound."""
    return logits if most is None else np.tanh(logits / most) * most


def mask(x: Array, value: float) -> Array:
    """Zeros in place of the vectors along the last axis that hold ``value`` only; shape unchanged."""
    held: Array = np.any(x != value, axis=-1, keepdims=True)
    return np.where(held, x, x.dtype.type(0))
