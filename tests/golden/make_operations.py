"""Asks real Keras about every call of operations.txt; writes operations.json.xz and operations.npz.

Run from the root of the project, with Keras and TensorFlow: ``python -m tests.golden.make_operations``.
"""

from __future__ import annotations

import json
import lzma
from typing import Any

import keras
import numpy as np
from keras import ops

from tests.operations import GOLDEN, NAMES, Sample, drawn, table, told


def main() -> None:
    """Writes both files."""
    answers, arrays = [], {}
    for number, text in enumerate(table()):
        keras.backend.clear_session()
        sample = Sample(text)
        answer, model = ask(sample)
        answers.append({"sample": text, **answer})
        if model is not None and sample.values:
            found = values(model, drawn(sample, number))
            answers[-1] |= {} if found is not None else {"valueless": True}
            arrays.update({f"{number}/{at}": value for at, value in enumerate(found or [])})
    whole = {"functions": sorted(functions(ops)), "answers": answers}
    (GOLDEN / "operations.json.xz").write_bytes(lzma.compress(json.dumps(whole).encode(), preset=9))
    np.savez_compressed(GOLDEN / "operations.npz", **arrays)


def ask(sample: Sample) -> tuple[dict[str, Any], Any]:
    """The outputs, the operation and the config of the model; or that Keras refuses the call."""
    try:
        names: dict[str, Any] = {"keras": keras, "np": np, "ops": ops}
        for name, (shape, dtype) in zip(NAMES, sample.inputs, strict=False):
            names[name] = keras.Input(batch_shape=shape, dtype=dtype, name=name)
        outputs = keras.tree.flatten(eval(sample.whole_code, names))  # noqa: S307 - the lines are the project's own
        model = keras.Model([names[name] for name in NAMES[: len(sample.inputs)]], outputs)
    except Exception as error:  # whatever Keras raises is a refusal
        return {"refused": type(error).__name__}, None
    operations = [(one.name, type(one).__name__) for one in model.operations if not isinstance(one, keras.layers.Layer)]
    answer: dict[str, Any] = {"outputs": told((one.shape, one.dtype) for one in outputs), "operations": operations}
    lines: list[str] = []
    model.summary(print_fn=lambda line, **_: lines.append(line))
    answer["summary"] = "\n".join(lines).rstrip()
    try:
        answer["config"] = json.loads(model.to_json())
    except Exception as error:  # some operations cannot be saved
        answer["unsaved"] = type(error).__name__
    return answer, model


def values(model: Any, inputs: list[np.ndarray]) -> list[np.ndarray] | None:
    """What Keras computes; None where it cannot."""
    try:
        return [np.asarray(one) for one in keras.tree.flatten(model(inputs if len(inputs) > 1 else inputs[0]))]
    except Exception:  # whatever TensorFlow raises
        return None


def functions(module: Any, prefix: str = "") -> set[str]:
    """The public names of keras.ops; names of its modules only where the name is in no other place."""
    own = {name for name in dir(module) if not name.startswith("_") and callable(getattr(module, name))}
    inner = {name for name in ("image", "linalg", "nn", "numpy") if not prefix and hasattr(module, name)}
    found = {prefix + name for name in own - inner}
    return found | {one for name in inner for one in functions(getattr(module, name), f"{name}.")}


if __name__ == "__main__":
    main()
