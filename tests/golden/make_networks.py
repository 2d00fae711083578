"""Builds Keras's applications with other arguments than their defaults, and writes networks.json: digests of tables.

Every application has other input shapes, with its top and without; the smallest of each family has more arguments, also
such as Keras refuses. Chains have applications for layers. Weights are not loaded.
Run with an interpreter that has Keras: `python tests/golden/make_networks.py`.
"""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
from keras.src.utils import file_utils
from make_applications import names, printed

# For every application, beside its defaults.
EVERY: list[dict[str, Any]] = [
    {"include_top": False, "pooling": "avg", "input_shape": [97, 130, 3]},
    {"classes": 7, "input_shape": [160, 160, 1], "classifier_activation": "sigmoid"},
]
# For the smallest application of each family, with trained weights.
SMALLEST = (
    "ConvNeXtTiny DenseNet121 EfficientNetB0 EfficientNetV2B0 InceptionV3 MobileNet MobileNetV2 MobileNetV3Small "
    "NASNetMobile ResNet50 ResNet50V2 VGG16 Xception"
)
ONE: list[dict[str, Any]] = [
    {},
    {"weights": None, "include_top": False},
    {"weights": None, "include_top": False, "pooling": "max", "input_shape": [160, 160, 1]},
    {"weights": None, "classes": 7, "input_shape": [97, 130, 3], "classifier_activation": None, "name": "own"},
    {"name": None},
    {"include_top": False, "classes": 3},
    {"include_top": False, "input_shape": [128, 128, 3]},
    {"include_top": False, "input_shape": [None, 150, 3]},
    {"include_top": False, "input_shape": [20, 200, 3]},
    {"include_top": False, "input_shape": [72, 72, 3]},
    {"include_top": False, "input_shape": [128, 128, 4]},
    {"include_top": False, "input_shape": [128, 128]},
    {"include_top": False, "pooling": "middle"},
    {"include_top": False, "classifier_activation": "relu"},
    {"input_shape": [128, 128, 3]},
    {"input_shape": [100, 100, 3]},
    {"weights": None, "input_shape": [None, None, 3]},
    {"weights": None, "input_shape": [128, 128, 5]},
    {"weights": "imagenett"},
    {"classes": 10},
    {"classifier_activation": "relu"},
    {"classifier_activation": None},
    {"filters": 3},
]
# For the applications that have the argument.
OWN: dict[str, list[dict[str, Any]]] = {
    "alpha": [{"alpha": 0.5}, {"alpha": 0.6}, {"alpha": 1.4}, {"alpha": 0.75}]
    + [{"alpha": alpha, "weights": None} for alpha in (0.3, 0.6, 1.5)],
    "depth_multiplier": [{"depth_multiplier": 2}, {"depth_multiplier": 2, "weights": None, "dropout": 0.5}],
    "minimalistic": [{"minimalistic": True, "alpha": 0.75}, {"minimalistic": True, "weights": None, "alpha": 0.75}],
    "dropout_rate": [{"dropout_rate": 0, "weights": None}],
    "include_preprocessing": [{"include_preprocessing": False, "weights": None}],
}
# Chains of layers with applications among them.
CHAINS = (
    "MobileNetV2(input_shape=(160, 160, 3), include_top=False) | GlobalAveragePooling2D() | Dense(1)",
    "Input((4, 64, 64, 3)) | TimeDistributed(VGG16(include_top=False, pooling='avg')) | LSTM(3)",
    "Sequential([VGG16(include_top=False, input_shape=(64, 64, 3)), Flatten()]) | Dense(3)",
    "Xception(classes=7, weights=None) | Dense(2)",
    "Input((64, 64, 3)) | MobileNetV3Small(include_top=False, pooling='max') | GaussianNoise(0.1) | Dense(2)",
)


def cases() -> Iterator[tuple[str, dict[str, Any], str]]:
    """Applications with arguments and a data format."""
    for name in names(keras.applications):
        make = getattr(keras.applications, name)
        own = [one for argument in inspect.signature(make).parameters for one in OWN.get(argument, [])]
        for arguments in EVERY:
            yield name, {"weights": None, **arguments}, "channels_last"
        if name in SMALLEST.split():
            for arguments in [*ONE, *own]:
                yield name, arguments, "channels_last"
            for arguments in ({"weights": None}, {"include_top": False, "input_shape": [3, 97, 130]}):
                yield name, arguments, "channels_first"


def answer(name: str, arguments: dict[str, Any], data_format: str) -> dict[str, Any] | None:
    """What Keras says of an application in a session of its own: the table as a digest, or that it refuses.

    None where Keras itself is broken, as for an EfficientNet of another name.
    """
    keras.utils.clear_session()
    keras.config.set_image_data_format(data_format)
    given = {key: tuple(value) if isinstance(value, list) else value for key, value in arguments.items()}
    told = {"network": name, "arguments": arguments, "data_format": data_format}
    try:
        model = getattr(keras.applications, name)(**given)
    except (ValueError, TypeError) as error:
        if "NoneType" in str(error):
            return None
        return {**told, "refused": str(error)[:60]}
    except (AttributeError, KeyError):
        return None
    digest = hashlib.sha256(printed(model).encode()).hexdigest()[:16]
    shape = list(model.output_shape)
    return {**told, "name": model.name, "total": model.count_params(), "output": shape, "summary": digest}


def load_weights(model: Any, *args: Any, **kwargs: Any) -> None:
    """Loads nothing, and refuses the models that trained weights do not fit."""
    if 3 not in model.input_shape[1:]:
        raise ValueError("trained weights are for 3 channels")


def chain(text: str) -> str:
    """The table of a chain of layers, each in Python's call syntax."""
    keras.utils.clear_session()
    keras.config.set_image_data_format("channels_last")
    known = {**vars(keras.layers), **vars(keras.applications), "Sequential": keras.Sequential}
    return printed(keras.Sequential([eval(one, known) for one in text.split(" | ")]))


if __name__ == "__main__":
    file_utils.get_file = lambda *args, **kwargs: ""
    keras.Model.load_weights = load_weights
    for kind in (keras.initializers.VarianceScaling, keras.initializers.TruncatedNormal):
        kind.__call__ = lambda self, shape, dtype=None, **rest: keras.ops.zeros(shape, dtype)  # which takes no time
    lines = [json.dumps(told) for case in cases() if (told := answer(*case))]
    chains = json.dumps({text: chain(text) for text in CHAINS}, ensure_ascii=False, indent=1)
    text = '{"networks": [\n' + ",\n".join(lines) + f'\n], "chains": {chains}}}\n'
    Path(__file__).with_name("networks.json").write_text(text, encoding="utf-8")
