"""Functions of tensors in scripts: shapes as TensorFlow infers them in a graph."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from convcalc.read.code.machine import Machine
from convcalc.read.code.scope import Module
from convcalc.read.code.values import Data, Unknown
from convcalc.source import Source
from tests.tensors import EXPRESSIONS, SIZES, plain, tensors

ANSWERS = json.loads((Path(__file__).parents[1] / "golden" / "tensors.json").read_text())
IMPORTS = "import tensorflow as tf, keras\nfrom keras import ops\nfrom keras import backend as K\n"
# The sizes of these depend on values: in a graph they are open, elsewhere they are known to nobody but TensorFlow.
BY_VALUE = ("tf.boolean_mask(x, m)", "tf.unique(i)", "tf.where(m)", "x[m]")
# TensorFlow refuses these where a size is open, and the reader says a shape nevertheless.
BEYOND = ("ops.squeeze(", "tf.zeros([tf.shape(x)[0], x.shape[1]])")


def value_of(text: str, batch: int | None, rows: int | None) -> Any:
    """The value of an expression, as the reader finds it."""
    source = Source("script.py", f"{IMPORTS}result = {text}\n")
    module = Module(source, None)
    module.names.names.update({name: Data(*spec) for name, spec in tensors(batch, rows).items()})
    Machine(module).follow.top(ast.parse(source.text).body)
    return module.names.names["result"]


def alike(found: Any, said: Any) -> bool:
    """Whether a result is TensorFlow's; a single value that is known is Python's own."""
    if isinstance(found, list) and isinstance(said, list):
        return len(found) == len(said) and all(map(alike, found, said))
    if isinstance(found, int | float) and isinstance(said, dict):
        return said["shape"] == []
    return found == said


def test_every_expression_has_an_answer() -> None:
    """The answers belong to the expressions."""
    assert list(ANSWERS) == EXPRESSIONS


@pytest.mark.parametrize("at", range(len(SIZES)), ids=map(str, SIZES))
@pytest.mark.parametrize("text", EXPRESSIONS)
def test_a_function_of_tensors_has_the_shape_that_tensorflow_infers(text: str, at: int) -> None:
    """Shapes and types are TensorFlow's, with the same sizes open; what TensorFlow refuses is unknown."""
    value, said = value_of(text, *SIZES[at]), ANSWERS[text][at]
    if said is None:
        assert isinstance(value, Unknown) or text.startswith(BEYOND)
        return
    found = plain(value, lambda one: isinstance(one, Data), lambda one: one.shape, lambda one: one.dtype)
    assert alike(found, said), found
    if isinstance(value, Data) and None in value.shape:
        assert (value.cause is not None) == (text in BY_VALUE and SIZES[at][0] is not None)
