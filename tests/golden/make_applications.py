"""Builds Keras's applications and writes applications.json.gz: configs, tables and totals, without weights.

Run with an interpreter that has Keras: `python tests/golden/make_applications.py`.
"""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path
from typing import Any

import keras

# Not here: ConvNeXt, InceptionResNetV2 and MobileNetV3 hold layers of their own or operations that are no layers.
NAMES = (
    "DenseNet121", "DenseNet169", "DenseNet201",
    "EfficientNetB0", "EfficientNetB1", "EfficientNetB7",
    "EfficientNetV2B0", "EfficientNetV2S",
    "InceptionV3", "MobileNet", "MobileNetV2", "NASNetLarge", "NASNetMobile",
    "ResNet50", "ResNet101", "ResNet50V2", "ResNet152V2",
    "VGG16", "VGG19", "Xception",
)  # fmt: skip


def macs(layer: Any) -> int:
    """Multiply-accumulates of a layer: every value of its kernels once for every output position."""
    kernels = [weight for weight in layer.weights if "kernel" in weight.name]
    return math.prod(layer.output.shape[1:-1]) * sum(math.prod(kernel.shape) for kernel in kernels)


def answer(name: str) -> dict[str, Any]:
    """What Keras says of one application in a session of its own."""
    keras.utils.clear_session()
    model = getattr(keras.applications, name)(weights=None)
    lines: list[str] = []
    model.summary(print_fn=lines.append)
    return {
        "config": json.loads(model.to_json()),
        "summary": lines[0].removesuffix("\n"),
        "total": model.count_params(),
        "rows": [[list(layer.output.shape), layer.count_params()] for layer in model.layers],
        "macs": sum(map(macs, model.layers)),
    }


if __name__ == "__main__":
    told = json.dumps({name: answer(name) for name in NAMES}, ensure_ascii=False, separators=(",", ":"))
    path = Path(__file__).with_name("applications.json.gz")
    path.write_bytes(gzip.compress(told.encode(), 9, mtime=0))
