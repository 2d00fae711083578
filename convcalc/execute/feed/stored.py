"""Arrays given as values or in files. Shape and dtype are known, and can be refused, before the values are loaded.

Pickles are never read: the header says that an array has objects, and the array is refused.
"""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from collections.abc import Callable
from typing import IO, Any

from convcalc.compute.strings import as_text
from convcalc.errors import RunError, one_of
from convcalc.execute.plan import memory
from convcalc.lazy import Array, np
from convcalc.sizes import dtypes

# Bytes of memory for each byte of JSON at the most: "1," becomes a pointer and a number.
_JSON_GROWTH = 24

# NumPy's dtype kinds of texts: Unicode and bytes.
_TEXTS = "US"

_BROKEN = (ValueError, EOFError, NotImplementedError, RuntimeError, zipfile.BadZipFile, zlib.error)


class Stored:
    """An array that may still be in a file: a ``label`` for messages, shape, dtype, and ``read``, which loads it."""

    __slots__ = ("dtype", "read", "shape", "label")

    def __init__(self, label: str, shape: tuple[int, ...], dtype: np.dtype[Any], read: Callable[[], Array]) -> None:
        self.label = label
        self.shape = shape
        self.dtype = dtype
        self.read = read

    @property
    def bytes(self) -> int:
        """The bytes of memory that the loaded array takes."""
        return int(np.prod(self.shape, dtype=object)) * self.dtype.itemsize

    def check(self, dtype: str) -> None:
        """`RunError` for texts where ``dtype`` is a dtype of numbers, and for numbers where it is for texts."""
        if (self.dtype.kind in _TEXTS) != (dtype == dtypes.TEXT):
            raise _bad(self.label, f"its values are {self.dtype}", of="texts" if dtype == dtypes.TEXT else "numbers")

    def load(self, dtype: str) -> Array:
        """The values as a C-ordered array of ``dtype``; `RunError` for a file that ends too early."""
        try:
            if dtype == dtypes.TEXT:
                return as_text(self.read())
            with np.errstate(all="ignore"):
                return np.ascontiguousarray(self.read(), np.dtype(dtype)).reshape(self.shape)
        except _BROKEN as error:
            raise _bad(self.label, f"its values cannot be read: {error}") from None
        except OSError as error:
            raise unreadable(self.label, error) from None


def of_value(value: Any, label: str) -> Stored:
    """The array of ``value``: an array, a number, a text, or nested lists; `RunError` for anything else."""
    try:
        array = np.asarray(value)
    except (ValueError, TypeError) as error:
        raise _bad(label, f"rows differ in length, or are no numbers: {error}") from None
    if array.dtype.kind == "O" and all(isinstance(item, str) for item in array.flat):
        array = array.astype(str)
    _check_kind(array.dtype, label)
    return Stored(label, array.shape, array.dtype, lambda: array)


def of_file(path: str, *, force: bool = False) -> dict[str, Stored]:
    """The arrays of a file by name; the one array of a ``.npy`` or ``.json`` has the name "".

    `RunError` for a file that cannot be read, and for JSON that does not fit in memory, unless ``force``. JSON is read
    at once, other arrays when they are needed.
    """
    try:
        return _READERS[os.path.splitext(path)[1].lower()](path, force)
    except OSError as error:
        raise unreadable(path, error) from None
    except RecursionError:
        raise _bad(path, "its lists are nested too deep") from None
    except _BROKEN as error:
        raise _bad(path, str(error)) from None


def _npy(path: str, force: bool) -> dict[str, Stored]:
    def open_file() -> IO[bytes]:
        return open(path, "rb")

    return {"": _member(path, open_file, os.path.getsize(path))}


def _npz(path: str, force: bool) -> dict[str, Stored]:
    def opener(name: str) -> Callable[[], IO[bytes]]:
        return lambda: zipfile.ZipFile(path).open(name)

    with zipfile.ZipFile(path) as archive:
        infos = [info for info in archive.infolist() if info.filename.endswith(".npy")]
    names = {info.filename: info.filename.removesuffix(".npy") for info in infos}
    return {
        names[i.filename]: _member(f"{names[i.filename]} in {path}", opener(i.filename), i.file_size) for i in infos
    }


def _json(path: str, force: bool) -> dict[str, Stored]:
    size = os.path.getsize(path)
    memory.require(size * _JSON_GROWTH, f"reading {path}", f"it has {memory.show(size)} of text", force=force)
    with open(path, encoding="utf-8-sig") as file:
        return {"": of_value(json.load(file), path)}


_READERS = {".npy": _npy, ".npz": _npz, ".json": _json}
SUFFIXES = tuple(_READERS)


def _member(label: str, opener: Callable[[], IO[bytes]], size: int) -> Stored:
    """An array in NumPy's format, of which only the header is read; `RunError` where ``size`` bytes are too few."""
    with opener() as file:
        shape, dtype = _header(file, label)
        start = file.tell()

    def read() -> Array:
        with opener() as file:
            return np.lib.format.read_array(file, allow_pickle=False)

    stored = Stored(label, shape, dtype, read)
    if start + stored.bytes > size:
        raise _bad(label, f"it ends before its {memory.show(stored.bytes)} of values do")
    return stored


def _header(file: IO[bytes], label: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """The shape and dtype in a header of format 1.0; other formats, with larger headers, are for arrays of records."""
    if np.lib.format.read_magic(file) != (1, 0):
        raise _bad(label, "it is in a format for arrays of records")
    shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    _check_kind(dtype, label)
    if any(size < 0 for size in shape):
        raise _bad(label, f"its header gives the shape {shape}")
    return shape, dtype


def _check_kind(dtype: np.dtype[Any], label: str) -> None:
    if dtype.kind not in f"biuf{_TEXTS}":
        raise _bad(label, f"its values are {dtype}, not real numbers")


def unknown_suffix(path: str, suffixes: tuple[str, ...], words: tuple[str, ...]) -> RunError:
    """The error for a text that is neither one of ``words`` nor a file with one of ``suffixes``."""
    return RunError(
        f"{path!r} is neither a word nor a file that can be read",
        code="unknown-array",
        help=f"give {one_of(words)}, or a file ending in {one_of(suffixes)}",
    )


def _bad(label: str, why: str, *, of: str = "numbers") -> RunError:
    return RunError(f"{label} is not an array of {of}", code="bad-array", why=why)


def unreadable(label: str, error: OSError) -> RunError:
    """The error for a file that the system cannot open or read."""
    return RunError(f"{label} cannot be read: {error.strerror or error}", code="cannot-read")
