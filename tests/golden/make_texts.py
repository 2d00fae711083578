"""Asks real Keras what layers make of texts and of other categories; writes texts.json.

Run from the root of the project, with Keras and TensorFlow: ``python -m tests.golden.make_texts``.
"""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import keras
import numpy as np

from tests.kinds import called, live
from tests.samples import GOLDEN
from tests.texts import CASES, sample


def value(layer: Any, inputs: tuple[np.ndarray, ...]) -> Any:
    """The output as lists; None where Keras computes none."""
    try:
        y = np.asarray(called(layer, inputs))
    except Exception:  # whatever Keras raises is a refusal
        return None
    return np.char.decode(y.astype(bytes), "utf-8").tolist() if y.dtype.kind == "O" else y.tolist()


def main() -> None:
    """Writes the file."""
    told = {}
    for text in CASES:
        one, inputs = sample(text)
        told[text] = value(one.make(partial(live, keras)), inputs)
    lines = ",\n".join(f"{json.dumps(text)}: {json.dumps(y)}" for text, y in told.items())
    (GOLDEN / "texts.json").write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
