"""What the names of a Python script stand for: values, layers, models, functions, and what is imported."""

from __future__ import annotations

import ast
import re
from collections import ChainMap
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from convcalc.errors import ConvcalcError, ReadError
from convcalc.layers import MODULES
from convcalc.read.code import builtin
from convcalc.read.code.bound import Imported, Tensor, Unknown
from convcalc.read.inline.expression import Expressions, dotted
from convcalc.script import Call
from convcalc.source import Span

# What a script may cost: turns of loops, statements in them and in functions, and values copied into calls.
MOST_STEPS = 100_000

# Where Keras's names come from; an import from elsewhere brings nothing that is known here.
KERAS = re.compile(r"(keras|tf_keras|tfk|tensorflow|tf)(\.|$)")
_LAYERS = re.compile(r"(?:keras|tf_keras|tensorflow|tf)\b.*\blayers\.(?:\w+\.)*([A-Z]\w*)$")
# Errors that say all there is to say wherever what they are about is used.
WHOLE = ("not-yet", "own-class")


class Names(Expressions):
    """Expressions over the names that a script has bound so far."""

    def __init__(self, source_text: str, locate: Callable[[int, int], Span]) -> None:
        super().__init__(source_text, 0, locate)
        self.names: ChainMap[str, Any] = ChainMap({"__name__": "__main__"})
        self.spoiled: dict[int, tuple[Any, list[ConvcalcError]]] = {}  # what was changed in unknown ways, by id
        self.steps = 0

    def spend(self, node: Any, steps: int = 1) -> None:
        """Counts work; `ReadError` once it is more than `MOST_STEPS`."""
        self.steps += steps
        if self.steps > MOST_STEPS:
            message = f"this takes more than the {MOST_STEPS:,} steps that a script may take"
            raise ReadError(message, code="too-many-steps", span=self.place(node), help="write the model as YAML")

    def kind(self, node: ast.expr) -> str | None:
        """The whole name of what is called, imports and aliases followed; None for what a script made itself."""
        written = dotted(node)
        if written is None:
            return None
        root, dot, rest = written.partition(".")
        bound = self.names.get(root)
        if root in self.names and not isinstance(bound, Imported):
            return None
        path = f"{bound.path}{dot}{rest}" if bound else written
        inside = _LAYERS.match(path)
        return inside[1] if inside and inside[1] in MODULES else path

    def is_keras(self, node: ast.expr) -> bool:
        """Whether a dotted name is Keras's, or one that nothing here says otherwise of."""
        root = (dotted(node) or "").partition(".")[0]
        kind = self.kind(node) or ""
        return root not in self.names or kind in MODULES or bool(KERAS.match(kind))

    def name(self, node: ast.Name) -> Any:
        """The value bound to a name; an import's is its last part, as ``relu``."""
        return self.known(self.names[node.id], node) if node.id in self.names else super().name(node)

    def known(self, value: Any, node: ast.expr) -> Any:
        """The value, unless it is unknown: `ReadError` at its use, which says where and why."""
        if isinstance(value, Imported):
            if not KERAS.match(value.path):
                raise self.no_value(f"{value.path} is imported, and its value is not known here", node)
            return value.path.rpartition(".")[2]
        if isinstance(value, Unknown):
            self._refuse(value.error, node)
        if id(value) in self.spoiled and not isinstance(value, Call):
            self._refuse(self.spoiled[id(value)][1][0], node)
        return value

    def _refuse(self, cause: ConvcalcError, node: ast.expr) -> None:
        if cause.code in WHOLE:
            raise cause
        error = self.no_value(f"{ast.unparse(node)[:60]} has no value that is known here", node)
        error.why = self._root(cause)
        raise error

    def _root(self, cause: ConvcalcError) -> str:
        """Where a value was lost, and how: the first of the names that it came through."""
        if cause.why and cause.why.startswith("line "):
            return cause.why
        return f"line {cause.span.line if isinstance(cause.span, Span) else '?'}: {cause.message}"

    def or_unknown(self, node: ast.expr) -> Any:
        """What an expression binds a name to: a class or module of Keras's too; unknown where it has no value."""
        path = self._path(node)
        if path and KERAS.match(path):
            return Imported(path)
        try:
            return self.value(node)
        except ReadError as error:
            return Unknown(error)

    def _path(self, node: ast.expr) -> str | None:
        """The whole name of what is imported, or of what nothing here says otherwise of."""
        written = dotted(node)
        root, dot, rest = (written or "").partition(".")
        bound = self.names.get(root)
        if root not in self.names and rest:
            return written
        return f"{bound.path}{dot}{rest}" if isinstance(bound, Imported) else None

    def spoil(self, value: Any, *errors: ConvcalcError) -> None:
        """Keeps what went wrong in the making of a model or a list."""
        known = self.spoiled.setdefault(id(value), (value, []))[1]
        known += [error for error in errors if error not in known]

    def argument(self, node: ast.expr) -> Any:
        """A copy of the value: what the script does to its lists later has no say."""
        return self._copy(self.value(node), node)

    def _copy(self, value: Any, node: ast.expr) -> Any:
        self.spend(node)
        value = self.known(value, node) if isinstance(value, list | dict | Unknown) else value
        if isinstance(value, range):
            value = self.worked(builtin.apply, node, "list", [value])
        if isinstance(value, list | tuple):
            return type(value)(self._copy(one, node) for one in value)
        if isinstance(value, dict):
            return {key: self._copy(one, node) for key, one in value.items()}
        if isinstance(value, Call):
            for given in (*value.positional, *value.named.values()):
                self._copy(given.value, node)
        return value

    def spread(self, node: ast.expr) -> list[Any]:
        """The values of ``*node``."""
        return [*self.worked(builtin.apply, node, "list", [self.value(node)])]

    def spread_named(self, node: ast.expr) -> dict[str, Any]:
        """The arguments of ``**node``, a dictionary."""
        values = self.argument(node)
        if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
            raise self.no_value("arguments behind ** are read from a dictionary of names", node)
        return values

    def elements(self, nodes: list[ast.expr]) -> list[Any]:
        """The values in a list, also the values of starred lists in it."""
        values: list[Any] = []
        for node in nodes:
            values += self.spread(node.value) if isinstance(node, ast.Starred) else [self.value(node)]
        return values

    def worked(self, work: Callable[..., Any], node: ast.expr, *operands: Any) -> Any:
        """What one of Python's functions makes of known values."""
        try:
            return work(*operands)
        except ValueError as error:
            raise self.no_value(f"this has no value: {error}", node) from None

    def turns(self, target: ast.expr, over: ast.expr) -> Iterator[None]:
        """Binds the target to each member in turn; `ReadError` for too many, before the first."""
        values = self.value(over)
        if not isinstance(values, list | tuple | range | str | dict):
            raise self.no_value("what this loop goes over is not known here", over)
        for value in self.worked(builtin.apply, over, "list", [values]):
            self.spend(over)
            self.bind(target, value)
            yield

    def store(self, name: str, value: Any) -> None:
        """Gives one name its value: in the whole script where a function says that it is ``global``."""
        local = self.names.maps[0]
        (self.names.maps[-1] if f"global {name}" in local else local)[name] = value

    def bind(self, target: ast.expr, value: Any) -> None:
        """Gives names their values: ``a, *b, (c, d) = …`` as far as the values are known."""
        if isinstance(target, ast.Name):
            self.store(target.id, value)
        elif isinstance(target, ast.Tuple | ast.List):
            for part, one in zip(target.elts, self._parts(target, value), strict=True):
                self.bind(part.value if isinstance(part, ast.Starred) else part, one)
        else:
            raise self.no_value("only names are given values here", target)

    def _parts(self, target: ast.Tuple | ast.List, value: Any) -> Sequence[Any]:
        """What each of several targets is given."""
        if isinstance(value, Tensor) and value.source.error:
            raise value.source.error
        count, starred = len(target.elts), [at for at, one in enumerate(target.elts) if isinstance(one, ast.Starred)]
        if isinstance(value, Unknown):
            return [value] * count
        if isinstance(value, list | tuple) and starred and len(value) >= count - 1:
            before, after = starred[0], len(value) - (count - 1 - starred[0])
            return [*value[:before], list(value[before:after]), *value[after:]]
        if not isinstance(value, list | tuple) or starred or len(value) != count:
            raise self.no_value(f"this does not come in {count} parts", target)
        return value
