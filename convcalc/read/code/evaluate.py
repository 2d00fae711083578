"""The value of an expression."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convcalc.read.code import arrays
from convcalc.read.code.library import operators, python
from convcalc.read.code.site import Site
from convcalc.read.code.values import MISSING, Data, Instance, Library, OwnClass, Tensor, Thing, Unknown

if TYPE_CHECKING:
    from convcalc.read.code.machine import Machine

# The most members that a loop or a list goes through one by one.
MOST_MEMBERS = 100_000
_SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.MatMult: "@", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Is: "is",
    ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in", ast.USub: "-", ast.UAdd: "+", ast.Invert: "~",
}  # fmt: skip
# The methods by which a class of the script says what an operator does.
_SPECIAL = {"+": "add", "-": "sub", "*": "mul", "/": "truediv", "@": "matmul", "**": "pow", "//": "floordiv"}
_COMPARED = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}


class Evaluator:
    """Finds values of expressions; each kind of node of `ast` has a method of its own."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def value(self, node: ast.expr) -> Any:
        """The value of an expression."""
        self._machine.spend(1, node)
        method = getattr(self, f"_{type(node).__name__}", None)
        if method is None:
            return self._machine.unknown(f"{type(node).__name__.lower()} expressions are not followed", node)
        return method(node)

    def truth(self, node: ast.expr) -> bool | Unknown:
        """Whether a condition holds."""
        return self.is_true(self.value(node), node)

    def is_true(self, value: Any, node: ast.AST) -> bool | Unknown:
        """Whether Python takes a value as true."""
        if isinstance(value, Unknown):
            return value
        if isinstance(value, Data):
            known = value.value is not None and value.value.size == 1
            return bool(value.value) if known else self._machine.unknown("the values of this array are not known", node)
        if isinstance(value, Thing):
            length = value.method("length")
            return bool(length(Site(self._machine, node))) if length else True
        if isinstance(value, Instance):
            return True if value.items is None else bool(value.items)
        plain = isinstance(value, bool | int | float | str | bytes | list | tuple | dict | set | range | None)
        return bool(value) if plain else True

    def items(self, value: Any, node: ast.AST) -> list[Any] | Unknown:
        """The members of a value that Python can go through."""
        site = Site(self._machine, node)
        value = self._machine.untainted(value)
        if isinstance(value, Unknown):
            return value
        if isinstance(value, Data):
            return arrays.items(site, value)
        if isinstance(value, Instance) and value.items is not None:
            value = value.items
        if isinstance(value, Thing):
            own = value.method("items_of")
            return own(site) if own else site.unknown("the members of this are not known")
        if isinstance(value, str | bytes | list | tuple | dict | set | frozenset | range):
            if len(value) > MOST_MEMBERS:
                return site.unknown(f"this has more than {MOST_MEMBERS:,} members")
            return list(value)
        if isinstance(value, Instance) and value.cls.find("__iter__") is not MISSING:
            return self.items(site.call(self._machine.attribute(value, "__iter__", node)), node)
        own = self._machine.session.items(value)
        return site.unknown("the members of this are not known") if own is None else own

    def _Constant(self, node: ast.Constant) -> Any:
        value = node.value
        if isinstance(value, int) and value.bit_length() > 1024:
            return self._machine.unknown("this number is too large", node)
        if isinstance(value, str) and value.isascii() and value.replace("_", "a").isalnum():
            return sys.intern(value)  # as Python does with words in its code: ``kind is "relu"`` holds
        return value

    def _Name(self, node: ast.Name) -> Any:
        value = self._machine.scope.find(node.id)
        if value is MISSING:
            value = self._machine.modules.without_binding(node.id, node)
        return self._machine.untainted(value)

    def _Attribute(self, node: ast.Attribute) -> Any:
        owner = self.value(node.value)
        found = self._machine.attribute(owner, node.attr, node)
        if found is MISSING:
            return self._machine.unknown(f"{Site(self._machine, node.value).text} has no {node.attr}", node)
        return self._machine.untainted(found)

    def _Call(self, node: ast.Call) -> Any:
        machine = self._machine
        if isinstance(node.func, ast.Name) and node.func.id == "super" and not machine.scope.names.get("super"):
            return machine.runner.super_of(node)
        function = self.value(node.func)
        args, named = self.arguments(node)
        if isinstance(args, Unknown):
            return args
        return machine.call(function, args, named, node)

    def arguments(self, node: ast.Call) -> tuple[Any, dict[str, Any]]:
        """The values that a call is given by place and by name; an `Unknown` where their number is not known."""
        args: list[Any] = []
        named: dict[str, Any] = {}
        for one in node.args:
            if isinstance(one, ast.Starred):
                inside = self.items(self.value(one.value), one)
                if isinstance(inside, Unknown):
                    return inside, {}
                args += inside
            else:
                args.append(self.value(one))
        for word in node.keywords:
            value = self.value(word.value)
            if word.arg is not None:
                named[word.arg] = value
            elif isinstance(value, dict):
                named.update({str(key): one for key, one in value.items()})
            else:
                lost = value if isinstance(value, Unknown) else self._machine.unknown("this is no dictionary", word)
                return lost, {}
        return tuple(args), named

    def _elements(self, nodes: list[ast.expr]) -> list[Any] | Unknown:
        found: list[Any] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                inside = self.items(self.value(node.value), node)
                if isinstance(inside, Unknown):
                    return inside
                found += inside
            else:
                found.append(self.value(node))
        return found

    def _List(self, node: ast.List) -> Any:
        return self._elements(node.elts)

    def _Tuple(self, node: ast.Tuple) -> Any:
        found = self._elements(node.elts)
        return tuple(found) if isinstance(found, list) else found

    def _Set(self, node: ast.Set) -> Any:
        found = self._elements(node.elts)
        return python.hashed(Site(self._machine, node), found) if isinstance(found, list) else found

    def _Dict(self, node: ast.Dict) -> Any:
        made: dict[Any, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            found = self.value(value)
            if key is None:
                if not isinstance(found, dict):
                    return found if isinstance(found, Unknown) else self._machine.unknown("this is no dictionary", node)
                made.update(found)
                continue
            name = self.value(key)
            lost = python.hashable(Site(self._machine, key), name)
            if lost:
                return lost
            made[name] = found
        return made

    def _BinOp(self, node: ast.BinOp) -> Any:
        return self.combined(_SIGNS[type(node.op)], self.value(node.left), self.value(node.right), node)

    def combined(self, sign: str, left: Any, right: Any, node: ast.AST) -> Any:
        """``left sign right``."""
        lost = next((one for one in (left, right) if isinstance(one, Unknown)), None)
        if lost:
            return lost
        if sign == "/" and self._machine.is_old and type(left) is type(right) is int:
            sign = "//"
        site = Site(self._machine, node)
        classes = operators.union(left, right) if sign == "|" else None
        if classes:
            return classes
        imported = next((one for one in (left, right) if isinstance(one, Library)), None)
        if imported is not None:
            found = self._machine.of_import(imported, site.place)
            return found if isinstance(found, Unknown) else site.unknown(f"what {sign} does here is not known")
        if sign == "%" and isinstance(left, str):
            return python.arithmetic(site, sign, left, right)
        if isinstance(left, Tensor) or isinstance(right, Tensor):
            return self._machine.session.operations.signed(sign, left, right, node)
        if isinstance(left, Data) or isinstance(right, Data):
            return arrays.binary(site, sign, left, right)
        if isinstance(left, Instance) or isinstance(right, Instance):
            return self._special(_SPECIAL.get(sign, ""), left, right, node)
        return python.arithmetic(site, sign, left, right)

    def _special(self, name: str, left: Any, right: Any, node: ast.AST) -> Any:
        for owner, other, method in ((left, right, f"__{name}__"), (right, left, f"__r{name}__")):
            if isinstance(owner, Instance) and owner.cls.find(method) is not MISSING:
                return self._machine.call(self._machine.attribute(owner, method, node), (other,), {}, node)
        return self._machine.unknown("what this operator does here is not known", node)

    def _UnaryOp(self, node: ast.UnaryOp) -> Any:
        value = self.value(node.operand)
        if isinstance(node.op, ast.Not):
            truth = self.is_true(value, node)
            return truth if isinstance(truth, Unknown) else not truth
        if isinstance(value, Unknown):
            return value
        sign, site = _SIGNS[type(node.op)], Site(self._machine, node)
        if isinstance(value, Tensor):
            return self._machine.session.operations.unary(sign, value, node)
        if isinstance(value, Data):
            return arrays.unary(site, sign, value)
        if isinstance(value, int | float):
            return -value if sign == "-" else +value if sign == "+" else python.arithmetic(site, "^", value, -1)
        return site.unknown("what this operator does here is not known")

    def _BoolOp(self, node: ast.BoolOp) -> Any:
        wanted = isinstance(node.op, ast.Or)
        lost: Unknown | None = None
        for one in node.values:
            value = self.value(one)
            truth = self.is_true(value, one)
            if isinstance(truth, Unknown):
                lost = lost or truth
            elif truth is wanted and (lost is None or isinstance(value, bool)):
                return value  # whatever is not known, `or` with something true is true
            elif one is node.values[-1] and lost is None:
                return value
        return lost

    def _Compare(self, node: ast.Compare) -> Any:
        left = self.value(node.left)
        lost: Unknown | None = None
        for op, other in zip(node.ops, node.comparators, strict=True):
            right = self.value(other)
            result = self.compared(_SIGNS[type(op)], left, right, node)
            if isinstance(result, Unknown):
                lost = lost or result
            elif isinstance(result, Data):
                return result
            elif not result:
                return False
            left = right
        return lost or True

    def compared(self, sign: str, left: Any, right: Any, node: ast.AST) -> Any:
        """``left sign right``, of a comparison."""
        site = Site(self._machine, node)
        if sign not in ("is", "is not", "in", "not in"):
            lost = next((one for one in (left, right) if isinstance(one, Unknown)), None)
            if lost:
                return lost
            if isinstance(left, Tensor) or isinstance(right, Tensor):
                return self._machine.session.operations.signed(sign, left, right, node)
            if isinstance(left, Data) or isinstance(right, Data):
                return arrays.compare(site, sign, left, right)
            if isinstance(left, Instance) and left.cls.find(f"__{_COMPARED[sign]}__") is not MISSING:
                return self._special(_COMPARED[sign], left, right, node)
        return python.compare(site, sign, left, right)

    def _IfExp(self, node: ast.IfExp) -> Any:
        truth = self.truth(node.test)
        if not isinstance(truth, Unknown):
            return self.value(node.body if truth else node.orelse)
        return self._machine.branches.either(node, truth)

    def _Subscript(self, node: ast.Subscript) -> Any:
        return self.part(self.value(node.value), self.value(node.slice), node)

    def part(self, whole: Any, key: Any, node: ast.AST) -> Any:
        """``whole[key]``."""
        machine, site = self._machine, Site(self._machine, node)
        if isinstance(whole, Unknown):
            return whole
        if isinstance(whole, Tensor):
            return machine.session.operations.part(whole, key, node)
        if isinstance(whole, Data):
            return arrays.getitem(site, whole, key)
        if isinstance(whole, Instance):
            if whole.items is None:
                return self._special("getitem", whole, key, node)
            whole = whole.items
        if isinstance(whole, Thing):
            own = whole.method("part_of")
            return own(site, key) if own else site.unknown(f"{site.text} is not known here")
        if isinstance(whole, OwnClass) and isinstance(key, str) and whole.is_enum:
            return machine.attribute(whole, key, node)
        if isinstance(whole, Library | OwnClass):
            return whole  # a type with parameters, as list[int]
        if isinstance(whole, dict):
            lost = python.hashable(site, key)
            if lost:
                return lost
        if isinstance(key, Unknown):
            return key
        try:
            return machine.untainted(whole[key])
        except (KeyError, IndexError) as error:
            return machine.refused(error, "this part is not there", node)
        except Exception:  # noqa: BLE001 - whatever Python refuses
            return site.unknown("this part is not there")

    def _Slice(self, node: ast.Slice) -> Any:
        ends = [self.value(one) if one else None for one in (node.lower, node.upper, node.step)]
        lost = next((one for one in ends if isinstance(one, Unknown)), None)
        return lost or slice(*ends)

    def _JoinedStr(self, node: ast.JoinedStr) -> Any:
        parts = [self.value(one) for one in node.values]
        lost = next((one for one in parts if isinstance(one, Unknown)), None)
        return lost or "".join(map(str, parts))

    def _FormattedValue(self, node: ast.FormattedValue) -> Any:
        value, spec = self.value(node.value), self.value(node.format_spec) if node.format_spec else ""
        lost = next((one for one in (value, spec) if isinstance(one, Unknown)), None)
        return lost or python.formatted(Site(self._machine, node), value, spec, node.conversion)

    def _Lambda(self, node: ast.Lambda) -> Any:
        return self._machine.runner.function(node)

    def _NamedExpr(self, node: ast.NamedExpr) -> Any:
        value = self.value(node.value)
        self._machine.follow.bind(node.target, value)
        return value

    def _Await(self, node: ast.Await) -> Any:
        return self.value(node.value)

    def _Starred(self, node: ast.Starred) -> Any:
        return self.value(node.value)

    def _Yield(self, node: ast.Yield) -> Any:
        value = self.value(node.value) if node.value else None
        self._machine.frame.yielded.append(value)

    def _YieldFrom(self, node: ast.YieldFrom) -> Any:
        inside = self.items(self.value(node.value), node)
        self._machine.frame.yielded += inside if isinstance(inside, list) else [inside]

    def _ListComp(self, node: ast.ListComp) -> Any:
        return self._comprehended(node, node.generators, lambda: self.value(node.elt))

    def _GeneratorExp(self, node: ast.GeneratorExp) -> Any:
        return self._comprehended(node, node.generators, lambda: self.value(node.elt))

    def _SetComp(self, node: ast.SetComp) -> Any:
        found = self._comprehended(node, node.generators, lambda: self.value(node.elt))
        return python.hashed(Site(self._machine, node), found) if isinstance(found, list) else found

    def _DictComp(self, node: ast.DictComp) -> Any:
        pairs = self._comprehended(node, node.generators, lambda: (self.value(node.key), self.value(node.value)))
        if isinstance(pairs, Unknown):
            return pairs
        return python.pairs(Site(self._machine, node), pairs)

    def _comprehended(self, node: ast.expr, over: list[ast.comprehension], make: Any) -> Any:
        """The list that a comprehension makes; the names that it binds are its own."""
        with self._machine.runner.inner_scope():
            found: list[Any] = []
            for one in self._turns(over, node):
                if isinstance(one, Unknown):
                    return one
                found.append(make())
                self._machine.spend(1, node)
            return found

    def _turns(self, over: list[ast.comprehension], node: ast.expr) -> Iterator[Unknown | None]:
        if not over:
            yield None
            return
        members = self.items(self.value(over[0].iter), over[0].iter)
        if isinstance(members, Unknown):
            yield members
            return
        for member in members:
            self._machine.follow.bind(over[0].target, member)
            kept = [self.truth(test) for test in over[0].ifs]
            lost = next((one for one in kept if isinstance(one, Unknown)), None)
            if lost:
                yield lost
                return
            if all(kept):
                yield from self._turns(over[1:], node)
