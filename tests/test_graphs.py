"""Graphs are what real Keras says they are (golden/graphs.*, by make_graphs.py)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import convcalc
from tests.tolerance import allowed

FOLDER = Path(__file__).parent / "golden"
GOLDEN: dict[str, Any] = json.loads((FOLDER / "graphs.json").read_text(encoding="utf-8"))
# tf.keras 2 makes layers of its own of operations, and forgets at loading that whole models were frozen.
OF_KERAS2 = [name for name, told in GOLDEN.items() if "keras2_config" in told]
ALIKE = [name for name, told in GOLDEN.items() if "keras2" in told]
VALUES = np.load(FOLDER / "graphs.npz")


@pytest.mark.parametrize("name", GOLDEN)
def test_table_is_keras_table(name: str) -> None:
    """Order of layers, shapes, connections and totals, to the last character."""
    summary = convcalc.summarize(convcalc.load(GOLDEN[name]["config"]))
    assert summary.text(style="keras3") == GOLDEN[name]["summary"]
    assert (summary.total_params, summary.trainable_params) == (GOLDEN[name]["total"], GOLDEN[name]["trainable"])


@pytest.mark.parametrize("name", [name for name, told in GOLDEN.items() if "dtypes" in told])
def test_dtypes_are_keras(name: str) -> None:
    """The dtype of every layer's output, under policies of its own or of the whole model, and of operations."""
    summary = convcalc.summarize(convcalc.load(GOLDEN[name]["config"]))
    assert [row.dtype for row in summary.rows if not row.depth] == GOLDEN[name]["dtypes"]


@pytest.mark.parametrize("name", GOLDEN)
def test_wide_table_with_nested_layers_is_keras_table(name: str) -> None:
    """The same with nested layers and trainable flags on a line of 120, cut at the 80 characters of a pipe."""
    summary = convcalc.summarize(convcalc.load(GOLDEN[name]["config"]))
    options: dict[str, Any] = {"line_length": 120, "expand_nested": True, "show_trainable": True}
    assert summary.text(style="keras3", **options) == GOLDEN[name]["wide"]


@pytest.mark.parametrize("name", ALIKE)
def test_keras2_table_is_tf_keras_table(name: str) -> None:
    """The table of tf.keras 2 of the same graph."""
    summary = convcalc.summarize(convcalc.load(GOLDEN[name]["config"]))
    assert summary.text(style="keras2").rstrip() == GOLDEN[name]["keras2"].rstrip()


@pytest.mark.parametrize("name", OF_KERAS2)
def test_config_of_keras2_is_the_same_graph(name: str) -> None:
    """What tf.keras 2 writes of the graph reads as its table, nested models called once or twice included."""
    summary = convcalc.summarize(convcalc.load(GOLDEN[name]["keras2_config"]))
    assert summary.text(style="keras2").rstrip() == GOLDEN[name]["keras2_loaded"].rstrip()


@pytest.mark.parametrize("name", dict.fromkeys(key.partition("/")[0] for key in VALUES.files))
def test_values_are_keras_values(name: str) -> None:
    """Every output, on weights in Keras's order."""
    own = {key.partition("/")[2]: VALUES[key] for key in VALUES.files if key.startswith(f"{name}/")}
    given = {sort: [own[f"{sort}{i}"] for i in range(len(own)) if f"{sort}{i}" in own] for sort in "wxy"}
    x = given["x"] if len(given["x"]) > 1 else given["x"][0]
    stack = convcalc.load(GOLDEN[name]["config"])
    dtypes = [row.dtype for row in convcalc.summarize(stack).rows if row.dtype != "string"]
    trace = convcalc.run(stack, x, weights=given["w"])
    errors = allowed(lambda weights: convcalc.run(stack, x, weights=weights).outputs, given["w"], *dtypes, sides=2)
    for ours, expected, error in zip(trace.outputs, given["y"], errors, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=0, atol=error)
