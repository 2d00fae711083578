"""Keras's applications from their configs (golden/applications.json.xz, by make_applications.py)."""

from __future__ import annotations

import csv
import json
import lzma
from pathlib import Path
from typing import Any

import pytest

import convcalc

FOLDER = Path(__file__).parent / "golden"
GOLDEN: dict[str, Any] = json.loads(lzma.decompress((FOLDER / "applications.json.xz").read_bytes()))
MACS = list(csv.DictReader((FOLDER / "applications_macs.csv").open(encoding="utf-8")))


@pytest.mark.parametrize("name", GOLDEN)
def test_application_is_what_keras_prints(name: str) -> None:
    """The table is Keras's to the last character, and so are every layer's shape, the totals and the MACs."""
    expected = GOLDEN[name]
    summary = convcalc.summarize(convcalc.load(expected["config"]))
    rows = [[list(row.output_shape or ()), row.params] for row in summary.rows if not row.depth]
    assert summary.text(style="keras3") == expected["summary"]
    assert rows == expected["rows"]
    assert (summary.total_params, summary.total_macs) == (expected["total"], expected["macs"])


@pytest.mark.parametrize("row", MACS, ids=lambda row: str(row["model"]))
def test_macs_are_those_of_an_independent_count(row: dict[str, str]) -> None:
    """Parameters and MACs are those of a table counted apart from this package and from make_applications.py."""
    summary = convcalc.summarize(convcalc.load(GOLDEN[row["model"]]["config"]))
    counts = (summary.total_params, summary.trainable_params, summary.non_trainable_params, summary.total_macs)
    assert counts == tuple(int(row[key]) for key in ("total_params", "trainable", "non_trainable", "macs"))
