"""Programs that were drawn at random, with the tables of real Keras: golden/programs.json.xz."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import pytest

from convcalc import load, summarize

GOLDEN = Path(__file__).parents[1] / "golden/programs.json.xz"
PROGRAMS: list[list[str]] = json.loads(lzma.decompress(GOLDEN.read_bytes()))


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_a_drawn_program_shows_keras_table(tmp_path: Path, number: int) -> None:
    """The last table that the program prints with Keras."""
    text, table = PROGRAMS[number]
    path = tmp_path / "program.py"
    path.write_text(text, encoding="utf-8")
    # Keras counts what is not built as nothing; convcalc says that there is more.
    assert summarize(load(path)).text(style="keras3").rstrip("\n").replace(", at least", "") == table
