"""Initializers against what Keras asks of its random generator, and against the values it makes."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcalc.compute.fillers import fans
from convcalc.compute.initializers import INITIALIZERS, fill, settle
from tests.compute.golden import NEAR, PARTS, assert_close, cases
from tests.tolerance import FEW, eps, of_sum


class Told:
    """A generator whose draws are all the same, so that bounds and scales show exactly."""

    def __init__(self, value: float) -> None:
        self.value = value

    def random(self, out: Any, dtype: Any) -> None:
        """`value` of a uniform draw in [0, 1)."""
        out[...] = self.value

    standard_normal = random


@pytest.mark.parametrize(PARTS, cases("initializer_options"))
def test_names_and_options_are_keras_own(call: str, args: Any, x: Any, y: Any) -> None:
    """Names, option names, their order and their defaults are Keras's, but for the abstract class."""
    ours = {name: [[*item] for item in entry.options.items()] for name, entry in INITIALIZERS.items()}
    assert ours == {name: options for name, options in y.items() if name.lower() != "initializer"}


@pytest.mark.parametrize(PARTS, cases("draw"))
def test_draws_have_keras_scale(call: str, args: Any, x: Any, y: Any) -> None:
    """Bounds of uniform draws, mean and deviation of normal ones, are those Keras asks for in every shape."""
    kind, first, second = y
    at_zero, at_one = (fill(rng=Told(value), dtype="float64", **args) for value in (0.0, 1.0))
    expected = second if kind == "uniform" else first + second
    np.testing.assert_allclose(at_zero, np.full(args["shape"], first), rtol=FEW * eps("float64"))
    np.testing.assert_allclose(at_one, np.full(args["shape"], expected), rtol=FEW * eps("float64"))


@pytest.mark.parametrize(PARTS, cases("statistics"))
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_draws_have_keras_statistics(dtype: str, call: str, args: Any, x: Any, y: Any) -> None:
    """Extremes, mean and deviation of 200,000 draws are those of Keras's draws, within what chance allows."""
    least, greatest, mean, deviation = y
    drawn = fill(args["name"], {}, args["shape"], np.random.default_rng(3), dtype)
    assert drawn.dtype == dtype
    # Five standard errors of a mean and of a deviation; a normal's extremes vary more than a bounded draw's.
    assert abs(drawn.mean(dtype="float64") - mean) < 5 * deviation * (2 / drawn.size) ** 0.5
    assert abs(drawn.std(dtype="float64") - deviation) < 5 * deviation / drawn.size**0.5
    slack = 0.25 if args["name"] == "random_normal" else 1e-3
    np.testing.assert_allclose([drawn.min(), drawn.max()], [least, greatest], rtol=slack)


@pytest.mark.parametrize(PARTS, cases("value"))
def test_values_are_keras_values(call: str, args: Any, x: Any, y: Any) -> None:
    """The initializers that draw nothing make Keras's values, not-a-number included."""
    # Keras takes cosines of angles up to 50 in float32: half the distance of neighbours there is lost.
    tolerance = 50 * eps("float32") if "stft" in args["name"].lower() else NEAR
    assert_close(fill(rng=np.random.default_rng(0), dtype="float32", **args), y, tolerance)


@given(
    st.lists(st.integers(1, 5), min_size=2, max_size=4),
    st.floats(0.5, 3),
    st.sampled_from(["float32", "float64"]),
)
def test_orthogonal_is_orthogonal(shape: list[int], gain: float, dtype: str) -> None:
    """Columns, or rows of a wide matrix, are orthogonal and of length gain."""
    made = fill("orthogonal", {"gain": gain}, shape, np.random.default_rng(0), dtype).reshape(-1, shape[-1])
    thin = made if made.shape[0] >= made.shape[1] else made.T
    np.testing.assert_allclose(
        thin.T @ thin, gain**2 * np.eye(thin.shape[1]), rtol=0, atol=2 * of_sum(thin.size, gain**2, dtype)
    )


def test_orthogonal_favours_no_direction() -> None:
    """A 1×1 orthogonal matrix is +1 and -1 equally often: the signs of QR are put right."""
    rng = np.random.default_rng(0)
    signs = [fill("orthogonal", {}, (1, 1), rng, "float64").item() for _ in range(400)]
    assert set(np.round(signs, 12)) == {1.0, -1.0}
    assert abs(np.mean(signs)) < 0.2


