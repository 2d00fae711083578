"""Masks and call arguments do what real Keras does with them (golden/masks.*, by make_masks.py)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import convcalc

FOLDER = Path(__file__).parent / "golden"
GOLDEN: dict[str, Any] = json.loads((FOLDER / "masks.json").read_text(encoding="utf-8"))
VALUES = np.load(FOLDER / "masks.npz")


@pytest.mark.parametrize("name", GOLDEN)
def test_table_is_keras_table(name: str) -> None:
    """Every tensor of a call is connected, in Keras's order; scores and states are outputs."""
    summary = convcalc.summarize(convcalc.load(GOLDEN[name]["config"]))
    assert summary.text(style="keras3") == GOLDEN[name]["summary"]


@pytest.mark.parametrize("name", GOLDEN)
def test_values_are_keras_values(name: str) -> None:
    """Every output, on weights in Keras's order and inputs some of whose steps are masked."""
    own = {key.partition("/")[2]: VALUES[key] for key in VALUES.files if key.startswith(f"{name}/")}
    given = {sort: [own[f"{sort}{i}"] for i in range(len(own)) if f"{sort}{i}" in own] for sort in "wxy"}
    x = given["x"] if len(given["x"]) > 1 else given["x"][0]
    trace = convcalc.run(convcalc.load(GOLDEN[name]["config"]), x, weights=given["w"])
    assert len(trace.outputs) == len(given["y"])
    for number, (ours, expected) in enumerate(zip(trace.outputs, given["y"], strict=True)):
        scale = np.abs(expected[np.isfinite(expected)]).max(initial=1e-3)
        np.testing.assert_allclose(ours, expected, atol=1e-5 * scale, err_msg=f"output {number}")
