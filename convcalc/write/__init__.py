"""Summaries as text. Every form is text without a final line break; its module is loaded when first used.

`text` makes the tables; `convcalc.write.json`, `.csv` and `.markdown` have a ``dumps`` each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any, NamedTuple

from convcalc.errors import ConvcalcError, did_you_mean, one_of
from convcalc.stack.graph import Stack
from convcalc.summary.figures import Summary
from convcalc.write.columns import DATA, KERAS

STYLES = ("keras", "keras3", "keras2", "classic")


class Format(NamedTuple):
    """A form of a summary: the ending of its files, its columns by default, and whether it joins several models.

    The rows of several models are joined into a single table, with a first column that names the model.
    """

    ending: str
    columns: tuple[str, ...]
    joins: bool = False


# All forms, by the names that -f has: each but the table has the module of its name.
FORMATS = {
    "table": Format(".txt", KERAS),
    "json": Format(".json", DATA),
    "csv": Format(".csv", DATA, joins=True),
    "markdown": Format(".md", KERAS),
}


def summarize(stack: Stack) -> Printable:
    """The numbers of a model, which can be printed."""
    return Printable(stack)


class Printable(Summary):
    """A summary for Python code: it gives its table as text."""

    __slots__ = ()

    def text(self, style: str = "keras3", **options: Any) -> str:
        """The table as text; ``style`` and ``options`` are the arguments of `convcalc.write.text`."""
        return text(self, style=style, **options)


def pieces(summary: Summary, format: str, *, columns: Sequence[str] | None = None, **options: Any) -> Iterator[str]:
    """The summary in one of `FORMATS`, bit by bit; ``options`` are options of `text` that the format has."""
    if format == "table":
        yield text(summary, columns=columns, **options)
    elif format == "json":
        from convcalc.write import json

        yield from json.pieces(summary)
    else:
        rows = {name: options[name] for name in ("expand_nested", "layer_range", "model", "header") if name in options}
        yield import_module(f"convcalc.write.{format}").dumps(summary, columns, **rows)


def text(
    summary: Summary,
    *,
    style: str = "keras",
    width: int | None = None,
    line_length: int | None = None,
    show_trainable: bool = False,
    expand_nested: bool = False,
    layer_range: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
    color: bool = False,
    ascii: bool = False,
) -> str:
    """The table of a summary.

    ``keras3`` is what Keras 3 prints, to the last character; ``keras`` the same, widened wherever Keras
    would cut a text, as far as the line has room, and with longer words on several lines; ``keras2`` the table of
    tf.keras 2.13 to 2.15, and ``classic`` the table of Keras 2.0 to 2.2.4, each with the automatic names of its time
    (``input_1``, ``conv1d_1``).

    ``width`` is the console's; None means a pipe, for which Keras takes 80, and where ``keras`` widens without an
    end. The next four are the arguments of Keras's ``model.summary()``. ``columns`` (`convcalc.write.columns`),
    ``color`` and ``ascii`` (the box that rich draws where the encoding is not UTF) are for the two Keras 3 tables.
    Raises `ConvcalcError` for what a style cannot show.
    """
    if style not in STYLES:
        help = did_you_mean(style, STYLES) or f"the styles are {one_of(STYLES)}"
        raise ConvcalcError(f"no style is called {style!r}", code="unknown-style", help=help)
    if style in ("keras2", "classic"):
        from convcalc.write import legacy

        options = legacy.Options(line_length, show_trainable, expand_nested, layer_range, columns)
        return legacy.text(summary, style, options)
    from convcalc.write import table, wording

    rows = wording.listed(summary, expand_nested, layer_range)
    screen = table.Screen(width, line_length, cut=style == "keras3", color=color, ascii=ascii)
    return table.text(summary, rows, columns, show_trainable, screen)
