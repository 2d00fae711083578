"""Keras 3's ``Sequential`` configs, against what Keras says of them (``keras/regenerate.py``)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from convcalc.errors import ConvcalcError
from convcalc.read import load

FOLDER = Path(__file__).parent / "keras"
EXPECTED = json.loads((FOLDER / "expected.golden").read_text())


@pytest.mark.parametrize("name", EXPECTED)
def test_config(name: str) -> None:
    """Names, shapes and parameters of a loaded config are Keras's."""
    stack = load(FOLDER / f"{name}.json")
    rows = [[node.name, list(node.inferred.output), node.inferred.params] for node in stack.nodes if node.inferred]
    assert stack.input.shape
    assert {"name": stack.name, "input": list(stack.input.shape), "rows": rows} == EXPECTED[name]


def test_input_from_the_build() -> None:
    """Without an input layer, the shape that the model was built with is its input."""
    data = json.loads((FOLDER / "without_input.json").read_text())
    del data["config"]["layers"][0]
    stack = load(data)
    assert list(stack.input.shape or ()) == EXPECTED["without_input"]["input"]
    assert [list(node.inferred.output) for node in stack.nodes if node.inferred] == [
        output for _, output, _ in EXPECTED["without_input"]["rows"]
    ]


def test_mapping_and_file_are_the_same() -> None:
    """A config as a Python mapping is the model that its file is."""
    data = json.loads((FOLDER / "plain.json").read_text())
    assert [node.inferred.output for node in load(data).nodes if node.inferred] == [
        node.inferred.output for node in load(FOLDER / "plain.json").nodes if node.inferred
    ]


def graph(**wrong: Any) -> dict[str, Any]:
    """A Functional config of a layer inside a nested graph, with ``wrong`` in the inner layer's arguments."""
    whole = json.loads((Path(__file__).parents[1] / "golden/graphs.json").read_text("utf-8"))["nested"]["config"]
    whole["config"]["layers"][1]["config"]["layers"][1]["config"].update(wrong)
    return whole


def test_an_error_inside_a_nested_graph_has_its_place_alone() -> None:
    """What is wrong in a nested model is placed there, and what follows from it is not said beside it."""
    with pytest.raises(ConvcalcError) as caught:
        load(graph(kernel_size=[0, 1]))
    assert str(caught.value).startswith("<mapping>:$.config.layers[1].config.layers[1].config.kernel_size: error: ")
    assert str(caught.value).count("error: ") == 1


def test_a_tensor_of_a_layer_that_is_not_there() -> None:
    """A config without a layer that others take the output of is refused by that layer's name."""
    whole = graph()
    del whole["config"]["layers"][1]
    with pytest.raises(ConvcalcError, match=r"layers\[1\]: error: no layer is called 'block'"):
        load(whole)
