"""Normalisations against Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcalc.compute import normalization
from tests.compute.golden import NEAR, PARTS, assert_close, cases
from tests.tolerance import of_sum

NORMS = ("batch_norm", "layer_norm", "group_norm", "rms_norm")


@pytest.mark.parametrize(PARTS, cases(*NORMS))
def test_values_are_keras_values(call: str, args: Any, x: Any, y: Any) -> None:
    """Every axis, with and without gamma and beta, gives Keras's numbers in the input's dtype."""
    # Keras subtracts mean / deviation from x / deviation: data around 50 loses two digits there, not here.
    lost = max(np.abs(x).max() / x.std(dtype="float64"), 1)
    # To half precision both round once, at the end.
    tolerance = 2.0**-10 if x.dtype == "float16" else NEAR * lost
    assert_close(getattr(normalization, call)(x, **args), y, tolerance)


@given(st.integers(1, 4), st.integers(1, 3), st.integers(0, 99))
def test_groups_are_standardized(groups: int, width: int, seed: int) -> None:
    """Each group has mean 0 and, but for epsilon, deviation 1; one group is layer normalisation."""
    x = np.random.default_rng(seed).normal(3, 5, (2, 4, groups * width))
    y = normalization.group_norm(x, groups, None, None, 1e-12)
    parts = y.reshape(2, 4, groups, width)
    deviation = x.reshape(parts.shape).std(axis=(1, 3)).min()
    error = of_sum(parts[0, :, 0].size, np.abs(x).max() / deviation, "float64")
    np.testing.assert_allclose(parts.mean(axis=(1, 3)), 0, atol=error)
    shrunk = 1e-12 / deviation**2  # by half of that: epsilon is added to the variance
    np.testing.assert_allclose(parts.std(axis=(1, 3)), 1, rtol=0, atol=error + shrunk)
    whole = normalization.layer_norm(x, [1, 2], None, None, 1e-12)
    error = of_sum(x[0].size, np.abs(x).max() / x.std(axis=(1, 2)).min(), "float64")
    np.testing.assert_allclose(normalization.group_norm(x, 1, None, None, 1e-12), whole, rtol=0, atol=2 * error)


@pytest.mark.parametrize("call", ["layer_norm", "rms_norm"])
def test_input_stays(call: str) -> None:
    """Normalising never writes into the input."""
    x = np.arange(12.0).reshape(3, 4)
    getattr(normalization, call)(x, [-1], None, epsilon=1e-3, **({"beta": None} if call == "layer_norm" else {}))
    np.testing.assert_array_equal(x.ravel(), np.arange(12.0))
