"""Asks Keras 2.3 what old calls mean, and tf_keras what comes of it; writes spelling.json.

Run with an interpreter that has tf_keras, on the source of Keras 2.3.1 (``pip download --no-binary :all: --no-deps
keras==2.3.1``): `python -m tests.golden.make_spelling Keras-2.3.1/keras/legacy/interfaces.py`.
"""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path
from typing import Any

import tf_keras

from tests.old_calls import ROWS, Row, parts

# The layers that go through each of Keras 2.3's converters.
CONVERTERS = {
    "dense": "Dense",
    "dropout": "Dropout",
    "embedding": "Embedding",
    "pooling1d": "MaxPooling1D AveragePooling1D",
    "pooling2d": "MaxPooling2D AveragePooling2D",
    "pooling3d": "MaxPooling3D AveragePooling3D",
    "global_pooling": "GlobalMaxPooling2D GlobalMaxPooling3D GlobalAveragePooling2D GlobalAveragePooling3D",
    "prelu": "PReLU",
    "gaussiannoise": "GaussianNoise",
    "gaussiandropout": "GaussianDropout",
    "recurrent": "SimpleRNN LSTM GRU",
    "upsampling1d": "UpSampling1D",
    "upsampling2d": "UpSampling2D",
    "upsampling3d": "UpSampling3D",
    "conv1d": "Conv1D",
    "conv2d": "Conv2D",
    "conv3d": "Conv3D",
    "separable_conv2d": "SeparableConv2D",
    "deconv2d": "Conv2DTranspose",
    "convlstm2d": "ConvLSTM2D",
    "batchnorm": "BatchNormalization",
    "zeropadding2d": "ZeroPadding2D",
    "zeropadding3d": "ZeroPadding3D",
    "cropping2d": "Cropping2D",
    "cropping3d": "Cropping3D",
    "spatialdropout1d": "SpatialDropout1D",
    "spatialdropoutNd": "SpatialDropout2D SpatialDropout3D",
}
CONVERTER = {kind: name for name, kinds in CONVERTERS.items() for kind in kinds.split()}
# Keras 2.3's other names; the dilated kinds are functions there, which rename one word.
ALIASES = {
    "Deconvolution": "Conv",
    "Deconv": "Conv",
    "AtrousConvolution": "Conv",
    "AtrousConv": "Conv",
    "Convolution": "Conv",
}


def mapped(row: Row, interfaces: dict[str, Any]) -> tuple[str, list[Any], dict[str, Any]]:
    """The call that Keras 2.3 makes of an old call."""
    name, args, words = parts(row.old)
    kind = name.rpartition(".")[2]
    for old, new in ALIASES.items():
        kind = kind.replace(old, new) + ("Transpose" if old in kind and old.startswith("Deconv") else "")
    if name.startswith("Atrous"):
        words["dilation_rate"] = words.pop("atrous_rate")
    if kind not in CONVERTER:
        return kind, args, words
    made: list[Any] = []
    convert = interfaces[f"legacy_{CONVERTER[kind]}_support"]
    convert(lambda self, *by_place, **by_name: made.extend((by_place, by_name)))(object(), *args, **words)
    # The default of Keras 2.3, which later versions have changed.
    return kind, list(made[0]), {**({"reset_after": False} if kind == "GRU" else {}), **made[1]}


def result(kind: str, args: list[Any], words: dict[str, Any], sizes: Any) -> tuple[Any, int]:
    """The output's shape and the parameters of a layer of tf_keras."""
    if kind == "InputLayer":
        return tf_keras.Input(*args, **words).shape.as_list(), 0
    words = {word: value for word, value in words.items() if not (word == "weights" and kind == "Embedding")}
    layer = getattr(tf_keras.layers, kind)(*args, **words)
    if sizes is None:
        model = tf_keras.Sequential([layer])
        return model.output_shape, model.count_params()
    inputs = [tf_keras.Input(one) for one in sizes] if isinstance(sizes, list) else tf_keras.Input(sizes)
    return layer(inputs).shape.as_list(), layer.count_params()


def answer(row: Row, interfaces: dict[str, Any]) -> dict[str, Any]:
    """What Keras makes of a row: of the old call, or of the new one where only Keras 1 knows the old one."""
    call = parts(row.new) if row.own else mapped(row, interfaces)
    shape, params = result(*call, row.input)
    return {"call": None if row.own else call, "shape": list(shape), "params": params}


if __name__ == "__main__":
    interfaces = runpy.run_path(sys.argv[1])
    told = {f"{row.old} in Keras {row.generation}": answer(row, interfaces) for row in ROWS}
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in told.items())
    Path(__file__).with_name("spelling.json").write_text(f"{{\n{lines}\n}}\n")
