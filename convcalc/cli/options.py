"""Options that several commands share: one name, one help text each."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from convcalc import settings, shapes

if TYPE_CHECKING:
    from convcalc.stack import Stack

Command = TypeVar("Command", bound=Callable[..., Any])


class _ShapeType(click.ParamType[Any]):
    """A shape as people type it, after the name of an input where there is one: a pair of name and shape."""

    name = "SHAPE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not isinstance(value, str):
            return value
        name, equals, sizes = value.rpartition("=")
        try:
            return name.strip() if equals else None, shapes.parse(sizes)
        except ValueError as error:
            self.fail(f"{error} in {value!r}; write 10,3 or 28x28x1, without the batch", param, ctx)


def _by_name(ctx: click.Context, param: click.Parameter, pairs: tuple[tuple[str | None, Any], ...]) -> Any:
    """One shape, or several by the names of their inputs."""
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names) or (None in names and len(names) > 1):
        message = "several shapes are given; name the input of each one: -s left=10,3 -s right=4"
        raise click.BadParameter(message, ctx, param)
    return dict(pairs) if pairs and None not in names else next((shape for _, shape in pairs), None)


def _together(*options: Callable[[Any], Any]) -> Callable[[Command], Command]:
    """Several options as one decorator, shown in this order."""

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


models = click.argument("models", metavar="[MODEL]...", nargs=-1)
model = click.argument("model", metavar="[MODEL]", required=False)

reading = _together(
    click.option(
        "-s",
        "--input-shape",
        type=_ShapeType(),
        multiple=True,
        callback=_by_name,
        help="Input sizes without the batch, as 10,3 or 28x28x1; None for an unknown one. "
        "For several inputs: -s left=10,3 -s right=4.",
    ),
    click.option("--batch-size", type=click.IntRange(1), help="Samples in a batch; open unless given."),
    click.option("--no-bias", is_flag=True, help="Leave out the bias of every layer (use_bias=False)."),
    click.option(
        "--data-format",
        type=click.Choice(settings.DATA_FORMATS),
        help="Place of the channel axis in layers that do not say; default as in Keras's settings.",
    ),
)

output = click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False),
    help="Write to this file instead of standard output; its ending gives the format where -f does not.",
)

color = click.option("--color/--no-color", default=None, help="Colors: by default only on a terminal.")


def format_option(*names: str) -> Callable[[Command], Command]:
    """``-f/--format`` with a command's own formats."""
    return click.option("-f", "--format", type=click.Choice(names), help=f"Output format; default {names[0]}.")


def load(model: str | None, **reading: Any) -> Stack:
    """The model that the command line names, read with the options of `reading`."""
    from convcalc.read import load
    from convcalc.read.detect import default_model

    return load(default_model() if model is None else model, **reading)


def chosen_format(format: str | None, output: str | None, endings: dict[str, str], default: str) -> str:
    """The format given, else the one of the output file's ending, else the default."""
    return format or endings.get(ending(output), default)


def ending(path: str | None) -> str:
    """The ending of a file's name, in lower case: ``json`` of ``out.JSON``; empty without one."""
    return (path or "").rpartition(".")[2].lower()


def take_reading(given: dict[str, Any]) -> dict[str, Any]:
    """Takes the options of `reading` out of a command's."""
    return {name: given.pop(name) for name in ("input_shape", "batch_size", "no_bias", "data_format")}


def hidden(kinds: Iterable[str]) -> str:
    """Why numbers of layers of these kinds are unknown."""
    return f"numbers of {', '.join(kinds)} are unknown: what they do is Python code, and the file states no more"


def emit_json(data: Any, output: str | None = None) -> None:
    """Writes ``data`` as one line of JSON."""
    import json

    emit([json.dumps(data, allow_nan=False), "\n"], output)


def emit(pieces: Iterable[str], output: str | None = None) -> None:
    """Writes a text that comes in pieces, to standard output or, whole or not at all, to a file."""
    if output is None or output == "-":
        for piece in pieces:
            click.echo(piece, nl=False, color=True)  # there is color in it only where it was asked for
        return
    from convcalc.files import writing

    with writing(output) as file:
        for piece in pieces:
            file.write(piece.encode())


def screen(color: bool | None) -> dict[str, Any]:
    """What standard output can show: its width in characters, whether it has colors, and whether only ASCII."""
    import shutil  # a table is loaded with more than this; JSON should not be

    encoding = sys.stdout.encoding or ""
    return {
        "width": shutil.get_terminal_size().columns,
        "color": _wants_color(color),
        "ascii": not encoding.lower().startswith("utf"),
    }


def _wants_color(color: bool | None) -> bool:
    """Whether to color: as asked, else as NO_COLOR and FORCE_COLOR say, else on a terminal only."""
    if color is not None:
        return color
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty()
