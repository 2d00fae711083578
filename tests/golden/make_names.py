"""Asks real Keras for the names of the layers in inline stacks; writes names.json.

Run with an interpreter that has Keras: `python tests/golden/make_names.py`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras

# Inline stacks, each the inside of `Sequential([…])` on an input of (8, 8, 3).
STACKS = (
    "Conv2D(2, 1), Convolution2D(2, 1), Conv2D(2, 1, name='conv2d_7'), Conv2D(2, 1)",
    "MaxPool2D(2), ReLU(), LeakyReLU(), PReLU(), ELU(), GlobalAvgPool2D()",
    "Conv2D(2, 1, activation=LeakyReLU()), LeakyReLU(), Activation(ReLU(max_value=6)), ReLU()",
    "Sequential([Conv2D(2, 1), ReLU()]), Conv2D(2, 1), Sequential([Conv2D(2, 1)], name='tower'), ReLU()",
    "Sequential([Sequential([ReLU()]), ReLU()]), Sequential([ReLU()])",
    "Reshape((8, 24)), Bidirectional(LSTM(2, return_sequences=True)), LSTM(2, return_sequences=True), "
    "TimeDistributed(Dense(3, activation=LeakyReLU())), TimeDistributed(Dense(2, name='own')), Dense(3), LeakyReLU()",
    "SeparableConvolution2D(2, 1), DepthwiseConv2D(3), Convolution2DTranspose(2, 3), BatchNormalization()",
    "RandAugment(), AugMix(all_ops=False), RandomShear(0.1), RandomContrast(0.1), Solarization()",
    "RandAugment(name='augment'), AugMix(), RandomShear(0.1), RandomContrast(0.1), AutoContrast()",
    "RandomColorJitter(hue_factor=0.1, name='jitter'), RandomHue(0.1), RandomContrast(0.1), RandomColorJitter()",
)


def names(model: Any) -> list[Any]:
    """The model's name and its layers', nested models as lists."""
    inside = [names(layer) if isinstance(layer, keras.Sequential) else layer.name for layer in model.layers]
    return [model.name, *inside]


def answer(stack: str) -> list[Any]:
    """Keras's names in a session of its own."""
    keras.utils.clear_session()
    layers = eval(f"[{stack}]", {**vars(keras.layers), "Sequential": keras.Sequential})
    return names(keras.Sequential([keras.Input((8, 8, 3)), *layers]))


if __name__ == "__main__":
    told = {stack: answer(stack) for stack in STACKS}
    Path(__file__).with_name("names.json").write_text(json.dumps(told, indent=1) + "\n")
