"""Expressions of Python as calls and values: read from `ast`'s nodes, never evaluated."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from convcalc.errors import ReadError, did_you_mean, one_of
from convcalc.layers import is_function
from convcalc.read.common import is_nested, not_a_layer, not_yet
from convcalc.read.document.node import Locate
from convcalc.read.inline.arithmetic import bounded, combine, negate
from convcalc.script import Call, Given
from convcalc.source import Place

# The constants of YAML and JSON, which are bare names in Python.
_WORDS = {"true": True, "false": False, "null": None}
AS_STACK = "write the layers as a stack: Conv1D(2, 4) | Flatten | Dense(10)"
# The names in TensorFlow's functions of the tensor that a layer takes by place.
_TENSORS = ("inputs", "input", "x", "value", "features")

# What a nested model takes beside its layers.
_OF_MODELS = ("layers", "trainable", "name")


class Expressions:
    """Reads the expressions of a text at an offset in a longer text: literals, arithmetic and calls.

    A reader of scripts extends what a name stands for, and which expressions give a list of layers.
    """

    def __init__(self, text: str, offset: int, locate: Locate) -> None:
        self.text = text
        self.offset = offset
        self.locate = locate
        self.lines = text.split("\n")
        self._starts = list(accumulate((len(line) + 1 for line in self.lines), initial=0))

    def start(self, line: int, column: int) -> int:
        """The offset in the text of a place of `ast`'s: lines count from 1, columns the bytes of UTF-8."""
        text = self.lines[line - 1]
        inside = column if text.isascii() else len(text.encode()[:column].decode(errors="ignore"))
        return self._starts[line - 1] + inside

    def place(self, node: Any) -> Place:
        """Where a node of `ast`'s stands."""
        start = self.start(node.lineno, node.col_offset)
        return self.locate(self.offset + start, self.offset + self.start(node.end_lineno, node.end_col_offset))

    def place_of_name(self, node: ast.ClassDef | ast.FunctionDef) -> Place:
        """Where the name of a class or of a function stands in its definition."""
        start = self.offset + self.start(node.lineno, node.col_offset)
        return self.locate(start, start + len(f"class {node.name}"))

    def syntax_error(self, error: SyntaxError, help: str) -> ReadError:
        """The refusal by Python's parser, with the place that the parser names."""
        line = min(error.lineno or 1, len(self.lines))
        start = self._starts[line - 1] + min(max((error.offset or 1) - 1, 0), len(self.lines[line - 1]))
        start = self.offset + min(start, max(len(self.text) - 1, 0))
        return ReadError(
            "this is not Python's call syntax",
            code="bad-syntax",
            span=self.locate(start, start + 1),
            why=f"Python says: {error.msg}",
            help=help,
        )

    def layer(self, node: ast.expr) -> Call:
        """The expression as a layer: a call, or a kind's bare name."""
        if isinstance(node, ast.Call):
            return self.call(node)  # type: ignore[no-any-return]
        name = dotted(node)
        if name is None:
            raise not_a_layer("this is not a layer", self.place(node))
        return Call(name, place=self.place(node), layers=[] if is_nested(name) else None)

    def call(self, node: ast.Call) -> Any:
        """A call of a kind of layer, or of a configured value: ``HeNormal(seed=1)``."""
        kind = self.kind(node.func)
        if kind is None or kind.endswith(".add"):
            raise not_yet("calling a layer or a model's method", self.place(node), AS_STACK)
        args, keywords = node.args, node.keywords
        if is_function(kind):
            args = args[1:] if args and isinstance(args[0], ast.Name) else args
            keywords = [one for one in keywords if one.arg not in _TENSORS or not isinstance(one.value, ast.Name)]
        if is_nested(kind):
            return self.nested(kind, node)
        return Call(kind, tuple(self.by_place(args)), self.by_name(keywords), place=self.place(node.func))

    def kind(self, node: ast.expr) -> str | None:
        """The name that a call calls, as ``keras.layers.Dense``; None for anything but a name."""
        return dotted(node)

    def by_place(self, args: list[ast.expr]) -> Iterator[Given]:
        """The arguments that a call is given by their place."""
        for arg in args:
            place = self.place(arg)
            for value in self.spread(arg.value) if isinstance(arg, ast.Starred) else [self.argument(arg)]:
                yield Given(value, place)

    def by_name(self, keywords: list[ast.keyword]) -> dict[str, Given]:
        """The arguments that a call is given by name."""
        named: dict[str, Given] = {}
        for keyword in keywords:
            start, place = self.offset + self.start(keyword.lineno, keyword.col_offset), self.place(keyword.value)
            given = self.spread_named(keyword.value) if keyword.arg is None else {keyword.arg: keyword.value}
            for name, value in given.items():
                key = self.locate(start, start + len(keyword.arg or "**"))
                if name in named:
                    raise ReadError(f"{name} is given twice", code="argument-twice", span=key)
                named[name] = Given(self.argument(value) if isinstance(value, ast.expr) else value, place, key)
        return named

    def spread(self, node: ast.expr) -> list[Any]:
        """The values of ``*node``."""
        raise self.no_value("arguments behind * are not known here", node)

    def spread_named(self, node: ast.expr) -> dict[str, Any]:
        """The arguments of ``**node``."""
        raise self.no_value("arguments behind ** are not known here", node)

    def nested(self, kind: str, node: ast.Call) -> Call:
        """``Sequential([…], name="tower")``: the list, by place or as ``layers=``, holds layers."""
        inside = [*node.args, *(one.value for one in node.keywords if one.arg == "layers")]
        named = self.by_name([one for one in node.keywords if one.arg != "layers"])
        if len(inside) > 1:
            raise self.no_list(kind, inside[-1])
        for name in named:
            if name not in _OF_MODELS:
                help = did_you_mean(name, _OF_MODELS) or f"it takes {one_of(_OF_MODELS)}"
                message, place = f"{kind} has no argument {name!r}", named[name].key
                raise ReadError(message, code="unknown-argument", span=place, help=help)
        layers = [layer for one in inside for layer in self.layers_in(kind, one)]
        return Call(kind, (), named, place=self.place(node.func), layers=layers)

    def layers_in(self, kind: str, node: ast.expr) -> list[Call]:
        """The layers of the list that a nested model is made of."""
        if not isinstance(node, ast.List | ast.Tuple):
            raise self.no_list(kind, node)
        return [self.layer(element) for element in node.elts]

    def no_list(self, kind: str, node: ast.expr) -> ReadError:
        """The refusal of something where a list of layers must stand."""
        help = "write Sequential([Flatten(), Dense(10)])"
        return not_a_layer(f"{kind} takes one list of layers", self.place(node), help)

    def argument(self, node: ast.expr) -> Any:
        """The value that a call is given."""
        return self.value(node)

    def value(self, node: ast.expr) -> Any:
        """The Python value of a literal; a `Call` for a call, and the last part of a dotted name."""
        match node:
            case ast.Constant(value=None | bool() | str() | float() as value):
                return value
            case ast.Constant(value=int() as value):
                return self.number(node, bounded, value)
            case ast.Name():
                return self.name(node)
            case ast.Attribute(attr=attr) if dotted(node):
                return attr
            case ast.Call():
                return self.call(node)
            case ast.UnaryOp(op=sign, operand=operand):
                return self.number(node, negate, sign, self.value(operand))
            case ast.BinOp(op=sign, left=left, right=right):
                return self.number(node, combine, sign, self.value(left), self.value(right))
            case _:
                return self._container(node)

    def name(self, node: ast.Name) -> Any:
        """What a bare name stands for."""
        if node.id in _WORDS:
            return _WORDS[node.id]
        raise self.no_value(f"{node.id} is a name without a value", node, f'write "{node.id}" in quotes for the word')

    def elements(self, nodes: list[ast.expr]) -> list[Any]:
        """The values in a list or a tuple."""
        return [self.value(node) for node in nodes]

    def _container(self, node: ast.expr) -> Any:
        match node:
            case ast.Tuple(elts=parts):
                return tuple(self.elements(parts))
            case ast.List(elts=parts):
                return self.elements(parts)
            case ast.Dict(keys=keys, values=values) if all(isinstance(key, ast.Constant) for key in keys):
                return {key.value: self.value(value) for key, value in zip(keys, values, strict=True)}  # type: ignore[union-attr]
        raise self.no_value("this is not a plain value", node)

    def number(self, node: ast.expr, work: Any, *operands: Any) -> Any:
        """The result of an operation on numbers; `ReadError` where it has none."""
        try:
            return work(*operands)
        except ValueError as error:
            message = "this number cannot be worked out"
            raise ReadError(message, code="bad-number", span=self.place(node), why=str(error)) from None

    def no_value(self, message: str, node: ast.AST, help: str | None = None) -> ReadError:
        """The refusal of an expression that has no value here."""
        plain = "values are numbers, text in quotes, lists, True, False, None, and calls such as HeNormal(seed=1)"
        why = "the text is read, never run"
        return ReadError(message, code="not-a-value", span=self.place(node), why=why, help=help or plain)


def dotted(node: ast.expr) -> str | None:
    """``tf.keras.layers.Dense`` for names and attributes of names, else None."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else None
