"""What a document is made of, whatever it was written in: mappings, lists and scalars that know their places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from convcalc.source import Place

# The place of the characters from one offset of a text up to another.
Locate = Callable[[int, int], Place]


class Node(Protocol):
    """A value of a document. `convcalc.read.document.document` reads models from these alone.

    A mapping's value also knows its ``key`` and where that stands; elsewhere ``key`` is empty.
    """

    @property
    def key(self) -> str:
        """Its key in the mapping that holds it."""

    @property
    def key_place(self) -> Place:
        """Where the key stands."""

    @property
    def place(self) -> Place:
        """Where the value stands."""

    def entries(self) -> Sequence[Node] | None:
        """A mapping's values in order, each key once; None for anything else."""

    def members(self) -> Sequence[Node] | None:
        """A list's members; None for anything else."""

    def plain(self) -> Any:
        """The value in plain Python: dict, list, str, int, float, bool or None."""

    def inline(self) -> tuple[str, Locate]:
        """The text of a scalar as written, and how to place a part of it."""
