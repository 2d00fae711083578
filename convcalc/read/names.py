"""The values of expressions in a Python script, where names stand for values, layers, models and imports."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import Any

from convcalc.errors import ReadError
from convcalc.layers import MODULES, canonical
from convcalc.read import builtin
from convcalc.read.arithmetic import combine
from convcalc.read.bound import Imported, Unknown
from convcalc.read.common import is_nested, not_a_layer, not_yet
from convcalc.read.expression import AS_STACK, Expressions, dotted
from convcalc.script import Call
from convcalc.settings import image_data_format
from convcalc.source import Span

# What a script may cost: turns of loops, statements in them, and values copied into calls.
MOST_STEPS = 100_000

# Where Keras's names come from; an import from elsewhere brings nothing that is known here.
KERAS = re.compile(r"(keras|tf_keras|tfk|tensorflow|tf)(\.|$)")
_LAYERS = re.compile(r"(?:keras|tf_keras|tensorflow|tf)\b.*\blayers\.(?:\w+\.)*([A-Z]\w*)$")
_CONFIGURED = re.compile(r"(^|\.)(initializers|regularizers|constraints)\.\w+$|(^|\.)[A-Z]\w*$")
# Settings that change what every layer after them is.
SETTINGS = re.compile(r"set_(image_data_format|floatx|global_policy|dtype_policy|policy)$")


class Names(Expressions):
    """Expressions over the names that a script has bound so far."""

    def __init__(self, source_text: str, locate: Callable[[int, int], Span]) -> None:
        super().__init__(source_text, 0, locate)
        self.names: dict[str, Any] = {"__name__": "__main__"}
        self.built: list[Call | Unknown] = []  # every model, in the order of its making
        self.applied: list[ReadError] = []  # the refusals of layers and models that are called
        self.spoiled: dict[int, tuple[Any, ReadError]] = {}  # what was changed in ways that are not known, by id
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

    def call(self, node: ast.Call) -> Call:
        """A call as a layer or as what configures a value; any other has no value."""
        kind = self.kind(node.func)
        if kind is None:
            self._refuse_call(node)
        elif kind.rpartition(".")[2] == "Model":
            error = self._first_error(node) or not_yet("a functional model in Keras code", self.place(node), AS_STACK)
            self.built.append(Unknown(error))
            raise error
        elif is_nested(kind) or canonical(kind) in MODULES or self._is_keras(node.func) and _CONFIGURED.search(kind):
            return super().call(node)
        raise self.no_value(f"{dotted(node.func)}() is a call whose result is not known here", node)

    def _is_keras(self, node: ast.expr) -> bool:
        """Whether a dotted name is Keras's, or one that nothing here says otherwise of."""
        root = (dotted(node) or "").partition(".")[0]
        kind = self.kind(node) or ""
        return root not in self.names or kind in MODULES or bool(KERAS.match(kind))

    def _refuse_call(self, node: ast.Call) -> None:
        """Calling a layer or a model is functional; calling anything else has an unknown result."""
        called = self.value(node.func)
        if isinstance(called, Call):
            error = self._first_error(node) or not_yet("calling a layer in Keras code", self.place(node), AS_STACK)
            self.applied.append(error)
            raise error

    def _first_error(self, node: ast.Call) -> ReadError | None:
        """The refusal that one of a call's arguments was made with: the first cause of this one's."""
        for part in ast.walk(node):
            value = self.names.get(part.id) if isinstance(part, ast.Name) else None
            if isinstance(value, Unknown) and value.error.code == "not-yet":
                return value.error
        return None

    def name(self, node: ast.Name) -> Any:
        """The value bound to a name; an import's is its last part, as ``relu``."""
        return self.known(self.names[node.id], node) if node.id in self.names else super().name(node)

    def known(self, value: Any, node: ast.expr) -> Any:
        """The value, unless it is unknown: `ReadError` at its use, which says where and why."""
        if isinstance(value, Imported):
            if not KERAS.match(value.path):
                raise self.no_value(f"{value.path} is imported, and its value is not known here", node)
            return value.path.rpartition(".")[2]
        spoiled = self.spoiled.get(id(value))
        cause = spoiled[1] if spoiled else value.error if isinstance(value, Unknown) else None
        if cause is None or (spoiled and isinstance(value, Call)):
            return value
        if cause.code == "not-yet":
            raise cause
        error = self.no_value(f"{ast.unparse(node)} has no value that is known here", node)
        error.why = self._root(cause)
        raise error

    def _root(self, cause: ReadError) -> str:
        """Where a value was lost, and how: the first of the names that it came through."""
        if cause.why and cause.why.startswith("line "):
            return cause.why
        return f"line {cause.span.line if isinstance(cause.span, Span) else '?'}: {cause.message}"

    def argument(self, node: ast.expr) -> Any:
        """A copy of the value: what the script does to its lists later has no say."""
        return self._copy(self.value(node), node)

    def _copy(self, value: Any, node: ast.expr) -> Any:
        self.spend(node)
        value = self.known(value, node) if isinstance(value, list | dict | Unknown) else value
        if isinstance(value, range):
            value = self._worked(builtin.apply, node, "list", [value])
        if isinstance(value, list | tuple):
            return type(value)(self._copy(one, node) for one in value)
        if isinstance(value, dict):
            return {key: self._copy(one, node) for key, one in value.items()}
        if isinstance(value, Call):
            for given in (*value.positional, *value.named.values()):
                self._copy(given.value, node)
        return value

    def elements(self, nodes: list[ast.expr]) -> list[Any]:
        """The values in a list, those of starred lists among them."""
        values: list[Any] = []
        for node in nodes:
            whole = isinstance(node, ast.Starred)
            value = self.value(node.value if isinstance(node, ast.Starred) else node)
            values += self._worked(builtin.apply, node, "list", [value]) if whole else [value]
        return values

    def _worked(self, work: Callable[..., Any], node: ast.expr, *operands: Any) -> Any:
        """What one of Python's functions makes of known values."""
        try:
            return work(*operands)
        except ValueError as error:
            raise self.no_value(f"this has no value: {error}", node) from None

    def nested(self, kind: str, node: ast.Call) -> Call:
        """A model, known as one even where something in it is wrong: the error is that of its use."""
        model = Call(kind, place=self.place(node.func), layers=[])
        self.built.append(model)
        try:
            made = super().nested(kind, node)
            model.named, model.layers = made.named, made.layers
        except ReadError as error:
            self.spoil(model, error)
        return model

    def spoil(self, value: Any, error: ReadError) -> None:
        """Keeps the first thing that went wrong in the making of a model or a list."""
        self.spoiled.setdefault(id(value), (value, error))

    def layers_in(self, kind: str, node: ast.expr) -> list[Call]:
        """The layers of a list, written here or by its name."""
        values = self.value(node)
        if not isinstance(values, list | tuple):
            raise self.no_list(kind, node)
        written = node.elts if isinstance(node, ast.List | ast.Tuple) and len(node.elts) == len(values) else ()
        return [self.as_layer(value, written[at] if written else node) for at, value in enumerate(values)]

    def as_layer(self, value: Any, node: ast.expr) -> Call:
        """A value as a layer of a model."""
        value = self.known(value, node)
        if isinstance(value, Call):
            return value
        raise not_a_layer(f"{ast.unparse(node)[:40]} is not a layer", self.place(node), "write a call, as Flatten()")

    def value(self, node: ast.expr) -> Any:
        """The value of an expression; `ReadError` where it is not known."""
        match node:
            case ast.Call(func=ast.Name(id=name), keywords=[]) if name in builtin.NAMES and name not in self.names:
                return self._worked(builtin.apply, node, name, self.elements(node.args))
            case ast.Call(func=ast.Attribute(value=text, attr="format"), keywords=[]):
                return self._worked(builtin.format_text, node, self.value(text), self.elements(node.args))
            case ast.Call(func=func, args=[]) if (self.kind(func) or "").endswith("image_data_format"):
                return image_data_format()
            case ast.Attribute(value=inner, attr=attr) if self.kind(node) is None:
                return self._attribute(self.value(inner), attr, node)
            case ast.Attribute() if not self._is_keras(node):
                raise self.no_value(f"{dotted(node)} is not known here", node)
            case ast.Subscript(value=inner, slice=index):
                return self._subscript(self.value(inner), index, node)
            case ast.JoinedStr(values=parts):
                texts = [str(self._plain(self.value(part), node)) for part in parts]
                return self._worked(builtin.bounded, node, "".join(texts))
            case ast.FormattedValue(value=inner, conversion=-1, format_spec=None):
                return self.value(inner)
            case ast.BinOp():
                return self._combine(node)
            case ast.IfExp() | ast.BoolOp() | ast.Compare() | ast.UnaryOp(op=ast.Not()):
                return self._condition(node)
            case ast.ListComp(elt=element, generators=[one]) if not one.ifs:
                return self._comprehended(element, one)
            case _:
                return super().value(node)

    def _comprehended(self, element: ast.expr, over: ast.comprehension) -> list[Any]:
        """A comprehension's list; the names that it binds are its own."""
        outside = dict(self.names)
        try:
            return [self.value(element) for _ in self.turns(over.target, over.iter)]
        finally:
            self.names = outside

    def _attribute(self, value: Any, attr: str, node: ast.expr) -> Any:
        if isinstance(value, Call) and value.layers is not None and attr == "layers":
            return [layer for layer in value.layers if canonical(layer.kind) not in ("Input", "InputLayer")]
        raise self.no_value(f"{ast.unparse(node)[:40]} is not known here", node)

    def _subscript(self, value: Any, index: ast.expr, node: ast.expr) -> Any:
        try:
            if isinstance(index, ast.Slice):
                parts = (index.lower, index.upper, index.step)
                return value[slice(*(self.value(part) if part else None for part in parts))]
            return self.known(value[self._plain(self.value(index), index)], node)
        except (TypeError, IndexError, KeyError, ValueError) as error:
            raise self.no_value(f"this part is not there: {error}", node) from None

    def _plain(self, value: Any, node: ast.expr) -> Any:
        """A number, a text, a truth value or None; anything else is refused."""
        if isinstance(value, builtin.Plain):
            return value
        raise self.no_value("this is not a plain value", node)

    def _combine(self, node: ast.BinOp) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        joined = self._worked(builtin.join, node, node.op, left, right)
        return self.number(node, combine, node.op, left, right) if joined is None else joined

    def _condition(self, node: ast.expr) -> Any:
        match node:
            case ast.IfExp(test=test, body=body, orelse=other):
                return self.value(body if self._plain(self.value(test), test) else other)
            case ast.UnaryOp(operand=operand):
                return not self._plain(self.value(operand), operand)
            case ast.BoolOp(op=op, values=values):
                found = (self._plain(self.value(one), one) for one in values)
                return all(found) if isinstance(op, ast.And) else any(found)
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in builtin.COMPARE:
                sides = [self._plain(self.value(side), side) for side in (left, right)]
                try:
                    return builtin.COMPARE[type(op)](*sides)
                except TypeError as error:
                    raise self.no_value(f"this cannot be compared: {error}", node) from None
        raise self.no_value("this condition is not known here", node)

    def turns(self, target: ast.expr, over: ast.expr) -> Iterator[None]:
        """Binds the target to each member in turn; `ReadError` for too many, before the first."""
        values = self.value(over)
        if not isinstance(values, list | tuple | range | str | dict):
            raise self.no_value("what this loop goes over is not known here", over)
        for value in self._worked(builtin.apply, over, "list", [values]):
            self.spend(over)
            self.bind(target, value)
            yield

    def bind(self, target: ast.expr, value: Any) -> None:
        """Gives names their values: ``a, (b, c) = …`` as far as the values are known."""
        if isinstance(target, ast.Name):
            self.names[target.id] = value
        elif isinstance(target, ast.Tuple | ast.List):
            parts = value if isinstance(value, list | tuple) and len(value) == len(target.elts) else None
            if parts is None and not isinstance(value, Unknown):
                raise self.no_value(f"this does not come in {len(target.elts)} parts", target)
            for at, part in enumerate(target.elts):
                self.bind(part, parts[at] if parts else value)
        else:
            raise self.no_value("only names are given values here", target)
