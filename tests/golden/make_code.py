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
summarize = keras.Model.summary
SCRIPTS = sorted([*(ROOT / "tests/read/code").glob("*.py"), *(ROOT / "examples").glob("*.py")])


def shown(model: keras.Model) -> str:
    """What the summary of a model prints without a terminal."""
    lines: list[str] = []
    summarize(model, print_fn=lines.append)
    return "\n".join(lines).rstrip("\n")


def data(sizes: tuple[int, ...], samples: int) -> Any:
    """Images as large as those of a data set, which are not downloaded here."""
    return tuple((np.zeros((n, *sizes), "uint8"), np.zeros((n, 1), "uint8")) for n in (samples, 10000))


def executed(script: Path) -> str:
    """The text of the last summary(), else that of the last model made."""
    texts: list[str] = []
    text = re.sub(r"^[%!]", "#", script.read_text(), flags=re.MULTILINE)
    text = text.replace("keras.optimizers.Adadelta()", "'adam'")
    keras.utils.clear_session()
    with (
        patch.dict(sys.modules, {"matplotlib": MagicMock(), "matplotlib.pyplot": MagicMock()}),
        patch.object(keras.datasets.cifar10, "load_data", lambda: data((32, 32, 3), 50000)),
        patch.object(keras.datasets.mnist, "load_data", lambda: data((28, 28), 60000)),
        patch.object(keras.datasets.fashion_mnist, "load_data", lambda: data((28, 28), 60000)),
        patch.object(keras.utils, "plot_model", MagicMock()),
        patch.object(keras.Model, "summary", lambda self, **_: texts.append(shown(self))),
        patch.multiple(keras.Model, compile=MagicMock(), fit=MagicMock(), evaluate=lambda *_, **__: (0, 0)),
    ):
        names: dict[str, Any] = {"__name__": "__main__"}
        exec(compile(text, script.name, "exec"), names)
    keras.config.set_image_data_format("channels_last")
    keras.config.set_dtype_policy("float32")
    return texts[-1] if texts else shown([value for value in names.values() if isinstance(value, keras.Model)][-1])


if __name__ == "__main__":
    told = {str(script.relative_to(ROOT)): executed(script) for script in SCRIPTS}
    (HERE / "code.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
