"""``convcalc summary``: the table of layers, output shapes and parameters."""

from __future__ import annotations

from itertools import chain
from typing import Any

import click

from convcalc.cli import options
from convcalc.summary.figures import Summary
from convcalc.write import FORMATS, STYLES, pieces

ENDINGS = {"json": "json", "csv": "csv", "md": "markdown"}


@click.command("summary")
@options.models
@options.reading
@options.format_option(*FORMATS)
@options.output
@click.option("--style", type=click.Choice(STYLES), default="keras", help="The table of a Keras generation.")
@click.option("--columns", help="Columns to show, as name,output_shape,params,macs.")
@click.option("--line-length", type=click.IntRange(1), help="Characters in a line of the table.")
@click.option("--show-trainable", is_flag=True, help="Show which layers are trainable.")
@click.option("--expand-nested", is_flag=True, help="Show the layers inside nested models.")
@click.option("--layer-range", nargs=2, metavar="FROM TO", help="Only the layers between these two names (patterns).")
@options.color
def command(
    models: tuple[str, ...], format: str | None, output: str | None, style: str, color: bool | None, **given: Any
) -> None:
    """Show every layer's output shape and number of parameters.

    \b
    Examples:
      convcalc summary model.yaml
      convcalc summary 'Conv1D(2, 4) | Flatten | Dense(10)' -s 10,3 -f json
      cat model.yaml | convcalc summary --style classic
    """
    reading, columns = options.take_reading(given), given.pop("columns")
    format = options.chosen_format(format, output, ENDINGS, FORMATS[0])
    screen = options.screen(color) if format == "table" and not output else {}
    table = {"style": style, "columns": columns.split(",") if columns else None, **screen, **given}
    summaries = (_summary(model, reading) for model in models or (None,))
    options.emit((piece for one in summaries for piece in chain(pieces(one, format, **table), "\n")), output)


def _summary(model: str | None, reading: dict[str, Any]) -> Summary:
    """The model in numbers, with a note where there are none for want of an input shape, or behind Python code."""
    summary = Summary(options.load(model, **reading))
    if not summary.is_known:
        click.echo("note: shapes and parameters follow from an input shape; give it with -s, such as -s 10,3", err=True)
    if summary.hidden:
        click.echo(f"note: {options.hidden(summary.hidden)}", err=True)
    return summary
