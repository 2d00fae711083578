"""Rows by number: only those that there are."""

from __future__ import annotations

import numpy as np
import pytest

from convcalc.compute.gather import embed


@pytest.mark.parametrize("number", [4, -5])
def test_a_number_without_a_row_is_refused(number: int) -> None:
    """A number that has no embedding is an error that names it, as an index of NumPy's would be a crash."""
    with pytest.raises(ValueError, match=f"the input has {number}, and there are embeddings for 0 to 3"):
        embed(np.ones((4, 2), "float32"), np.array([0, number]))
