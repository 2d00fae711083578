"""A compiled stack gives what a run gives, call after call."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import convcalc
from convcalc.execute.plan.steps import Plan
from tests.execute.test_joining import STACKS, moved

MASKED = "Input((6,), dtype='int32') | Embedding(5, 16, mask_zero=True) | Dense(16) | LSTM(3)"


@pytest.mark.parametrize("text", [*(text for text, _ in STACKS.values()), MASKED])
def test_calls_give_what_runs_give(text: str) -> None:
    """On several inputs in turn, of several batch sizes; what came out before stays as it was."""
    stack = convcalc.load(text)
    weights = moved(stack)
    compiled = convcalc.compile(stack, weights=weights)
    shape = (stack.input.shape or ())[1:]
    random = np.random.default_rng(3)
    inputs = [random.integers(0, 3, (n, *shape)) for n in (2, 2, 1, 2)]
    outputs = [compiled(x)[0] for x in inputs]
    shared = convcalc.compile(stack, weights=weights, threads=3)
    for x, y in zip(inputs, outputs, strict=True):
        np.testing.assert_array_equal(shared(x)[0], y)
    for x, y in zip(inputs, outputs, strict=True):
        alone = convcalc.run(stack, x, weights=weights).outputs[0]
        np.testing.assert_allclose(y, alone, rtol=1e-4, atol=2e-5 * float(np.abs(alone).max()))


def test_weights_are_those_of_a_run() -> None:
    """The same words and seeds make the same weights; explicit ones win."""
    explicit = {"class": "Conv1D", "filters": 4, "kernel_size": 2, "weights": {"bias": [1, 2, 3, 4]}}
    stack = convcalc.load({"input": [9, 3], "layers": [explicit, "Dense(3)"]})
    for given in ({}, {"seed": 4}, {"weights": "random", "exact": True}):
        np.testing.assert_allclose(convcalc.compile(stack, **given)()[0], convcalc.run(stack, **given).outputs[0], 1e-5)


def test_what_does_not_suit_is_refused() -> None:
    """Wrong inputs and weights are refused as in a run."""
    stack = convcalc.load("Conv1D(2, 4)", input_shape=(10, 3))
    with pytest.raises(convcalc.ConvcalcError, match="2 weights"):
        convcalc.compile(stack, weights=[np.zeros(3)])("ones")
    with pytest.raises(convcalc.ConvcalcError, match="shape"):
        convcalc.compile(stack)(np.zeros((1, 11, 4)))


def test_memory_is_known() -> None:
    """What a call takes is known once shapes are, and grows with the batch."""
    compiled: Any = convcalc.compile(convcalc.load(STACKS["residual"][0]))
    assert compiled.bytes == 0
    compiled(np.zeros((1, 33, 31, 16)))
    small = compiled.bytes
    compiled(np.zeros((8, 33, 31, 16)))
    assert compiled.bytes > small > Plan(compiled.stack, [(1, 33, 31, 16)], 0).steps[0].shapes[0][1]


def test_arranging_weights_leaves_no_working_memory() -> None:
    """What only Winograd's transform of the weights took is gone when the first call begins."""
    stack = convcalc.load("Conv2D(256, 3, padding='same')", input_shape=(40, 40, 128))
    compiled = convcalc.compile(stack)
    compiled()
    left = compiled._program.kernels.workspace.buffers
    assert "tiles" in left
    assert not {"arranged kernel", "half weights"} & set(left)
