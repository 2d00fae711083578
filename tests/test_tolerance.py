"""The bounds of the tests hold for what rounds, and not for what is wrong."""

from __future__ import annotations

import numpy as np
import pytest

from tests.tolerance import allowed, amplified, of_sum


@pytest.mark.parametrize("backwards", [False, True])
def test_sums_in_any_order_are_within_the_bound(backwards: bool) -> None:
    """One after the other, the worst order for positive numbers; one product too few is outside."""
    a, b = np.random.default_rng(0).uniform(1, 2, (2, 1000)).astype("float32")
    exact = np.dot(a.astype("float64"), b)
    products = (a * b)[:: -1 if backwards else 1]
    bound = of_sum(len(a), exact, "float32")
    assert abs(np.cumsum(products, dtype="float32")[-1] - exact) < bound
    assert abs(products[1:].sum(dtype="float64") - exact) > bound


def test_winograd_amplifies() -> None:
    """The larger tiles more than the smaller, which are within a few times of a plain sum."""
    assert 1 < amplified(3, 4) < 2 < amplified(3, 6) < 20


def test_a_network_is_allowed_what_rounding_does() -> None:
    """Two layers in single precision are within the bound of double precision, in half precision far outside."""
    rng = np.random.default_rng(0)
    x, weights = rng.standard_normal((5, 40)), [rng.standard_normal((40, 40)) for _ in range(2)]

    def compute(weights: list[np.ndarray], dtype: str = "float64") -> list[np.ndarray]:
        first, second = (w.astype(dtype) for w in weights)
        return [np.tanh(x.astype(dtype) @ first / 6) @ second]

    bound = allowed(compute, weights, "float32")[0]
    off = [np.abs(compute(weights, dtype)[0] - compute(weights)[0]).max() for dtype in ("float32", "float16")]
    assert off[0] < bound < off[1]
