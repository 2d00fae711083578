"""Statements: what they bind and change."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.errors import ConvcalcError
from convcalc.read.code import arrays, cases
from convcalc.read.code.chunks import Left
from convcalc.read.code.evaluate import _SIGNS
from convcalc.read.code.library import python
from convcalc.read.code.signals import Signal, Thrown
from convcalc.read.code.site import Site
from convcalc.read.code.values import MISSING, Data, Inert, Instance, Library, OwnClass, Thing, Unknown

if TYPE_CHECKING:
    from convcalc.read.code.machine import Machine


class Follower:
    """Follows statements; each kind of statement has a method of its own."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def top(self, body: Sequence[ast.stmt]) -> None:
        """Follows the statements of a module; what a statement that fails may have changed becomes unknown."""
        for statement in body:
            self._machine.branches.whole(statement)

    def block(self, body: Sequence[ast.stmt]) -> Signal | None:
        """Follows statements one after the other; how they are left, if they are left early."""
        for at, statement in enumerate(body):
            if isinstance(statement, ast.If):
                truth = self._machine.evaluate.truth(statement.test)
                if isinstance(truth, Unknown):
                    return self._machine.branches.split(statement, body[at + 1 :], truth)
                signal = self.block(statement.body if truth else statement.orelse)
            else:
                signal = self.statement(statement)
            if signal is not None:
                return signal
        return None

    def statement(self, statement: ast.stmt) -> Signal | None:
        """Follows one statement."""
        self._machine.spend(1, statement)
        method: Callable[[Any], Signal | None] | None = getattr(self, f"_{type(statement).__name__}", None)
        if method is None:
            self._machine.branches.lose(statement, f"{type(statement).__name__} statements are not followed")
            return None
        return method(statement)

    def _If(self, node: ast.If) -> Signal | None:
        return self.block([node])

    def _Left(self, node: Left) -> None:
        machine = self._machine
        lost = machine.unknown(f"this is not Python 3: {node.message}", node)
        former = [machine.scope.find(one.id) for one in node.bound]
        machine.branches.lose_bound(node, lost)
        if node.makes or any(map(machine.session.is_live, former)):
            machine.session.models.append(lost)
        machine.runner.lose_given([machine.scope.find(name) for name in node.used], lost)
        if node.shows:
            machine.session.members.shown = lost

    def _Expr(self, node: ast.Expr) -> None:
        self._machine.evaluate.value(node.value)

    def _Pass(self, node: ast.Pass) -> None:
        return None

    _Assert = _Pass

    def _Import(self, node: ast.Import) -> None:
        self._machine.modules.import_names(node)

    def _ImportFrom(self, node: ast.ImportFrom) -> None:
        self._machine.modules.import_from(node)

    def _Assign(self, node: ast.Assign) -> None:
        value = self._machine.evaluate.value(node.value)
        for target in node.targets:
            self.bind(target, value)

    def _AnnAssign(self, node: ast.AnnAssign) -> None:
        if isinstance(node.target, ast.Name) and self._machine.scope.is_class:
            names = self._machine.scope.names.setdefault("__annotations__", {})
            names[node.target.id] = None
        if node.value is not None:
            self.bind(node.target, self._machine.evaluate.value(node.value))

    def _AugAssign(self, node: ast.AugAssign) -> None:
        evaluate, target = self._machine.evaluate, node.target
        read: ast.expr = ast.copy_location(_loaded(target), target)
        left, right = evaluate.value(read), evaluate.value(node.value)
        if isinstance(left, list) and isinstance(node.op, ast.Add):
            more = evaluate.items(right, node.value)
            if isinstance(more, list):
                lost = python.room(Site(self._machine, node), len(left) + len(more))
                self._machine.journal.touch(left)
                left.extend([] if lost else more)
            else:
                lost = more
            if lost:
                self._machine.taint(left, lost)
            return
        result = evaluate.combined(_SIGNS[type(node.op)], left, right, node)
        if isinstance(left, Data):
            arrays.lose(left)  # NumPy changes the array itself, which may have other names
        self.bind(target, result)

    def bind(self, target: ast.expr, value: Any) -> None:
        """Gives a target its value: a name, several names, an attribute, a part."""
        machine = self._machine
        match target:
            case ast.Name(id=name):
                self.store(name, value)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                self._bind_parts(target, parts, value)
            case ast.Starred(value=inner):
                self.bind(inner, value)
            case ast.Attribute(value=owner, attr=attr):
                machine.set_attribute(machine.evaluate.value(owner), attr, value, target)
            case ast.Subscript(value=owner, slice=key):
                self._set_part(machine.evaluate.value(owner), machine.evaluate.value(key), value, target)

    def store(self, name: str, value: Any) -> None:
        """Gives a name its value, or the value that the user has given for the name."""
        machine = self._machine
        if name in machine.given and machine.scope.module is machine.main:
            scope = machine.scope.target(name)
            if scope is machine.main.names or isinstance(value, Unknown):
                value = machine.given[name]
                machine.used.add(name)
        names = machine.scope.target(name).names
        if isinstance(value, Unknown) and not isinstance(value, Inert):
            value.cause.name = value.cause.name or name
            if names is machine.main.names.names:
                value = type(value)(value.cause, name)
        machine.journal.touch(names)
        names[name] = value

    def _bind_parts(self, target: ast.expr, parts: list[ast.expr], value: Any) -> None:
        machine = self._machine
        values = machine.evaluate.items(value, target)
        starred = next((at for at, one in enumerate(parts) if isinstance(one, ast.Starred)), None)
        if isinstance(values, list) and starred is not None and len(values) >= len(parts) - 1:
            after = len(values) - (len(parts) - 1 - starred)
            values = [*values[:starred], values[starred:after], *values[after:]]
        if isinstance(values, Unknown):
            shared: list[Any] = [_part_of(values) for _ in parts]
        elif len(values) != len(parts):
            lost = machine.unknown(f"this comes in {len(values)} parts, not in {len(parts)}", target)
            shared = [lost] * len(parts)
        else:
            shared = values
        for part, one in zip(parts, shared, strict=True):
            self.bind(part, one)

    def _set_part(self, whole: Any, key: Any, value: Any, target: ast.expr) -> None:
        machine = self._machine
        items = whole.items if isinstance(whole, Instance) and whole.items is not None else whole
        if isinstance(items, Data):
            arrays.setitem(Site(machine, target), items, key, value)
        elif isinstance(items, Instance):
            machine.evaluate._special("setitem", items, key, target)
        elif isinstance(items, Thing):
            own = items.method("set_part")
            if own:
                own(Site(machine, target), key, value)
        elif isinstance(items, list | dict):
            site = Site(machine, target)
            lost = key if isinstance(key, Unknown) else python.hashable(site, key) if isinstance(items, dict) else None
            if lost:
                machine.taint(items, lost)
                return
            machine.journal.touch(items)
            try:
                items[key] = value
            except (TypeError, IndexError, ValueError):
                machine.taint(items, machine.unknown("setting this part is not followed", target))

    def _FunctionDef(self, node: ast.FunctionDef) -> None:
        self.store(node.name, self._machine.runner.defined(node))

    def _AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.store(node.name, self._machine.runner.defined(node))

    def _ClassDef(self, node: ast.ClassDef) -> None:
        self.store(node.name, self._machine.runner.defined_class(node))

    def _Return(self, node: ast.Return) -> Signal:
        return Signal("return", self._machine.evaluate.value(node.value) if node.value else None)

    def _Break(self, node: ast.Break) -> Signal:
        return Signal("break")

    def _Continue(self, node: ast.Continue) -> Signal:
        return Signal("continue")

    def _Global(self, node: ast.Global) -> None:
        self._machine.scope.elsewhere.update(dict.fromkeys(node.names, "global"))

    def _Nonlocal(self, node: ast.Nonlocal) -> None:
        self._machine.scope.elsewhere.update(dict.fromkeys(node.names, "nonlocal"))

    def _Delete(self, node: ast.Delete) -> None:
        machine = self._machine
        for target in node.targets:
            if isinstance(target, ast.Name):
                names = machine.scope.target(target.id).names
                machine.journal.touch(names)
                names.pop(target.id, None)
            elif isinstance(target, ast.Subscript):
                self._delete_part(machine.evaluate.value(target.value), target)

    def _delete_part(self, whole: Any, target: ast.Subscript) -> None:
        key = self._machine.evaluate.value(target.slice)
        if isinstance(whole, list | dict):
            self._machine.journal.touch(whole)
            try:
                del whole[key]
            except (TypeError, IndexError, KeyError):
                self._machine.taint(whole, self._machine.unknown("deleting this part is not followed", target))

    def _With(self, node: ast.With | ast.AsyncWith) -> Signal | None:
        entered = []
        for item in node.items:
            value = self._machine.evaluate.value(item.context_expr)
            inside = self._entered(value, item.context_expr)
            if item.optional_vars:
                self.bind(item.optional_vars, inside)
            entered.append(value)
        signal = self.block(node.body)
        for value in reversed(entered):
            own = value.cls.find("__exit__") if isinstance(value, Instance) else MISSING
            if own is not MISSING:
                self._machine.call(own, (value, None, None, None), {}, node)
        return signal

    _AsyncWith = _With

    def _entered(self, value: Any, node: ast.AST) -> Any:
        """What ``with value as …`` binds."""
        if isinstance(value, Instance):
            return self._machine.call(self._machine.attribute(value, "__enter__", node), (), {}, node)
        own = value.method("entered") if isinstance(value, Thing) else None
        return own(Site(self._machine, node)) if own else value

    def _Raise(self, node: ast.Raise) -> None:
        raise Thrown(self._machine.evaluate.value(node.exc) if node.exc else None, node)

    def _Try(self, node: ast.Try | ast.TryStar) -> Signal | None:
        try:
            signal = self._machine.branches.tried(node)
            if signal is None:
                signal = self.block(node.orelse)
        except Thrown as thrown:
            handler = next((one for one in node.handlers if self._catches(one, thrown)), None)
            if handler is None:
                self.block(node.finalbody)
                raise
            if handler.name:
                self.store(handler.name, thrown.value)
            signal = self.block(handler.body)
        return self.block(node.finalbody) or signal

    _TryStar = _Try

    def _catches(self, handler: ast.ExceptHandler, thrown: Thrown) -> bool:
        """Whether a handler takes an exception: by the names of its class and of the handler's classes."""
        if handler.type is None:
            return True
        wanted = self._machine.evaluate.value(handler.type)
        classes = wanted if isinstance(wanted, tuple) else (wanted,)
        value = thrown.value.cls if isinstance(thrown.value, Instance) else thrown.value
        own = set(value.order) if isinstance(value, OwnClass) else {value}
        named = {one.name for one in own if isinstance(one, Library)}
        broad = any(isinstance(one, Library) and one.name in ("Exception", "BaseException") for one in classes)
        return broad or any(one in own or isinstance(one, Library) and one.name in named for one in classes)

    def _For(self, node: ast.For | ast.AsyncFor) -> Signal | None:
        return self._machine.branches.for_loop(node)

    _AsyncFor = _For

    def _While(self, node: ast.While) -> Signal | None:
        return self._machine.branches.while_loop(node)

    def _Match(self, node: ast.Match) -> Signal | None:
        subject = self._machine.evaluate.value(node.subject)
        for case in node.cases:
            fits = cases.fits(self._machine, case.pattern, subject)
            if fits is True and case.guard is not None:
                fits = self._machine.evaluate.truth(case.guard)
            if isinstance(fits, Unknown):
                self._machine.branches.lose(node, "which case this is depends on what is not known here")
                return None
            if fits:
                return self.block(case.body)
        return None


def _loaded(target: ast.expr) -> ast.expr:
    """The target of ``+=`` as an expression."""
    if isinstance(target, ast.Name):
        return ast.Name(target.id, ast.Load())
    if isinstance(target, ast.Attribute):
        return ast.Attribute(target.value, target.attr, ast.Load())
    return ast.Subscript(target.value, target.slice, ast.Load()) if isinstance(target, ast.Subscript) else target


def _part_of(lost: Unknown) -> Unknown:
    """A value of its own for each name that an unknown value is taken apart into."""
    return type(lost)(lost.cause)


__all__ = ["ConvcalcError", "Follower", "Signal", "Thrown"]
