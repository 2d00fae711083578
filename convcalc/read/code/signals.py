"""How a script's statements are left before their end."""

from __future__ import annotations

import ast
from typing import Any


class Signal:
    """How a block of statements is left before its end: ``break``, ``continue``, or ``return`` with a value.

    ``maybe`` says that the block is left in this way or goes on, which is not known.
    """

    __slots__ = ("how", "maybe", "value")

    def __init__(self, how: str, value: Any = None, maybe: bool = False) -> None:
        self.how = how
        self.value = value
        self.maybe = maybe


class Thrown(Exception):  # noqa: N818 - an exception of the script, not of the reader
    """An exception that the script raises for certain."""

    def __init__(self, value: Any, node: ast.AST) -> None:
        super().__init__()
        self.value = value
        self.node = node
