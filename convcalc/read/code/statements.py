"""The statements of a script. Statements that make models are followed, all others are passed over.

What cannot be followed leaves the names that it binds, and the models and lists that it changes, without a known
value: an error only where the model that is asked for uses them.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Sequence
from typing import Any

from convcalc.errors import ConvcalcError, ReadError
from convcalc.layers import MODULES
from convcalc.read.code.bound import Function, Imported, Model, Space, Unknown
from convcalc.read.code.functions import Functions, Left
from convcalc.read.code.names import KERAS
from convcalc.read.code.written import Written
from convcalc.script import Call, Script

# Methods that change what they are called on.
_CHANGES = {"add", "append", "clear", "extend", "insert", "pop", "remove", "reverse", "setdefault", "sort", "update"}
# Settings that change what every layer after them is.
_SETTINGS = re.compile(r"\.(set_image_data_format|set_floatx|set_(?:global_|dtype_)?policy|set_dtype_policy)$")


class Statements(Functions):
    """Follows statements, and keeps what they make of names, models and lists."""

    def __init__(self, *text: Any) -> None:
        super().__init__(*text)
        self.shown: Script | ConvcalcError | None = None  # the model of the last summary(), as it was then
        self.depth = 0

    def follow(self, body: Sequence[ast.stmt]) -> None:
        """Statement by statement; what cannot be followed is forgotten."""
        self.depth += 1
        try:
            for statement in body:
                self._try(statement)
        finally:
            self.depth -= 1

    def _try(self, statement: ast.stmt) -> None:
        try:
            if self.depth > 1:
                self.spend(statement)
            self._statement(statement)
        except ConvcalcError as error:
            if error.code == "too-many-steps" and self.depth > 1:
                raise  # the outermost statement is given up, not each of its parts
            self.forget(statement, error)
            self.steps += 20  # what that costs
            if self.depth > 1 and (self.leaves(statement) or isinstance(statement, ast.Raise)):
                raise  # what comes after it is not known either

    def _statement(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Import() | ast.ImportFrom():
                self._import(statement)
            case ast.Assign(targets=targets, value=value):
                self._assign(targets, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign([target], value)
            case ast.AugAssign(target=ast.Name(id=name) as target, op=op, value=value):
                left = ast.copy_location(ast.Name(name, ast.Load()), target)
                self._assign([target], ast.copy_location(ast.BinOp(left, op, value), statement))
            case ast.Expr(value=ast.Call() as call):
                self._do(call)
            case ast.FunctionDef(name=name, args=args, decorator_list=[]) if not _is_generator(statement):
                self.names[name] = Function(statement, self.defaults(args), self.names)
            case ast.ClassDef(name=name, body=body, bases=[]):
                self.names[name] = Space(self._held(body))
            case ast.Expr() | ast.Pass() | ast.Assert() | ast.AnnAssign():
                pass
            case _:
                self._flow(statement)

    def _held(self, body: Sequence[ast.stmt]) -> dict[str, Any]:
        """The names that a class of plain values binds."""
        outside, self.names = self.names, self.names.new_child()
        try:
            self.follow(body)
            return dict(self.names.maps[0])
        finally:
            self.names = outside

    def _flow(self, statement: ast.stmt) -> None:
        """A statement that holds others, or leaves them."""
        match statement:
            case ast.For() | ast.While():
                self._loop(statement)
            case ast.If(test=test, body=body, orelse=other):
                self.follow(body if self.truth(test) else other)
            case ast.With(body=body):
                self.follow(body)
            case ast.Try(body=body, orelse=other, finalbody=final):
                self.follow([*body, *other, *final])
            case ast.Return(value=value) if self.running:
                raise Left(ast.Return, self.or_unknown(value) if value else None)
            case ast.Global(names=names):
                self.names.maps[0].update({f"global {name}": True for name in names})
            case ast.Break() | ast.Continue() if self.depth > 1:
                raise Left(type(statement))
            case ast.Delete(targets=targets):
                for target in targets:
                    if isinstance(target, ast.Name):
                        self.names.maps[0].pop(target.id, None)
            case _:
                raise self.no_value("this statement is not followed", statement)

    def _loop(self, loop: ast.For | ast.While) -> None:
        """Turn by turn, until it is left."""
        turns = self.turns(loop.target, loop.iter) if isinstance(loop, ast.For) else self._while(loop.test)
        for _ in turns:
            try:
                self.follow(loop.body)
            except Left as left:
                if left.how is ast.Return:
                    raise
                if left.how is ast.Break:
                    return
        self.follow(loop.orelse)

    def _while(self, test: ast.expr) -> Any:
        while self.truth(test):
            self.spend(test)
            yield

    def _import(self, statement: ast.Import | ast.ImportFrom) -> None:
        module = f"{statement.module or ''}." if isinstance(statement, ast.ImportFrom) else ""
        for one in statement.names:
            if one.name == "*":
                continue
            name = one.asname or (one.name if module else one.name.partition(".")[0])
            self.names[name] = Imported(module + (one.name if one.asname or module else name))

    def _assign(self, targets: list[ast.expr], value: ast.expr) -> None:
        made = self.or_unknown(value)
        if isinstance(made, Unknown):
            raise made.error
        for target in targets:
            if isinstance(target, ast.Attribute):
                self.set_attribute(self.value(target.value), target, value, made)
            elif isinstance(target, ast.Subscript):
                self._set_part(self.value(target.value), target, made)
            else:
                self.bind(target, made)

    def _set_part(self, whole: Any, target: ast.Subscript, made: Any) -> None:
        """``parts["a"] = x`` of a dictionary; any other is not followed."""
        if not isinstance(whole, dict) or isinstance(target.slice, ast.Slice):
            raise self.no_value("setting a part of this is not followed", target)
        key = self.value(target.slice)
        if not isinstance(key, str | int):
            raise self.no_value("this key is not followed", target.slice)
        whole[key] = made

    def _do(self, call: ast.Call) -> None:
        """A call for its effect."""
        kind = self.kind(call.func)
        if kind and _SETTINGS.search(f".{kind}") and self.is_keras(call.func):
            self.setting(kind.rpartition(".")[2], call)
        elif kind and kind.endswith("clear_session") and self.is_keras(call.func):
            self.clear_session()
        elif kind == "print":
            for arg in call.args:
                if isinstance(arg, ast.Call):
                    self._do(arg)
        elif isinstance(call.func, ast.Attribute) and kind is None:
            self._method(call.func, call)
        elif isinstance(call.func, ast.Name) and isinstance(self.names.get(call.func.id), Function | Call):
            self.value(call)
        elif self._may_change(call.func):
            self._forget_inside(call)

    def _method(self, func: ast.Attribute, call: ast.Call) -> None:
        """A method that makes a model or a list, or shows a model; others change neither."""
        name = func.attr
        if name == "summary":
            self._show(func.value)
        elif name in _CHANGES or name == "build":
            whole = self.value(func.value)
            values = [*call.args, *(one.value for one in call.keywords)]
            if isinstance(whole, Model):
                self.change(whole, name, values, call)
            elif isinstance(whole, list) and name in ("append", "extend") and len(values) == 1:
                whole += [self.value(values[0])] if name == "append" else self.spread(values[0])
            else:
                raise self.no_value(f"{name}() is not followed here", call)

    def _show(self, node: ast.expr) -> None:
        """The model whose summary is shown, as it is now."""
        try:
            model = self.value(node)
            if isinstance(model, Model):
                self.spend(node, len(model.layers))
                self.shown = Written(self.spoiled).script(model)
        except ConvcalcError as error:
            self.shown = error

    def forget(self, statement: ast.stmt, error: ConvcalcError) -> None:
        """Leaves what a statement binds and changes without a known value."""
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self.store(node.id, Unknown(error))
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                self.names[node.name] = Unknown(
                    self.no_value(f"{node.name} is the script's own, and is not followed", node)
                )
            elif isinstance(node, ast.ClassDef):
                self.names[node.name] = Unknown(self._own_class(node))
            elif isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
                self._spoil_named(node.value, error)
            elif isinstance(node, ast.Call) and node not in self.followed:
                self._forget_call(node, error)

    def _own_class(self, node: ast.ClassDef) -> ReadError:
        """What is said where a class of the script's own is used."""
        what = next((f", a {one}" for one in map(ast.unparse, node.bases) if one.endswith(("Model", "Layer"))), "")
        return ReadError(
            f"{node.name} is a class of the script's own{what}",
            code="own-class",
            span=self.place_of_name(node),
            why="what its call method does shows only when it runs, and scripts are read, never run",
            help="make the model of Keras's layers, or save it and give convcalc the .keras file",
        )

    def _forget_call(self, call: ast.Call, error: ConvcalcError) -> None:
        if isinstance(call.func, ast.Attribute) and call.func.attr in _CHANGES:
            self._spoil_named(call.func.value, error)
        elif self._may_change(call.func):
            self._forget_inside(call)

    def _may_change(self, func: ast.expr) -> bool:
        """Whether a function that is called by its bare name may do anything to its arguments: none of Keras's."""
        kind = self.kind(func)
        own = isinstance(func, ast.Name) and not hasattr(builtins, func.id)
        return kind is None or bool(own and kind not in MODULES and not KERAS.match(kind))

    def _forget_inside(self, call: ast.Call) -> None:
        """A function that is not Keras's may change the models and lists that it is given."""
        if isinstance(call.func, ast.Name) and not self._is_layer(call.func):
            for arg in (*call.args, *(one.value for one in call.keywords)):
                self._spoil_named(arg, self.no_value(f"{call.func.id}() is not followed, and may change this", arg))

    def _is_layer(self, func: ast.Name) -> bool:
        return isinstance(self.names.get(func.id), Call)

    def _spoil_named(self, node: ast.expr, error: ConvcalcError) -> None:
        value = self.names.get(node.id) if isinstance(node, ast.Name) else None
        if isinstance(value, Call | list | dict):
            self.spoil(value, error)


def _is_generator(function: ast.FunctionDef) -> bool:
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(function))
