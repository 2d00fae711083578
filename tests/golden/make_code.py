"""Runs the scripts of tests/read/code and examples with real Keras; code.json keeps what the last summary() shows.

Run with an interpreter that has Keras and TensorFlow: `python tests/golden/make_code.py`. Training, plots and
downloads are left out; everything that makes a model is executed as it stands.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock, patch

import keras
import numpy as np

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SCRIPTS = sorted([*(ROOT / "tests/read/code").glob("*.py"), *(ROOT / "examples").glob("*.py")])


def rows(model: keras.Sequential) -> dict[str, Any]:
    """Names, shapes and parameters of a model."""
    return {
        "name": model.name,
        "rows": [[layer.name, list(layer.output.shape), layer.count_params()] for layer in model.layers],
        "total": model.count_params(),
        "trainable": sum(int(np.prod(weight.shape)) for weight in model.trainable_weights),
    }


def executed(script: Path) -> dict[str, Any]:
    """What Keras says of the model: that of the last summary(), else the one called ``model``."""
    shown: list[dict[str, Any]] = []
    data = tuple((np.zeros((64, 28, 28)), np.zeros((64, 1), int)) for _ in range(2))
    text = re.sub(r"^[%!]", "#", script.read_text(), flags=re.MULTILINE)
    text = text.replace("keras.optimizers.Adadelta()", "'adam'")
    keras.utils.clear_session()
    with (
        patch.dict(sys.modules, {"matplotlib": MagicMock(), "matplotlib.pyplot": MagicMock()}),
        patch.object(keras.datasets.cifar10, "load_data", lambda: data),
        patch.object(keras.datasets.mnist, "load_data", lambda: data),
        patch.object(keras.Sequential, "summary", lambda self, **_: shown.append(rows(self))),
        patch.multiple(keras.Sequential, compile=MagicMock(), fit=MagicMock(), evaluate=lambda *_, **__: (0, 0)),
    ):
        names: dict[str, Any] = {"__name__": "__main__"}
        exec(compile(text, script.name, "exec"), names)
    return shown[-1] if shown else rows(names["model"])


if __name__ == "__main__":
    told = {str(script.relative_to(ROOT)): executed(script) for script in SCRIPTS}
    (HERE / "code.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
