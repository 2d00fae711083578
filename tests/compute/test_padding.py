"""Padding and cropping against Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcalc.compute import padding
from tests.compute.golden import PARTS, cases

SIDES = st.tuples(st.integers(0, 3), st.integers(0, 3))


@pytest.mark.parametrize(PARTS, cases("pad", "crop"))
def test_values_are_keras_values(call: str, args: Any, x: Any, y: Any) -> None:
    """Cells are added and removed where Keras does."""
    np.testing.assert_array_equal(getattr(padding, call)(x, **args), y)


@given(st.lists(SIDES, min_size=1, max_size=3), st.floats(-5, 5))
def test_crop_undoes_pad(pads: list[tuple[int, int]], fill: float) -> None:
    """Cropping what was padded gives the input back, whatever the fill."""
    x = np.arange(2.0 * 3 ** len(pads)).reshape(1, *[3] * len(pads), 2)
    padded = padding.pad(x, pads, fill)
    np.testing.assert_array_equal(padding.crop(padded, pads), x)
    assert (padded == fill).sum() >= padded.size - x.size
