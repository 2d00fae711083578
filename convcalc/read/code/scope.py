"""Where names of a script live, what a statement changes, and how much work is done."""

from __future__ import annotations

import ast
from itertools import accumulate
from typing import Any, NoReturn

from convcalc.errors import ReadError
from convcalc.read.code.values import MISSING, Function, Unknown
from convcalc.source import Place, Source, Span

# The nodes of a tree that have no parts of their own that matter; most nodes are of these.
LEAVES = (ast.Name, ast.Constant, ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop, ast.Pass)


class Module:
    """One text of Python: its source, its names, and the way from `ast`'s places to places in the text.

    ``package`` is the dotted name of the package that the text is a module of, for relative imports.
    """

    def __init__(self, source: Source, path: str | None = None, package: str = "") -> None:
        self.source = source
        self.path = path
        self.package = package
        self.names = Scope({}, None, self)
        self.star_roots: list[str] = []
        self._lines = source.text.split("\n")
        self._starts = list(accumulate((len(line) + 1 for line in self._lines), initial=0))

    def offset(self, line: int, column: int) -> int:
        """The offset of a place of `ast`'s: lines count from 1, columns are the bytes of UTF-8."""
        text = self._lines[min(line, len(self._lines)) - 1]
        inside = column if text.isascii() else len(text.encode()[:column].decode(errors="ignore"))
        return self._starts[line - 1] + inside

    def place(self, node: Any) -> Place:
        """Where a node of `ast`'s stands."""
        start = self.offset(node.lineno, node.col_offset)
        return Span(self.source, start, self.offset(node.end_lineno, node.end_col_offset))

    def place_of_word(self, keyword: ast.keyword) -> Place:
        """Where the name of an argument stands."""
        start = self.offset(keyword.lineno, keyword.col_offset)
        return Span(self.source, start, start + len(keyword.arg or "**"))


class Scope:
    """The names of a module, a class or a call of a function; ``outer`` is the scope around it."""

    __slots__ = ("elsewhere", "is_class", "module", "names", "outer")

    def __init__(self, names: dict[str, Any], outer: Scope | None, module: Module, is_class: bool = False) -> None:
        self.names = names
        self.outer = outer
        self.module = module
        self.is_class = is_class
        self.elsewhere: dict[str, str] = {}  # names that `global` or `nonlocal` says live elsewhere

    def find(self, name: str) -> Any:
        """The value of a name; MISSING where nothing binds it. The names of a class show only in its own body."""
        return self.owner(name).names.get(name, MISSING)

    def owner(self, name: str) -> Scope:
        """The scope that a name is found in; the module where no scope has it."""
        scope: Scope | None = self
        if name in self.elsewhere and self.elsewhere[name] == "global":
            return self.module.names
        while scope is not None:
            if name in scope.names and (scope is self or not scope.is_class):
                return scope
            scope = scope.outer
        return self.module.names

    def target(self, name: str) -> Scope:
        """The scope in which a statement binds a name."""
        where = self.elsewhere.get(name)
        if where == "global":
            return self.module.names
        return self.outer.owner(name) if where and self.outer else self


class Journal:
    """What is changed, so that it can be undone: each list, dictionary and object as it was before its first change."""

    def __init__(self) -> None:
        self._frames: list[dict[int, tuple[Any, Any]]] = []

    def begin(self) -> None:
        """Begins to keep what is changed from here on."""
        self._frames.append({})

    def end(self) -> list[tuple[Any, Any]]:
        """Ends what was begun last: what has been changed, each with its former content."""
        frame = self._frames.pop()
        if self._frames:
            for key, pair in frame.items():
                self._frames[-1].setdefault(key, pair)
        return list(frame.values())

    def touch(self, thing: Any) -> None:
        """Says that a thing is about to be changed."""
        if self._frames and id(thing) not in self._frames[-1]:
            self._frames[-1][id(thing)] = (thing, content_of(thing))


def content_of(thing: Any) -> Any:
    """A copy of the content of a list, a dictionary, a set or an object."""
    return type(thing)(thing) if type(thing) in (list, dict, set) else _content(thing)


def _content(thing: Any) -> Any:
    if isinstance(thing, list | set):
        return list(thing)
    return dict(thing) if isinstance(thing, dict) else dict(vars(thing))


def restore(thing: Any, content: Any) -> None:
    """Gives a thing its former content."""
    if isinstance(thing, list):
        list.__setitem__(thing, slice(None), content)
    elif isinstance(thing, set):
        thing.clear()
        thing |= set(content)
    else:
        whole = thing if isinstance(thing, dict) else vars(thing)
        dict.clear(whole)
        dict.update(whole, content)


class Budget:
    """How much work a script may cost, and how much it has cost; ``events`` counts what has been made of models."""

    MOST_STEPS = 600_000
    # What a layer costs that is made, and what a call of a layer costs: about the time of so many plain steps.
    LAYER = 100
    CALL = 60
    # Functions may call each other so deep.
    MOST_DEPTH = 60
    # A loop that makes nothing of models for so many steps is no longer followed turn by turn.
    PATIENCE = 150_000

    def __init__(self) -> None:
        self.steps = 0
        self.events = 0
        self.last = 0  # the steps at the last event
        self.depth = 0

    def refuse(self, place: Place) -> NoReturn:
        """Says that the script costs too much."""
        message = f"this takes more than the {self.MOST_STEPS:,} steps that a script may take"
        raise ReadError(message, code="too-many-steps", span=place, help="write the model as YAML")

    def event(self) -> None:
        """Says that a layer, a model or a tensor of a model has been made."""
        self.events += 1
        self.last = self.steps


class Frame:
    """A module or a function that is being followed; ``maybe`` has what it may have returned, and why it may not.

    It was called in the frame ``outer``, with so many ``doubts`` whether the call is made at all.
    """

    def __init__(
        self, scope: Scope, function: Function | None = None, outer: Frame | None = None, doubts: int = 0
    ) -> None:
        self.scope = scope
        self.function = function
        self.outer = outer
        self.doubts = doubts
        self.maybe: list[tuple[Any, Unknown]] = []
        self.yielded: list[Any] = []
        self.endless: Unknown | None = None  # why it is not known what is yielded
        self.node: ast.AST = ast.Pass(lineno=1, col_offset=0, end_lineno=1, end_col_offset=0)
