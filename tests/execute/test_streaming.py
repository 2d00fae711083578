"""Large matrices that are drawn a block at a time are the same as those that are made whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import convcalc
from convcalc.execute.feed.weights import Weights
from convcalc.execute.plan import streaming
from convcalc.execute.plan.groups import grouped
from convcalc.execute.plan.steps import Plan
from tests.execute.test_plan import measured
from tests.tolerance import allowed

LARGE = "Input((4000,)) | Dense(4001, activation='relu') | Dense(3)"


def assert_whole(stack: Any, x: Any, weights: str) -> None:
    """A run gives what one gives that makes all weights, but for the rounding of both."""
    one = convcalc.run(stack, x, weights=weights).outputs[0]
    whole = convcalc.run(stack, x, weights=weights, keep_weights=True)
    made = [*whole.weights.values()]
    error = allowed(lambda weights: convcalc.run(stack, x, weights=weights).outputs, made, sides=2)
    np.testing.assert_allclose(one, whole.outputs[0], rtol=0, atol=error[0])


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small matrices too, in many blocks."""
    monkeypatch.setattr(streaming, "_LEAST", 1)
    monkeypatch.setattr("convcalc.compute.kernels.streamed._BLOCK", 1000)


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("weights", ["random", "init"])
@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Input((37,)) | Dense(11, activation='relu') | Dense(300, use_bias=False) | ReLU()", 2),
        ("Input((37,)) | Dense(11, kernel_initializer='he_uniform') | Softmax()", 1),
        ("Input((37,)) | Dense(11, kernel_initializer={'class_name': 'RandomUniform', 'config': {'seed': 3}})", 1),
        ("Input((3, 5, 37)) | Dense(11)", 1),
        ("Input((37,)) | Dense(11) | BatchNormalization()", 0),
        ("Input((37,)) | Dense(11, lora_rank=2)", 0),
        ("Input((3, 6, 37)) | Dense(11)", 0),
        ("Input((37,)) | Dense(11, dtype='float64')", 0),
        ("Input((37, 2)) | Conv1D(11, 37) | Flatten()", 0),
    ],
)
def test_values_are_those_of_the_whole_matrix(text: str, drawn: int, weights: str) -> None:
    """To rounding, whatever the sizes of the blocks; and what must be made whole is."""
    stack = convcalc.load(text)
    plan = Plan(stack, [(1, *(stack.input.shape or ())[1:])], 0)
    ways = streaming.Streaming(Weights(plan.in_weight_order, weights, 0))
    assert sum(ways.saved_bytes(group) > 0 for group in grouped(plan, ())) == drawn
    assert_whole(stack, "random", weights)


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("text", ["Dense(5, kernel_initializer='he_normal')", "Dense(5, kernel_initializer='ones')"])
def test_other_initializers_make_it_whole(text: str) -> None:
    """Only even draws are the same part by part."""
    plan = Plan(convcalc.load(text, input_shape=(7,)), [(1, 7)], 0)
    assert not any(map(streaming.Streaming(Weights(plan.in_weight_order, "init", 0)).saved_bytes, grouped(plan, ())))


@pytest.mark.usefixtures("eager")
def test_a_matrix_with_a_sum_behind_it_is_whole() -> None:
    """What a sum adds is added to the blocks of a product, which has its matrix."""
    stack = convcalc.load(
        "inputs: {x: [8]}\nlayers:\n  - Dense: {units: 8, name: one}\n  - {class: Add, name: sum, from: [one, x]}\n"
    )
    assert_whole(stack, "random", "random")


@pytest.mark.usefixtures("eager")
def test_given_weights_are_taken() -> None:
    """Of a file, a list, or the call itself nothing is drawn."""
    given = [np.arange(14.0).reshape(7, 2), np.ones(2)]
    trace = convcalc.run(convcalc.load("Dense(2)", input_shape=(7,)), "ones", weights=given)
    np.testing.assert_array_equal(trace.outputs[0], [[43, 50]])


@pytest.mark.usefixtures("eager")
def test_masks_make_it_whole() -> None:
    """What knows masks is computed layer by layer."""
    text = "Input((3,), dtype='int32') | Embedding(9, 8, mask_zero=True) | Dense(4) | GlobalAveragePooling1D()"
    stack: Any = convcalc.load(text)
    assert_whole(stack, [[1, 2, 0]], "random")


def test_a_large_matrix_takes_no_memory() -> None:
    """64 MB of weights are drawn in a few, as planned."""
    stack = convcalc.load(LARGE)
    planned = convcalc.run(stack, weights="random").memory
    peak = measured(lambda: convcalc.run(stack, weights="random"))
    assert peak < planned < 1 << 23
    assert convcalc.run(stack, weights="random", keep_weights=True).memory > 60_000_000
