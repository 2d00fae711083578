"""Functions of the script's own: made by definitions, and run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from convcalc.read.code.scope import Frame, Scope
from convcalc.read.code.signals import Signal
from convcalc.read.code.values import (
    Function,
    Inert,
    Unknown,
)

if TYPE_CHECKING:
    from convcalc.read.code.machine import Machine

# Decorators that leave a function what it is, as far as models are concerned.
_MARKS = ("property", "staticmethod", "classmethod", "cached_property", "abstractmethod", "setter")


class Functions:
    """Makes functions, and runs them."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def made(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Function:
        """The function that a definition makes."""
        value, args = self._machine.evaluate.value, node.args
        names = [one.arg for one in (*args.posonlyargs, *args.args)]
        by_place = names[len(names) - len(args.defaults) :]
        defaults = {name: value(one) for name, one in zip(by_place, args.defaults, strict=True)}
        for one, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
            if default is not None:
                defaults[one.arg] = value(default)
        made = Function(node, defaults, self._machine.scope, self._machine.scope.module)
        made.yields = _yields(node)
        return made

    def defined(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Any:
        """What the name of a function definition stands for: the function, or what its decorators make of it."""
        made: Any = self.made(node)
        for decorator in reversed(node.decorator_list):
            made = self._decorated(made, decorator)
        return made

    def _decorated(self, made: Any, decorator: ast.expr) -> Any:
        mark = decorator.attr if isinstance(decorator, ast.Attribute) else getattr(decorator, "id", "")
        if mark in _MARKS and isinstance(made, Function):
            made.kind = "property" if mark == "cached_property" else mark
            if mark == "setter" and isinstance(decorator, ast.Attribute):
                made.attrs["getter"] = self._machine.evaluate.value(decorator.value)
            return made
        value = self._machine.evaluate.value(decorator)
        return made if isinstance(value, Inert) else self._machine.runner.call(value, (made,), {}, decorator)

    def run(self, function: Function, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """What a function of the script's own returns."""
        machine = self._machine
        machine.spend(25, node)
        if machine.budget.depth >= machine.budget.MOST_DEPTH:
            lost = machine.unknown(f"functions call functions more than {machine.budget.MOST_DEPTH} deep", node)
            return self._machine.runner.lost(lost, args, named)
        names = self._parameters(function, args, named, node)
        if isinstance(names, Unknown):
            return self._machine.runner.lost(names, args, named)
        outside = machine.frame
        machine.frame = Frame(Scope(names, function.scope, function.module), function)
        machine.frame.node = node
        machine.budget.depth += 1
        try:
            return self._result(function)
        finally:
            machine.frame = outside
            machine.budget.depth -= 1

    def _result(self, function: Function) -> Any:
        machine = self._machine
        if isinstance(function.node, ast.Lambda):
            return machine.evaluate.value(function.node.body)
        signal: Signal | None = machine.follow.block(function.node.body)
        frame = machine.frame
        if function.yields:
            return frame.endless or frame.yielded
        result = signal.value if signal is not None and signal.how == "return" else None
        for value, lost in frame.maybe:
            result = machine.branches.joined(result, value, lost)
        return result

    def _parameters(
        self, function: Function, given: tuple[Any, ...], named: dict[str, Any], node: ast.AST
    ) -> dict[str, Any] | Unknown:
        """The values of a function's parameters."""
        args = function.node.args
        names = [one.arg for one in (*args.posonlyargs, *args.args)]
        every = [*names, *(one.arg for one in args.kwonlyargs)]
        values = {**function.defaults, **dict(zip(names, given, strict=False))}
        more = {name: value for name, value in named.items() if name not in every}
        values.update({name: value for name, value in named.items() if name in every})
        rest = given[len(names) :]
        if args.vararg:
            values[args.vararg.arg] = tuple(rest)
        if args.kwarg:
            values[args.kwarg.arg] = more
        if rest and not args.vararg or more and not args.kwarg:
            return self._machine.unknown(f"{function.name} does not take these arguments", node)
        missing = next((name for name in every if name not in values), None)
        if missing:
            return self._machine.unknown(f"this call of {function.name} gives no {missing}", node)
        return values

    @contextmanager
    def inner_scope(self) -> Iterator[None]:
        """A scope of its own, for the names of a comprehension."""
        frame = self._machine.frame
        outside = frame.scope
        frame.scope = Scope({}, outside, outside.module)
        try:
            yield
        finally:
            frame.scope = outside


@lru_cache(maxsize=10_000)
def _yields(node: ast.AST) -> bool:
    """Whether a function yields."""
    todo = list(ast.iter_child_nodes(node))
    while todo:
        one = todo.pop()
        if isinstance(one, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            todo += ast.iter_child_nodes(one)
    return False
