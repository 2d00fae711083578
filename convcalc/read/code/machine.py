"""The interpreter as a whole: what its parts share, and the ways between them."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from convcalc.read.code.attributes import Attributes
from convcalc.read.code.branches import Branches
from convcalc.read.code.evaluate import Evaluator
from convcalc.read.code.follow import Follower
from convcalc.read.code.modules import Modules
from convcalc.read.code.running import Runner
from convcalc.read.code.scope import Budget, Frame, Journal, Module, Scope
from convcalc.read.code.session import Session
from convcalc.read.code.signals import Thrown
from convcalc.read.code.site import Site
from convcalc.read.code.values import Cause, Library, Unknown
from convcalc.source import Place


class Machine:
    """One run of the reader over one script: it owns the parts, and every part knows it."""

    def __init__(self, module: Module, *, given: Mapping[str, Any] | None = None, no_bias: bool = False) -> None:
        self.main = module
        self.is_old = False  # whether the script is Python 2, which divides whole numbers without a rest
        self.given = dict(given or {})  # the values of names that the user has given
        self.used: set[str] = set()
        self.journal = Journal()
        self.budget = Budget()
        self.notes: list[str] = []
        self.trying = 0  # how many `try` blocks are being followed
        self.tainted: dict[int, tuple[Any, Unknown]] = {}
        self.doubts: list[Unknown] = []  # why it is not known whether the ways that are being followed are taken
        self.frame = Frame(module.names)
        self.evaluate = Evaluator(self)
        self.follow = Follower(self)
        self.branches = Branches(self)
        self.attributes = Attributes(self)
        self.runner = Runner(self)
        self.modules = Modules(self)
        self.session = Session(self, no_bias=no_bias)

    @property
    def scope(self) -> Scope:
        """The scope of the statement that is followed."""
        return self.frame.scope

    def place(self, node: ast.AST) -> Place:
        """Where an expression of the module that is followed stands."""
        return self.scope.module.place(node)

    def unknown(self, message: str, node: ast.AST) -> Unknown:
        """A value that is lost at a node."""
        return Unknown(Cause(message, self.place(node)))

    def refused(self, error: Exception, message: str, node: ast.AST) -> Unknown:
        """A value that Python refuses to give for certain; the script's own exception where the script may catch it."""
        if self.trying:
            raise Thrown(Library(f"builtins.{type(error).__name__}"), node)
        return self.unknown(message, node)

    def spend(self, steps: int, node: ast.AST) -> None:
        """Counts work."""
        self.budget.steps += steps
        if self.budget.steps > self.budget.MOST_STEPS:
            self.budget.refuse(self.place(node))

    def note(self, text: str) -> None:
        """Keeps something that the user should know; each sentence once."""
        if text not in self.notes:
            self.notes.append(text)

    def call(self, function: Any, args: Sequence[Any], named: Mapping[str, Any], node: ast.AST) -> Any:
        """What a value gives when it is called."""
        return self.runner.call(function, tuple(args), dict(named), node)

    def items(self, value: Any, node: ast.AST) -> list[Any] | Unknown:
        """The members of a value that Python can go through; unknown where they are not known."""
        return self.evaluate.items(value, node)

    def attribute(self, value: Any, name: str, node: ast.AST) -> Any:
        """An attribute of a value; MISSING where it certainly has none."""
        return self.attributes.find(value, name, node)

    def set_attribute(self, value: Any, name: str, new: Any, node: ast.AST) -> None:
        """Gives an attribute of a value another value."""
        self.attributes.set(value, name, new, node)

    def class_names(self, value: Any) -> set[str] | None:
        """The whole names of all classes that a layer or a model belongs to; None for any other value."""
        return self.session.class_names(value)

    def class_of(self, value: Any) -> Any:
        """The class of a value, as ``type(value)`` gives it."""
        return self.attributes.class_of(value)

    def operate(self, site: Site, kind: str, args: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """What one of Keras's operations gives, of which at least one argument is a symbolic tensor."""
        return self.session.operations.of_function(kind, list(args), dict(named), site.node)

    def taint(self, value: Any, unknown: Unknown) -> None:
        """Says that what a list, a dictionary, an object or a model holds is no longer known."""
        self.tainted.setdefault(id(value), (value, unknown))

    def of_import(self, value: Library, place: Place | None) -> str | Unknown:
        """The name by which Keras knows a function or a class of a library; unknown where the library is another."""
        if value.path.startswith(("keras.", "tensorflow.", "builtins.", "numpy.")):
            return value.name
        lost = Unknown(Cause(f"{value.path} is imported, and its value is not known here", place))
        lost.cause.name = value.name
        return lost

    def untainted(self, value: Any) -> Any:
        """The value; unknown where it has been changed in ways that are not known."""
        found = self.tainted.get(id(value)) if self.tainted else None
        return found[1] if found else value