@pytest.mark.parametrize("name", ["glorot_uniform", "random_normal", "he_normal", "orthogonal", "zeros"])
def test_half_precision(name: str) -> None:
    """A half-precision weight is the float32 one, rounded."""
    half, single = (fill(name, {}, (40, 30), np.random.default_rng(1), dtype) for dtype in ("float16", "float32"))
    assert half.dtype == "float16"
    np.testing.assert_array_equal(half, single.astype("float16"))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", [1, 2, 7, 65_536, 70_001])
def test_even_draws_are_numpys(size: int, dtype: Any) -> None:
    """Two of them drawn at once are those that NumPy draws one by one, to the last bit."""
    made = fill("uniform", {"minval": -0.3, "maxval": 0.9}, (size,), np.random.default_rng(4), dtype)
    one_by_one = np.random.default_rng(4).random(size, dtype)
    one_by_one *= 0.9 + 0.3
    one_by_one += -0.3
    np.testing.assert_array_equal(made, one_by_one)


@pytest.mark.parametrize("name", ["glorot_uniform", "he_normal", "normal"])
def test_blocks_join(name: str) -> None:
    """Every cell of a weight larger than one block is drawn, and no two blocks alike."""
    made = fill(name, {}, (3, 70_000), np.random.default_rng(1), "float32")
    assert np.unique(made).size > 0.97 * made.size


REFUSED = [
    ("orthogonal", {}, (3,), "2 axes or more; (3,) has 1"),
    ("identity", {}, (3, 3, 4, 4), "(3, 3, 4, 4) has 4"),
    ("stft", {}, (8, 5), "of 3 axes; (8, 5) has 2"),
    ("stft", {}, (8, 2, 5), "of shape (frame, 1, frequencies) only; got (8, 2, 5)"),
    ("stft", {"window": [1, 2]}, (8, 1, 5), "has shape (2,), and the weight asks for (8,)"),
    ("stft", {"window": "kaiser"}, (8, 1, 5), "window must be one of 'boxcar', 'hann'"),
    ("stft", {"side": "left"}, (8, 1, 5), "side must be one of 'real', 'imag', got 'left'"),
    ("stft", {"scaling": "loud"}, (8, 1, 5), "scaling must be one of 'density', 'spectrum', None"),
    ("constant", {}, (3,), "constant needs its option 'value'"),
    (
        "he_normal",
        {"scale": 2},
        (3, 4),
        "he_normal has no option 'scale'; it has seed, input_axes, output_axes",
    ),
    ("zeros", {"seed": 1}, (3, 4), "it has none"),
    ("VarianceScaling", {"scale": 0}, (3, 4), "scale must be a number above 0, got 0"),
    (
        "VarianceScaling",
        {"mode": "fan"},
        (3, 4),
        "mode must be one of 'fan_in', 'fan_out', 'fan_avg', got 'fan'",
    ),
    (
        "VarianceScaling",
        {"distribution": "cauchy"},
        (3, 4),
        "distribution must be one of 'uniform', 'normal'",
    ),
    ("RandomNormal", {"seed": 1.5}, (3, 4), "seed must be an integer, got 1.5"),
    ("RandomNormal", {"stddev": "wide"}, (3, 4), "stddev must be a number, got 'wide'"),
    (
        "HeNormal",
        {"input_axes": [5], "output_axes": [0]},
        (3, 4),
        "[5, 0] do not all exist in a weight (3, 4)",
    ),
    ("HeNormal", {"input_axes": 0}, (3, 4), "input_axes must be a list of axes, got 0"),
]


@pytest.mark.parametrize(("name", "config", "shape", "said"), REFUSED)
def test_refusals_say_why(name: str, config: Any, shape: Any, said: str) -> None:
    """What Keras refuses is refused, with the option or the shape in the text."""
    with pytest.raises(ValueError, match=".") as caught:
        fill(name, config, shape, np.random.default_rng(0), "float32")
    assert said in str(caught.value)


def test_settle_without_numpy() -> None:
    """Options can be checked and filled in without loading NumPy."""
    code = (
        "import sys; from convcalc.compute.initializers import settle\n"
        "assert settle('he_normal', {'seed': 1}) == {'seed': 1, 'input_axes': None, 'output_axes': None}\n"
        "sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@given(st.lists(st.integers(1, 6), min_size=3, max_size=5))
def test_fans_count_connections(shape: list[int]) -> None:
    """Both fans hold the window's size once: fan_in · outputs = fan_out · inputs = all weights."""
    fan_in, fan_out = fans(shape)
    assert fan_in * shape[-1] == fan_out * shape[-2] == np.prod(shape)


def test_settle_keeps_the_table() -> None:
    """Settled options are a new mapping: changing them leaves the defaults alone."""
    settle("he_normal", {})["seed"] = 7
    assert settle("he_normal", {})["seed"] is None
