"""Keras's files: ``.keras`` archives by the standard library, HDF5 by h5py, an optional extra."""

from __future__ import annotations

import os
import zipfile
import zlib
from typing import Any

from convcalc.errors import ReadError, shown

CONFIG = "config.json"
METADATA = "metadata.json"
WEIGHTS = "model.weights.h5"
# The most that a config may have, as text.
MOST_CONFIG = 256 * 1024 * 1024

_BROKEN = (EOFError, NotImplementedError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error)


def size(path: str, name: str) -> int:
    """The bytes of an archive's member; `ReadError` where there is none, `OSError` where the file cannot be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.getinfo(name).file_size
    except KeyError:
        raise _bad(path, f"it has no {name}") from None
    except _BROKEN as error:
        raise _bad(path, str(error)) from None


def member(path: str, name: str, most: int) -> bytes:
    """An archive's member of at most ``most`` bytes, its size known before it is read."""
    if size(path, name) > most:
        message = f"{name} in {shown(path)} is larger than the {most:,} bytes that it may have"
        raise ReadError(message, code="too-large")
    try:
        with zipfile.ZipFile(path) as archive, archive.open(name) as file:
            return file.read(most + 1)
    except _BROKEN as error:
        raise _bad(path, f"{name}: {error}") from None


def hdf5(path: str, file: Any = None) -> Any:
    """An open HDF5 file, of ``path`` or of the binary ``file`` inside it.

    `ReadError` without h5py and for what is no HDF5, `OSError` where the file cannot be read.
    """
    try:
        import h5py
    except ImportError:
        raise ReadError(
            f"h5py is needed to read HDF5, as in {shown(path)}",
            code="needs-h5py",
            help="pip install 'convcalc[h5]'; the summary of a .keras archive needs it not",
        ) from None
    if file is None:
        os.stat(path)  # h5py says less of what is missing
    try:
        return h5py.File(path if file is None else file, "r")
    except (OSError, ValueError) as error:
        if isinstance(error, PermissionError | IsADirectoryError):
            raise
        raise _bad(path, str(error)) from None


def texts(whole: Any, name: str) -> list[str]:
    """An attribute of HDF5 that lists names; long lists lie in numbered parts (``layer_names0``, …)."""
    parts = [whole.attrs[name]] if name in whole.attrs else []
    while f"{name}{len(parts)}" in whole.attrs:
        parts.append(whole.attrs[f"{name}{len(parts)}"])
    return [text(one) for part in parts for one in part]


def text(value: Any) -> str:
    """An attribute's text, which is bytes in older files."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _bad(path: str, why: str) -> ReadError:
    return ReadError(f"{shown(path)} is not a Keras file", code="bad-archive", why=why)
