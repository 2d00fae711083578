"""Asks real Keras about every configuration of `tests.samples.table`; writes samples.json and samples.npz.

Run from the root of the project, with Keras and TensorFlow: ``python -m tests.golden.make_samples``.
Weights and inputs are random multiples of 1/32, so that they keep in one byte each.
"""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import keras
import numpy as np

from tests.kinds import called, live, weight_names
from tests.samples import GOLDEN, TEXTS, Sample, suited, table

BATCH = 2
# What takes indices, which must not be negative.
INDEXED = ("CategoryEncoding",)
# What is called without saying whether it is trained, on inputs in their own dtype.
UNTRAINED = (*TEXTS, "IntegerLookup", "Hashing", "HashedCrossing")


def main() -> None:
    """Writes both files."""
    answers, arrays = [], {}
    for number, text in enumerate(table()):
        keras.backend.clear_session()
        answer, values = ask(Sample(text), np.random.default_rng(number))
        answers.append({"sample": text, **answer})
        arrays.update({f"{number}/{name}": value for name, value in values.items()})
    lines = ",\n".join(json.dumps(answer) for answer in answers)
    (GOLDEN / "samples.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    np.savez_compressed(GOLDEN / "samples.npz", **arrays)


def ask(sample: Sample, rng: np.random.Generator) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """What Keras makes of a sample, or why it refuses; and input, weights, output."""
    try:
        layer = sample.make(partial(live, keras))
        built = layer.built
        if sample.kind == "InputLayer":
            answer = {"output": layer.batch_shape, "dtype": layer.dtype, "weights": [], "params": 0, "built": built}
            return answer, {}
        specs = keras.tree.flatten(called(layer, [keras.KerasTensor(shape) for shape in sample.shapes]))
    except Exception as error:  # whatever Keras raises is a refusal
        return {"refused": type(error).__name__}, {}
    named = zip(weight_names(layer), layer.weights, strict=True)
    weights = [[name, tuple(w.shape), w.trainable, w.dtype] for name, w in named]
    answer = {"output": specs[0].shape, "dtype": specs[0].dtype, "weights": weights}
    answer |= {"params": layer.count_params(), "built": built}
    answer |= {"more": [spec.shape for spec in specs[1:]]} if specs[1:] else {}
    return answer, compute(sample, layer, rng) if sample.values else {}


def compute(sample: Sample, layer: Any, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Inputs ``x``, ``x1`` …, weights ``w0`` …, and Keras's output ``y``, further ones ``y1`` …."""
    indexed = sample.kind in INDEXED
    inputs = [draw(rng, (BATCH, *shape[1:]), positive=indexed) for shape in sample.shapes]
    weights = [draw(rng, w.shape, positive="variance" in w.name) for w in layer.weights]
    values = [weight / 32 for weight in weights]
    layer.set_weights(values)
    if sample.kind == "Normalization":
        layer.finalize_state()  # or it goes on with the mean and variance that it was built with
    outputs = keras.tree.flatten(runnable(sample, layer, [x / 32 for x in inputs], values))
    arrays = {f"x{i or ''}": x for i, x in enumerate(inputs)}
    arrays |= {f"w{i}": w for i, w in enumerate(weights)}
    return arrays | {f"y{i or ''}": np.asarray(y) for i, y in enumerate(outputs)}


def draw(rng: np.random.Generator, shape: tuple[int, ...], positive: bool = False) -> np.ndarray:
    """Numbers from -64 to 64, or from 1."""
    return rng.integers(1 if positive else -64, 65, tuple(shape), dtype=np.int8)


def runnable(sample: Sample, layer: Any, inputs: list[np.ndarray], weights: list[np.ndarray]) -> Any:
    """The layer's output, a dilated transposed one by the detour that TensorFlow's CPU kernels need."""
    if "Transpose" in sample.kind and max(layer.dilation_rate) > 1:
        return undilated(layer, inputs[0], weights)
    if sample.kind in UNTRAINED:
        return called(layer, [suited(sample.kind, x) for x in inputs])
    return called(layer, [x.astype(layer.compute_dtype) for x in inputs], training=False)


def undilated(layer: Any, x: np.ndarray, weights: list[np.ndarray]) -> Any:
    """A dilated layer's output: by a larger kernel, with zeros between the taps."""
    config, dilation = layer.get_config(), layer.dilation_rate
    spans = [(size - 1) * step + 1 for size, step in zip(layer.kernel_size, dilation, strict=True)]
    kernel = np.zeros((*spans, *weights[0].shape[len(spans) :]))
    kernel[tuple(slice(None, None, step) for step in dilation)] = weights[0]
    twin = type(layer).from_config({**config, "kernel_size": spans, "dilation_rate": 1})
    twin.build(x.shape)
    twin.set_weights([kernel, *weights[1:]])
    return twin(x.astype(twin.compute_dtype), training=False)


if __name__ == "__main__":
    main()
