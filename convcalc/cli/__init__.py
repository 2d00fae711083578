"""The command line: commands loaded on demand, and the one boundary that turns errors into text and status."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from convcalc import __version__
from convcalc.errors import ConvcalcError

COMMANDS = ("summary", "run", "explain", "layers")


class _Commands(click.Group):
    """A group that imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"convcalc.cli.{name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and (args[0] == "-" or not args[0].startswith("-")):
            from convcalc.errors import did_you_mean

            hint = did_you_mean(args[0], COMMANDS) or f"the commands are {', '.join(COMMANDS)}"
            if _is_model(args[0]):
                hint = f"did you mean `convcalc summary {shlex.join(args)}`?"
            raise click.UsageError(f"there is no command {args[0]!r}; {hint}", ctx)
        return super().resolve_command(ctx, args)


def _is_model(word: str) -> bool:
    """Whether a word that is no command looks like a model: a file, a file's name, or layers."""
    from convcalc.read.detect import is_text, known_ending

    return word == "-" or os.path.exists(word) or known_ending(word) or is_text(word)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="%(prog)s %(version)s")
def group() -> None:
    """Output shapes, parameter counts and the forward pass of Keras layer stacks, without Keras.

    A MODEL is a file (.yaml, .py, .ipynb, .md, .json, .keras, .h5 …), an inline stack such as
    'Conv1D(2, 4) | Flatten | Dense(10)', or - for standard input; without a MODEL, model.yaml in the current folder.

    \b
    Example:
      convcalc summary 'Conv1D(2, 4, use_bias=False)' -s 10,3
    """


@group.result_callback()
def _status(result: object) -> int:
    """The exit status of a command that went well."""
    from convcalc.cli import options

    return int(options.is_refused())


def run(arguments: Sequence[str]) -> int:
    """Runs the command line; returns the exit status (contract: 0 fine, 1 no, 2 wrong, 130 interrupted)."""
    try:
        status = group.main(list(arguments) or ["--help"], prog_name="convcalc", standalone_mode=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except ConvcalcError as error:
        return _fail(arguments, error)
    except click.ClickException as error:
        return _fail(arguments, _usage(error))
    except (KeyboardInterrupt, click.Abort):
        return 130
    except BrokenPipeError:
        # The reader has gone; the interpreter's own flush at exit must not complain about it either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _fail(arguments, _file_error(error))
    except RecursionError:
        return _fail(arguments, ConvcalcError("the model is nested too deeply", code="too-deep"))


def _usage(error: click.ClickException) -> ConvcalcError:
    """A wrong command line in convcalc's own form."""
    context = getattr(error, "ctx", None)
    help = f"`{context.command_path} --help` shows what it takes" if context else None
    return ConvcalcError(error.format_message(), code="usage", help=help)


def _file_error(error: OSError) -> ConvcalcError:
    """A file that the system refuses."""
    name = f"{error.filename}: " if error.filename else ""
    return ConvcalcError(f"{name}{(error.strerror or str(error)).lower()}", code="file")


def _fail(arguments: Sequence[str], error: ConvcalcError) -> int:
    """Shows the error on standard error, as JSON where JSON was asked for."""
    if _wants_json(arguments):
        import json

        click.echo(json.dumps({"error": error.to_dict()}), err=True)
    else:
        click.echo(str(error), err=True)
    return 2


def _wants_json(arguments: Sequence[str]) -> bool:
    """Whether the format asked for is JSON, also where the command line as a whole is wrong."""
    words = " ".join(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    return any(f" {option}json" in f" {words}" for option in ("-f ", "-f", "--format ", "--format="))
