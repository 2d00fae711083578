"""The script's own functions: their calls are followed, within bounds."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from convcalc.declare.naming import Numbering
from convcalc.errors import ConvcalcError
from convcalc.read.code.applying import flat
from convcalc.read.code.bound import Applied, Function
from convcalc.read.code.functional import Graphs
from convcalc.script import NOTHING, WEIGHTLESS, Call, Stated

# How deep functions may call functions.
MOST_CALLS = 40


class Left(Exception):  # noqa: N818  (no error)
    """A loop or a function is left: by ``break``, ``continue`` or ``return``, with what it returns."""

    def __init__(self, how: type[ast.stmt], value: Any = None) -> None:
        super().__init__()
        self.how = how
        self.value = value


class Functions(Graphs):
    """Calls of functions that the script defines."""

    def __init__(self, *text: Any) -> None:
        super().__init__(*text)
        self.running = 0
        self.followed: set[ast.Call] = set()  # the calls whose effects are known
        self._lambdas: dict[Call, Any] = {}  # what Lambda layers compute

    def follow(self, body: Sequence[ast.stmt]) -> None:
        """Follows statements."""
        raise NotImplementedError

    def forget(self, statement: ast.stmt, error: ConvcalcError) -> None:
        """Leaves what a statement binds and changes without a known value."""
        raise NotImplementedError

    def run(self, function: Function, node: ast.Call) -> Any:
        """What a function returns; `ConvcalcError` where that is not known, or too deep."""
        if self.running >= MOST_CALLS:
            raise self.no_value(f"functions call functions more than {MOST_CALLS} deep", node)
        self.spend(node, 5)
        names = self._parameters(function, node)
        self.followed.add(node)
        return self._call(function, names)

    def _call(self, function: Function, names: dict[str, Any]) -> Any:
        """What a function returns for the values of its parameters."""
        outside, self.names = self.names, function.names.new_child({**function.defaults, **names})
        self.running += 1
        try:
            return self._result(function)
        finally:
            self.names = outside
            self.running -= 1

    def lambda_layer(self, node: ast.Call) -> Call:
        """The layer of ``Lambda(function)``: what it computes shows in the shapes of its calls."""
        words = [word for word in node.keywords if word.arg in ("name", "output_shape")]
        layer = Call("Lambda", named=self.by_name(words), place=self.place(node.func), opaque=WEIGHTLESS)
        self.give_name(layer, "Lambda")
        function = [word.value for word in node.keywords if word.arg == "function"] or node.args[:1]
        self._lambdas[layer] = self.or_unknown(function[0]) if function else None
        return layer

    def stated(self, made: Applied) -> Stated:
        """The shapes that a Lambda's function makes of its inputs', as far as it is followed."""
        function = self._lambdas.get(made.layer)
        if not isinstance(function, Function) or any(one.shape is None for one in made.inputs):
            return NOTHING
        outside, self.numbers = self.numbers, Numbering()  # Keras numbers nothing inside
        try:
            given = [*made.inputs] if len(made.inputs) > 1 else made.inputs[0]
            outputs = flat(self._call(function, {function.parameters[0]: given}))
        except (ConvcalcError, IndexError):
            return NOTHING
        finally:
            self.numbers = outside
        shapes = [one.shape for one in outputs or ()]
        known = tuple(one for one in shapes if one is not None)
        inputs = tuple(one.shape for one in made.inputs if one.shape is not None)
        return Stated(inputs, known) if len(known) == len(shapes) else NOTHING

    def _result(self, function: Function) -> Any:
        if isinstance(function.node, ast.Lambda):
            return self.value(function.node.body)
        try:
            self.follow(function.node.body)
        except Left as left:
            if left.how is ast.Return:
                return left.value
            raise self.no_value("this function leaves a loop that it is not in", function.node) from None
        except ConvcalcError as error:
            for statement in function.node.body:
                self.forget(statement, error)
            raise
        return None

    def _parameters(self, function: Function, node: ast.Call) -> dict[str, Any]:
        """The values of a function's parameters, also of parameters that are not known."""
        args = function.node.args
        names = [one.arg for one in (*args.posonlyargs, *args.args)]
        every = [*names, *(one.arg for one in args.kwonlyargs)]
        values = dict(function.defaults)
        given: list[Any] = []
        for one in node.args:
            given += self.spread(one.value) if isinstance(one, ast.Starred) else [self.or_unknown(one)]
        words: dict[str, Any] = {}
        for word in node.keywords:
            words.update(self.spread_named(word.value) if word.arg is None else {word.arg: self.or_unknown(word.value)})
        values.update(zip(names, given, strict=False))
        rest = given[len(names) :]
        more = {name: words.pop(name) for name in list(words) if name not in every}
        values.update(words)
        if args.vararg:
            values[args.vararg.arg] = tuple(rest)
        if args.kwarg:
            values[args.kwarg.arg] = more
        if rest and not args.vararg or more and not args.kwarg:
            raise self.no_value("this function does not take these arguments", node)
        missing = [name for name in every if name not in values]
        if missing:
            raise self.no_value(f"this call gives no {missing[0]}", node)
        return values

    def leaves(self, statement: ast.AST, loops: int = 0) -> bool:
        """Whether a statement may leave the function, or the loop, that it is in."""
        if isinstance(statement, ast.Return):
            return True
        if isinstance(statement, ast.Break | ast.Continue):
            return not loops
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.expr):
            return False
        inside = loops + isinstance(statement, ast.For | ast.While)
        return any(self.leaves(one, inside) for one in ast.iter_child_nodes(statement))
