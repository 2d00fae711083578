"""Files and standard input as text: their size is known before they are read, and they are UTF-8."""

from __future__ import annotations

import codecs
import os
import re
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
    """Turns the reason why a file cannot be opened or read into a `ReadError`."""
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
    """All bytes of a file; `ReadError` where there are more than `MOST_BYTES`."""
    try:
        size = os.fstat(file.fileno()).st_size
    except OSError:  # not a file of the operating system
        size = 0
    # A pipe has no size; one byte beyond the limit is enough to know.
    data = b"" if size > MOST_BYTES else file.read(MOST_BYTES + 1)
    if max(size, len(data)) > MOST_BYTES:
        most = f"{shown(name)} is larger than the {MOST_BYTES:,} bytes that a model may have"
        raise ReadError(most, code="too-large", help="use `repeat` for layers that occur many times")
    return data


def decoded(name: str, data: bytes) -> Source:
    """The text of UTF-8, or of the encoding that one of its first two lines names as Python's files do.

    `ReadError` at the first byte that is not of the encoding, and for an encoding that Python does not know.
    """
    named = None if data.startswith(codecs.BOM_UTF8) else _COOKIE.match(data)
    encoding = _known(name, data, named) if named else "utf-8-sig"
    try:
        return Source(name, data.decode(encoding))
    except UnicodeDecodeError as error:
        at = len(Source(name, data[: error.start].decode(encoding, "ignore")).text)
        # The bad byte is quoted as the replacement character, so that a caret has something to stand under.
        text = data.decode(encoding, "replace")
        shown_name = named[1].decode() if named and encoding != "utf-8-sig" else "UTF-8"
        raise ReadError(
            f"the byte 0x{data[error.start]:02x} is not {shown_name}",
            code="not-utf8",
            span=Span(Source(name, text), at, at + 1),
            why=None if shown_name == "UTF-8" else f"the file says that it is in {shown_name}",
            help="save the file as UTF-8",
        ) from None


# The encoding that a comment in one of the first two lines names (PEP 263).
_COOKIE = re.compile(rb"(?:[ \t\f]*(?:#[^\r\n]*)?(?:\r\n?|\n))?[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-\w.]+)")
# Encodings that are no text of a file, or that take long to read.
_UNFIT = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"}


def _known(name: str, data: bytes, named: re.Match[bytes]) -> str:
    """The encoding that a text names, as Python calls it."""
    word = named[1].decode()
    try:
        found = codecs.lookup(word)
        if found.name in ("utf-8", "utf-8-sig"):
            return "utf-8-sig"
        # What Python knows under such a name and is not for texts raises, too.
        fit = found.name.replace("-", "_") not in _UNFIT and "# coding".encode(word) == b"# coding"
    except (LookupError, ValueError):
        fit = False
    if fit:
        return word
    source = Source(name, data.decode("utf-8", "replace"))
    at = len(data[: named.start(1)].decode("utf-8", "replace").replace("\r\n", "\n"))
    raise ReadError(
        f"there is no encoding {shown(word)}",
        code="not-utf8",
        span=Span(source, at, at + len(word)),
        help="save the file as UTF-8, and take this name out",
    )


def _missing(path: str) -> ReadError:
    """The refusal of a path without a file, with the nearest name in the folder."""
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
