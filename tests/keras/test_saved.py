"""Files that Keras saves of layers with parts inside: every weight goes where Keras has it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="the live comparison needs keras and tensorflow-cpu")

from convcalc import load, run, summarize  # noqa: E402
from convcalc.errors import RunError  # noqa: E402

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore")]


def parts() -> keras.Model:
    """Recurrent layers, wrappers in wrappers and attention by heads, all weights distinct."""
    layers = keras.layers
    inputs = keras.Input((5, 4))
    x = layers.LSTM(3, return_sequences=True)(inputs)
    x = layers.Bidirectional(layers.GRU(2, return_sequences=True))(x)
    x = layers.TimeDistributed(layers.Dense(4))(x)
    x = layers.MultiHeadAttention(2, 3)(x, x)
    x = layers.AdditiveAttention()([x, x])
    x = layers.TimeDistributed(layers.Bidirectional(layers.SimpleRNN(2)))(layers.Reshape((5, 2, 2))(x))
    whole = keras.Model(inputs, layers.ConvLSTM1D(2, 2)(layers.Reshape((5, 2, 2))(x)))
    random = np.random.default_rng(0)
    whole.set_weights([random.uniform(0.1, 1, weight.shape) for weight in whole.weights])
    return whole


def cells() -> keras.Model:
    """Stacks of cells in every place that a layer can be in, cells by themselves, and a normalised kernel."""
    layers = keras.layers
    inputs = keras.Input((5, 4))
    x = layers.RNN(layers.LSTMCell(3), return_sequences=True)(inputs)
    x = layers.RNN([layers.LSTMCell(3), layers.GRUCell(2), layers.LSTMCell(3)], return_sequences=True)(x)
    stack = layers.StackedRNNCells([layers.SimpleRNNCell(2), layers.GRUCell(3)])
    x = layers.Bidirectional(layers.RNN(stack, return_sequences=True))(x)
    x = layers.TimeDistributed(layers.RNN([layers.GRUCell(3)]))(layers.Reshape((5, 2, 3))(x))
    x = layers.SpectralNormalization(layers.Conv1D(3, 2))(x)
    x = layers.TimeDistributed(layers.SpectralNormalization(layers.Dense(3)))(x)
    x = layers.SpectralNormalization(layers.Dense(3))(layers.Flatten()(x))
    y, (state, carry) = layers.LSTMCell(3)(x, states=[x, x])
    z, states = layers.StackedRNNCells([layers.LSTMCell(3), layers.GRUCell(3)])(y, states=[[state, carry], [x]])
    whole = keras.Model(inputs, layers.Concatenate()([y, z, *keras.tree.flatten(states)]))
    random = np.random.default_rng(0)
    whole.set_weights([random.uniform(0.1, 1, weight.shape) for weight in whole.weights])
    return whole


def models() -> keras.Model:
    """Models in layers: with masks inside, statistics, a shared layer, and other models."""
    layers = keras.layers
    inputs = keras.Input((5, 4))
    words = keras.Sequential([layers.Masking(0.0), layers.LSTM(4)])
    dense, inside = layers.Dense(4), keras.Input((4,))
    graph = keras.Model(inside, layers.Add()([dense(inside), layers.Dense(4)(dense(inside))]))
    chain = keras.Sequential([layers.Dense(3), layers.BatchNormalization(), keras.Sequential([layers.Dense(2)])])
    x = layers.TimeDistributed(words)(layers.Reshape((5, 2, 2))(inputs))
    whole = keras.Model(inputs, layers.TimeDistributed(chain)(layers.TimeDistributed(graph)(x)))
    random = np.random.default_rng(0)
    whole.set_weights([random.uniform(0.1, 1, weight.shape) for weight in whole.weights])
    return whole


@pytest.mark.parametrize("model", [parts, cells, models])
@pytest.mark.parametrize("ending", [".keras", ".h5", ".weights.h5"])
def test_weights_of_parts(model: Callable[[], keras.Model], ending: str, tmp_path: Path) -> None:
    """The values of a saved model are Keras's."""
    whole, x = model(), np.random.default_rng(1).normal(size=(2, 5, 4)).astype("float32")
    x[0, 2, 2:] = 0  # a step that a mask leaves out
    whole.save(tmp_path / "m.keras")
    (whole.save_weights if ending == ".weights.h5" else whole.save)(tmp_path / f"w{ending}")
    y = run(load(tmp_path / "m.keras"), x, weights=tmp_path / f"w{ending}").outputs[0]
    np.testing.assert_allclose(y, np.asarray(whole(x)), rtol=1e-5)


