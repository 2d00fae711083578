"""Graphs in YAML: inputs, tensors by name, layers called again, outputs."""

from __future__ import annotations

from typing import Any

import pytest

from convcalc import load, summarize
from convcalc.errors import ReadError, WiringError

SIAMESE: dict[str, Any] = {
    "inputs": {"left": [8, 3], "right": {"shape": [8, 3], "dtype": "float16"}},
    "layers": [
        {"Conv1D": {"filters": 4, "kernel_size": 3}, "name": "tower", "from": "left"},
        {"Flatten": None, "name": "a"},
        {"use": "tower", "from": "right"},
        {"Flatten": None, "name": "b"},
        {"Dense": 9, "name": "unneeded"},
    ],
    "outputs": ["a", "b"],
}


def test_a_layer_called_again_counts_its_weights_once() -> None:
    """A shared layer is one row with all its connections, its weights once and its MACs for every call."""
    summary = summarize(load(SIAMESE))
    rows = {row.name: row for row in summary.rows}
    assert rows["tower"].connections == [["left", 0, 0], ["right", 0, 0]]
    assert rows["b"].connections == [["tower", 1, 0]]
    once = summarize(load("Conv1D(4, 3)", input_shape=(8, 3))).rows[0]
    assert rows["tower"].params == summary.total_params == once.params
    assert rows["tower"].macs == 2 * (once.macs or 0)


def test_what_no_output_needs_is_no_part_of_the_model() -> None:
    """As in Keras a layer that leads nowhere is left out."""
    assert "unneeded" not in [row.name for row in summarize(load(SIAMESE)).rows]


def test_inputs_and_outputs_are_told() -> None:
    """JSON names every input with its dtype, and every output with its shape."""
    told = summarize(load(SIAMESE)).to_dict()
    assert [(one["name"], one["dtype"]) for one in told["inputs"]] == [("left", "float32"), ("right", "float16")]
    assert told["outputs"] == [{"layer": "a", "shape": (None, 24)}, {"layer": "b", "shape": (None, 24)}]


def test_one_shape_is_not_for_two_inputs() -> None:
    """An input shape from the caller is refused where it could mean several inputs."""
    with pytest.raises(WiringError, match="the model has 2 inputs") as caught:
        load(SIAMESE, input_shape=(9, 3))
    assert caught.value.code == "which-input"


BLOCKS: dict[str, Any] = {
    "inputs": {"image": [8, 8, 3]},
    "blocks": {
        "pair": {
            "args": ["filters", "size=3"],
            "layers": [
                {"Conv2D": {"filters": "$filters", "kernel_size": "$size", "padding": "same", "name": "a"}},
                {"Conv2D": {"filters": "$filters * 2 + 1", "kernel_size": 1}, "name": "b", "from": "a"},
                {"Conv2D": {"filters": 2, "kernel_size": 1}, "name": "c", "from": "input"},
            ],
        },
        "outer": {"args": ["n"], "layers": [{"pair": {"filters": "$n"}, "name": "in"}, "Conv2D($n, 1)"]},
    },
    "layers": [
        {"outer": 4},
        {"repeat": 2, "layers": [{"outer": {"n": 5}}]},
        {"pair": 2, "name": "last", "from": "image"},
    ],
    "outputs": ["outer_2", "last"],
}  # fmt: skip


def test_blocks_are_layers_under_names_of_their_own() -> None:
    """Each call of a block has its own names, inputs and arguments; a block's name means its last layer."""
    rows = {row.name: row.connections for row in summarize(load(BLOCKS)).rows}
    assert rows["outer_in_c"] == [["image", 0, 0]]
    assert rows["outer_1_in_c"] == [["conv2d", 0, 0]]
    assert rows["last_c"] == [["image", 0, 0]]
    assert "outer_in_b" not in rows  # it leads nowhere


def test_arguments_of_blocks_are_worked_out() -> None:
    """An argument stands for its value, alone, in arithmetic and inside a call; defaults count."""
    outputs = load({**BLOCKS, "outputs": ["outer_in_a", "outer_in_b", "outer_1_in_b", "outer_2"]}).outputs
    assert [link.shape for link in outputs] == [(None, 8, 8, 4), (None, 8, 8, 9), (None, 8, 8, 11), (None, 8, 8, 5)]


FLAGS = {"input": [4], "layers": [{"Sequential": {"layers": ["Dense(2)", {"Sequential": ["Dense(3)"]}]}}, "Dense(1)"]}


def test_a_model_that_is_not_trainable_freezes_what_is_in_it() -> None:
    """``trainable: false`` of a nested model or of the whole is Keras's ``model.trainable = False``."""
    inside, outside = FLAGS["layers"]
    nested = {**FLAGS, "layers": [{"Sequential": {**inside["Sequential"], "trainable": False}}, outside]}  # type: ignore[index]
    summary = summarize(load(nested))
    assert (summary.trainable_params, summary.non_trainable_params) == (4, 19)
    assert [row.trainable for row in summary.rows] == [False] * 4 + [True]
    assert summarize(load({**FLAGS, "trainable": False})).trainable_params == 0


def test_the_flag_of_a_call_is_the_models_own() -> None:
    """Keras's ``Sequential([…], trainable=False)`` says nothing of the layers that are put in it."""
    summary = summarize(load("Sequential([Dense(2)], trainable=False) | Dense(1)", input_shape=(4,)))
    assert [row.trainable for row in summary.rows] == [False, True, True]
    assert summary.non_trainable_params == 0


def test_a_flag_is_true_or_false() -> None:
    """Anything else is refused, with its place."""
    with pytest.raises(ReadError, match=r"layers\[0\].*trainable must be true or false"):
        load({"input": [4], "layers": [{"Sequential": {"layers": ["Flatten"], "trainable": 3}}]})


def test_without_outputs_all_of_the_last_layer_are() -> None:
    """A graph that names no outputs gives every output of its last layer, as a chain of the layer does."""
    layer = {"LSTM": {"units": 4, "return_state": True}, "name": "encoder"}
    graph = load({"inputs": {"x": [5, 3]}, "layers": [{**layer, "from": "x"}]})
    chain = load({"input": [5, 3], "layers": [layer]})
    assert [link.shape for link in graph.outputs] == [link.shape for link in chain.outputs]
    assert len(graph.outputs) == 3
