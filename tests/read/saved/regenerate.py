"""Writes small models in all of Keras's files, and what Keras says of them and makes of an input.

Run with keras and tf_keras installed, in this folder. All weights are random, a nested model's statistics too, and
one layer in it is frozen: the older format then lists its weights in another order than the layers have.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tf_keras

HERE = Path(__file__).parent


def model(k: Any) -> Any:
    """The model, by one Keras or the other."""
    layers = k.layers
    tower = k.Sequential(
        [
            layers.InputLayer((6, 3)),
            layers.Conv1D(3, 2, trainable=False, name="frozen"),
            layers.BatchNormalization(),
            layers.SeparableConv1D(2, 2),
        ],
        name="tower",
    )
    return k.Sequential(
        [
            layers.InputLayer((7, 2)),
            layers.Conv1D(3, 2, activation="relu"),
            tower,
            layers.BatchNormalization(name="norm"),
            layers.Flatten(),
            layers.Dense(4),
            layers.Dropout(0.5),
            layers.Dense(2, name="logits"),
        ],
        name="saved",
    )


def graph() -> Any:
    """A Functional model, another one inside, its layers made in another order than they are called in."""
    layers = keras.layers
    inside = keras.Input((6, 3))
    last, first = layers.Conv1D(3, 1), layers.Conv1D(3, 1)
    tower = keras.Model(inside, last(layers.BatchNormalization()(first(inside))), name="tower")
    x = keras.Input((7, 2))
    dense = layers.Dense(2)
    return keras.Model(x, dense(layers.Dense(2)(tower(layers.Conv1D(3, 2)(x)))))


def with_random_weights(model: Any, rng: np.random.Generator) -> Any:
    """The model, no weight of it left at 0."""
    model.set_weights([rng.random(w.shape).astype("float32") for w in model.get_weights()])
    return model


def said(model: Any, shape: str) -> dict[str, Any]:
    """Names and parameters of the model's layers, and its output's shape."""
    rows = [[layer.name, layer.count_params()] for layer in model.layers]
    return {"rows": rows, "output": list(model.output_shape), "input": list(model.input_shape), "by": shape}


if __name__ == "__main__":
    rng = np.random.default_rng(3)
    x = rng.random((2, 7, 2)).astype("float32")
    arrays, expected = {"x": x}, {}
    for name, k in (("keras3", keras), ("keras2", tf_keras)):
        made = with_random_weights(model(k), rng)
        for ending in (".keras", ".h5", ".weights.h5"):
            (made.save_weights if "weights" in ending else made.save)(HERE / f"{name}{ending}")
        arrays[name] = np.asarray(made(x, training=False))
        expected[name] = said(made, k.__version__)
    made = with_random_weights(graph(), rng)
    for ending in (".keras", ".h5"):
        made.save(HERE / f"graph{ending}")
    arrays["graph"] = np.asarray(made(x, training=False))
    np.savez(HERE / "values.npz", **arrays)
    (HERE / "expected.golden").write_text(json.dumps(expected, indent=1) + "\n")
