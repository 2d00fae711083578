"""Layers inside layers, in every form that a model is written in: all say the same."""

from __future__ import annotations

from typing import Any

import pytest

from convcalc import load
from convcalc.declare.layer import Layer

CONFIG = {
    "class_name": "Sequential",
    "config": {
        "layers": [
            {
                "module": "keras.layers",
                "class_name": "RNN",
                "config": {
                    "cell": {
                        "module": "keras.layers",
                        "class_name": "StackedRNNCells",
                        "config": {
                            "cells": [
                                {"module": "keras.layers", "class_name": "LSTMCell", "config": {"units": 4}},
                                {"module": "keras.layers", "class_name": "LSTMCell", "config": {"units": 4}},
                                {"module": "keras.layers", "class_name": "GRUCell", "config": {"units": 6}},
                            ]
                        },
                    },
                },
            }
        ]
    },
}
CODE = """
from tensorflow.keras import Sequential, layers
cells = [layers.LSTMCell(4) for _ in range(2)]
cells.append(layers.GRUCell(units=6))
model = Sequential([layers.RNN(cells)])
"""
FORMS: dict[str, Any] = {
    "inline": "RNN([LSTMCell(4), LSTMCell(4), GRUCell(6)])",
    "stacked": "RNN(cell=StackedRNNCells([LSTMCell(4), LSTMCell(units=4), GRUCell(6)]))",
    "yaml": "layers:\n- RNN: {cell: [LSTMCell: 4, LSTMCell(4), {class: GRUCell, units: 6}]}\n",
    "yaml, short": "- RNN: [LSTMCell: 4, LSTMCell: 4, GRUCell: {units: 6}]\n",
    "yaml, repeated": "- RNN: {cell: [{repeat: 2, layers: [LSTMCell: 4]}, GRUCell: 6]}\n",
    "yaml, stacked": "- RNN: {StackedRNNCells: [LSTMCell: 4, LSTMCell: 4, GRUCell: 6]}\n",
    "mapping": {"layers": [{"RNN": {"cell": [{"LSTMCell": 4}, {"LSTMCell": {"units": 4}}, {"GRUCell": 6}]}}]},
    "config": CONFIG,
    "code": CODE,
}


def cells(model: Any) -> list[Layer]:
    """The cells of the model's one layer."""
    layer: Any = load(model).nodes[0].layer
    return list(layer.cell.cells)


@pytest.mark.parametrize("form", FORMS)
def test_cells_in_a_list(form: str) -> None:
    """A list of cells, and a stack of them, hold the same cells however they are written."""
    found = [(type(cell).__name__, cell.config["units"]) for cell in cells(FORMS[form])]
    assert found == [("LSTMCell", 4), ("LSTMCell", 4), ("GRUCell", 6)]


def test_one_layer_without_its_argument() -> None:
    """A mapping of one layer alone is the first argument."""
    (node,) = load("- Bidirectional: {RNN: {cell: {LSTMCell: 4}}}\n").nodes
    inside: Any = node.layer.held[0] if node.layer else None
    assert type(inside.cell).__name__ == "LSTMCell"


MODELS: dict[str, Any] = {
    "inline": "TimeDistributed(Sequential([Dense(3), Sequential([Dense(2)], name='top')]))",
    "yaml": "- TimeDistributed: {layer: {Sequential: [Dense: 3, Sequential: {name: top, layers: [Dense: 2]}]}}\n",
    "yaml, short": "- TimeDistributed: {Sequential: {layers: [Dense: 3, Sequential: [Dense(2)]]}}\n",
    "mapping": {
        "layers": [{"TimeDistributed": {"layer": {"Sequential": [{"Dense": 3}, {"Sequential": ["Dense(2)"]}]}}}]
    },
    "code": "import keras\nfrom keras.layers import *\ntop = keras.Sequential([Dense(2)])\n"
    "model = keras.Sequential([TimeDistributed(keras.Sequential([Dense(3), top]))])\n",
}


@pytest.mark.parametrize("form", MODELS)
def test_model_in_a_layer(form: str) -> None:
    """A model as a layer's argument holds the same layers however it is written."""
    (node,) = load(MODELS[form], input_shape=(5, 4)).nodes
    assert node.inferred
    weights = [(weight.path, weight.shape) for weight in node.inferred.weights if weight.name == "kernel"]
    assert weights == [
        ("layer/layers/dense/kernel", (4, 3)),
        ("layer/layers/sequential/layers/dense/kernel", (3, 2)),
    ]


def test_models_of_equal_layers_differ() -> None:
    """Two models with as many layers are two models."""
    stack = load(
        "TimeDistributed(Sequential([Dense(3)])) | TimeDistributed(Sequential([Dense(2)]))", input_shape=(5, 4)
    )
    assert [node.inferred.output for node in stack.nodes if node.inferred] == [(None, 5, 3), (None, 5, 2)]
