"""What Lambda layers of scripts compute, against live Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import convcalc

pytestmark = pytest.mark.keras

HEAD = (
    "import keras\nimport numpy as np\nimport tensorflow as tf\nfrom keras import layers, ops\n"
    "n = 3\ni = keras.Input((4, 6))\nj = keras.Input((4, 6))\n"
)
FUNCTIONS = [
    "lambda t: t * 2 + 1",
    "lambda t: 1.0 - t / n",
    "lambda t: t[:, ::-1, 1:3]",
    "lambda t: ops.mean(t, axis=1)",
    "lambda t: tf.reduce_sum(t, axis=-1, keepdims=True)",
    "lambda t: tf.nn.relu(t - 0.5)",
    "lambda t: ops.softmax(t, axis=1)",
    "lambda t: tf.transpose(t, [0, 2, 1]) ** 2",
    "lambda t: tf.concat([t, -t], axis=-1)",
    "lambda t: tf.expand_dims(tf.math.sqrt(tf.abs(t)), -1)",
    "lambda t: ops.reshape(t, (-1, 24)) @ np.ones((24, 2), 'float32')",
    "lambda t: ops.where(t > 0.5, t, 0.1 * t)",
    "lambda t: tf.clip_by_value(t, 0.2, 0.7) if n > 2 else t",
]


def told(text: str, inputs: list[Any]) -> tuple[np.ndarray, np.ndarray]:
    """What Keras and convcalc compute for the model of a script."""
    names: dict[str, Any] = {}
    exec(HEAD + text, names)
    (ours,) = convcalc.run(
        convcalc.load(HEAD + text + "\nm.summary()"), inputs if len(inputs) > 1 else inputs[0]
    ).outputs
    return np.asarray(names["m"](inputs if len(inputs) > 1 else inputs[0])), ours


@pytest.mark.parametrize("function", FUNCTIONS)
def test_values_are_keras_values(function: str) -> None:
    """Of one input, to a few units in the last place."""
    x = np.random.default_rng(0).random((2, 4, 6), "float32")
    theirs, ours = told(f"m = keras.Model(i, layers.Lambda({function})(i))", [x])
    assert theirs.shape == ours.shape
    np.testing.assert_allclose(ours, theirs, rtol=8 * np.finfo("float32").eps)


def test_values_of_two_inputs_are_keras_values() -> None:
    """A function of a list, with an argument of its own, between other layers."""
    x, y = np.random.default_rng(1).random((2, 2, 4, 6), "float32")
    text = (
        "def scaled(pair, by=1):\n    a, b = pair\n    return (a - b) * by\n"
        "z = layers.Lambda(scaled, arguments={'by': 5})([i, j])\nm = keras.Model([i, j], layers.ReLU()(z))"
    )
    theirs, ours = told(text, [x, y])
    np.testing.assert_allclose(ours, theirs, rtol=8 * np.finfo("float32").eps)
