"""Layers in Python's call syntax, ``Conv1D(2, 4) | Flatten``: parsed with `ast`, literals only, never evaluated."""

from __future__ import annotations

import ast
import re
import warnings
from typing import Any

from convcalc.errors import ReadError, raise_all
from convcalc.layers import is_function
from convcalc.read.arithmetic import bounded, combine, negate
from convcalc.read.common import is_nested, not_a_layer, not_yet
from convcalc.read.node import Locate
from convcalc.read.pieces import pieces
from convcalc.script import Call, Given, Script
from convcalc.source import Place, Source, Span

# Constants by bare name: Python's own are no names to `ast`; these are YAML's and JSON's.
_WORDS = {"true": True, "false": False, "null": None}
_STATEMENT = re.compile(r"(import|from|for|while|if|def|class|return|with|print)\b|[\w.,\s]+=[^=]")
_AS_STACK = "write the layers as a stack: Conv1D(2, 4) | Flatten | Dense(10)"
# What TensorFlow's functions call the tensor that a layer is given by its place.
_TENSORS = ("inputs", "input", "x", "value", "features")


def read_script(source: Source) -> Script:
    """The script of an inline stack; ``Sequential([…])`` alone is the whole model."""
    calls = read_calls(source.text, lambda start, end: Span(source, start, end))
    if len(calls) == 1 and calls[0].layers is not None:
        return Script(calls[0].layers, name=calls[0].name, place=calls[0].place)
    return Script(calls, place=Span(source, 0, len(source.text)))


def read_calls(text: str, locate: Locate) -> list[Call]:
    """The layers of an inline stack, separated by ``|`` or line breaks. Raises all `ReadError`s together."""
    calls: list[Call] = []
    errors: list[ReadError] = []
    with warnings.catch_warnings(action="ignore"):  # Python's own, on odd literals
        for offset, piece in pieces(text, locate):
            try:
                calls.append(_Piece(piece, offset, locate).layer())
            except ReadError as error:
                errors.append(error)
    raise_all(errors)
    return calls


def read_value(text: str, locate: Locate) -> Any:
    """One value: a literal, or a call such as ``HeNormal(seed=1)`` as a `Call`."""
    offset, piece = next(pieces(text, locate))
    with warnings.catch_warnings(action="ignore"):
        return _Piece(piece, offset, locate).value()


