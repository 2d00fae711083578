"""``convcalc explain``: formula, numbers and result behind every figure of a layer."""

from __future__ import annotations

from typing import Any

import click

from convcalc.cli import options

FORMATS = ("text", "json")
ENDINGS = {".txt": "text", ".json": "json"}


@click.command("explain", epilog=options.MODELS)
@options.model
@options.reading
@click.option(
    "--layer",
    "layers",
    multiple=True,
    metavar="NAME",
    help="Only this layer, or the layers of a pattern such as conv2d*; may be repeated.",
)
@options.format_option(*FORMATS)
@options.output
@options.strict
def command(model: str | None, layers: tuple[str, ...], format: str | None, output: str | None, **reading: Any) -> None:
    """Show how every layer's shape, weights, parameters and MACs come about.

    \b
    Examples:
      convcalc explain 'Conv1D(2, 4, padding="causal")' -s 10,3
      convcalc explain model.yaml --layer conv2d_1
    """
    from convcalc.tools.explanation import explain

    told = explain(options.load(model, **reading), layers)
    options.note_unknown(lambda: (f"{step.what} of {one.name}" for one in told for step in one.unknown))
    if options.chosen_format(format, output, ENDINGS) == "json":
        options.emit_json({"layers": [one.to_dict() for one in told]}, output)
    else:
        options.emit(["\n\n".join(one.text() for one in told), "\n"], output)
