"""Upsampling against Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcalc.compute.resampling import INTERPOLATIONS, upsample
from tests.compute.golden import PARTS, assert_close, cases
from tests.tolerance import of_sum


@pytest.mark.parametrize(PARTS, cases("upsample"))
def test_values_are_keras_values(call: str, args: Any, x: Any, y: Any) -> None:
    """Every interpolation, at equal and unequal factors and on one pixel, gives Keras's numbers."""
    assert_close(upsample(x, **args), y)


@given(st.sampled_from(sorted(INTERPOLATIONS)), st.integers(1, 6), st.integers(1, 6), st.integers(1, 5))
def test_constant_stays(name: str, n: int, m: int, factor: int) -> None:
    """A constant image stays the same constant, to its edges."""
    y = upsample(np.full((1, n, m, 2), 2.5, "float32"), (factor, 1), name)
    assert y.shape == (1, n * factor, m, 2)
    np.testing.assert_allclose(y, 2.5, rtol=0, atol=of_sum(16, 2.5, "float32"))  # a cubic has 16 terms


@pytest.mark.parametrize("name", sorted(INTERPOLATIONS))
def test_factor_one_changes_nothing(name: str) -> None:
    """A factor of 1 gives the input back, in its dtype."""
    x = np.random.default_rng(0).normal(size=(1, 5, 4, 2)).astype("float32")
    y = upsample(x, (1, 1), name)
    assert y.dtype == x.dtype
    np.testing.assert_allclose(y, x, rtol=0, atol=of_sum(16, np.abs(x).max(), "float32"))
