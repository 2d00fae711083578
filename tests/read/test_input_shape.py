"""Input shapes from the caller: one for one input, several by name; and what is refused of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from convcalc import load
from convcalc.errors import ConvcalcError, WiringError
from convcalc.shapes import parse

PAIR: dict[str, Any] = {
    "inputs": {"left": [8, 3], "right": [8, 3]},
    "layers": [{"Concatenate": {"axis": 1, "from": ["left", "right"]}}],
}
SCRIPT = """
from keras import Input, Model, layers
left, right = Input((8, 3), name="left"), Input((8, 3), name="right")
model = Model([left, right], layers.Concatenate(axis=1)([left, right]))
"""


def _tensor(name: str) -> dict[str, Any]:
    return {"class_name": "__keras_tensor__", "config": {"shape": [None, 8, 3], "keras_history": [name, 0, 0]}}


def _layer(kind: str, name: str, config: dict[str, Any], *inputs: str) -> dict[str, Any]:
    nodes = [{"args": [[_tensor(one) for one in inputs]], "kwargs": {}}] if inputs else []
    return {"class_name": kind, "name": name, "config": {"name": name, **config}, "inbound_nodes": nodes}


CONFIG = {
    "class_name": "Functional",
    "config": {
        "name": "functional",
        "layers": [
            _layer("InputLayer", "left", {"batch_shape": [None, 8, 3]}),
            _layer("InputLayer", "right", {"batch_shape": [None, 8, 3]}),
            _layer("Concatenate", "concatenate", {"axis": 1}, "left", "right"),
        ],
        "input_layers": [["left", 0, 0], ["right", 0, 0]],
        "output_layers": [["concatenate", 0, 0]],
    },
}


@pytest.mark.parametrize("model", [PAIR, SCRIPT, CONFIG], ids=["yaml", "code", "config"])
def test_shapes_are_given_by_name(model: Any) -> None:
    """Each named input has its shape, whatever the model is written in; an input that is not named keeps its own."""
    stack = load(model, input_shape={"left": (9, 3)})
    assert [(one.name, one.shape) for one in stack.inputs] == [("left", (None, 9, 3)), ("right", (None, 8, 3))]
    assert load(model, input_shape={"left": (9, 3), "right": (5, 3)}, batch_size=2).outputs[0].shape == (2, 14, 3)


def test_one_input_has_a_name_too() -> None:
    """The only input of a model can be named as well."""
    assert load("Dense(2)", input_shape={"input_layer": (5, 3)}).input.shape == (None, 5, 3)


@pytest.mark.parametrize(("model", "name"), [(PAIR, "rigth"), ("Dense(2)", "image")])
def test_an_unknown_name_is_refused(model: Any, name: str) -> None:
    """A name that no input has is an error that lists the names."""
    with pytest.raises(WiringError) as caught:
        load(model, input_shape={name: (9, 3)})
    assert caught.value.code == "unknown-input"
    assert ("left, right" if model is PAIR else "input_layer") in (caught.value.help or "")


def test_one_shape_is_not_for_two_inputs() -> None:
    """One shape without a name is refused where it could mean several inputs; the help names the inputs."""
    with pytest.raises(WiringError, match="the model has 2 inputs") as caught:
        load(PAIR, input_shape=(9, 3))
    assert caught.value.code == "which-input"
    assert "-s left=8,3 -s right=8,3" in (caught.value.help or "")


def test_a_wrong_shape_by_name_is_refused() -> None:
    """A named shape is checked as any other."""
    with pytest.raises(ConvcalcError, match=r"input_shape\['left'\] must be"):
        load(PAIR, input_shape={"left": (9.5, 3)})  # type: ignore[dict-item]


def test_the_batch_size_is_that_of_every_input() -> None:
    """`batch_size` in the model holds for all its inputs."""
    assert [one.shape for one in load({**PAIR, "batch_size": 7}).inputs] == [(7, 8, 3), (7, 8, 3)]


@pytest.mark.parametrize("text", ["10,3", "10x3", " 10, 3 ", "(10, 3)", "[10,3]", "(10,3,)"])
def test_shapes_as_people_type_them(text: str) -> None:
    """Commas or x, with or without brackets."""
    assert parse(text) == (10, 3)


@pytest.mark.parametrize(
    "text", ["", "()", "28x28x1x", "28,,28", ",28", "28,", "x28", "(28", "28)", "((28))", "28 28", "-1", "1.5", "(,)"]
)
def test_what_is_no_shape_is_refused(text: str) -> None:
    """A size that is missing or wrong is never passed over."""
    with pytest.raises(ValueError, match="size"):
        parse(text)


def test_an_empty_size_on_the_command_line(tmp_path: Path) -> None:
    """A malformed `-s`, or two without names, ends with status 2 before the model is read."""
    from convcalc.cli import run

    for shapes in (["28x28x1x"], ["left=8,"], ["8,3", "8,3"], ["left=8,3", "8,3"], ["left=8,3", "left=8,3"]):
        assert run(["summary", str(tmp_path / "none.yaml"), *(word for one in shapes for word in ("-s", one))]) == 2
