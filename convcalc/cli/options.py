"""Options that several commands share: one name, one help text each."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from convcalc.declare import settings
from convcalc.sizes import shapes

if TYPE_CHECKING:
    from convcalc.stack.graph import Stack

Command = TypeVar("Command", bound=Callable[..., Any])


def _input_shape(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> Any:
    """The shape of the one input, or of several by name: ``left=64,1``."""
    named: dict[str, shapes.Shape] = {}
    for value in values:
        name, equals, text = value.rpartition("=")
        if equals and not name:
            raise click.BadParameter(f"{value!r} has no name before the =", ctx, param)
        if name in named or (len(values) > 1 and not equals):
            raise click.BadParameter("several shapes need names, each another: -s left=64,1 -s right=32,1", ctx, param)
        try:
            named[name] = shapes.parse(text)
        except ValueError as error:
            raise click.BadParameter(f"{error}; write 10,3 or 28x28x1, without the batch", ctx, param) from None
    return named.get("", named or None)


def _given(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Values of names, as texts of Python."""
    given: dict[str, str] = {}
    for value in values:
        name, equals, text = value.partition("=")
        if not equals or not name.strip().isidentifier():
            raise click.BadParameter(f"{value!r} is not of the form NAME=VALUE", ctx, param)
        given[name.strip()] = text.strip()
    return given


def _together(*options: Callable[[Any], Any]) -> Callable[[Command], Command]:
    """Several options as one decorator, shown in this order."""

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


MODELS = """\b
A MODEL is any of:
  'Conv1D(2, 4) | Flatten | Dense(10)'   layers in Python's call syntax
  model.yaml                             a stack in YAML (.yaml, .yml)
  model.py, model.ipynb                  code that makes a model with Keras; also .md, .rst, .txt
  model.json                             the YAML's form in JSON, or Keras's model.to_json()
  model.keras, model.h5                  a model that Keras has saved (.h5, .hdf5: needs convcalc[h5])
  -                                      any of these texts on standard input
Without one: standard input where it is piped, else model.yaml in the current folder."""

models = click.argument("models", metavar="[MODEL]...", nargs=-1)
model = click.argument("model", metavar="[MODEL]", required=False)

reading = _together(
    click.option(
        "-s",
        "--input-shape",
        "input_shape",
        multiple=True,
        metavar="[NAME=]SHAPE",
        callback=_input_shape,
        help="Input sizes without the batch, as 10,3 or 28x28x1; None for an unknown size. Of several inputs, each by "
        "name: -s left=64,1 -s right=32,1.",
    ),
    click.option("--batch-size", type=click.IntRange(1), help="Samples in a batch; open unless given."),
    click.option("--no-bias", is_flag=True, help="Leave out the bias of every layer (use_bias=False)."),
    click.option(
        "--data-format",
        type=click.Choice(settings.DATA_FORMATS),
        help="Place of the channel axis in layers that do not say; default as in Keras's settings.",
    ),
    click.option(
        "--set",
        "given",
        multiple=True,
        metavar="NAME=VALUE",
        callback=_given,
        help="The value of a name in a script that does not follow from its text: --set chars=57, or the shape of "
        "data: --set 'x_train=shape(60000,28,28)'.",
    ),
    click.option(
        "--keras",
        type=click.Choice(("1", "2", "3")),
        callback=lambda ctx, param, value: value and int(value),
        help="The Keras that a script speaks; by default told from its imports and spellings.",
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


def _remember(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    ctx.meta[_STRICT] = value


strict = click.option(
    "--strict",
    is_flag=True,
    expose_value=False,
    callback=_remember,
    help="Exit with status 1 where there is a note, or a figure is unknown.",
)

# What a command leaves in its context: whether --strict was given, and whether there was a note.
_STRICT, _NOTED = "convcalc.strict", "convcalc.noted"


def note(text: str) -> None:
    """Says something about the result on standard error, for which ``--strict`` fails."""
    click.echo(f"note: {text}", err=True)
    click.get_current_context().meta[_NOTED] = True


def report(text: str) -> None:
    """Shows on standard error what the output file has no room for: with -o nothing is printed."""
    click.echo(text, err=True)


def note_unknown(find: Callable[[], Iterable[str]]) -> None:
    """With ``--strict`` names the figures that are unknown, as ``find`` tells them."""
    figures = list(dict.fromkeys(find())) if click.get_current_context().meta[_STRICT] else []
    if figures:
        note(f"unknown: {', '.join(figures)}")


def is_refused() -> bool:
    """Whether ``--strict`` was given, and there was a note."""
    meta = click.get_current_context().meta
    return bool(meta.get(_STRICT) and meta.get(_NOTED))


def load(model: str | None, **reading: Any) -> Stack:
    """The model that the command line names, read with the options of `reading`."""
    from convcalc.read import load
    from convcalc.read.detect import default_model

    stack = load(default_model() if model is None else model, **reading)
    for text in stack.notes:
        note(text)
    return stack


def asks_what_there_is(model: str) -> bool:
    """Whether a model's word ends in the colon that asks what a script has: ``train.py:``."""
    return model.endswith((".py:", ".ipynb:"))


def chosen_format(format: str | None, output: str | None, endings: dict[str, str]) -> str:
    """The format given, else the format of the output file's ending; a name without an ending counts as ``.txt``.

    `ConvcalcError` for an ending that no format has.
    """
    ending = os.path.splitext(output or "")[1].lower() or ".txt"
    if not format and ending not in endings:
        from convcalc.errors import ConvcalcError, one_of

        help = f"end the name in {one_of(endings)}, or give the format with -f"
        raise ConvcalcError(f"no format has the ending {ending!r}", code="unknown-format", help=help)
    if format and endings.get(ending) == "arrays":
        raise click.UsageError(
            f"-f {format} writes text, and {output} is a file of arrays", click.get_current_context()
        )
    return format or endings[ending]


def refuse_unused(format: str, names: Iterable[str]) -> None:
    """Refuses options that were given on the command line, and that a format has no use for."""
    context = click.get_current_context()
    for option in context.command.params:
        source = context.get_parameter_source(option.name or "")
        if option.name in names and source is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"{option.opts[0]} has no effect on the format {format}", context)


def take_reading(given: dict[str, Any]) -> dict[str, Any]:
    """Takes the options of `reading` out of a command's."""
    return {name: given.pop(name) for name in ("input_shape", "batch_size", "no_bias", "data_format", "given", "keras")}


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
    from convcalc.files.whole import writing

    with writing(output) as file:
        for piece in pieces:
            file.write(piece.encode())


def screen(color: bool | None) -> dict[str, Any]:
    """What standard output can show: its width (None in a pipe), whether it has colors, and whether only ASCII."""
    import shutil  # a table is loaded with more than this; JSON should not be

    encoding = sys.stdout.encoding or ""
    return {
        "width": shutil.get_terminal_size((0, 0)).columns or None,
        "color": _wants_color(color),
        "ascii": not encoding.lower().startswith("utf"),
    }


def _wants_color(color: bool | None) -> bool:
    """Whether to color: as asked, else as NO_COLOR and FORCE_COLOR say, else on a terminal that knows colors."""
    if color is not None:
        return color
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty() and not is_dumb()


def is_dumb() -> bool:
    """Whether the terminal shows plain text alone: neither colors nor what is drawn over again."""
    return os.environ.get("TERM", "").lower() in ("dumb", "unknown")
