"""The values of Python's expressions in a script, as far as they follow from what is written in it."""

from __future__ import annotations

import ast
from typing import Any

from convcalc.read.code import builtin, data
from convcalc.read.code.bound import Function, Space, Tensor
from convcalc.read.code.names import Names
from convcalc.read.inline.arithmetic import combine
from convcalc.read.inline.expression import dotted
from convcalc.script import Call


class Values(Names):
    """Expressions on plain values, lists and dictionaries."""

    def value(self, node: ast.expr) -> Any:
        """The value of an expression; `ReadError` where it is not known."""
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in builtin.NAMES and name not in self.names:
                return self._builtin(name, node)
            case ast.Attribute(value=inner, attr=attr) if self.kind(node) is None:
                return self.attribute(self.value(inner), attr, node)
            case ast.Attribute() if not self.is_keras(node):
                raise self.no_value(f"{dotted(node)} is not known here", node)
            case ast.Subscript(value=inner, slice=index):
                return self._subscript(self.value(inner), index, node)
            case ast.JoinedStr(values=parts):
                texts = [self._plain(self.value(part), part) for part in parts]
                return self.worked(builtin.bounded, node, "".join(map(str, texts)))
            case ast.FormattedValue(value=inner, conversion=-1, format_spec=spec):
                width = self.value(spec) if spec else ""
                return self.worked(builtin.spelled, node, self._plain(self.value(inner), node), width)
            case ast.BinOp(op=sign, left=left, right=right):
                return self.combined(node, sign, self.value(left), self.value(right))
            case ast.IfExp() | ast.BoolOp() | ast.Compare() | ast.UnaryOp(op=ast.Not()):
                return self._condition(node)
            case ast.ListComp() | ast.GeneratorExp() | ast.DictComp():
                return self._comprehended(node)
            case ast.Lambda(args=args):
                return Function(node, self.defaults(args), self.names)
            case _:
                return super().value(node)

    def defaults(self, args: ast.arguments) -> dict[str, Any]:
        """The defaults of a function's parameters."""
        names = [one.arg for one in (*args.posonlyargs, *args.args)]
        by_place = names[len(names) - len(args.defaults) :]
        pairs = [*zip(by_place, args.defaults, strict=True)]
        pairs += [(one.arg, value) for one, value in zip(args.kwonlyargs, args.kw_defaults, strict=True) if value]
        return {name: self.or_unknown(value) for name, value in pairs}

    def _builtin(self, name: str, node: ast.Call) -> Any:
        if name == "len" and len(node.args) == 1 and isinstance(self.or_unknown(node.args[0]), data.Array):
            return self.value(node.args[0]).shape[0]
        named = {word: given.value for word, given in self.by_name(node.keywords).items()}
        self.spend(node)
        return self.worked(builtin.apply, node, name, self.elements(node.args), named)

    def method(self, node: ast.Call, func: ast.Attribute) -> Any:
        """What a method makes of a value, for methods of Python that change nothing."""
        value, args = self.value(func.value), self.elements(node.args)
        found = data.method(value, func.attr, args) if isinstance(value, data.Array) else None
        if found:
            return found
        if func.attr == "format" and not node.keywords:
            return self.worked(builtin.format_text, node, value, args)
        return self.worked(builtin.method, node, value, func.attr, args)

    def attribute(self, value: Any, attr: str, node: ast.expr) -> Any:
        """What an attribute of a value is."""
        if isinstance(value, data.Array) and attr in ("shape", "ndim"):
            return value.shape if attr == "shape" else len(value.shape)
        if isinstance(value, Space) and attr in value.names:
            return self.known(value.names[attr], node)
        raise self.no_value(f"{ast.unparse(node)[:60]} is not known here", node)

    def _comprehended(self, node: ast.ListComp | ast.GeneratorExp | ast.DictComp) -> Any:
        """A comprehension's list or dictionary; the names that it binds are its own."""
        outside, self.names = self.names, self.names.new_child()
        made: list[Any] = []
        try:
            self._turns_of(node, node.generators, made)
            return dict(made) if isinstance(node, ast.DictComp) else made
        except TypeError as error:
            raise self.no_value(f"this has no value: {error}", node) from None
        finally:
            self.names = outside

    def _turns_of(self, node: Any, over: list[ast.comprehension], made: list[Any]) -> None:
        if not over:
            one = node.elt if not isinstance(node, ast.DictComp) else ast.Tuple([node.key, node.value], ast.Load())
            made.append(self.value(one))
            return
        for _ in self.turns(over[0].target, over[0].iter):
            if all(self.truth(test) for test in over[0].ifs):
                self._turns_of(node, over[1:], made)

    def _subscript(self, value: Any, index: ast.expr, node: ast.expr) -> Any:
        found = data.part(value, index, self.value) if isinstance(value, data.Array) else None
        if found:
            return found
        if isinstance(value, Call | Tensor | Function | Space):
            raise self.no_value(f"{ast.unparse(node)[:60]} is not known here", node)
        try:
            if isinstance(index, ast.Slice):
                parts = (index.lower, index.upper, index.step)
                return value[slice(*(self.value(part) if part else None for part in parts))]
            return self.known(value[self.value(index)], node)
        except (TypeError, IndexError, KeyError, ValueError) as error:
            raise self.no_value(f"this part is not there: {error}", node) from None

    def _plain(self, value: Any, node: ast.AST) -> Any:
        """A number, a text, a truth value or None; anything else is refused."""
        if isinstance(value, builtin.Plain):
            return value
        raise self.no_value("this is not a plain value", node)

    def combined(self, node: ast.expr, sign: ast.operator, left: Any, right: Any) -> Any:
        """``left sign right``; arrays keep their shape beside numbers."""
        if isinstance(left, data.Array) and isinstance(right, int | float):
            return left
        joined = self.worked(builtin.join, node, sign, left, right)
        return self.number(node, combine, sign, left, right) if joined is None else joined

    def truth(self, node: ast.expr) -> bool:
        """Whether a condition holds."""
        value = self.value(node)
        if isinstance(value, Call | Function):
            return True
        return bool(value if isinstance(value, list | tuple | dict | range) else self._plain(value, node))

    def _condition(self, node: ast.expr) -> Any:
        match node:
            case ast.IfExp(test=test, body=body, orelse=other):
                return self.value(body if self.truth(test) else other)
            case ast.UnaryOp(operand=operand):
                return not self.truth(operand)
            case ast.BoolOp(op=op, values=values):
                wanted = isinstance(op, ast.Or)
                return self.value(next((one for one in values[:-1] if self.truth(one) is wanted), values[-1]))
            case ast.Compare(left=left, ops=ops, comparators=others) if all(type(op) in builtin.COMPARE for op in ops):
                sides = [left, *others]
                pairs = zip(sides, ops, sides[1:], strict=False)
                return all(self._compare(one, op, two, node) for one, op, two in pairs)
        raise self.no_value("this condition is not known here", node)

    def _compare(self, left: ast.expr, op: ast.cmpop, right: ast.expr, node: ast.expr) -> bool:
        bare = isinstance(op, ast.Is | ast.IsNot)
        sides = [self.value(side) if bare else self.argument(side) for side in (left, right)]
        if bare or self._is_solid(sides):
            try:
                return builtin.COMPARE[type(op)](*sides)
            except TypeError as error:
                raise self.no_value(f"this cannot be compared: {error}", node) from None
        raise self.no_value("this condition is not known here", node)

    def _is_solid(self, value: Any) -> bool:
        """Whether a value is plain through and through."""
        if isinstance(value, list | tuple | dict):
            return all(map(self._is_solid, value.values() if isinstance(value, dict) else value))
        return isinstance(value, builtin.Plain | range)
