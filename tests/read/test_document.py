"""The model format: every way to write an item, and repetition."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from convcalc.errors import ReadError
from convcalc.read import read_script
from convcalc.script import Call

ITEMS = [
    ("Flatten", "Flatten()"),
    ("Flatten: ", "Flatten()"),
    ("Flatten: {}", "Flatten()"),
    ("Dense: 10", "Dense(10)"),
    ("Dense: ten", "Dense('ten')"),
    ("Reshape: [4, 4]", "Reshape([4, 4])"),
    ("Reshape: (4, 4)", "Reshape((4, 4))"),
    ("Conv1D: {filters: 2, padding: same}", "Conv1D(filters=2, padding='same')"),
    ('Conv1D(2, 4, padding="causal")', "Conv1D(2, 4, padding='causal')"),
    ("tf.keras.layers.Conv1D: {filters: 2}", "tf.keras.layers.Conv1D(filters=2)"),
    ("{class: Dense, units: 10, name: logits}", "Dense(units=10, name='logits')"),
    ("{Dense: 10, name: logits}", "Dense(10, name='logits')"),
    ("{Dense: {units: 10}, name: f(1)}", "Dense(units=10, name='f(1)')"),
    ("Conv1D: {kernel_initializer: HeNormal(seed=1)}", "Conv1D(kernel_initializer=HeNormal(seed=1))"),
    (
        "Conv1D: {dtype: {class_name: P, config: {name: x}}}",
        "Conv1D(dtype={'class_name': 'P', 'config': {'name': 'x'}})",
    ),
]


@pytest.mark.parametrize(("item", "call"), ITEMS)
def test_item(item: str, call: str) -> None:
    """Each way to write a layer becomes the call that it means."""
    assert repr(read_script(f"layers:\n  - {item}\n").layers) == f"[{call}]"


@pytest.mark.parametrize("item", [item for item, _ in ITEMS])
def test_data_is_read_like_yaml(item: str) -> None:
    """A mapping, and its JSON, become the same calls as the YAML of the same shape."""
    text = f"name: m\ninput: [4, null]\nlayers:\n  - {item}\n"
    data = yaml.safe_load(text)
    assert whole(data) == whole(text) == whole(json.dumps(data))


def whole(model: Any) -> list[Any]:
    """All that a script says, places aside."""
    script = read_script(model)
    name, shape = script.name, script.input
    return [repr(script.layers), name and name.value, shape and shape.value, script.functional]


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("[Flatten, ReLU]", "[Flatten(), ReLU()]"),
        ("- Flatten\n- ReLU", "[Flatten(), ReLU()]"),
        ("layers: Flatten", "[Flatten()]"),
        ("layers: []", "[]"),
        ("layers: [Conv1D(2) | ReLU]", "[Conv1D(2), ReLU()]"),
        ("layers: [{repeat: 2, layers: [Flatten, {repeat: 2, layers: [ReLU]}]}]", "[F, R, R, F, R, R]"),
        ("layers: [{repeat: 0, layers: [Flatten]}, ReLU]", "[ReLU()]"),
    ],
)
def test_layers(text: str, calls: str) -> None:
    """Lists, texts and repetitions of layers become one chain."""
    calls = calls.replace("F,", "Flatten(),").replace("R,", "ReLU(),").replace("R]", "ReLU()]")
    assert repr(read_script(f"{text}\n").layers) == calls


def tree(calls: list[Call]) -> list[Any]:
    """Kinds, and for nested models the name and what is inside."""
    return [call.kind if call.layers is None else (call.name and call.name.value, tree(call.layers)) for call in calls]


@pytest.mark.parametrize(
    "item",
    [
        "Sequential: {name: tower, layers: [Flatten, ReLU]}",
        "{class: Sequential, name: tower, layers: [Flatten, ReLU]}",
        "{Sequential: [Flatten, ReLU], name: tower}",
        'keras.Sequential([layers.Flatten(), ReLU], name="tower")',
        'Sequential(layers=(Flatten(), ReLU()), name="tower")',
    ],
)
def test_nested_model(item: str) -> None:
    """A nested model holds its layers and its name, however it is written."""
    [(name, kinds)] = tree(read_script(f"- {item}\n- {item}\n").layers)[1:]
    assert (name, [kind.rpartition(".")[2] for kind in kinds]) == ("tower", ["Flatten", "ReLU"])


def test_weights() -> None:
    """Explicit weights stay with the call, by name, and are no argument."""
    text = "layers:\n  - {Dense: 1, weights: {kernel: [[1.5], [2]], bias: [0]}}\n"
    [call] = read_script(text).layers
    assert {name: given.value for name, given in (call.weights or {}).items()} == {"kernel": [[1.5], [2]], "bias": [0]}
    assert repr(call) == "Dense(1)"


def test_model_keys() -> None:
    """Name, input, batch size and kind of the model are read."""
    script = read_script("name: tiny\ninput: [10, null]\nbatch_size: 4\nmodel: functional\nlayers: []\n")
    given = (script.name, script.input, script.batch_size)
    assert [one.value for one in given if one] == ["tiny", [10, None], 4]
    assert script.functional


def test_nested_repetitions_are_counted_before_they_are_made() -> None:
    """A number of layers beyond memory is refused at once, nested models included."""
    text = "- Flatten"
    for _ in range(12):
        text = "- repeat: 100\n  layers:\n" + "".join(f"    {line}\n" for line in text.splitlines())
    with pytest.raises(ReadError) as caught:
        read_script(text)
    assert caught.value.code == "too-many-layers"


def test_errors_of_independent_items_come_together() -> None:
    """All items that cannot be read are reported, in order."""
    with pytest.raises(ReadError.__mro__[1]) as caught:
        read_script("- Conv1D(\n- Flatten\n- Conv1D(x)\n")
    assert [error.code for error in caught.value.errors] == ["unclosed", "not-a-value"]  # type: ignore[attr-defined]
