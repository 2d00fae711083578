"""Keras 3's table, drawn by rich as Keras draws it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from operator import sub

from rich import box
from rich.console import Console, JustifyMethod, RenderableType
from rich.markup import escape
from rich.segment import Segment, Segments
from rich.table import Table
from rich.text import Text

from convcalc.errors import ConvcalcError
from convcalc.summary.figures import Summary
from convcalc.summary.rows import Row
from convcalc.write import fit, wording
from convcalc.write.columns import GRAPH, KERAS, Column, select

# Where Keras's columns end, as parts of the line, and the longest line that it makes by itself: of a chain, and
# with a column of connections.
_CHAIN: tuple[tuple[float, ...], int] = ((0.45, 0.80, 1.0), 88)
_GRAPH: tuple[tuple[float, ...], int] = ((0.30, 0.56, 0.74, 1.0), 108)
# Columns of a console that is none.
_PIPE = 80
# A column for `trainable` takes the last tenth of a line that may be this much longer.
_TRAINABLE = 12

# What Keras's use of rich's markup may change in a name: escapes and emoji codes.
_MARKUP = re.compile(r"[\\:]")

_JUSTIFY: dict[str, JustifyMethod] = {"trainable": "center"}

_NUMBERS = ((re.compile(r"[\d,]+"), "color(34)"),)
_SIZES = ((re.compile(r"\d+"), "color(34)"), (re.compile("None"), "color(45)"))
_COLORS = {
    "layer": ((re.compile(r"(?<=\()\w+(?=\)$)"), "color(33)"),),
    "input_shape": _SIZES,
    "output_shape": _SIZES,
    "trainable": (
        (re.compile("Y"), "bold color(34)"),
        (re.compile("N"), "bold color(9)"),
        (re.compile("-"), "bold"),
    ),
}


class Screen:
    """What a table is drawn on: columns of the console (None in a pipe), line length (None for Keras's own), looks.

    ``cut`` keeps to Keras's widths and the console's, and cuts what does not fit; otherwise columns grow as far
    as there is room, without end in a pipe, and longer words take several lines.
    """

    __slots__ = ("ascii", "color", "cut", "line_length", "most", "width")

    def __init__(self, width: int | None, line_length: int | None, *, cut: bool, color: bool, ascii: bool) -> None:
        self.width = _PIPE if width is None else width
        self.line_length = line_length
        self.most = line_length or width
        self.cut = cut
        self.color = color
        self.ascii = ascii

    def room(self, columns: int) -> int | None:
        """Cells for the texts of a line, borders and the blanks beside texts left out; None without an end."""
        return self.most and self.most - 3 * columns - 1

    def console(self, out: io.StringIO) -> Console:
        """A console of this size that prints to ``out``, whatever the environment says."""
        return Console(
            file=out,
            width=self.width,
            height=25,
            highlight=False,
            force_terminal=self.color,
            color_system="256" if self.color else None,
            no_color=False,
            legacy_windows=False,
        )


def text(
    summary: Summary, rows: Sequence[Row], columns: Sequence[str] | None, show_trainable: bool, screen: Screen
) -> str:
    """Title, table and footer as Keras prints them; selected ``columns`` take the room that they need."""
    names = [*(columns or (KERAS if summary.is_chain else GRAPH))]
    if show_trainable and "trainable" not in names:
        names.append("trainable")
    ends, longest = _CHAIN if summary.is_chain else _GRAPH
    widths = None if columns else _widths(ends, longest, show_trainable, screen)
    out = io.StringIO()
    console = screen.console(out)
    console.print(f'[bold]Model: "{escape(summary.name)}"[/]', soft_wrap=not screen.cut)
    console.print(_table(rows, select(names), widths, screen, console), crop=screen.cut and not columns)
    for label, count, size in wording.totals(summary, keras=screen.cut):
        console.print(f"[bold] {label}: [/][color(34)]{count}[/]{size}", soft_wrap=not screen.cut)
    return out.getvalue().removesuffix("\n")


def _table(
    rows: Sequence[Row], columns: Sequence[Column], widths: Sequence[int] | None, screen: Screen, console: Console
) -> Table:
    """The table with text ``widths``, or with the widths that its texts ask for."""
    table = Table(box=box.ASCII if screen.ascii else box.HEAVY_HEAD, show_lines=True)
    texts = [[Text(column.heading), *(_text(column, row, screen) for row in rows)] for column in columns]
    if widths and not screen.cut:
        widths = fit.fitted(widths, texts, screen.room(len(columns)), console)
        texts = [[fit.folded(text, width) for text in column] for column, width in zip(texts, widths, strict=True)]
    drawn: list[Iterable[RenderableType]] = []
    for index, (column, (heading, *cell_texts)) in enumerate(zip(columns, texts, strict=True)):
        least = 0 if widths and screen.cut else fit.uncut(texts[index], widths[index] if widths else 1, console)
        width = max(widths[index], least) if widths else None
        justify: JustifyMethod = "right" if column.number else _JUSTIFY.get(column.name, "left")
        table.add_column(heading, justify=justify, width=width, min_width=least)
        drawn.append([_fitted(text, width, justify, console) for text in cell_texts] if width else cell_texts)
    if widths:
        # Otherwise rich would squeeze what is wider than the console.
        table.width = sum((column.width or 0) + 3 for column in table.columns) + 1
    for row in zip(*drawn, strict=True):
        table.add_row(*row)
    return table


def _fitted(text: Text, width: int, justify: JustifyMethod, console: Console) -> RenderableType:
    """A text that needs no wrapping as the segments that rich would make of it, in half rich's time."""
    left = width - text.cell_len
    if left < 0 or justify == "center" or not text.plain.isprintable():
        return text
    return Segments([Segment(" " * left if justify == "right" else ""), *text.render(console)])


def _widths(ends: tuple[float, ...], longest: int, show_trainable: bool, screen: Screen) -> list[int]:
    """The text widths of Keras's columns that end at these parts of the line.

    Keras gives each its part of the line and forgets the borders, and rich takes the excess of 3 for each
    column and 1 from the columns evenly, from left to right, rounding half to even.
    """
    if show_trainable:
        ends, longest = (*(end * 0.9 for end in ends), 1.0), longest + _TRAINABLE
    length = screen.line_length or min(longest, screen.width - 4)
    at = [0, *(int(end * length) for end in ends)]
    if screen.cut and min(map(sub, at[1:], at)) < 4:
        raise _too_narrow(length)
    excess = 3 * len(ends) + 1
    widths: list[int] = []
    for left in range(len(ends), 0, -1):
        share = round(excess / left)
        excess -= share
        widths.append(at[-left] - at[-left - 1] - share)
    return widths


def _too_narrow(length: int) -> ConvcalcError:
    return ConvcalcError(
        f"a line of {length} is too short for Keras's table",
        code="too-narrow",
        why="Keras refuses to print a column of less than 4 characters",
        help="give a longer line_length or a wider console, or use the style 'keras'",
    )


def _text(column: Column, row: Row, screen: Screen) -> Text:
    """A cell. As in Keras, emoji codes in a layer's name become emoji."""
    plain = (column.keras if screen.cut else column.text)(row)
    if column.name == "layer" and _MARKUP.search(plain):
        name, _, kind = plain.rpartition(" (")
        text = Text.from_markup(f"{escape(name)} ({kind}")
    else:
        text = Text(plain)
    for pattern, style in _COLORS.get(column.name, _NUMBERS if column.number else ()) if screen.color else ():
        text.highlight_regex(pattern, style)
    return text
