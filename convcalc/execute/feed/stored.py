"""Arrays in values and files: their shapes are known, and can be refused, before they are loaded.

Pickles are never read: an array of objects is refused by its header.
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

# Bytes of memory that a byte of JSON can become: "1," is a pointer and a number of its own.
_JSON_GROWTH = 24

# NumPy's kinds of texts: characters, and bytes.
_TEXTS = "US"

_BROKEN = (ValueError, EOFError, NotImplementedError, RuntimeError, zipfile.BadZipFile, zlib.error)


class Stored:
    """An array that may still lie in a file: what it is, its shape and dtype, and ``read`` to load it."""

    __slots__ = ("dtype", "read", "shape", "what")

    def __init__(self, what: str, shape: tuple[int, ...], dtype: np.dtype[Any], read: Callable[[], Array]) -> None:
        self.what = what
        self.shape = shape
        self.dtype = dtype
        self.read = read

    @property
    def bytes(self) -> int:
        """What loading takes."""
        return int(np.prod(self.shape, dtype=object)) * self.dtype.itemsize

    def check(self, dtype: str) -> None:
        """Refuses texts where ``dtype`` is of numbers, and numbers where it is of texts."""
        if (self.dtype.kind in _TEXTS) != (dtype == dtypes.TEXT):
            raise _bad(self.what, f"its values are {self.dtype}", of="texts" if dtype == dtypes.TEXT else "numbers")

    def load(self, dtype: str) -> Array:
        """The values as C-ordered ``dtype``; `RunError` for a file that breaks off."""
        try:
            if dtype == dtypes.TEXT:
                return as_text(self.read())
            with np.errstate(all="ignore"):
                return np.ascontiguousarray(self.read(), np.dtype(dtype)).reshape(self.shape)
        except _BROKEN as error:
            raise _bad(self.what, f"its values cannot be read: {error}") from None
        except OSError as error:
            raise unreadable(self.what, error) from None


def of_value(value: Any, what: str) -> Stored:
    """An array, a number or a text, or nested lists of them; `RunError` for anything else."""
    try:
        array = np.asarray(value)
    except (ValueError, TypeError) as error:
        raise _bad(what, f"rows differ in length, or are no numbers: {error}") from None
    if array.dtype.kind == "O" and all(isinstance(one, str) for one in array.flat):
        array = array.astype(str)
    _check_kind(array.dtype, what)
    return Stored(what, array.shape, array.dtype, lambda: array)


def of_file(path: str, *, force: bool = False) -> dict[str, Stored]:
    """The arrays of a ``.npz`` by name; the one of a ``.npy`` or ``.json`` under the name "".

    `RunError` for what is no such file. A JSON text is read at once, unless it would not fit in
    memory and ``force`` is false.
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


def _member(what: str, opener: Callable[[], IO[bytes]], size: int) -> Stored:
    """An array in NumPy's format, from its header; ``size`` bytes must be enough for its values."""
    with opener() as file:
        shape, dtype = _header(file, what)
        start = file.tell()

    def read() -> Array:
        with opener() as file:
            return np.lib.format.read_array(file, allow_pickle=False)

    stored = Stored(what, shape, dtype, read)
    if start + stored.bytes > size:
        raise _bad(what, f"it ends before its {memory.show(stored.bytes)} of values do")
    return stored


def _header(file: IO[bytes], what: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape and dtype. Format 1.0 only: the others, whose headers may have gigabytes, hold no plain numbers."""
    if np.lib.format.read_magic(file) != (1, 0):
        raise _bad(what, "it is in a format for arrays of records")
    shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    _check_kind(dtype, what)
    if any(size < 0 for size in shape):
        raise _bad(what, f"its header gives the shape {shape}")
    return shape, dtype


def _check_kind(dtype: np.dtype[Any], what: str) -> None:
    if dtype.kind not in f"biuf{_TEXTS}":
        raise _bad(what, f"its values are {dtype}, not real numbers")


def unknown_suffix(path: str, suffixes: tuple[str, ...], words: tuple[str, ...]) -> RunError:
    """The refusal of a text that is neither one of ``words`` nor a file with one of ``suffixes``."""
    return RunError(
        f"{path!r} is neither a word nor a file that can be read",
        code="unknown-array",
        help=f"give {one_of(words)}, or a file ending in {one_of(suffixes)}",
    )


def _bad(what: str, why: str, *, of: str = "numbers") -> RunError:
    return RunError(f"{what} is not an array of {of}", code="bad-array", why=why)


def unreadable(what: str, error: OSError) -> RunError:
    """The refusal of a file that the system does not open or read."""
    return RunError(f"{what} cannot be read: {error.strerror or error}", code="cannot-read")
