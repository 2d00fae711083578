"""A compiled stack gives what a run gives, call after call."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import convcalc
from convcalc.execute.plan.steps import Plan
from tests.execute.test_joining import STACKS, error, moved
from tests.tolerance import allowed

# A stack for every kind of kernel, beside those of layers that are computed together.
KERNELS = {
    "winograd": "Input((21, 20, 32)) | Conv2D(64, 3, padding='same', activation='relu')",
    "winograd of few tiles": "Input((12, 12, 16)) | Conv2D(128, 3) | Conv2D(128, 3, activation='softmax')",
    "groups": "Input((9, 8, 16)) | Conv2D(32, 3, groups=4, activation='softmax')",
    "few rows": "Input((5, 5, 32)) | Conv2D(96, 3, activation='softmax') | Conv2D(64, 1) | Flatten() | Dense(300)",
    "separable": "Input((19, 8, 3)) | SeparableConv2D(16, 3, padding='same') | SeparableConv2D(16, 3, strides=2)",
    "transposed": "Input((9, 8, 3)) | Conv2DTranspose(16, 4, strides=2, activation='softmax') | Conv2DTranspose(4, 3)",
    "dilated transposed": "Input((9, 8, 3)) | Conv2DTranspose(16, 3, dilation_rate=2) | ReLU()",
    "several filters of a channel": "Input((9, 8, 3)) | DepthwiseConv2D(3, depth_multiplier=2) | Conv2D(4, 1, 2)",
    "pooling": "Input((16, 16, 8)) | Conv2D(16, 3) | MaxPooling2D() | AveragePooling2D(3, 2) | GlobalMaxPooling2D()",
    "other dimensions": "Input((9, 6, 6, 4)) | Conv3D(8, 3) | Reshape((7, 128)) | Conv1D(4, 3, padding='causal')",
    "recurrent": "Input((7, 5)) | Conv1D(8, 3) | LSTM(6, return_sequences=True) | GRU(4) | Dense(3)",
    "own activation": "Input((30, 30, 3)) | Conv2D(16, 3, activation='gelu') | Permute((2, 1, 3))",
}
MASKED = "Input((6,), dtype='int32') | Embedding(5, 16, mask_zero=True) | Dense(16) | LSTM(3)"


ALL = {name: text for name, (text, _) in STACKS.items()} | KERNELS | {"masked": MASKED}


@pytest.mark.parametrize("name", ALL)
def test_calls_give_what_runs_give(name: str) -> None:
    """A compiled stack takes several batch sizes in turn; earlier outputs stay as they were."""
    stack = convcalc.load(ALL[name])
    weights = moved(stack)
    compiled = convcalc.compile(stack, weights=weights)
    shape = (stack.input.shape or ())[1:]
    random = np.random.default_rng(3)
    inputs = [random.integers(0, 3, (n, *shape)) for n in (2, 2, 1, 2)]
    outputs = [compiled(x)[0] for x in inputs]
    for x, y in zip(inputs, outputs, strict=True):
        alone = convcalc.run(stack, x, weights=weights).outputs[0]
        np.testing.assert_allclose(y, alone, rtol=0, atol=error(stack, x))


def test_weights_are_those_of_a_run() -> None:
    """The same words and seeds make the same weights; explicit ones win."""
    explicit = {"class": "Conv1D", "filters": 4, "kernel_size": 2, "weights": {"bias": [1, 2, 3, 4]}}
    stack = convcalc.load({"input": [9, 3], "layers": [explicit, "Dense(3)"]})
    for given in ({}, {"seed": 4}, {"weights": "random", "exact": True}):
        once = convcalc.run(stack, **given, keep_weights=True)
        off = allowed(lambda weights: convcalc.run(stack, weights=weights).outputs, [*once.weights.values()], sides=2)
        np.testing.assert_allclose(convcalc.compile(stack, **given)()[0], once.outputs[0], rtol=0, atol=off[0])


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
