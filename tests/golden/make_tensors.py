"""Asks TensorFlow for the shapes of expressions on tensors in a graph, and writes tensors.json.

Run with an interpreter that has Keras 3 and TensorFlow: `python -m tests.golden.make_tensors`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf
from keras import ops
from keras.src.legacy import backend

from tests.tensors import EXPRESSIONS, SIZES, plain, tensors


def said(text: str, batch: int | None, rows: int | None) -> Any:
    """What an expression gives inside a function of TensorFlow; None where TensorFlow refuses it."""
    found: list[Any] = []

    def graph(**given: Any) -> None:
        names = {"tf": tf, "keras": keras, "ops": ops, "K": backend, **given}
        value = eval(text, names)
        shown = [None if n is None else int(n) for n in value] if isinstance(value, tf.TensorShape) else value
        found.append(plain(shown, is_tensor, lambda one: one.shape, lambda one: tf.as_dtype(one.dtype).name))

    specs = {name: tf.TensorSpec(*spec, name=name) for name, spec in tensors(batch, rows).items()}
    try:
        tf.function(graph, autograph=False).get_concrete_function(**specs)
    except (ValueError, TypeError, AttributeError, tf.errors.OpError):
        return None
    return found[0]


def is_tensor(value: Any) -> bool:
    """Whether a value has a shape and a type as tensors have."""
    return hasattr(value, "shape") and hasattr(value, "dtype")


if __name__ == "__main__":
    answers = {text: [said(text, *sizes) for sizes in SIZES] for text in EXPRESSIONS}
    lines = [f"{json.dumps(text)}: {json.dumps(answer)}" for text, answer in answers.items()]
    Path(__file__).with_name("tensors.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