@pytest.mark.parametrize("kind", ["LSTM(3)", "Bidirectional(GRU(2))", "TimeDistributed(Dense(2))", "heads"])
def test_weights_of_parts_that_the_model_has_not(kind: str, tmp_path: Path) -> None:
    """A file with weights inside a layer that the model lacks is refused; the state of a generator is no weight."""
    x = keras.Input((5, 4))
    made = {
        "LSTM(3)": lambda: keras.layers.LSTM(3)(x),
        "Bidirectional(GRU(2))": lambda: keras.layers.Bidirectional(keras.layers.GRU(2))(x),
        "TimeDistributed(Dense(2))": lambda: keras.layers.TimeDistributed(keras.layers.Dense(2))(x),
        "heads": lambda: keras.layers.MultiHeadAttention(2, 3, dropout=0.5)(x, x),
    }
    whole = keras.Model(x, [keras.layers.Dense(2)(keras.layers.Dropout(0.5)(x)), made[kind]()])
    whole.save_weights(tmp_path / "w.weights.h5")
    with pytest.raises(RunError, match="and the model has no such layer"):
        run(load("Dropout(0.5) | Dense(2)", input_shape=(5, 4)), weights=tmp_path / "w.weights.h5")


@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_classes_of_ones_own(ending: str, tmp_path: Path) -> None:
    """A saved layer of one's own, and a Lambda, have the shapes that Keras shows; in HDF5 Keras does not state them."""

    @keras.saving.register_keras_serializable("my_package")
    class Own(keras.layers.Layer):
        def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
            """The sum over time."""
            return keras.ops.sum(x, axis=1)

    layers = [keras.layers.Lambda(lambda x: x[:, 1:]), Own(), keras.layers.Dense(2)]
    whole = keras.Sequential([keras.Input((5, 4)), *layers])
    whole.save(tmp_path / f"m{ending}")
    rows = summarize(load(tmp_path / f"m{ending}")).rows
    assert [(row.name, row.kind) for row in rows] == [(one.name, type(one).__name__) for one in whole.layers]
    stated = ending == ".keras"
    assert [row.output_shape for row in rows] == [tuple(one.output.shape) if stated else None for one in whole.layers]
    assert [row.params for row in rows] == [0, None, 10 if stated else None]


@pytest.mark.parametrize("ending", [".keras", ".h5", ".weights.h5"])
def test_words_have_weights_that_are_arguments(ending: str, tmp_path: Path) -> None:
    """A lookup's weights of words, which Keras saves by a name, are no weights of the model."""
    lookup = keras.layers.StringLookup(vocabulary=["a", "b"], output_mode="tf_idf", idf_weights=[1.0, 2.0])
    whole = keras.Sequential([keras.Input((2,), dtype="string"), lookup, keras.layers.Dense(2)])
    whole.save(tmp_path / "m.keras")
    (whole.save_weights if ending == ".weights.h5" else whole.save)(tmp_path / f"w{ending}")
    y = run(load(tmp_path / "m.keras"), [["a", "c"]], weights=tmp_path / f"w{ending}").outputs[0]
    expected = whole.layers[1](lookup(np.array([["a", "c"]])))
    np.testing.assert_allclose(y, np.asarray(expected), rtol=1e-5)
