"""Numbers beyond shapes and parameters."""

from __future__ import annotations

from tests.write.models import sequence


def test_receptive_fields_stay_whole_beyond_any_float() -> None:
    """Each of 1,100 windows of 2 moving by 2 doubles the field, which is exact where a float would be infinite."""
    half = ("Conv1D", {"filters": 1, "kernel_size": 2, "strides": 2, "padding": "same"})
    assert sequence(*[half] * 1100).rows[-1].receptive_field == [2**1100]
