"""Input shapes from the caller: one for one input, several by name; and what is refused of them."""

from __future__ import annotations

from typing import Any

import pytest

from convcalc import load, summarize
from convcalc.errors import ConvcalcError, WiringError

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


@pytest.mark.parametrize(("model", "name"), [(PAIR, "middle"), ("Dense(2)", "image")])
def test_an_unknown_name_is_refused(model: Any, name: str) -> None:
    """A name that no input has is an error that lists the names."""
    with pytest.raises(WiringError) as caught:
        load(model, input_shape={name: (9, 3)})
    assert caught.value.code == "which-input"
    assert ("left, right" if model is PAIR else "input_layer") in (caught.value.help or "")


def test_a_wrong_shape_by_name_is_refused() -> None:
    """A named shape is checked as any other."""
    with pytest.raises(ConvcalcError, match=r"input_shape\['left'\] must be"):
        load(PAIR, input_shape={"left": (9.5, 3)})  # type: ignore[dict-item]


def test_the_batch_size_is_that_of_every_input() -> None:
    """`batch_size` in the model holds for all its inputs."""
    assert [one.shape for one in load({**PAIR, "batch_size": 7}).inputs] == [(7, 8, 3), (7, 8, 3)]


def test_a_named_shape_has_the_batch_size() -> None:
    """The batch size holds for an input whose shape is given by name."""
    assert load("Dense(2)", input_shape={"input_layer": (5, 3)}, batch_size=4).input.shape == (4, 5, 3)


def test_a_whole_model_may_be_frozen_inline() -> None:
    """`trainable=False` of an inline Sequential that is the whole model is its flag, as in Keras."""
    assert summarize(load("Sequential([Dense(2)], trainable=False)", input_shape=(3,))).trainable_params == 0