class _Piece:
    """One expression, at an offset of a longer text."""

    def __init__(self, text: str, offset: int, locate: Locate) -> None:
        self.text = text
        self.offset = offset
        self.locate = locate
        self.lines = text.split("\n")

    def layer(self) -> Call:
        """The expression as a layer."""
        call: Call = self._guarded(self._layer)
        return call

    def value(self) -> Any:
        """The expression as a value."""
        return self._guarded(self._value)

    def _guarded(self, read: Any) -> Any:
        try:
            return read(ast.parse(self.text, mode="eval").body)
        except SyntaxError as error:
            raise self._syntax_error(error) from None
        except (RecursionError, MemoryError):
            raise ReadError(
                "this is nested too deeply to read", code="too-deep", span=self.locate(self.offset, self.offset + 1)
            ) from None
        except ValueError as error:  # a null character, half a surrogate pair
            message = f"this is not a layer: {error}"
            raise ReadError(message, code="bad-syntax", span=self._whole()) from None

    def _whole(self) -> Place:
        return self.locate(self.offset, self.offset + len(self.text))

    def _syntax_error(self, error: SyntaxError) -> ReadError:
        if _STATEMENT.match(self.text):
            return not_yet("Keras code", self._whole(), _AS_STACK)
        line = min(error.lineno or 1, len(self.lines))
        start = self._start(line) + min(max((error.offset or 1) - 1, 0), len(self.lines[line - 1]))
        start = self.offset + min(start, len(self.text) - 1)
        return ReadError(
            "this is not Python's call syntax",
            code="bad-syntax",
            span=self.locate(start, start + 1),
            why=f"Python says: {error.msg}",
            help='write calls such as Conv1D(2, 4, padding="same"), with | between them',
        )

    def _start(self, line: int) -> int:
        """The offset of a line, counted from 1, in the piece."""
        return sum(len(text) + 1 for text in self.lines[: line - 1])

    def _characters(self, line: int, column: int) -> int:
        """The offset of a place of `ast`'s, whose columns count the bytes of UTF-8."""
        text = self.lines[line - 1]
        return self._start(line) + (column if text.isascii() else len(text.encode()[:column].decode(errors="ignore")))

    def place(self, node: Any) -> Place:
        """Where a node of `ast`'s stands."""
        start = self._characters(node.lineno, node.col_offset)
        end = self._characters(node.end_lineno, node.end_col_offset)
        return self.locate(self.offset + start, self.offset + end)

    def _layer(self, node: ast.expr) -> Call:
        if isinstance(node, ast.Call):
            return self._call(node)
        name = _dotted(node)
        if name is None:
            raise not_a_layer("this is not a layer", self.place(node))
        return Call(name, place=self.place(node), layers=[] if is_nested(name) else None)

    def _call(self, node: ast.Call) -> Call:
        kind = _dotted(node.func)
        if kind is None or kind.endswith(".add"):
            raise not_yet("calling a layer or a model's method", self.place(node), _AS_STACK)
        args, keywords = node.args, node.keywords
        if is_function(kind):
            args = args[1:] if args and isinstance(args[0], ast.Name) else args
            keywords = [one for one in keywords if one.arg not in _TENSORS or not isinstance(one.value, ast.Name)]
        if is_nested(kind):
            return self._nested(kind, node)
        for arg in args:
            if isinstance(arg, ast.Starred):
                raise self._no_value("arguments behind * are not known here", arg)
        positional = tuple(Given(self._value(arg), self.place(arg)) for arg in args)
        return Call(kind, positional, self._named(keywords), place=self.place(node.func))

    def _named(self, keywords: list[ast.keyword]) -> dict[str, Given]:
        named: dict[str, Given] = {}
        for keyword in keywords:
            start = self.offset + self._characters(keyword.lineno, keyword.col_offset)
            if keyword.arg is None:
                raise self._no_value("arguments behind ** are not known here", keyword.value)
            key = self.locate(start, start + len(keyword.arg))
            if keyword.arg in named:
                raise ReadError(f"{keyword.arg} is given twice", code="argument-twice", span=key)
            named[keyword.arg] = Given(self._value(keyword.value), self.place(keyword.value), key)
        return named

    def _nested(self, kind: str, node: ast.Call) -> Call:
        """``Sequential([…], name="tower")``: the list, by place or as ``layers=``, holds layers."""
        inside = [*node.args, *(one.value for one in node.keywords if one.arg == "layers")]
        named = self._named([one for one in node.keywords if one.arg not in ("layers", "trainable")])
        if len(inside) > 1 or not all(isinstance(one, ast.List | ast.Tuple) for one in inside):
            raise not_a_layer(
                f"{kind} takes one list of layers", self.place(inside[-1]), "write Sequential([Flatten(), Dense(10)])"
            )
        layers = [self._layer(element) for one in inside for element in getattr(one, "elts", ())]
        return Call(kind, (), named, place=self.place(node.func), layers=layers)

    def _value(self, node: ast.expr) -> Any:
        """The Python value of a literal; a call's is a `Call`, a dotted name's its last part."""
        match node:
            case ast.Constant(value=None | bool() | str() | float() as value):
                return value
            case ast.Constant(value=int() as value):
                return self._number(node, bounded, value)
            case ast.Name(id=name) if name in _WORDS:
                return _WORDS[name]
            case ast.Name(id=name):
                raise self._no_value(
                    f"{name} is a name without a value", node, f'write "{name}" in quotes for the word'
                )
            case ast.Attribute(attr=attr) if _dotted(node):
                return attr
            case ast.Call():
                return self._call(node)
            case ast.UnaryOp(op=sign, operand=operand):
                return self._number(node, negate, sign, self._value(operand))
            case ast.BinOp(op=sign, left=left, right=right):
                return self._number(node, combine, sign, self._value(left), self._value(right))
            case _:
                return self._container(node)

    def _container(self, node: ast.expr) -> Any:
        match node:
            case ast.Tuple(elts=parts):
                return tuple(self._value(part) for part in parts)
            case ast.List(elts=parts):
                return [self._value(part) for part in parts]
            case ast.Dict(keys=keys, values=values) if all(isinstance(key, ast.Constant) for key in keys):
                return {key.value: self._value(value) for key, value in zip(keys, values, strict=True)}  # type: ignore[union-attr]
        raise self._no_value("this is not a plain value", node)

    def _number(self, node: ast.expr, work: Any, *operands: Any) -> Any:
        try:
            return work(*operands)
        except ValueError as error:
            message = "this number cannot be worked out"
            raise ReadError(message, code="bad-number", span=self.place(node), why=str(error)) from None

    def _no_value(self, message: str, node: ast.expr, help: str | None = None) -> ReadError:
        plain = "values are numbers, text in quotes, lists, True, False, None, and calls such as HeNormal(seed=1)"
        why = "the text is read, never run"
        return ReadError(message, code="not-a-value", span=self.place(node), why=why, help=help or plain)


def _dotted(node: ast.expr) -> str | None:
    """``tf.keras.layers.Dense`` for names and attributes of names, else None."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else None
