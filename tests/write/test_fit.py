"""Narrow lines: no table is wider than Keras's, and nothing in it is cut."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from convcalc import load, summarize, write
from convcalc.write.columns import select
from tests.write.models import cells, golden, sequence, summary

EXAMPLES = Path(__file__).parents[2] / "examples"
WIDTHS = (40, 60, 72, 80, 100, 120)


def widest(table: str) -> int:
    """The characters of the longest line that belongs to the box."""
    return max(len(line) for line in table.split("\n") if line[:1] in "┏┃┡│├└")


def squeezed(table: str) -> list[str]:
    """The texts of each row, without blanks and line breaks."""
    rows: list[list[str]] = [[]]
    for line in table.split("\n"):
        if line[:1] in "├└":
            rows.append([])
        elif line[:1] == "│":
            parts = [part.strip() for part in line[1:-1].split("│")]
            rows[-1] = [a + b for a, b in zip(rows[-1] or [""] * len(parts), parts, strict=True)]
    return ["|".join(row).replace(" ", "") for row in rows if row]


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("*.yaml")))
def test_a_table_fits_where_keras_s_does(name: str) -> None:
    """At any width an example's table is no wider than the line and says all that the widest table says."""
    model = summarize(load(EXAMPLES / name))
    whole = squeezed(write.text(model, width=400, line_length=400))
    for width in WIDTHS:
        for options in ({"width": width}, {"width": 200, "line_length": width}):
            table = write.text(model, **options)
            assert widest(table) <= max(width, widest(write.text(model, style="keras3", **options)))
            assert squeezed(table) == whole


@pytest.mark.parametrize(("model", "options", "expected"), golden("keras3"))
def test_a_table_is_as_wide_as_keras_printed_it(model: dict[str, Any], options: dict[str, Any], expected: str) -> None:
    """Where real Keras's table fits the line, so does ours; and where Keras cuts nothing, both are the same."""
    if "color" in options or "ascii" in options:
        return
    room = options.get("line_length") or options.get("width", 80)
    table = write.text(summary(model), **{"width": 80, **options})
    assert "…" not in table
    if room > 20:
        assert widest(table) <= max(room, widest(expected))


def test_a_pipe_has_no_end() -> None:
    """Without a console's width columns grow as far as the longest word needs."""
    long = sequence(("Dense", {"units": 1, "name": "x" * 90}))
    assert cells(write.text(long))[1][0] == "x" * 90
    assert widest(write.text(long, width=80)) <= 80


def test_columns_that_have_room_give_it_up_first() -> None:
    """A word is put on several lines only where all columns together have no room for it."""
    model = sequence(("Dense", {"units": 1, "name": "n" * 40}))
    assert cells(write.text(model, width=80))[1][0] == "n" * 40


def test_long_words_break_where_their_parts_end() -> None:
    """A long word goes on in the next line behind an underscore or before a capital."""
    model = sequence(("GlobalAveragePooling1D", {"name": "an_extremely_long_name_of_a_layer"}))
    column = [line[0] for line in cells(write.text(model, width=44)) if line[0]]
    assert column[1:] == ["an_extremely_long_name_", "of_a_layer", "(GlobalAverage", "Pooling1D)"]


def test_the_column_names_are_keras_s() -> None:
    """The headings keep their words at any width."""
    table = write.text(sequence(("Dense", {"units": 1})), width=30)
    heads = " ".join(line[at] for at in range(3) for line in cells(table)[:2]).split()
    assert heads == " ".join(column.heading for column in select(("layer", "output_shape", "params"))).split()
