"""What a document is made of, whatever it was written in: mappings, lists and scalars that know their places."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from convcalc.source import Place

# The place of the characters from one offset of a text up to another.
Locate = Callable[[int, int], Place]


class Entry(NamedTuple):
    """One key of a mapping, its place, and its value."""

    key: str
    place: Place
    node: Node


class Node(Protocol):
    """A value of a document with its place. `convcalc.read.document` reads models from these alone."""

    @property
    def place(self) -> Place:
        """Where it stands."""

    def entries(self) -> list[Entry] | None:
        """A mapping's entries in order, each key once; None for anything else."""

    def members(self) -> list[Node] | None:
        """A list's members; None for anything else."""

    def plain(self) -> Any:
        """The value in plain Python: dict, list, str, int, float, bool or None."""

    def inline(self) -> tuple[str, Locate]:
        """The text of a scalar as written, and how to place a part of it."""
