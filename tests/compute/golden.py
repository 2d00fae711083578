"""Keras's answers in `tests/golden/compute.npz`, and the comparison with them."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.tolerance import of_sum

PARTS = ("call", "args", "x", "y")
# Ours and Keras's, each a few roundings in single precision away from the exact value.
NEAR = 2 * of_sum(1, 1, "float32")
_FILE = Path(__file__).parents[1] / "golden" / "compute.npz"


@functools.cache
def _file() -> tuple[list[dict[str, Any]], dict[str, Any]]:
    with np.load(_FILE, allow_pickle=False) as file:
        arrays = dict(file)
    return json.loads(arrays.pop("cases").tobytes()), arrays


def _resolved(value: Any) -> Any:
    """Every place that stands for an array replaced by the array."""
    if isinstance(value, dict) and "start" in value:
        flat, shape = _file()[1][value["dtype"]], tuple(value["shape"])
        return flat[value["start"] :][: int(np.prod(shape))].reshape(shape)
    if isinstance(value, dict):
        return {key: _resolved(inner) for key, inner in value.items()}
    return value


def cases(*calls: str) -> list[Any]:
    """The cases of these functions as parameters of a test: ``(call, args, x, y)``; at least one of each."""
    chosen = [case for case in _file()[0] if case["call"] in calls]
    assert {case["call"] for case in chosen} == set(calls)
    return [pytest.param(*(_resolved(case.get(part)) for part in PARTS), id=_id(case)) for case in chosen]


def _id(case: dict[str, Any]) -> str:
    options = (f"{name}={value}" for name, value in case["args"].items() if not isinstance(value, dict))
    return f"{case['call']}({', '.join(options)})".replace(" ", "")


def assert_close(actual: Any, expected: Any, tolerance: float = NEAR) -> None:
    """Same shape and dtype, within ``tolerance`` of the largest finite value; NaN and infinities in place."""
    assert actual.dtype == expected.dtype
    assert actual.shape == expected.shape
    finite = np.abs(expected[np.isfinite(expected)], dtype=np.float64)
    largest = finite.max() if finite.size else 0.0
    np.testing.assert_allclose(actual, expected, rtol=0, atol=tolerance * largest)
