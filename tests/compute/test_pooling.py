"""Pooling of ranks 1 to 3 against Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcalc.compute import pooling
from tests.compute.golden import PARTS, assert_close, cases
from tests.tolerance import eps, of_sum

POOLS = ("max_pool", "average_pool", "global_max_pool", "global_average_pool")


@pytest.mark.parametrize(PARTS, cases(*POOLS))
def test_values_are_keras_values(call: str, args: Any, x: Any, y: Any) -> None:
    """Windows, strides and padding give Keras's numbers; padded cells count for nothing."""
    assert_close(getattr(pooling, call)(x, **args), y)


def test_large_mean_keeps_its_digits() -> None:
    """A global mean of a large float32 image is exact to float32, not to a running float32 sum."""
    x = np.full((1, 500, 500, 8), 0.1, "float32")
    np.testing.assert_allclose(pooling.global_average_pool(x), x[:, 0, 0], rtol=eps("float32"))


@given(st.integers(1, 5), st.integers(1, 4), st.integers(0, 2), st.integers(0, 2), st.integers(5, 9))
def test_constant_stays(size: int, stride: int, before: int, after: int, n: int) -> None:
    """Every window of a constant image has that constant as maximum and as mean, padding or not."""
    pads = [(min(before, size - 1), min(after, size - 1))]
    x = np.full((1, n, 2), -3.5)
    for pool in (pooling.max_pool, pooling.average_pool):
        y = pool(x, (size,), (stride,), pads)
        assert y.shape == (1, (n + sum(pads[0]) - size) // stride + 1, 2)
        np.testing.assert_allclose(y, -3.5, rtol=0, atol=of_sum(size, 3.5, "float64"))


@pytest.mark.parametrize("pool", [pooling.max_pool, pooling.average_pool])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_dtype_and_input_stay(pool: Any, dtype: str) -> None:
    """Pooling keeps the dtype and never writes into its input, even with a window of one cell."""
    x = np.arange(8, dtype=dtype).reshape(1, 8, 1)
    for size in (1, 2):
        y = pool(x, (size,), (1,), [(0, 0)])
        assert y.dtype == dtype
        assert not np.shares_memory(x, y)
    np.testing.assert_array_equal(x.ravel(), np.arange(8))
