"""Keras's applications from their configs (golden/applications.json.gz, by make_applications.py)."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

import convcalc

ARCHIVE = Path(__file__).parent / "golden/applications.json.gz"
GOLDEN: dict[str, Any] = json.loads(gzip.decompress(ARCHIVE.read_bytes()))


@pytest.mark.parametrize("name", GOLDEN)
def test_application_is_what_keras_prints(name: str) -> None:
    """The table is Keras's to the last character, and so are the total and the MACs."""
    summary = convcalc.summarize(convcalc.load(GOLDEN[name]["config"]))
    assert summary.text(style="keras3") == GOLDEN[name]["summary"]
    assert (summary.total_params, summary.total_macs) == (GOLDEN[name]["total"], GOLDEN[name]["macs"])
