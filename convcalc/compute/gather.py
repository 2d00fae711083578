"""Operations of the Embedding and Masking layers: rows of a table, soft-capped logits, masked steps."""

from __future__ import annotations

from convcalc.lazy import Array, np


def embed(table: Array, numbers: Array) -> Array:
    """The table's row for each number: ``table`` ``(n, d)`` and ``numbers`` ``(…)`` → ``(…, d)``.

    Fractions are cut off, and -1 is the last row. `ValueError` for a number that has no row.
    """
    rows = numbers.astype(np.int64)
    least, most = int(rows.min(initial=0)), int(rows.max(initial=0))
    if least < -len(table) or most >= len(table):
        wrong = most if most >= len(table) else least
        raise ValueError(f"the input has {wrong}, and there are embeddings for 0 to {len(table) - 1}")
    return np.take(table, rows, axis=0)


def soft_cap(logits: Array, most: float | None) -> Array:
    """`most` · tanh(logits / most), which lies between -most and most; the logits themselves where ``most`` is None."""
    return logits if most is None else np.tanh(logits / most) * most


def mask(x: Array, value: float) -> Array:
    """`x` with zeros in each vector along the last axis whose values are all ``value``; shape unchanged."""
    differs: Array = np.any(x != value, axis=-1, keepdims=True)
    return np.where(differs, x, x.dtype.type(0))
