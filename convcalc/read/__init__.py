"""Readers: text, files and mappings become a `Script`, and a `Script` becomes a `Stack`."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from convcalc.declare import types as t
from convcalc.declare.settings import default_data_format
from convcalc.errors import ArgumentError, ReadError
from convcalc.script import Code, Script
from convcalc.sizes.shapes import Shape
from convcalc.stack.build import build, on_inputs
from convcalc.stack.graph import Stack

if TYPE_CHECKING:
    from convcalc.read.code.choose import Offer

Model = str | os.PathLike[str] | Mapping[str, Any] | Sequence[Any]


def load(
    model: Model,
    *,
    input_shape: Shape | Mapping[str, Shape] | None = None,
    batch_size: int | None = None,
    no_bias: bool = False,
    data_format: str | None = None,
    given: Mapping[str, Any] | None = None,
    keras: int | None = None,
) -> Stack:
    """The resolved model of a path, of inline text, of ``-`` (standard input), or of a mapping.

    ``input_shape`` (without the batch; by name for several inputs) and ``batch_size`` replace the model's own;
    ``no_bias`` sets
    ``use_bias=False`` wherever a layer has it; ``data_format`` is the default of layers that do not say; ``given``
    has values for names of a script, as texts of Python; ``keras`` is the Keras that a script speaks, 1, 2 or 3.
    Raises `ConvcalcError`: `Problems` where several independent things are wrong.
    """
    with _no_collection(), default_data_format(_data_format(data_format)):
        script = read_script(model)
        if isinstance(script, Code):
            from convcalc.read.code.reader import read_code

            return on_inputs(read_code(script, given=given, keras=keras, no_bias=no_bias), input_shape, batch_size)
        if given:
            raise ArgumentError("values of names are given to scripts, and this is none", code="unused-value")
        if keras is not None:
            raise ArgumentError("keras says which Keras a script speaks, and this is no script", code="unused-value")
        return build(script, input_shape=input_shape, batch_size=batch_size, no_bias=no_bias)


def offers(model: str, *, given: Mapping[str, Any] | None = None, keras: int | None = None) -> list[Offer]:
    """The models that a script has, each with the word behind the colon that asks for it (``train.py:generator``)."""
    from convcalc.read.code import reader

    code = read_script(model)
    if not isinstance(code, Code):
        raise ReadError(f"{model} is no script", code="not-a-model")
    return reader.offers(code, given=given, keras=keras)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Puts off garbage collection: a model is all objects and no garbage, and the search doubles the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def read_script(model: Model) -> Script | Code:
    """The model as written, before any of it is checked; `ReadError` for text that does not become calls."""
    from convcalc.read import detect

    try:
        if isinstance(model, str):
            return detect.read_path_or_text(model)
        if isinstance(model, os.PathLike):
            return detect.read_path(os.fspath(model))
        return _of_data(model)
    except RecursionError:
        raise ReadError("the model is nested too deeply to read", code="too-deep") from None


def _of_data(model: Any) -> Script | Code:
    """The script of a Python mapping, or of a list of layers."""
    from convcalc.read.detect import read_data
    from convcalc.read.document.mapping import DataNode
    from convcalc.source import Source

    if isinstance(model, Mapping | list | tuple):
        return read_data(DataNode(model, Source("<mapping>", "")))
    what = f"a model is a path, text or a mapping, not {type(model).__name__}"
    raise ReadError(what, code="not-a-model")


def _data_format(name: str | None) -> str | None:
    try:
        return None if name is None else t.data_format.read(name, 0)
    except t.MismatchError:
        message = f"data_format must be {t.data_format.expected(0)}, got {name!r}"
        raise ArgumentError(message, code="bad-value", argument="data_format") from None
