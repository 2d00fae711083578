"""``convcalc summary``: the table of layers, output shapes and parameters."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import click

from convcalc.cli import options
from convcalc.errors import ConvcalcError, raise_all
from convcalc.stack.graph import Stack
from convcalc.summary.figures import Summary
from convcalc.write import FORMATS, STYLES, pieces
from convcalc.write.columns import COLUMNS, unknown

# What each format has no use for: JSON has every figure of every layer, and only tables have lines and styles.
UNUSED = {
    "json": ("style", "columns", "line_length", "show_trainable", "expand_nested", "layer_range"),
    "csv": ("style", "line_length", "show_trainable"),
    "markdown": ("style", "line_length", "show_trainable"),
}


@click.command("summary", epilog=options.MODELS)
@options.models
@options.reading
@options.format_option(*FORMATS)
@options.output
@click.option("--style", type=click.Choice(STYLES), default="keras", help="The table of a Keras generation.")
@click.option("--columns", help=f"Columns to show, as name,output_shape,params. There are {', '.join(COLUMNS)}.")
@click.option("--line-length", type=click.IntRange(1), help="Characters in a line of the table.")
@click.option("--show-trainable", is_flag=True, help="Show which layers are trainable.")
@click.option("--expand-nested", is_flag=True, help="Show the layers inside nested models.")
@click.option("--layer-range", nargs=2, metavar="FROM TO", help="Only the layers between these two names (patterns).")
@options.strict
@options.color
def command(
    models: tuple[str, ...], format: str | None, output: str | None, style: str, color: bool | None, **given: Any
) -> None:
    """Show every layer's output shape and number of parameters.

    \b
    Examples:
      convcalc summary model.yaml
      convcalc summary 'Conv1D(2, 4) | Flatten | Dense(10)' -s 10,3 -f json
      convcalc summary vgg16.yaml resnet50.yaml -f csv
      cat model.yaml | convcalc summary --style classic
    """
    reading, columns = options.take_reading(given), given.pop("columns")
    format = options.chosen_format(format, output, {one.ending: name for name, one in FORMATS.items()})
    options.refuse_unused(format, UNUSED.get(format, ()))
    screen = options.screen(color) if format == "table" and not output else {}
    table = {"style": style, "columns": columns.split(",") if columns else None, **screen, **given}
    options.emit(_all(models, reading, format, table), output)


def _all(models: Sequence[str], reading: dict[str, Any], format: str, table: dict[str, Any]) -> Iterator[str]:
    """The text of every model that can be read, in order, and then the errors of the others, together."""
    errors: list[ConvcalcError] = []
    shown = 0
    for model in models or (None,):
        if model and options.asks_what_there_is(model):
            yield from _offers(model, reading, format)
            continue
        joined = FORMATS[format].joins and len(models) > 1
        which: dict[str, Any] = {"model": model, "header": not shown} if joined else {}
        try:
            whole = [*pieces(_summary(model, reading, format, table["columns"]), format, **table, **which)]
        except ConvcalcError as error:
            errors.append(error)
            continue
        shown += 1
        yield from (*whole, "\n")
    raise_all(errors)


def _summary(model: str | None, reading: dict[str, Any], format: str, columns: Sequence[str] | None) -> Summary:
    """The model in numbers, with a note where there are none for want of an input shape, or behind Python code."""
    stack = options.load(model, **reading)
    summary = Summary(stack)
    if not summary.is_known:
        options.note(f"sizes and parameters are unknown, as the model does not say its input: {_hint(stack)}")
    if summary.hidden:
        options.note(options.hidden(summary.hidden))
    options.note_unknown(lambda: unknown(summary, columns or FORMATS[format].columns))
    return summary


def _offers(model: str, reading: dict[str, Any], format: str) -> Iterator[str]:
    """What a script has: for each model the word that asks for it, the class, and the parameters."""
    from convcalc.read import offers

    found = offers(model, given=reading["given"], keras=reading["keras"])
    known = [(one.call, Summary(one.stack) if one.stack else None) for one in found]
    if format == "json":
        rows = [
            {"model": f"{model}{c}", "class_name": s and s.class_name, "total_params": s and s.params} for c, s in known
        ]
        yield json.dumps({"models": rows}, indent=2) + "\n"
        return
    for call, one in known:
        params = "?" if one is None or one.params is None else f"{one.params:,} parameters"
        yield f"{model}{call}  {one.class_name if one else 'not known here'}  {params}\n"


def _hint(stack: Stack) -> str:
    """The option that says the input."""
    from convcalc.tools.lacking import lacking

    option = lacking(stack)
    return f"add {option}" if option == "-s None" else f"add its sizes, such as {option or '-s 10,3'}"
