"""``convcalc run``: a forward pass on the NumPy core."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import click

from convcalc.cli import options

FORMATS = ("text", "json")
ENDINGS = {".txt": "text", ".json": "json", ".npy": "arrays", ".npz": "arrays"}

# Where the libraries that NumPy may be built with look for their number of threads, when they are loaded.
_THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "OMP_NUM_THREADS")


@click.command("run", epilog=options.MODELS)
@options.model
@options.reading
@click.option("--input", "x", help="ones (the default), zeros, random, arange, a .npy, .npz or .json file, or [[…]].")
@click.option("--weights", default="init", help="init, ones, zeros, random, or a .npz, .keras or .h5 file.")
@click.option("--seed", default=0, help="Seed of every draw; default 0.")
@click.option(
    "--layer",
    "keep",
    multiple=True,
    metavar="NAME",
    help="Keep this layer's output too, or a pattern's; may be repeated.",
)
@click.option("--trace", is_flag=True, help="Show statistics and time of every layer.")
@click.option("--show-weights", is_flag=True, help="Show the weights that were used.")
@click.option("--exact", is_flag=True, help="Use no algorithm that rounds more than a plain sum does.")
@click.option("--threads", type=click.IntRange(1), default=1, help="Threads that share the work; default 1.")
@click.option("--force", is_flag=True, help="Run even where memory seems too small, or time too long.")
@options.strict
@options.format_option(*FORMATS)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False),
    help="Write to this .npy, .npz, .json or .txt file instead of standard output.",
)
def command(
    model: str | None, format: str | None, output: str | None, trace: bool, show_weights: bool, **given: Any
) -> None:
    """Run a model on an input and show what comes out.

    \b
    Examples:
      convcalc run 'SeparableConv1D(2, 4, use_bias=False)' -s 10,3 --weights ones
      convcalc run model.yaml --input random --seed 1 --trace
      convcalc run model.yaml --input image.npy -o features.npz --layer conv2d_1
    """
    _limit()
    from convcalc.execute import run
    from convcalc.write import outputs as write

    format, reading = options.chosen_format(format, output, ENDINGS), options.take_reading(given)
    given |= {"keep_weights": show_weights, "statistics": trace or format == "json"}
    with _progress() as progress:
        result = run(options.load(model, **reading), **given, progress=progress, expect=_expect)
    if format == "json" and not result.finite:
        options.note("NaN and infinity are written as null")
    if format == "arrays":
        result.save(output or "")
    if format == "json":
        options.emit_json(result.to_dict(), output)
    elif format == "text" or trace or show_weights:  # a file of arrays has no room for what these two ask for
        arrays = format == "arrays"
        text = write.dumps(result, statistics=trace, outputs=not arrays)
        options.report(text) if arrays else options.emit([text, "\n"], output)


def _limit() -> None:
    """One thread for NumPy's own products, unless the environment names another number; read when NumPy is loaded.

    On a busy machine two threads that wait for each other at every product take many times as long as one:
    ``--threads`` shares out whole blocks.
    """
    for name in _THREADS:
        os.environ.setdefault(name, "1")


def _progress() -> AbstractContextManager[Callable[[int, int, str], None] | None]:
    """A bar on a terminal's standard error, once the work has taken over a second; else nothing."""
    if not sys.stderr.isatty() or options.is_dumb():
        return nullcontext()
    from convcalc.write.progress import Bar

    return Bar()


def _expect(seconds: float) -> None:
    """Says how long a long run takes: that is no note on its result."""
    from convcalc.execute.plan import work

    if seconds >= work.LONG:
        click.echo(f"time: the run takes about {work.show(seconds)}", err=True)
