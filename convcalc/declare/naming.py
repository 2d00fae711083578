"""The names that Keras gives layers: the class in snake case, numbered from the second layer on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache


def matching(pattern: str, names: Iterable[str]) -> list[str]:
    """The names that a pattern of the shell matches, as ``conv2d*``, each once; a name matches itself."""
    from fnmatch import fnmatchcase  # only where names are asked for

    return list(dict.fromkeys(name for name in names if name == pattern or fnmatchcase(name, pattern)))


@cache
def snake_case(kind: str, word: str = "[A-Z][a-z]+") -> str:
    """Keras's automatic name for a class: ``Conv2DTranspose`` is ``conv2d_transpose``.

    ``word`` is what it takes for a capitalised word; earlier Keras took digits too.
    """
    spaced = re.sub(rf"(.)({word})", r"\1_\2", re.sub(r"\W+", "", kind))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", spaced).lower()


class Numbering:
    """Keras's names for layers without one: the snake-case kind, numbered from its second use on.

    ``counts`` has the last number of each.
    """

    __slots__ = ("counts",)

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def copy(self) -> Numbering:
        """The same counts, to be counted on from here."""
        copy = Numbering()
        copy.counts = dict(self.counts)
        return copy

    def next(self, kind: str) -> str:
        """The name of the next layer of a kind."""
        base = snake_case(kind)
        count = self.counts[base] = self.counts.get(base, -1) + 1
        return f"{base}_{count}" if count else base
