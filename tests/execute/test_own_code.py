"""A run refuses what the code of a script computes: the code is read, and never run."""

from __future__ import annotations

import numpy as np
import pytest

from convcalc import compile, load, run
from convcalc.errors import RunError

HEAD = """import keras
from keras import layers
class Head(layers.Layer):
    def call(self, x):
        return x + x
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.last, self.first = layers.Dense(4), layers.Dense(4)
    def call(self, x):
        return self.last(self.first(x))
i = keras.Input((4,))
net = Net()
net(i)
"""


@pytest.mark.parametrize(
    "text",
    [
        "m = keras.Model(i, Head()(i))",
        "m = keras.Model(i, layers.Lambda(lambda t: Head()(t))(i))",
        "m = keras.Model(i, layers.Lambda(lambda t: mystery(t), output_shape=(3,))(i))",
        "m = net",
        "m = keras.Model(i, net(i))",
        "m = keras.Sequential([keras.Input((3, 4)), layers.TimeDistributed(Head())])",
        "m = keras.Sequential([i, keras.Sequential([layers.Dense(4), Head()])])",
    ],
)
def test_values_of_own_code_are_refused(text: str) -> None:
    """Layers, models and functions of the script's own, also inside other layers; the shapes are known."""
    stack = load(HEAD + text + "\nm.summary()")
    assert stack.output_shapes or stack.own
    for computed in (run, compile):
        with pytest.raises(RunError) as caught:
            computed(stack)
        assert caught.value.code == "opaque-layer"


def test_operations_in_a_lambda_are_computed() -> None:
    """The function is a graph of operations, and the script is as it was before."""
    stack = load(HEAD + "k = 2\nm = keras.Model(i, layers.Lambda(lambda t: keras.ops.sum(t * k, axis=-1))(i))")
    assert [node.kind for node in stack.nodes] == ["Lambda"]
    for _ in range(2):
        np.testing.assert_array_equal(run(stack, np.arange(4.0)).outputs[0], [12])


def test_the_same_operations_on_tensors_are_computed() -> None:
    """The way out that the error names."""
    stack = load(HEAD + "y = i + i\nm = keras.Model(i, y * 2)\nm.summary()")
    np.testing.assert_array_equal(run(stack, np.arange(4.0)).outputs[0], [[0, 4, 8, 12]])
