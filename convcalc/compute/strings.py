"""Operations on texts: arrays of NumPy's kind U. As in TensorFlow, hashes are hashes of the UTF-8 bytes."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable

from convcalc.compute.fingerprints import fingerprint, fingerprint_cat, siphash
from convcalc.lazy import Array, np

# The first fingerprint in TensorFlow's crossing of columns.
_CROSSING_KEY = 0xDECAFCAFFE
Salt = tuple[int, int]


def as_text(x: Array) -> Array:
    """`x` as texts: numbers become the texts of whole numbers, UTF-8 bytes are decoded."""
    if x.dtype.kind == "U":
        return x
    if x.dtype.kind == "S":
        return np.char.decode(x, "utf-8")
    return x.astype(np.int64).astype(str)


def hash_bins(x: Array, bins: int, salt: Salt | None) -> Array:
    """The bin of each text, its fingerprint or SipHash-2-4 with ``salt``, modulo ``bins``; int64, shape unchanged."""
    return _map_bytes(as_text(x), lambda text: (siphash(text, salt) if salt else fingerprint(text)) % bins)


def cross_bins(columns: tuple[Array, ...], bins: int) -> Array:
    """The bin of each tuple of values, one value from each column; int64, shape of a column.

    Whole numbers are their own fingerprints. `ValueError` for a column of other numbers.
    """
    prints = [_fingerprints(column) for column in columns]
    crosses = [fingerprint_cat(parts, _CROSSING_KEY) % bins for parts in zip(*prints, strict=True)]
    return np.array(crosses, np.int64).reshape(columns[0].shape)


def _fingerprints(column: Array) -> list[int]:
    if column.dtype.kind == "f":
        raise ValueError("it crosses texts and whole numbers, and the input has others")
    if column.dtype.kind in "US":
        return [fingerprint(text.encode()) for text in as_text(column).ravel().tolist()]
    return [value % 2**64 for value in column.ravel().tolist()]


def _map_bytes(x: Array, number: Callable[[bytes], int]) -> Array:
    return np.array([number(text.encode()) for text in x.ravel().tolist()], np.int64).reshape(x.shape)


_PUNCTUATION = str.maketrans("", "", string.punctuation)


def standardized(x: Array, *, lower: bool, strip: bool) -> Array:
    """Texts in lower case, or without punctuation, both of ASCII only; shape unchanged."""
    texts = x.ravel().tolist()
    texts = [text.encode().lower().decode() for text in texts] if lower else texts
    texts = [text.translate(_PUNCTUATION) for text in texts] if strip else texts
    return np.array(texts, str).reshape(x.shape)


def tokens(x: Array, split: str | None) -> list[list[str]]:
    """The words or the characters of each text; without ``split`` each row of texts along the last axis."""
    if split is None:
        return [list(row) for row in x.reshape(-1, x.shape[-1]).tolist()]
    texts = x.ravel().tolist()
    # As in TensorFlow, only ASCII white space separates words.
    return [list(t) if split == "character" else [word.decode() for word in t.encode().split()] for t in texts]


def ngrams(words: list[str], lengths: Iterable[int]) -> list[str]:
    """The n-grams of the words for each n in ``lengths``: n words in a row, joined by blanks."""
    return [" ".join(words[at : at + n]) for n in lengths for at in range(len(words) - n + 1)]


def padded_rows(rows: list[list[str]], length: int | None) -> Array:
    """The rows as an array ``(rows, length)``, cut or padded with empty texts; without ``length`` the longest row's."""
    most = max(map(len, rows), default=0) if length is None else length
    return np.array([[*row[:most], *[""] * (most - len(row))] for row in rows], str).reshape(len(rows), most)
