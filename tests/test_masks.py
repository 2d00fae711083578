"""Masks and call arguments do what real Keras does with them (golden/masks.*, by make_masks.py)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import convcalc
from convcalc.stack.graph import Stack
from tests.masks import graph, without_masks
from tests.tolerance import allowed

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
    stack = convcalc.load(GOLDEN[name]["config"])
    dtypes = [row.dtype for row in convcalc.summarize(stack).rows if row.dtype != "string"]
    trace = convcalc.run(stack, x, weights=given["w"])
    errors = allowed(lambda weights: convcalc.run(stack, x, weights=weights).outputs, given["w"], *dtypes, sides=2)
    for ours, expected, error in zip(trace.outputs, given["y"], errors, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=0, atol=error)


@pytest.mark.parametrize("name", GOLDEN)
def test_graph_gets_the_masks_that_keras_writes_down(name: str) -> None:
    """A graph that says nothing of masks gets Keras's operations, and computes the same."""
    config = GOLDEN[name]["config"]
    assert graph(without_masks(config)) == graph(config)


def test_operations_are_not_named_like_layers() -> None:
    """An operation leaves out the number of a layer that bears the name already."""
    words = {"Embedding": {"input_dim": 9, "output_dim": 4, "mask_zero": True}, "name": "not_equal"}
    stack = convcalc.load({"inputs": {"x": [6]}, "layers": [words, "LSTM(3)"]})
    assert [node.name for node in stack.nodes] == ["not_equal", "not_equal_1", "lstm"]


def test_half_precision_hands_masks_on_unwritten() -> None:
    """Keras writes down a mask only where the tensor needs no cast: the run finds it beside the tensor."""
    layers = ["Embedding(9, 4, mask_zero=True, name='words')", "LSTM(3, dtype='float64', name='read')"]
    trace = convcalc.run(convcalc.load({"inputs": {"x": [3]}, "layers": layers}), np.array([[1, 2, 0], [1, 2, 5]]))
    short = convcalc.run(convcalc.load({"inputs": {"x": [2]}, "layers": layers}), np.array([[1, 2]]))
    assert [layer.name for layer in trace.layers] == ["words", "read"]
    np.testing.assert_allclose(trace.outputs[0][0], short.outputs[0][0])
    assert not np.allclose(trace.outputs[0][1], short.outputs[0][0])


@pytest.mark.parametrize("nested", [False, True])
def test_a_call_in_training_is_shown_and_not_run(nested: bool) -> None:
    """What is random in training is refused by a run, in a nested model too; training=False is as nothing."""
    item = {"Sequential": {"layers": ["Dropout(0.5)"]}} if nested else {"Dropout": 0.5}

    def model(training: bool) -> Stack:
        return convcalc.load({"inputs": {"x": [3]}, "layers": [{**item, "call": {"training": training}}]})

    assert convcalc.run(model(False)).outputs[0].tolist() == [[1, 1, 1]]
    assert convcalc.summarize(model(True)).total_params == 0
    with pytest.raises(convcalc.ConvcalcError, match="called with training=True"):
        convcalc.run(model(True))


def test_a_mask_given_to_a_nested_model_is_refused() -> None:
    """A run hands on the masks that tensors have, and says so of any other."""
    inner = {"Sequential": {"name": "inner", "layers": ["LSTM(3)"]}, "from": "x", "call": {"mask": "seen"}}
    stack = convcalc.load({"inputs": {"x": [5, 4], "seen": {"shape": [5], "dtype": "bool"}}, "layers": [inner]})
    assert convcalc.summarize(stack).rows[2].connections == [["x", 0, 0], ["seen", 0, 0]]
    with pytest.raises(convcalc.ConvcalcError, match="inner is called with a mask"):
        convcalc.run(stack)
