"""Writes configs of Keras 2 and what tf_keras says of them. Run with tf_keras installed, in this folder.

Early Keras 2 cannot be installed beside it, but tf_keras still reads what that wrote: the files ``early_*`` are its
form (a bare list of layers, the input's shape on the first), and the answers those of tf_keras on reading them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import tf_keras as keras
from tf_keras import layers

HERE = Path(__file__).parent


def models() -> dict[str, Any]:
    """The models, by file name."""
    image = [
        layers.Conv2D(4, 3, strides=2, activation="swish", input_shape=(31, 33, 3), name="stem"),
        layers.BatchNormalization(),
        layers.LeakyReLU(alpha=0.1),
        layers.ZeroPadding2D(((0, 1), (2, 0))),
        layers.DepthwiseConv2D(3, depth_multiplier=2, kernel_regularizer="l2"),
        layers.SpatialDropout2D(0.2),
        layers.SeparableConv2D(6, 3, depthwise_initializer="he_normal", use_bias=False),
        layers.UpSampling2D(2, interpolation="bilinear"),
        layers.Conv2DTranspose(3, (2, 3), trainable=False, bias_initializer=keras.initializers.Constant(0.5)),
        layers.MaxPooling2D(padding="same"),
        layers.Cropping2D(1),
        layers.LayerNormalization(),
        layers.ReLU(6.0),
        layers.GlobalAveragePooling2D(keepdims=True),
        layers.Flatten(),
        layers.Dense(7, kernel_constraint=keras.constraints.MaxNorm(2)),
        layers.Softmax(),
    ]
    sequence = [
        layers.InputLayer((12, 3), batch_size=5, name="words"),
        layers.SeparableConv1D(4, 3, padding="same"),
        layers.Conv1D(4, 2, padding="causal", dilation_rate=2, dtype="mixed_float16"),
        layers.Conv1DTranspose(2, 3, groups=1),
        layers.GaussianNoise(0.1),
        layers.Permute((2, 1)),
        layers.Reshape((-1, 4)),
        layers.PReLU(shared_axes=[1]),
    ]
    tower = keras.Sequential([layers.Conv1D(4, 3, input_shape=(9, 2)), layers.ReLU()], name="tower")
    unbuilt = keras.Sequential([layers.Dense(3), layers.Dropout(0.5)], name="late")
    unbuilt.build((None, 4))
    return {
        "image": keras.Sequential(image),
        "sequence": keras.Sequential(sequence, name="sequence"),
        "nested": keras.Sequential([tower, layers.Flatten(), layers.Dense(2)], name="outer"),
        "late": unbuilt,
    }


def early(config: dict[str, Any]) -> dict[str, Any]:
    """A config as Keras 2.1 wrote it: no input layer, no modules, a list."""
    layers = [
        {"class_name": one["class_name"], "config": one["config"]}
        for one in config["config"]["layers"]
        if one["class_name"] != "InputLayer"
    ]
    for layer in layers:
        layer["config"] = {key: plain(value) for key, value in layer["config"].items()}
    return {"class_name": "Sequential", "config": layers, "keras_version": "2.1.6", "backend": "tensorflow"}


def plain(value: Any) -> Any:
    """A serialised object without what early Keras did not write."""
    if isinstance(value, dict) and "class_name" in value:
        return {"class_name": value["class_name"], "config": value["config"]}
    return value


def said(model: Any) -> dict[str, Any]:
    """Names, output shapes and parameters of the model's layers, as tf_keras has them."""
    rows = [[layer.name, list(layer.output_shape), layer.count_params()] for layer in model.layers]
    trainable = sum(int(weight.shape.num_elements()) for weight in model.trainable_weights)
    return {"name": model.name, "input": list(model.input_shape), "rows": rows, "trainable": trainable}


if __name__ == "__main__":
    expected = {}
    for name, model in models().items():
        config = json.loads(model.to_json())
        (HERE / f"{name}.json").write_text(json.dumps(config, indent=1) + "\n")
        expected[name] = said(model)
        if name == "image":
            config = early(config)
            (HERE / "early_image.json").write_text(json.dumps(config, indent=1) + "\n")
            keras.backend.clear_session()
            expected["early_image"] = said(keras.models.model_from_json(json.dumps(config)))
    (HERE / "expected.golden").write_text(json.dumps(expected, indent=1) + "\n")
