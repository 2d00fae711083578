"""Texts: arrays of Python's ``str`` (NumPy's kind U); UTF-8 where bytes are hashed, as in TensorFlow."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable

from convcalc.compute.fingerprints import crossed, fingerprint, siphash
from convcalc.lazy import Array, np

# What TensorFlow's crossing of columns begins with.
_CROSSING_KEY = 0xDECAFCAFFE
Salt = tuple[int, int]


def as_text(x: Array) -> Array:
    """Numbers as the texts of whole numbers; texts as they are."""
    if x.dtype.kind == "U":
        return x
    if x.dtype.kind == "S":
        return np.char.decode(x, "utf-8")
    return x.astype(np.int64).astype(str)


def hashed(x: Array, bins: int, salt: Salt | None) -> Array:
    """A bin for each text: its fingerprint, or with a salt its SipHash-2-4, modulo ``bins``; int64, shape unchanged."""
    return _each(as_text(x), lambda text: (siphash(text, salt) if salt else fingerprint(text)) % bins)


def crossing(columns: tuple[Array, ...], bins: int) -> Array:
    """A bin for each tuple of values, one of each column: whole numbers as they are, texts as their fingerprints."""
    prints = [_prints(column) for column in columns]
    crosses = [crossed(parts, _CROSSING_KEY) % bins for parts in zip(*prints, strict=True)]
    return np.array(crosses, np.int64).reshape(columns[0].shape)


def _prints(column: Array) -> list[int]:
    if column.dtype.kind == "f":
        raise ValueError("it crosses texts and whole numbers, and the input has others")
    if column.dtype.kind in "US":
        return [fingerprint(text.encode()) for text in as_text(column).ravel().tolist()]
    return [value % 2**64 for value in column.ravel().tolist()]


def _each(x: Array, number: Callable[[bytes], int]) -> Array:
    return np.array([number(text.encode()) for text in x.ravel().tolist()], np.int64).reshape(x.shape)


_PUNCTUATION = str.maketrans("", "", string.punctuation)


def standardized(x: Array, *, lower: bool, strip: bool) -> Array:
    """Texts with ASCII's capitals made small, or its punctuation taken away; shape unchanged."""
    texts = x.ravel().tolist()
    texts = [text.encode().lower().decode() for text in texts] if lower else texts
    texts = [text.translate(_PUNCTUATION) for text in texts] if strip else texts
    return np.array(texts, str).reshape(x.shape)


def separated(x: Array, split: str | None) -> list[list[str]]:
    """The words of each text, or its characters; without ``split`` the texts along the last axis."""
    if split is None:
        return [list(row) for row in x.reshape(-1, x.shape[-1]).tolist()]
    texts = x.ravel().tolist()
    # As TensorFlow does, at ASCII's white space alone.
    return [list(t) if split == "character" else [word.decode() for word in t.encode().split()] for t in texts]


def phrases(words: list[str], lengths: Iterable[int]) -> list[str]:
    """All runs of so many words, each joined by blanks, the lengths in turn."""
    return [" ".join(words[at : at + n]) for n in lengths for at in range(len(words) - n + 1)]


def aligned(rows: list[list[str]], length: int | None) -> Array:
    """Rows of ``length`` texts, or of as many as the longest has, cut or filled up with empty ones."""
    most = max(map(len, rows), default=0) if length is None else length
    return np.array([[*row[:most], *[""] * (most - len(row))] for row in rows], str).reshape(len(rows), most)
