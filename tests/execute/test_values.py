"""Whole stacks give the values that real Keras gave (golden/runs.npz, by make_runs.py)."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from convcalc.execute import run
from convcalc.stack.graph import Stack
from tests.execute.stacks import call, conv, nested, stack
from tests.tolerance import allowed

with np.load(Path(__file__).parents[1] / "golden/runs.npz", allow_pickle=False) as file:
    ARRAYS = dict(file)
CASES = json.loads(ARRAYS.pop("cases").tobytes())


def golden(number: int) -> tuple[Stack, Any, list[Any], Any]:
    """Stack, input, weights and output of a case."""
    case = CASES[number]
    model = stack(*(call(kind, **options) for kind, options in case["layers"]), shape=tuple(case["input_shape"]))
    weights = [ARRAYS[f"{number}/w{i}"] for i in range(sum(name.startswith(f"{number}/w") for name in ARRAYS))]
    return model, ARRAYS[f"{number}/x"], weights, ARRAYS[f"{number}/y"]


@pytest.mark.parametrize("number", range(len(CASES)))
def test_stack_gives_keras_values(number: int) -> None:
    """Shape and dtype are Keras's, values as far from them as both may be from the exact ones."""
    model, x, weights, y = golden(number)
    output = run(model, x, weights=weights).outputs[0]
    assert (output.shape, output.dtype) == (y.shape, y.dtype)
    policies = [options.get("dtype", "float32") for _, options in CASES[number]["layers"]]
    dtypes = [policy.removeprefix("mixed_") for policy in policies]
    error = allowed(lambda weights: run(model, x, weights=weights).outputs, weights, *dtypes, sides=2)
    np.testing.assert_allclose(output, y, rtol=0, atol=error[0])


def test_every_dtype_is_in_the_golden_file() -> None:
    """The dtypes that can be run are all compared."""
    policies = {options.get("dtype", "float32") for case in CASES for _, options in case["layers"]}
    assert policies == {"float32", "float64", "float16", "mixed_float16"}


def test_input_is_rounded_to_a_layers_dtype() -> None:
    """Keras's autocast: a float32 layer sees no difference that float32 cannot hold."""
    layer = conv(filters=1, kernel_size=2, weights={"kernel": [[[1]], [[-1]]]})
    x = np.array([[1 + 1e-12], [1]])
    model = stack(call("Input", shape=(2, 1), dtype="float64"), layer, shape=None)
    assert run(model, x).inputs[0].dtype == np.float64
    assert run(model, x).outputs[0].item() == 0


def test_an_overflow_is_no_warning() -> None:
    """Infinities are a result like any other: nothing is printed."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isinf(run(stack(conv()), np.full((10, 3), 3e38), weights="ones").outputs[0]).all()


def test_a_nested_model_computes_what_its_layers_do() -> None:
    """Nesting changes names, not values: Keras's weights in the same order give the same output."""
    model, x, weights, _ = golden(next(i for i, case in enumerate(CASES) if len(case["layers"]) > 2))
    calls = [node.call for node in model.nodes]
    inside = stack(calls[0], nested("tower", *calls[1:]), shape=model.input.shape[1:] if model.input.shape else None)
    trace = run(inside, x, weights=weights, keep=["tower"])
    np.testing.assert_array_equal(trace.outputs[0], run(model, x, weights=weights).outputs[0])
    np.testing.assert_array_equal(trace["tower"], trace.outputs[0])


def test_towers_may_use_the_same_names() -> None:
    """Layers of the same name in two nested models have weights of their own."""
    towers = [nested(name, conv(name="conv", filters=3, padding="same")) for name in ("left", "right")]
    trace = run(stack(*towers), keep_weights=True)
    assert list(trace.weights) == ["left/conv/kernel", "left/conv/bias", "right/conv/kernel", "right/conv/bias"]
    assert not np.array_equal(trace.weights["left/conv/kernel"], trace.weights["right/conv/kernel"])


def test_a_model_without_layers_passes_its_input_on() -> None:
    """The output is the input, under the input's name."""
    trace = run(stack(), "arange")
    np.testing.assert_array_equal(trace.outputs[0], np.arange(30, dtype="float32").reshape(1, 10, 3))
    assert trace.output_names == ["input_layer"]


def test_a_run_leaves_the_stack_alone() -> None:
    """Shapes settled for a run are not written into the model."""
    model = stack(conv(), shape=(None, 3))
    assert run(model, np.ones((2, 8, 3))).outputs[0].shape == (2, 5, 2)
    assert model.output_shape == (None, None, 2)
