"""Activations against Keras, and the properties that define them."""

from __future__ import annotations

import subprocess
import sys
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcalc.compute import activations
from convcalc.compute.activations import ACTIVATIONS
from convcalc.compute.erf import erf
from tests.compute.golden import PARTS, cases
from tests.tolerance import FEW, eps, of_sum

# TensorFlow holds the constants of these in float32 even for float64 inputs.
SINGLE = {"gelu", "leaky_relu"}
TINY = 1e-37  # below it TensorFlow flushes float32 to 0
# These approach 0 without reaching it, and keep their digits all the way down.
TAILS = {"exponential", "log_sigmoid", "sigmoid", "silu", "softmax", "softplus"}
NUMBERS = st.floats(-1e4, 1e4)


@pytest.mark.parametrize(PARTS, cases("activation_names"))
def test_names_are_keras_names(call: str, args: Any, x: Any, y: Any) -> None:
    """The table has exactly the strings that Keras accepts."""
    assert sorted(ACTIVATIONS) == y


@pytest.mark.parametrize(PARTS, cases(*ACTIVATIONS))
def test_values_are_keras_values(call: str, args: Any, x: Any, y: Any) -> None:
    """Every activation equals Keras's on both float dtypes, from -1000 to 1000, without a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        actual = ACTIVATIONS[call](x, **args)
    assert actual.dtype == y.dtype
    # Of each value, not of the largest: beside 1000 any small value would do.
    tolerance = 2 * FEW * eps("float32" if call in SINGLE else y.dtype) * (2 if call == "softmax" else 1)
    np.testing.assert_allclose(actual, y, rtol=tolerance, atol=TINY if call in TAILS else tolerance)


@pytest.mark.parametrize("name", sorted(set(ACTIVATIONS) - {"threshold"}))
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_dtype_stays(name: str, dtype: str) -> None:
    """No activation changes the float dtype of its input."""
    assert ACTIVATIONS[name](np.ones((1, 4), dtype)).dtype == dtype


@pytest.mark.parametrize("name", sorted(set(ACTIVATIONS) - {"threshold"}))
def test_input_stays(name: str) -> None:
    """No activation writes into its input."""
    x = np.linspace(-2, 2, 8).reshape(2, 4)
    before = x.copy()
    ACTIVATIONS[name](x)
    np.testing.assert_array_equal(x, before)


def test_odd_glu_is_refused() -> None:
    """`glu` says which axis it cannot halve."""
    with pytest.raises(ValueError, match="axis -1, whose size 3 is odd"):
        activations.glu(np.ones((2, 3)))


def test_table_without_numpy() -> None:
    """The names can be read without loading NumPy."""
    code = "import sys, convcalc.compute.activations; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@given(st.lists(NUMBERS, min_size=1, max_size=8), NUMBERS)
def test_softmax_is_a_distribution(values: list[float], shift: float) -> None:
    """Softmax is positive, sums to 1, and ignores a constant added to all its inputs."""
    x = np.array(values)
    y = activations.softmax(x)
    assert (y >= 0).all()
    assert abs(y.sum() - 1) <= of_sum(len(y), 1, "float64")
    error = 2 * of_sum(1, np.abs(x).max() + abs(shift), "float64")  # an error of the inputs counts twice
    np.testing.assert_allclose(activations.softmax(x + shift), y, rtol=0, atol=error)


@given(NUMBERS)
def test_symmetries(value: float) -> None:
    """sigmoid(-x) = 1 - sigmoid(x), erf(-x) = -erf(x), softplus(x) - softplus(-x) = x."""
    x = np.array([value])
    np.testing.assert_allclose(
        activations.sigmoid(-x), 1 - activations.sigmoid(x), rtol=0, atol=of_sum(1, 1, "float64")
    )
    np.testing.assert_array_equal(erf(-x), -erf(x))
    error = of_sum(1, max(abs(value), 1), "float64")
    np.testing.assert_allclose(activations.softplus(x) - activations.softplus(-x), x, rtol=0, atol=error)


def test_erf_is_accurate() -> None:
    """Erf is within two units of the C library's in float64, four in float32."""
    import math

    x = np.concatenate([np.linspace(-7, 7, 5001), [0.46875, np.inf, -np.inf]])
    exact = np.array([math.erf(value) for value in x])
    assert np.abs(erf(x) - exact).max() < 2 * eps("float64")
    narrow = x.astype("float32")
    exact = np.array([math.erf(value) for value in narrow])
    assert np.abs(erf(narrow) - exact).max() < 4 * eps("float32")
