"""Files and standard input as text: their size is known before they are read, and they are UTF-8."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from convcalc.errors import ReadError, did_you_mean, shown
from convcalc.source import Source, Span

MOST_BYTES = 512 * 1024 * 1024
STDIN = "<stdin>"


def read_file(path: str) -> Source:
    """The text of a file; `ReadError` for one that is missing, unreadable, not a file, not text, or too big."""
    with opening(path), open(path, "rb") as file:
        return decoded(path, _bounded(path, file))


@contextmanager
def opening(path: str) -> Iterator[None]:
    """Says as a `ReadError` why a file cannot be opened or read."""
    try:
        yield
    except FileNotFoundError:
        raise _missing(path) from None
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise ReadError(f"{shown(path)} cannot be read: {reason}", code="unreadable-file") from None


def is_piped() -> bool:
    """Whether standard input is a pipe or a file: not a terminal, and not the null device."""
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode
    except (AttributeError, OSError, ValueError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode) or stat.S_ISSOCK(mode)


def read_stdin() -> Source:
    """The text of standard input, under the same limits."""
    return decoded(STDIN, _bounded(STDIN, sys.stdin.buffer))


def _bounded(name: str, file: BinaryIO) -> bytes:
    """All bytes, unless they are more than `MOST_BYTES`."""
    try:
        size = os.fstat(file.fileno()).st_size
    except OSError:  # not a file of the system's
        size = 0
    # A pipe has no size; one byte beyond the limit is enough to know.
    data = b"" if size > MOST_BYTES else file.read(MOST_BYTES + 1)
    if max(size, len(data)) > MOST_BYTES:
        most = f"{shown(name)} is larger than the {MOST_BYTES:,} bytes that a model may have"
        raise ReadError(most, code="too-large", help="use `repeat` for layers that occur many times")
    return data


def decoded(name: str, data: bytes) -> Source:
    """The text of UTF-8; `ReadError` at the first byte that is not."""
    try:
        return Source(name, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        good = data[: error.start].decode("utf-8-sig")
        # The bad byte is quoted as the replacement character, so that a caret has something to stand under.
        source = Source(name, data.decode("utf-8-sig", "replace"))
        at = len(Source(name, good).text)
        raise ReadError(
            f"the byte 0x{data[error.start]:02x} is not UTF-8",
            code="not-utf8",
            span=Span(source, at, at + 1),
            help="save the file as UTF-8",
        ) from None


def _missing(path: str) -> ReadError:
    """The refusal of a path where nothing is, with the nearest name that is there."""
    folder, name = os.path.split(path)
    message = f"there is no file {shown(path)}"
    try:
        there = os.listdir(folder or ".")
    except (OSError, ValueError):
        return ReadError(message, code="no-such-file", why=f"there is no folder {shown(folder)}")
    return ReadError(message, code="no-such-file", help=did_you_mean(name, there) or _if_a_layer(name))


def _if_a_layer(name: str) -> str | None:
    from convcalc.layers import MODULES, canonical

    kind = canonical(name)
    return f"to mean the layer, write {name}()" if kind in MODULES else None
