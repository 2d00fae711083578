"""``convcalc layers``: every layer, or the arguments, rules and sample of one."""

from __future__ import annotations

import click

from convcalc.cli import options

FORMATS = ("text", "json")
ENDINGS = {".txt": "text", ".json": "json"}


@click.command("layers")
@click.argument("kind", required=False)
@click.option("--applications", is_flag=True, help="List Keras's published networks, with their parameters.")
@click.option("--ops", is_flag=True, help="List the operations between layers instead.")
@options.format_option(*FORMATS)
@options.output
def command(kind: str | None, applications: bool, ops: bool, format: str | None, output: str | None) -> None:
    """List every layer, or show one layer's arguments, defaults and an example; also of networks and operations.

    \b
    Examples:
      convcalc layers
      convcalc layers Conv2D
      convcalc layers --applications
      convcalc layers --ops
      convcalc layers ResNet50
    """
    from convcalc.tools import catalog

    if applications and ops:
        raise click.UsageError("--applications and --ops are two lists; ask for one", click.get_current_context())
    every = catalog.networks if applications else catalog.operations if ops else catalog.listing
    data = catalog.describe(kind) if kind else every()
    if options.chosen_format(format, output, ENDINGS) == "json":
        options.emit_json(data.to_dict(), output)
    else:
        options.emit([data.text(), "\n"], output)
