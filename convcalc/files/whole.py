"""Files written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

from convcalc.errors import ConvcalcError


@contextmanager
def writing(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """A binary file that takes the place of ``path`` once the block ends without an error.

    Until then ``path`` is as it was. What is no regular file, such as ``/dev/stdout``, is written to
    directly; a symbolic link keeps pointing where it did. `ConvcalcError` where it cannot be written.
    """
    name = os.fspath(path)
    try:
        if os.path.exists(name) and not os.path.isfile(name):
            with open(name, "wb") as file:
                yield file
        else:
            yield from _replacing(os.path.realpath(name))
    except OSError as error:
        message = f"{name} cannot be written: {error.strerror or error}"
        raise ConvcalcError(
            message, code="cannot-write", help="check the folder, its permissions and its space"
        ) from None


def _replacing(path: str) -> Iterator[IO[bytes]]:
    """A new file beside ``path``, moved over it at the end and removed when that fails."""
    draft = f"{path}.{os.getpid()}.{os.urandom(4).hex()}.part"
    try:
        with open(draft, "xb") as file:
            yield file
        if os.path.exists(path):
            os.chmod(draft, os.stat(path).st_mode & 0o7777)
        os.replace(draft, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft)
        raise
