"""Several threads give what one thread gives."""

from __future__ import annotations

import numpy as np
import pytest

import convcalc
from convcalc.compute.kernels.workspace import Workspace
from tests.execute.test_compiled import ALL
from tests.execute.test_joining import STACKS, error, moved


@pytest.fixture(autouse=True)
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads share the smallest work too."""
    size = Workspace.block_size
    monkeypatch.setattr(Workspace, "block_size", lambda self, count, most, least: size(self, count, most, 1))


@pytest.mark.parametrize("threads", [2, 3])
@pytest.mark.parametrize("name", ALL)
def test_threads_give_what_one_gives(name: str, threads: int) -> None:
    """Call after call, of several batch sizes; what came out before stays as it was."""
    stack = convcalc.load(ALL[name])
    weights = moved(stack)
    random = np.random.default_rng(3)
    inputs = [random.integers(0, 3, (n, *(stack.input.shape or ())[1:])) for n in (2, 2, 1, 2)]
    alone, shared = (convcalc.compile(stack, weights=weights, threads=count) for count in (1, threads))
    outputs = [shared(x)[0] for x in inputs]
    for x, y in zip(inputs, outputs, strict=True):
        np.testing.assert_allclose(y, alone(x)[0], rtol=0, atol=error(stack, x))


def test_several_inputs_and_outputs() -> None:
    """Those that are handed through, too."""
    text = """
inputs: {left: [6, 16], right: {shape: [6], dtype: int32}}
layers:
  - Embedding: {input_dim: 9, output_dim: 16, name: embedding, from: right}
  - {class: Add, name: sum, from: [left, embedding]}
  - {class: Flatten, name: flat}
outputs: [sum, flat, left]
"""
    stack, x = convcalc.load(text), [np.arange(192).reshape(2, 6, 16), np.arange(12).reshape(2, 6) % 9]
    compiled = convcalc.compile(stack, threads=2)
    for one, other in zip(compiled(x), convcalc.compile(stack)(x), strict=True):
        np.testing.assert_array_equal(one, other)


def test_threads_take_memory_of_their_own() -> None:
    """The memory that a call takes grows with the threads."""
    sizes = []
    for threads in (1, 2, 3):
        compiled = convcalc.compile(convcalc.load(STACKS["separable"][0]), threads=threads)
        compiled()
        sizes.append(compiled.bytes)
    assert sizes == sorted({*sizes})
