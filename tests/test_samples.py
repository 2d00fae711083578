"""Every kind against real Keras: shapes, weights, refusals and values of the configurations in golden/."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from convcalc.declare.layer import Layer
from convcalc.declare.weight import Inferred
from convcalc.errors import ConvcalcError
from convcalc.layers import MODULES, find
from convcalc.layers.core import InputLayer
from convcalc.layers.spectrogram import MelSpectrogram
from convcalc.tools.catalog import sample
from tests.samples import GOLDEN, Sample, suited, table
from tests.tolerance import allowed

ANSWERS: list[dict[str, Any]] = json.loads((GOLDEN / "samples.json").read_text(encoding="utf-8"))
ARRAYS = np.load(GOLDEN / "samples.npz")
NUMBERED = [pytest.param(n, answer, id=answer["sample"]) for n, answer in enumerate(ANSWERS)]
ACCEPTED = [case for case in NUMBERED if "refused" not in case.values[1]]
REFUSED = [case for case in NUMBERED if "refused" in case.values[1]]
COMPUTED = [case for case in ACCEPTED if f"{case.values[0]}/y" in ARRAYS]


def _layer(text: str) -> tuple[Layer, Sample]:
    one = Sample(text)
    return one.make(find), one


def _inferred(text: str) -> Inferred:
    layer, one = _layer(text)
    return layer.infer(*([(layer.batch, *layer.sizes)] if isinstance(layer, InputLayer) else one.shapes))


def _array(name: str) -> np.ndarray:
    return ARRAYS[name].astype(np.float32) / 32


def test_the_golden_file_answers_the_table() -> None:
    """The answers of Keras belong to the configurations that are there now."""
    assert [answer["sample"] for answer in ANSWERS] == list(table())


@pytest.mark.parametrize("name", sorted(MODULES))
def test_sample_prints_what_the_docstring_shows(name: str) -> None:
    """The sample in a kind's docstring runs and prints the line below it."""
    kind = find(name)
    _, layer, shapes = sample(kind)
    lines = [line.strip() for line in (kind.__doc__ or "").splitlines()]
    assert repr(layer.infer(*shapes)) == lines[next(i for i, line in enumerate(lines) if ">>>" in line) + 1]


@pytest.mark.parametrize(("number", "answer"), ACCEPTED)
def test_output_and_weights_are_keras(number: int, answer: dict[str, Any]) -> None:
    """Output shape, and the weights' names, shapes, flags and dtypes in order, are those of Keras."""
    inferred = _inferred(answer["sample"])
    weights = [[w.name, list(w.shape), w.trainable, w.dtype] for w in inferred.weights]
    assert (list(inferred.output), weights) == (answer["output"], answer["weights"])
    assert list(map(list, inferred.more)) == answer.get("more", [])
    assert inferred.params == answer["params"]
    assert all(len(weight.dims) == len(weight.shape) for weight in inferred.weights)


@pytest.mark.parametrize(("number", "answer"), ACCEPTED)
def test_output_dtype_is_keras(number: int, answer: dict[str, Any]) -> None:
    """The dtype of the output is Keras's."""
    assert _layer(answer["sample"])[0].output_dtype == answer["dtype"]


@pytest.mark.parametrize(("number", "answer"), ACCEPTED)
def test_built_at_init_is_keras(number: int, answer: dict[str, Any]) -> None:
    """A kind counts as built before it has seen a shape exactly where Keras says so."""
    assert _layer(answer["sample"])[0].built_at_init == answer["built"]


@pytest.mark.parametrize(("number", "answer"), REFUSED)
def test_refuses_what_keras_refuses(number: int, answer: dict[str, Any]) -> None:
    """What Keras refuses is refused."""
    with pytest.raises(ConvcalcError):
        _inferred(answer["sample"])


@pytest.mark.parametrize(("number", "answer"), COMPUTED)
def test_values_are_keras(number: int, answer: dict[str, Any]) -> None:
    """The outputs' values on random weights and inputs are Keras's, to the rounding of both."""
    layer, one = _layer(answer["sample"])
    weights = [_array(f"{number}/w{i}") for i in range(len(answer["weights"]))]
    inputs = [suited(one.kind, _array(f"{number}/x{i or ''}")) for i in range(len(one.shapes))]

    def compute(weights: list[np.ndarray]) -> tuple[np.ndarray, ...]:
        values = layer.apply([w.astype("float32") for w in weights], *inputs)
        return values if isinstance(values, tuple) else (values,)

    outputs, errors = compute(weights), allowed(compute, weights, sides=2)
    if isinstance(layer, MelSpectrogram):  # no weights: what is summed is changed instead, once for each halving
        sides = 2 * math.ceil(math.log2(layer.fft_length))
        errors = allowed(lambda xs: [layer.apply(weights, *(x.astype("float32") for x in xs))], inputs, sides=sides)
    assert len(outputs) == 1 + len(answer.get("more", []))
    for at, y in enumerate(outputs):
        expected = ARRAYS[f"{number}/y{at or ''}"]
        assert y.shape == expected.shape
        np.testing.assert_allclose(y, expected, rtol=0, atol=errors[at])


def test_an_input_without_a_batch_is_refused() -> None:
    """Keras makes a scalar of an empty batch_shape, which no layer takes."""
    with pytest.raises(ConvcalcError, match="lacks the batch"):
        InputLayer(batch_shape=())


def test_dense_needs_an_axis_beside_the_batch() -> None:
    """A batch of a known size alone is no input for a Dense."""
    with pytest.raises(ConvcalcError, match="needs 2 or more axes"):
        find("Dense")(4).infer((2,))
