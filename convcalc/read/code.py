"""Keras code as scripts: the statements that make a `Sequential` model are followed, all others passed over.

Nothing is executed. What cannot be followed leaves the names that it binds, and the models and lists that it
changes, without a known value: an error only where the model that is asked for uses them.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence
from typing import Any

from convcalc.errors import ReadError, raise_all
from convcalc.layers import MODULES, canonical
from convcalc.read.bound import Imported, Unknown
from convcalc.read.common import not_yet
from convcalc.read.names import KERAS, SETTINGS, Names
from convcalc.read.syntax import MOST_CHARACTERS, parse
from convcalc.resolve import MOST_LAYERS
from convcalc.script import Call, Given, Script
from convcalc.source import Source, Span

# How deep models may stand in models.
MOST_DEPTH = 100

# Methods that change what they are called on.
_CHANGES = {"add", "append", "clear", "extend", "insert", "pop", "remove", "reverse", "setdefault", "sort", "update"}
_HELP = "make it with model = keras.Sequential([…]), or with keras.Sequential() and model.add(…)"


def read_code(source: Source) -> Script:
    """The model of a script: that of its last ``model.summary()``, else the last that it makes.

    `ReadError` where the script does not say what that model is, or is functional.
    """
    whole = Span(source, 0, len(source.text))
    if len(source.text) > MOST_CHARACTERS:
        message = f"a script may have {MOST_CHARACTERS:,} characters"
        raise ReadError(message, code="too-large", help="write the model as YAML")
    walker = _Walker(source.text, lambda start, end: Span(source, start, end))
    try:
        walker.follow(parse(source.text).body)
        return walker.script(whole)
    except SyntaxError as error:
        raise walker.syntax_error(error, "a script is read as Python 3") from None
    except (RecursionError, MemoryError):
        deep = "this script is nested too deeply to read"
        raise ReadError(deep, code="too-deep", span=Span(source, 0, 1)) from None
    except ValueError as error:  # a null character, half a surrogate pair
        raise ReadError(f"this is not Python: {error}", code="bad-syntax", span=whole) from None


class _Walker(Names):
    """Follows statements, and keeps what they make of names, models and lists."""

    def __init__(self, *text: Any) -> None:
        super().__init__(*text)
        self.shown: Call | Unknown | None = None  # the model of the last summary(), as it was then
        self.inputs: dict[int, Given] = {}  # what model.build() was given, by the model's id
        self.settings: list[ReadError] = []
        self.depth = 0

    def follow(self, body: Sequence[ast.stmt]) -> None:
        """Statement by statement; what cannot be followed is forgotten."""
        self.depth += 1
        for statement in body:
            try:
                if self.depth > 1:
                    self.spend(statement)
                self._statement(statement)
            except ReadError as error:
                if error.code == "too-many-steps" and self.depth > 1:
                    self.depth -= 1
                    raise  # the outermost statement is given up, not each of its parts
                self._forget(statement, error)
        self.depth -= 1

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
            case ast.For(target=target, iter=over, body=body) if not _leaves(body):
                for _ in self.turns(target, over):
                    self.follow(body)
                self.follow(statement.orelse)
            case ast.If(test=test, body=body, orelse=other):
                self.follow(body if self.value(test) else other)
            case ast.With(body=body):
                self.follow(body)
            case ast.Try(body=body, orelse=other, finalbody=final):
                self.follow([*body, *other, *final])
            case ast.Expr() | ast.Pass() | ast.Assert() | ast.AnnAssign() | ast.Global():
                pass
            case _:
                raise self.no_value("this statement is not followed", statement)

    def _import(self, statement: ast.Import | ast.ImportFrom) -> None:
        module = f"{statement.module or ''}." if isinstance(statement, ast.ImportFrom) else ""
        for one in statement.names:
            if one.name == "*":
                continue
            name = one.asname or (one.name if module else one.name.partition(".")[0])
            self.names[name] = Imported(module + (one.name if one.asname else name))

    def _assign(self, targets: list[ast.expr], value: ast.expr) -> None:
        made = self.value(value)
        for target in targets:
            if isinstance(target, ast.Attribute):
                self._set(self.value(target.value), target, value, made)
            else:
                self.bind(target, made)

    def _set(self, whole: Any, target: ast.Attribute, value: ast.expr, made: Any) -> None:
        """``layer.trainable = False``; for a model, all its layers. Any other attribute is not followed."""
        if not isinstance(whole, Call) or target.attr != "trainable":
            raise self.no_value(f"setting {target.attr} is not followed", target)
        if whole.layers is None:
            whole.named = {**whole.named, "trainable": Given(made, self.place(value), self.place(target))}
        for layer in whole.layers or ():
            self._set(layer, target, value, made)

    def _do(self, call: ast.Call) -> None:
        """A call for its effect."""
        kind = self.kind(call.func)
        if kind and SETTINGS.search(kind):
            self.settings.append(not_yet("a script that changes Keras's settings", self.place(call)))
        elif kind == "print":
            for arg in call.args:
                if isinstance(arg, ast.Call):
                    self._do(arg)
        elif isinstance(call.func, ast.Attribute) and kind is None:
            self._method(call.func, call)
        elif self._may_change(call.func):
            self._forget_inside(call)

    def _method(self, func: ast.Attribute, call: ast.Call) -> None:
        """A method that makes a model or a list, or shows a model; others change neither."""
        name = func.attr
        if name == "summary":
            self.shown = self._shown(func.value)
        elif name in _CHANGES or name == "build":
            whole = self.value(func.value)
            values = [*call.args, *(one.value for one in call.keywords)]
            if isinstance(whole, Call) and whole.layers is not None:
                self._change_model(whole, whole.layers, name, values, call)
            elif isinstance(whole, list) and name in ("append", "extend") and len(values) == 1:
                value = self.value(values[0])
                whole += [value] if name == "append" else self.elements([ast.Starred(values[0])])
            else:
                raise self.no_value(f"{name}() is not followed here", call)

    def _change_model(self, model: Call, layers: list[Call], name: str, values: list[ast.expr], call: ast.Call) -> None:
        if name == "add" and len(values) == 1:
            layers.append(self.as_layer(self.value(values[0]), values[0]))
        elif name == "pop" and not values and layers:
            layers.pop()
        elif name == "build" and len(values) == 1:
            self.inputs[id(model)] = Given(self.argument(values[0]), self.place(values[0]))
        elif name != "build":
            raise self.no_value(f"{name}() is not followed here", call)

    def _shown(self, node: ast.expr) -> Call | Unknown | None:
        """The model whose summary is shown, as it is now."""
        try:
            model = self.value(node)
        except ReadError as error:
            return Unknown(error)
        if not isinstance(model, Call) or model.layers is None:
            return self.shown
        now = Call(model.kind, named=model.named, place=model.place, layers=list(model.layers))
        if id(model) in self.spoiled:
            self.spoil(now, self.spoiled[id(model)][1])
        if id(model) in self.inputs:
            self.inputs[id(now)] = self.inputs[id(model)]
        return now

    def _forget(self, statement: ast.stmt, error: ReadError) -> None:
        """Leaves what a statement binds and changes without a known value."""
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self.names[node.id] = Unknown(error)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                self.names[node.name] = Unknown(
                    self.no_value(f"{node.name} is the script's own, and is not followed", node)
                )
            elif isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
                self._spoil_named(node.value, error)
            elif isinstance(node, ast.Call):
                self._forget_call(node, error)

    def _forget_call(self, call: ast.Call, error: ReadError) -> None:
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
        if isinstance(call.func, ast.Name):
            for arg in (*call.args, *(one.value for one in call.keywords)):
                self._spoil_named(arg, self.no_value(f"{call.func.id}() is not followed, and may change this", arg))

    def _spoil_named(self, node: ast.expr, error: ReadError) -> None:
        value = self.names.get(node.id) if isinstance(node, ast.Name) else None
        if isinstance(value, Call | list | dict):
            self.spoil(value, error)

    def script(self, whole: Span) -> Script:
        """The model that the script is about; `ReadError` where it is not known."""
        raise_all(self.settings)
        inside = {id(layer) for model in self.built if isinstance(model, Call) for layer in model.layers or ()}
        made = [model for model in self.built if id(model) not in inside]
        named = self.names.get("model")  # what nearly every script calls it
        model = self.shown or (made[-1] if made else named if isinstance(named, Unknown) else None)
        if model is None:
            raise_all(self.applied[:1])
            raise ReadError("no Sequential model is made here", code="no-layers", span=whole, help=_HELP)
        if isinstance(model, Unknown):
            raise model.error
        self._check(model, 0)
        script = Script(model.layers or [], name=model.name, place=model.place)
        built = self.inputs.get(id(model))
        if built and isinstance(built.value, list | tuple) and built.value and not _has_input(model):
            script.batch_size, script.input = Given(built.value[0], built.place), Given(built.value[1:], built.place)
        return script

    def _check(self, model: Call, depth: int) -> int:
        """How many layers a model has; `ReadError` for what went wrong in it, and for layers used twice."""
        layers = model.layers or []
        for one in (model, *layers):
            if id(one) in self.spoiled:
                raise self.spoiled[id(one)][1]
        _refuse_twice(layers)
        if depth > MOST_DEPTH:
            raise ReadError(f"models stand in models more than {MOST_DEPTH} deep", code="too-deep", span=model.place)
        count = len(layers) + sum(self._check(one, depth + 1) for one in layers if one.layers is not None)
        if count > MOST_LAYERS:
            raise ReadError("this model has too many layers", code="too-many-layers", span=model.place)
        return count


def _refuse_twice(layers: list[Call]) -> None:
    seen: set[int] = set()
    for layer in layers:
        if id(layer) in seen:
            why = "a Keras model's layers have unique names"
            twice = "this layer is in the model twice"
            raise ReadError(twice, code="same-layer", span=layer.place, why=why, help="make another layer like it")
        seen.add(id(layer))


def _has_input(model: Call) -> bool:
    first = model.layers[0] if model.layers else None
    return bool(first and canonical(first.kind) in ("Input", "InputLayer"))


def _leaves(body: list[ast.stmt]) -> bool:
    """Whether a loop is left, or a turn of it cut short, on a condition."""
    return any(isinstance(node, ast.Break | ast.Continue) for one in body for node in ast.walk(one))
