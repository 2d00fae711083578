"""Asks Keras 1.2.2 for configs and for what old calls make: writes ``*.json`` and ``expected.golden`` of this folder.

Run with an interpreter that has TensorFlow 2, on the source of Keras 1.2.2 (``pip download --no-binary :all: --no-deps
keras==1.2.2``): `python -m tests.read.keras1.regenerate Keras-1.2.2`.
"""

from __future__ import annotations

import collections
import collections.abc
import inspect
import json
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.old_calls import ROWS, Row, parts

HERE = Path(__file__).parent
SETTINGS = {"backend": "tensorflow", "image_dim_ordering": "tf", "floatx": "float32", "epsilon": 1e-7}


def keras_1(folder: str) -> Any:
    """Keras 1 on the first face of TensorFlow 2, and on names that Python and NumPy have dropped since."""
    home = Path(tempfile.mkdtemp())
    (home / ".keras").mkdir()
    (home / ".keras/keras.json").write_text(json.dumps(SETTINGS))
    os.environ["HOME"] = str(home)
    import numpy as np
    import tensorflow as tf

    tf.compat.v1.disable_v2_behavior()
    sys.modules["tensorflow"] = tf.compat.v1
    collections.Iterable = collections.abc.Iterable  # type: ignore[attr-defined]
    inspect.getargspec = inspect.getfullargspec  # type: ignore[attr-defined]
    for name, kind in {"float": float, "int": int, "bool": bool}.items():
        setattr(np, name, kind)
    for module in [name for name in sys.modules if name.partition(".")[0] == "keras"]:
        del sys.modules[module]
    sys.path.insert(0, folder)
    import keras
    import keras.layers
    import keras.models

    keras.backend.rnn = first_step
    return keras


def first_step(step: Any, inputs: Any, initial_states: Any, constants: Any = None, **_: Any) -> Any:
    """The first of a recurrent layer's steps; the loop over all steps needs an older TensorFlow."""
    output, states = step(inputs[:, 0], [*initial_states, *(constants or [])])
    return output, output[:, None], states


def plain(shape: Any) -> list[Any]:
    """A shape of Python's numbers."""
    return [None if size is None else int(size) for size in shape]


def answer(keras: Any, row: Row) -> dict[str, Any]:
    """The output's shape and the parameters of an old call."""
    kind, args, words = parts(row.old)
    layers = keras.layers
    name = kind.rpartition(".")[2]
    if name == "Input":
        return {"shape": plain(layers.Input(*args, **words)._keras_shape), "params": 0}
    if row.input is None:
        model = keras.models.Sequential([getattr(layers, name)(*args, **words)])
        return {"shape": plain(model.output_shape), "params": int(model.count_params())}
    sizes = row.input if isinstance(row.input, list) else [row.input]
    inputs = [layers.Input(one) for one in sizes]
    if name in ("merge", "Merge"):
        own = dict(zip(("mode",), args[1:], strict=False))
        return {"shape": plain(layers.merge(inputs, **own, **words)._keras_shape), "params": 0}
    layer = getattr(layers, name)(*args, **words)
    return {"shape": plain(layer(inputs[0])._keras_shape), "params": int(layer.count_params())}


def models(keras: Any) -> dict[str, Any]:
    """The models whose configs are kept."""
    from keras.layers import (
        GRU,
        LSTM,
        Activation,
        AtrousConvolution2D,
        AveragePooling1D,
        BatchNormalization,
        Bidirectional,
        Convolution1D,
        Convolution2D,
        Dense,
        Dropout,
        Embedding,
        Flatten,
        GaussianNoise,
        Input,
        MaxPooling2D,
        SpatialDropout2D,
        TimeDistributed,
        UpSampling2D,
        ZeroPadding2D,
        merge,
    )  # fmt: skip
    from keras.models import Model, Sequential
    from keras.regularizers import l2

    image = [
        ZeroPadding2D((1, 2), input_shape=(12, 12, 3)),
        Convolution2D(8, 3, 2, activation="relu", W_regularizer=l2(0.01), W_constraint="maxnorm"),
        AtrousConvolution2D(4, 3, 3, atrous_rate=(2, 2), border_mode="same", bias=False),
        BatchNormalization(mode=0, axis=-1),
        MaxPooling2D((2, 2), strides=(1, 1), dim_ordering="tf"),
        UpSampling2D((2, 2)),
        SpatialDropout2D(0.2),
        GaussianNoise(0.1),
        Flatten(),
        Dropout(0.5),
        Dense(3, init="uniform"),
        Activation("softmax"),
    ]
    text = [
        Embedding(20, 6, input_length=9, dropout=0.1),
        Convolution1D(8, 3, border_mode="same", subsample_length=1),
        AveragePooling1D(pool_length=2, stride=1),
        Bidirectional(LSTM(4, return_sequences=True, dropout_W=0.1)),
        TimeDistributed(Dense(5)),
        GRU(3, inner_activation="sigmoid"),
        Dense(1),
    ]
    x, y = Input((8,), name="x"), Input((8,), name="y")
    one, two = Dense(4)(x), Dense(4)(y)
    joined = merge([one, two], mode="concat", concat_axis=-1)
    total = merge([one, two], mode="sum")
    like = merge([one, two], mode="dot", dot_axes=1)
    graph = Model(input=[x, y], output=[Dense(2)(merge([joined, total], mode="concat")), like])
    return {"image": Sequential(image), "text": Sequential(text), "graph": graph}


def told(model: Any) -> list[list[Any]]:
    """Each layer's name, output shape and parameters."""
    return [[layer.name, plain(layer.output_shape), int(layer.count_params())] for layer in model.layers]


if __name__ == "__main__":
    keras = keras_1(sys.argv[1])
    calls: dict[str, Any] = {}
    for row in ROWS:
        with suppress(Exception):  # what Keras 1 does not know, and what TensorFlow 2 has no more
            calls[f"{row.old} in Keras {row.generation}"] = answer(keras, row)
    expected = {}
    for name, model in models(keras).items():
        (HERE / f"{name}.json").write_text(json.dumps(json.loads(model.to_json()), indent=1) + "\n")
        expected[name] = {"rows": told(model), "params": int(model.count_params())}
    (HERE / "expected.golden").write_text(json.dumps({"models": expected, "calls": calls}, indent=1) + "\n")
