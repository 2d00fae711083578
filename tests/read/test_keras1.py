"""Configs of Keras 1, against what Keras 1 itself says of them (``keras1/regenerate.py``)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from convcalc import summarize
from convcalc.errors import ConvcalcError
from convcalc.read import load

FOLDER = Path(__file__).parent / "keras1"
EXPECTED = json.loads((FOLDER / "expected.golden").read_text())["models"]


@pytest.mark.parametrize("name", EXPECTED)
def test_config(name: str) -> None:
    """Names, shapes and parameters of a config are those of the Keras that wrote it."""
    summary = summarize(load(FOLDER / f"{name}.json"))
    rows = [[row.name, list(row.output_shape or ()), row.params] for row in summary.top_rows()]
    told: list[Any] = EXPECTED[name]["rows"]
    assert sorted(rows, key=str) == sorted(told, key=str)
    assert summary.total_params == EXPECTED[name]["params"]


def test_pad_of_theano_is_refused_where_it_stands() -> None:
    """A pad that no later Keras has is refused, with its place in the config."""
    data = json.loads((FOLDER / "image.json").read_text())
    data["config"][1]["config"]["border_mode"] = "full"
    with pytest.raises(ConvcalcError, match=r"border_mode='full' of Conv2D is not covered") as caught:
        load(data)
    assert "config.border_mode" in str(caught.value)


def test_error_points_at_the_word_of_the_file() -> None:
    """A wrong value is shown under the word that the file has for the argument."""
    data = json.loads((FOLDER / "image.json").read_text())
    data["config"][1]["config"]["nb_filter"] = -1
    with pytest.raises(ConvcalcError) as caught:
        summarize(load(data))
    assert "config.nb_filter" in str(caught.value)
