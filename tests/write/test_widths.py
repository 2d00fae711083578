"""Columns line up on a terminal: East Asian characters take two cells, combining marks none."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from convcalc import load, run, write
from convcalc.errors import ConvcalcError
from convcalc.sizes.widths import fitting, padded, width
from convcalc.write import outputs
from tests.write.models import sequence

NAMES = ("第一层卷积", "e\u0301te\u0301", "한국어", "ﾊﾝｶｸ", "plain", "很长很长很长很长很长很长很长的名字")
LAYERS = [("Dense", {"units": 2, "name": name}) for name in NAMES]


@pytest.mark.parametrize("name", [*NAMES, "👍", "a\u200bb", "－"])
def test_widths_are_a_terminal_s(name: str) -> None:
    """A text's cells are as rich's own table of them has it; padding and cutting count cells too."""
    assert width(name) == cell_len(name)
    assert cell_len(padded(name, 40)) == cell_len(padded(name, 40, right=True)) == 40
    assert all(cell_len(name[: fitting(name, room)]) <= room for room in range(10))


@pytest.mark.parametrize("options", [{"style": style} for style in write.STYLES] + [{"width": 50}, {"width": 40}])
def test_tables_line_up(options: dict[str, object]) -> None:
    """Every line of a table takes the same number of cells, whatever its alphabet."""
    lines = write.text(sequence(*LAYERS), **options).split("\n")  # type: ignore[arg-type]
    box = [line for line in lines if line[:1] in "┏┃┡│├└"] or lines[1:-4]
    full = {cell_len(line) for line in box if len(line) > 1 and not set(line) <= {" "}}
    assert len(full) == 1


def test_the_trace_lines_up() -> None:
    """The columns of a trace begin below their headings."""
    stack = load({"input": [3], "layers": [{"Dense": {"units": 2, "name": name}} for name in NAMES]})
    text = outputs.dumps(run(stack, statistics=True), statistics=True, outputs=False)
    lines = text.split("\n\n")[0].split("\n")
    assert len({cell_len(line[: line.index("(1, 2)")]) for line in lines[1:]}) == 1
    assert len(set(map(cell_len, lines))) == 1


def test_a_caret_stands_below_its_place() -> None:
    """Behind wide characters the caret of an error stands where the terminal shows the fault."""
    with pytest.raises(ConvcalcError) as caught:
        load("Dense(2, name='层层') | Dens(3)", input_shape=(3,))
    line, carets = str(caught.value).split("\n")[1:3]
    assert cell_len(line[: line.index("Dens(")]) == carets.index("^")
