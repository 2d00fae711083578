"""The default ``data_format``: the caller's choice, else Keras's own settings file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

DATA_FORMATS = ("channels_last", "channels_first")

_chosen: ContextVar[str | None] = ContextVar("data_format", default=None)


@contextmanager
def default_data_format(name: str | None) -> Iterator[None]:
    """Makes ``name`` the default ``data_format`` inside the block; None leaves it alone."""
    token = _chosen.set(name or _chosen.get())
    try:
        yield
    finally:
        _chosen.reset(token)


def image_data_format() -> str:
    """The default ``data_format``.

    Keras's rule: ``image_data_format`` in ``$KERAS_HOME/keras.json``, else in ``~/.keras/keras.json``,
    else ``channels_last``; an unreadable file counts as none.
    """
    return _chosen.get() or _from_file(os.environ.get("KERAS_HOME") or os.path.expanduser("~/.keras"))


_known: dict[str, str] = {}


def _from_file(folder: str) -> str:
    """The setting in ``folder``, read once."""
    if folder not in _known:
        _known[folder] = _read(os.path.join(folder, "keras.json"))
    return _known[folder]


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            import json

            value = json.load(file).get("image_data_format")
    except (OSError, ValueError, AttributeError):
        return DATA_FORMATS[0]
    return value if value in DATA_FORMATS else DATA_FORMATS[0]
