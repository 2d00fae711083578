"""Writes the configs beside it and what Keras 3 says of them. Run with Keras installed, in this folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
from keras import layers

HERE = Path(__file__).parent


def models() -> dict[str, Any]:
    """The models, by file name."""
    plain = [
        keras.Input((28, 30, 3), batch_size=4, name="picture"),
        layers.Conv2D(8, 3, strides=2, activation="relu", kernel_regularizer=keras.regularizers.L2(1e-4)),
        layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same", name="depth"),
        layers.Conv2DTranspose(
            4, (2, 3), kernel_initializer=keras.initializers.HeNormal(seed=1), dtype="mixed_float16"
        ),
        layers.SeparableConv2D(6, 3, dilation_rate=2, use_bias=False, trainable=False),
    ]
    tower = keras.Sequential(
        [keras.Input((None, 3)), layers.Conv1D(4, 3, padding="causal", dilation_rate=2)], name="tower"
    )
    unbuilt = keras.Sequential([layers.Conv1D(2, 4), layers.Conv1D(3, 2)], name="without_input")
    unbuilt.build((None, 10, 3))
    recurrent = [
        keras.Input((4, 8, 3), name="frames"),
        layers.ConvLSTM1D(2, 3, return_sequences=True),
        layers.TimeDistributed(layers.Flatten()),
        layers.Bidirectional(layers.LSTM(4, return_sequences=True)),
        layers.Bidirectional(layers.GRU(3, return_sequences=True), merge_mode="ave"),
        layers.SimpleRNN(2),
        layers.Dense(2, activation=layers.LeakyReLU()),
    ]
    bins = layers.Discretization(num_bins=4, output_mode="one_hot")
    bins.adapt([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]])
    return {
        "adapted": keras.Sequential([keras.Input((3,)), bins], name="adapted"),
        "plain": keras.Sequential(plain, name="plain"),
        "nested": keras.Sequential([keras.Input((20, 3)), tower, layers.Conv1D(2, 3)]),
        "without_input": unbuilt,
        "recurrent": keras.Sequential(recurrent, name="recurrent"),
    }


def said(model: Any) -> dict[str, Any]:
    """Names, output shapes and parameters of the model's layers, as Keras has them."""
    rows = [[layer.name, list(layer.output.shape), layer.count_params()] for layer in model.layers]
    return {"name": model.name, "input": list(model.input_shape), "rows": rows}


if __name__ == "__main__":
    expected = {}
    for name, model in models().items():
        (HERE / f"{name}.json").write_text(json.dumps(json.loads(model.to_json()), indent=1) + "\n")
        expected[name] = said(model)
    (HERE / "expected.golden").write_text(json.dumps(expected, indent=1) + "\n")
