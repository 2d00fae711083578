"""What is computed block by block is what is computed at once, however small the blocks are."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcalc.compute import attend, recurrence
from convcalc.compute.activations import sigmoid
from tests.tolerance import allowed, of_sum

WHOLE = 1 << 40


def in_blocks(module: Any, name: str, size: int, work: Any) -> Any:
    """What the work gives with blocks of that size."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, name, size)
        return work()


def same(parts: Any, whole: Any, errors: Any) -> None:
    """Equal within the errors, each of the arrays."""
    for part, one, error in zip(parts, whole, errors, strict=True):
        np.testing.assert_allclose(part, one, rtol=0, atol=error)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_attention_of_heads(data: Any) -> None:
    """Over any axes, with masks and without, the weights kept."""
    draw, rng = data.draw, np.random.default_rng(data.draw(st.integers(0, 2**32)))
    spatial = draw(st.lists(st.integers(1, 5), min_size=1, max_size=2))
    axes = draw(st.permutations(range(1, len(spatial) + 1)).map(lambda all: all[: draw(st.integers(1, len(all)))]))
    keys = [draw(st.integers(1, 5)) if at in axes else n for at, n in enumerate(spatial, 1)]
    batch, heads, length, width = (draw(st.integers(1, 4)) for _ in range(4))
    shapes = [(batch, *n, heads, d) for n, d in ((spatial, length), (keys, length), (keys, width))]
    arrays = [rng.standard_normal(shape) for shape in shapes]
    pairs = (batch, *(spatial[at - 1] for at in axes), *(keys[at - 1] for at in axes))
    mask = rng.random(pairs) < 0.7 if draw(st.booleans()) else None
    fused = draw(st.booleans()) and mask is not None

    def work() -> Any:
        return attend.multi_head(*arrays, axes, mask, fused=fused, keep=True)

    whole = in_blocks(attend, "BLOCK", WHOLE, work)
    query, key, value = (np.abs(array).max() for array in arrays)
    # Of both: softmax doubles the error of its scores, and a sum over all keys adds its own.
    scores, count = of_sum(length, length * query * key, "float64"), math.prod(keys[at - 1] for at in axes)
    weights = 4 * scores + 2 * of_sum(count, 1, "float64")
    same(in_blocks(attend, "BLOCK", draw(st.integers(1, 300)), work), whole, (2 * weights * value, weights))


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_additive_scores(data: Any) -> None:
    """Sums of tanh are the formula's, for queries and keys of any number."""
    draw, rng = data.draw, np.random.default_rng(data.draw(st.integers(0, 2**32)))
    ahead = draw(st.lists(st.integers(1, 4), max_size=2))
    queries, keys, n = (draw(st.integers(1, 6)) for _ in range(3))
    query, key, outer = (rng.standard_normal(shape) for shape in ((*ahead, queries, n), (*ahead, keys, n), (n,)))
    scores = in_blocks(
        *(attend, "BLOCK", draw(st.integers(1, 100))), lambda: attend.additive_scores(query, key, 0.7, outer)
    )
    formula = (outer * np.tanh(0.7 * (query[..., :, None, :] + key[..., None, :, :]))).sum(-1)
    error = 2 * of_sum(n, np.abs(outer).sum(), "float64")
    np.testing.assert_allclose(scores, formula, rtol=0, atol=error)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_projected_time_steps(data: Any) -> None:
    """An LSTM's outputs and states in either direction, whatever number of time steps is projected together."""
    draw, rng = data.draw, np.random.default_rng(data.draw(st.integers(0, 2**32)))
    batch, time, inputs, units = (draw(st.integers(1, most)) for most in (3, 9, 4, 3))
    x, kernel, again = (
        rng.standard_normal(s) for s in ((batch, time, inputs), (inputs, 4 * units), (units, 4 * units))
    )
    mask = rng.random((batch, time)) < 0.7 if draw(st.booleans()) else None

    def work(weights: Any) -> Any:
        kernel, again = weights

        def step(z: Any, states: Any) -> Any:
            after = recurrence.lstm(z + states[0] @ again, states[1], np.tanh, sigmoid)
            return after[0], after

        zeros = recurrence.zero_states([(batch, units)] * 2, x)
        y, states = recurrence.scan(lambda x: x @ kernel, step, x, zeros, backwards=back, sequences=True, mask=mask)
        return (y, *states)

    back = draw(st.booleans())
    one, some = (
        in_blocks(recurrence, "PROJECT_ROWS", steps, lambda: work((kernel, again)))
        for steps in (1, draw(st.integers(1, 12)))
    )
    same(some, one, allowed(work, [kernel, again], "float64", sides=2))
