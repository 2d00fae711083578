"""Builds every file of examples/ in real Keras and writes examples.json: rows, totals, the table, values.

Run with an interpreter that has Keras: `python tests/golden/make_examples.py`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers as kl

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"


def chain(shape: tuple[int | None, ...], *layers: keras.Layer, name: str | None = None) -> keras.Model:
    """A Sequential model on one input."""
    return keras.Sequential([keras.Input(shape), *layers], name=name)


def conv1d_functional() -> keras.Model:
    """The one Functional example."""
    x = keras.Input((10, 3))
    return keras.Model(x, kl.Conv1D(2, 4, use_bias=False)(x))


def mobilenet() -> keras.Model:
    """A convolution, then separable ones, each normalised."""

    def after(layer: keras.Layer) -> list[keras.Layer]:
        return [layer, kl.BatchNormalization(), kl.ReLU(max_value=6)]

    layers = after(kl.Conv2D(16, 3, strides=2, padding="same", use_bias=False))
    for filters, strides in ((32, 1), (64, 2), (64, 1), (64, 1), (64, 1)):
        layers += after(kl.SeparableConv2D(filters, 3, strides=strides, padding="same", use_bias=False))
    layers += [kl.GlobalAveragePooling2D(), kl.Dropout(0.2), kl.Dense(10, activation="softmax")]
    return chain((96, 96, 3), *layers, name="mobile")


def dcgan() -> keras.Model:
    """Noise to a 64x64 image."""
    layers: list[keras.Layer] = [kl.Dense(16384, use_bias=False), kl.Reshape((4, 4, 1024))]
    for filters in (512, 256, 128):
        layers += [kl.BatchNormalization(), kl.ReLU()]
        layers += [kl.Conv2DTranspose(filters, 5, strides=2, padding="same", use_bias=False)]
    layers += [
        kl.BatchNormalization(),
        kl.ReLU(),
        kl.Conv2DTranspose(3, 5, strides=2, padding="same", activation="tanh"),
    ]
    return chain((100,), *layers, name="generator")


def vgg16() -> keras.Model:
    """VGG16, layer by layer."""
    layers: list[keras.Layer] = []
    for times, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        layers += [kl.Conv2D(filters, 3, padding="same", activation="relu") for _ in range(times)]
        layers += [kl.MaxPooling2D(2)]
    layers += [kl.Flatten(), kl.Dense(4096, activation="relu"), kl.Dense(4096, activation="relu")]
    return chain((224, 224, 3), *layers, kl.Dense(1000, activation="softmax"), name="vgg16")


def unet() -> keras.Model:
    """Down and up again, with what is on the way."""

    def twice(filters: int, x: keras.KerasTensor) -> keras.KerasTensor:
        for _ in range(2):
            x = kl.Conv2D(filters, 3, padding="same", activation="relu")(x)
        return x

    image = keras.Input((128, 128, 3), name="image")
    down1 = twice(16, image)
    down2 = twice(32, kl.MaxPooling2D(2)(down1))
    bottom = twice(64, kl.MaxPooling2D(2)(down2))
    up2 = kl.Conv2DTranspose(32, 2, strides=2, name="up2")(bottom)
    x = twice(32, kl.Concatenate()([down2, up2]))
    up1 = kl.Conv2DTranspose(16, 2, strides=2, name="up1")(x)
    x = twice(16, kl.Concatenate()([down1, up1]))
    return keras.Model(image, kl.Conv2D(1, 1, activation="sigmoid")(x), name="unet")


def siamese() -> keras.Model:
    """Two signals through one tower."""
    left, right = keras.Input((128, 1), name="left"), keras.Input((128, 1), name="right")
    tower = kl.Conv1D(16, 9, strides=4, activation="relu", name="tower")
    a = kl.GlobalAveragePooling1D(name="a")(tower(left))
    b = kl.GlobalAveragePooling1D(name="b")(tower(right))
    y = kl.Dense(1, activation="sigmoid", name="same")(kl.Subtract(name="difference")([a, b]))
    return keras.Model([left, right], y, name="siamese")


def causal(dilation: int) -> keras.Layer:
    """One layer of the WaveNet-like stack."""
    return kl.Conv1D(32, 2, padding="causal", dilation_rate=dilation, activation="relu")


MODELS = {
    "conv1d": lambda: chain((10, 3), kl.Conv1D(2, 4, use_bias=False)),
    "conv1d_functional": conv1d_functional,
    "separable": lambda: chain((10, 3), kl.SeparableConv1D(2, 4, use_bias=False, depth_multiplier=1)),
    "depthwise": lambda: chain((3, 3, 2), kl.DepthwiseConv2D(2, use_bias=False)),
    "lecture": lambda: chain((7, 7, 3), kl.Conv2D(2, 3, strides=2)),
    "mnist": lambda: chain(
        (28, 28, 1),
        kl.Conv2D(16, (5, 5), activation="relu"),
        kl.MaxPooling2D(2),
        kl.Flatten(),
        kl.Dense(10, activation="softmax"),
    ),
    "lenet": lambda: chain(
        (28, 28, 1),
        kl.Conv2D(6, 5, padding="same", activation="tanh"),
        kl.AveragePooling2D(2),
        kl.Conv2D(16, 5, activation="tanh"),
        kl.AveragePooling2D(2),
        kl.Flatten(),
        kl.Dense(120, activation="tanh"),
        kl.Dense(84, activation="tanh"),
        kl.Dense(10, activation="softmax"),
        name="lenet",
    ),
    "wavenet": lambda: chain(
        (64, 1), *map(causal, (1, 2, 4, 8)), kl.Conv1D(256, 1, activation="softmax"), name="wavenet"
    ),
    "dcgan": dcgan,
    "siamese": siamese,
    "unet": unet,
    "mobilenet": mobilenet,
    "vgg16": vgg16,
}

# Examples with weights and an input of their own: where both stand in the files.
VALUES = {"depthwise": ("depthwise.yaml", "depthwise_input.json"), "lecture": ("lecture.yaml", "lecture_input.json")}


def answers(name: str) -> dict[str, Any]:
    """What Keras says of one example."""
    keras.utils.clear_session()
    model = MODELS[name]()
    lines: list[str] = []
    model.summary(print_fn=lines.append)
    answer: dict[str, Any] = {
        "rows": [[one.name, type(one).__name__, list(one.output.shape), one.count_params()] for one in model.layers],
        "total": model.count_params(),
        "summary": lines[0],
    }
    if name in VALUES:
        answer["output"] = output(model, *VALUES[name])
    return answer


def output(model: keras.Model, stack: str, given: str) -> Any:
    """The model's output on the example's own weights and input."""
    import yaml

    (arguments,) = yaml.safe_load((EXAMPLES / stack).read_text())["layers"][0].values()
    model.set_weights([np.array(value, "float32") for value in arguments["weights"].values()])
    x = np.array(json.loads((EXAMPLES / given).read_text()), "float32")
    return np.asarray(model(x)).tolist()


if __name__ == "__main__":
    told = {name: answers(name) for name in MODELS}
    (HERE / "examples.json").write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
