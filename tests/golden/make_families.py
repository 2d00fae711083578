"""Builds Keras's later applications with arguments that are special to their families, and writes families.json.

Tables are digests; weights are neither loaded nor made. Run with an interpreter that has Keras:
`python tests/golden/make_families.py`.
"""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path
from typing import Any

import keras
from keras.src.utils import file_utils
from make_applications import printed

# Arguments for each application; ``input_tensor`` is the shape of the tensor, batch first.
CASES: dict[str, list[dict[str, Any]]] = {
    "DenseNet169": [
        {"weights": None, "include_top": False, "pooling": "max", "input_shape": [64, 32, 2]},
        {"weights": None, "input_tensor": [4, 65, 50, 3], "classes": 3},
    ],
    "NASNetMobile": [
        {"weights": None, "include_top": False, "input_shape": [33, 47, 4]},
        {"weights": None, "include_top": False, "input_shape": [None, 80, 3]},
        {"weights": None, "include_top": False, "input_shape": [80, None, 3]},
        {"include_top": False, "input_shape": [None, None, 3]},
        {"include_top": False, "input_tensor": [None, None, None, 3], "pooling": "avg"},
    ],
    "NASNetLarge": [
        {"weights": None, "include_top": False, "input_shape": [75, 75, 3], "pooling": "max"},
        {"weights": None, "classes": 5, "input_shape": [130, 97, 1], "name": "large"},
    ],
    "EfficientNetB1": [{}, {"input_shape": [240, 240, 3], "classifier_activation": None}],
    "EfficientNetB2": [
        {"weights": None, "classes": 5, "classifier_activation": None, "input_shape": [75, 50, 2]},
        {"weights": None, "include_top": False, "input_shape": [None, None, 1]},
        {"weights": None, "include_top": False, "input_shape": [64, None, 3]},
        {"weights": None, "include_top": False, "input_shape": [None, 64, 3]},
        {"include_top": False, "input_tensor": [2, 65, 96, 3]},
    ],
    "EfficientNetB7": [{"include_top": False, "input_shape": [64, 33, 3], "pooling": "avg"}],
    "EfficientNetV2B0": [
        {"weights": None, "name": "own"},
        {"weights": None, "name": "efficientnetv2-s", "input_shape": [64, 64, 3]},
        {"weights": None, "include_top": False, "input_tensor": [None, 64, 64, 1]},
        {"weights": None, "include_top": False, "input_shape": [64, None, 3]},
    ],
    "EfficientNetV2B3": [
        {"include_top": False},
        {"weights": None, "include_top": False, "include_preprocessing": False, "input_shape": [33, 47, 3]},
        {"weights": None, "classes": 2, "input_shape": [65, 64, 1]},
    ],
    "EfficientNetV2S": [{"include_top": False, "pooling": "max"}, {"weights": None, "name": None}],
    "ConvNeXtTiny": [
        {"weights": None, "include_top": False, "name": "own", "input_shape": [33, 70, 3], "pooling": "max"},
        {"weights": None, "include_top": False, "input_shape": [64, 64, 1]},
        {"weights": None, "include_preprocessing": False, "input_shape": [32, 32, 3], "classes": 2},
        {"weights": None, "include_top": False, "input_tensor": [3, 64, 65, 3]},
        {"weights": None, "include_top": False, "input_tensor": [3, 64, 65, 1]},
        {"include_top": False, "name": "own"},
        {"include_top": False, "name": "my_convnext_tiny"},
        {"include_top": False, "input_shape": [None, None, 3], "pooling": "avg"},
    ],
}


def answer(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """What Keras says of an application in a session of its own: the table as a digest, or that it refuses."""
    keras.utils.clear_session()
    given = {key: tuple(value) if isinstance(value, list) else value for key, value in arguments.items()}
    if "input_tensor" in given:
        given["input_tensor"] = keras.Input(batch_shape=given["input_tensor"])
    told = {"network": name, "arguments": arguments}
    try:
        with keras.StatelessScope():  # in which weights have shapes only
            model = getattr(keras.applications, name)(**given)
            digest = hashlib.sha256(printed(model).encode()).hexdigest()[:16]
    except Exception as error:  # of any kind: Keras does not check all arguments itself
        return {**told, "refused": str(error)[:60]}
    total = sum(math.prod(weight.shape) for weight in model.weights)
    return {**told, "name": model.name, "total": total, "output": list(model.output_shape), "summary": digest}


if __name__ == "__main__":
    file_utils.get_file = lambda *args, **kwargs: ""
    keras.Model.load_weights = lambda *args, **kwargs: None
    lines = [json.dumps(answer(name, arguments)) for name, cases in CASES.items() for arguments in cases]
    Path(__file__).with_name("families.json").write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
