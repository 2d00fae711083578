"""What a name of a script is bound to, beside values and calls."""

from __future__ import annotations

from convcalc.errors import ReadError


class Imported:
    """What an import brings, by its whole name: ``keras.layers.Dense``."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path


class Unknown:
    """A value that is not known, and the error that says why."""

    __slots__ = ("error",)

    def __init__(self, error: ReadError) -> None:
        self.error = error
