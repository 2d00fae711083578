"""``Sequential`` configs of Keras 2, against what tf_keras says of them (``keras2/regenerate.py``)."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from convcalc import summarize
from convcalc.errors import ConvcalcError
from convcalc.read import load

FOLDER = Path(__file__).parent / "keras2"
EXPECTED = json.loads((FOLDER / "expected.golden").read_text())


@pytest.mark.parametrize("name", EXPECTED)
def test_config(name: str) -> None:
    """Names, shapes and parameters of a config are those of the Keras that wrote it."""
    stack = load(FOLDER / f"{name}.json")
    summary = summarize(stack)
    rows = [[row.name, list(row.output_shape or ()), row.params] for row in summary.top_rows()]
    found = {"name": stack.name, "input": list(stack.input.shape or ()), "rows": rows}
    assert {**found, "trainable": summary.trainable_params} == EXPECTED[name]


def test_first_layer_has_the_batch_too() -> None:
    """Without an input layer, ``batch_input_shape`` on the first layer gives sizes and batch, inside models too."""
    data = json.loads((FOLDER / "nested.json").read_text())
    del data["config"]["layers"][0]
    inner = data["config"]["layers"][0]["config"]
    del inner["layers"][0]
    inner["layers"][0]["config"]["batch_input_shape"] = [3, 9, 2]
    assert load(data).input.shape == (3, 9, 2)


@pytest.mark.parametrize("name", EXPECTED)
def test_damaged_configs(name: str) -> None:
    """A config with parts exchanged for others is read or refused; nothing else happens."""
    text = (FOLDER / f"{name}.json").read_text()
    rng = random.Random(name)
    for _ in range(150):
        data = json.loads(text)
        damage(data, rng)
        with suppress(ConvcalcError):
            load(data)


def damage(data: Any, rng: random.Random) -> None:
    """Puts something else in one place of nested lists and mappings."""
    keys = list(data) if isinstance(data, dict) else range(len(data))
    key = rng.choice(keys)
    if isinstance(data[key], dict | list) and data[key] and rng.random() < 0.9:
        damage(data[key], rng)
    else:
        data[key] = rng.choice([None, -1, 2.5, "x", [], {}, [None, 3], {"class_name": ["x"], "config": {}}, True])
