"""The place of a call in a script, which functions of libraries get to say why, and to call back."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from convcalc.read.code.values import Cause, Inert, Unknown
from convcalc.source import Place

if TYPE_CHECKING:
    from convcalc.read.code.machine import Machine

# The most characters of an expression that a message repeats.
_MOST_TEXT = 60


class Site:
    """One call, or another expression, of the script."""

    __slots__ = ("machine", "node")

    def __init__(self, machine: Machine, node: ast.AST) -> None:
        self.machine = machine
        self.node = node

    @property
    def place(self) -> Place:
        """Where the expression stands."""
        return self.machine.place(self.node)

    @property
    def text(self) -> str:
        """What is called, as written: ``np.zeros()``; for any other expression its text."""
        node = self.node
        text = ast.unparse(node.func if isinstance(node, ast.Call) else node)
        short = text if len(text) <= _MOST_TEXT else f"{text[:_MOST_TEXT]}…"
        return f"{short}()" if isinstance(node, ast.Call) else short

    def unknown(self, message: str) -> Unknown:
        """A value that is lost here, with the reason: a sentence without its end."""
        return Unknown(Cause(message, self.place))

    def inert(self) -> Inert:
        """An object that changes no model, whose values are not known."""
        return Inert(Cause(f"{self.text} gives no value that is known here", self.place))

    def call(self, function: Any, *args: Any, **named: Any) -> Any:
        """What a value of the script gives when it is called: a function, a class, a layer."""
        return self.machine.call(function, args, named, self.node)

    def items(self, value: Any) -> list[Any] | Unknown:
        """The members of a value that Python can go through; unknown where they are not known."""
        return self.machine.items(value, self.node)

    def spend(self, steps: int) -> None:
        """Counts work."""
        self.machine.spend(steps, self.node)
