"""What tables say of a row and of a model, and which rows they list: shared by every form of a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from convcalc.errors import ConvcalcError
from convcalc.sizes.shapes import Shape
from convcalc.summary.figures import Summary
from convcalc.summary.rows import Row

# What stands for a number that is not known.
UNKNOWN = "?"
_LEAST = ", at least"
UNITS = ("B", "KB", "MB", "GB", "TB", "PB")


def name(row: Row) -> str:
    """``conv1d``; inside a nested model indented as Keras does."""
    return ("   " * row.depth + "└ " if row.depth else "") + row.name


def layer(row: Row) -> str:
    """``conv1d (Conv1D)``."""
    return f"{name(row)} ({row.kind})"


def shape(sizes: Shape) -> str:
    """``(None, 7, 2)`` as Keras 3 writes it: a lone size has no comma behind it."""
    return f"({', '.join(map(str, sizes))})"


def shapes(several: Sequence[Shape]) -> str | None:
    """The only shape, or all in brackets; None where they are unknown."""
    texts = ", ".join(map(shape, several))
    return f"[{texts}]" if len(several) > 1 else texts or None


def outputs(row: Row) -> str:
    """The output's shape; several are listed."""
    return shapes(row.node.outputs) or UNKNOWN


def keras_outputs(row: Row) -> str:
    """The same as Keras writes it: of the layer's last call, and ``?`` where Keras keeps no shapes of calls on data."""
    return UNKNOWN if row.node.is_unshown else shapes(row.outputs) or UNKNOWN


def params(row: Row) -> str:
    """``1,234``; ``?`` where they are hidden, ``? (unbuilt)`` where they follow from an input that is not known."""
    if row.params is None:
        return UNKNOWN if row.is_hidden else f"{UNKNOWN} (unbuilt)"
    return f"{row.params:,}"


def keras_params(row: Row) -> str:
    """The same as Keras writes it, which counts 0 until a layer is built."""
    return "0 (unbuilt)" if row.params is None and not row.is_hidden else params(row)


def connections(row: Row) -> str:
    """``a[0][0], b[0][1]``: layer, call and output of every tensor that a layer is called on; ``-`` for none."""
    return ", ".join(f"{layer}[{call}][{tensor}]" for layer, call, tensor in row.connections) or "-"


def trainable(row: Row) -> str:
    """``Y`` or ``N`` by the layer's own flag, ``-`` without weights, ``?`` where it is not known whether it has any."""
    return UNKNOWN if row.params is None else keras_trainable(row)


def keras_trainable(row: Row) -> str:
    """The same as Keras writes it, which sees no weights until a layer is built."""
    if row.params is None and row.is_hidden:
        return UNKNOWN
    return ("Y" if row.trainable else "N") if row.weights else "-"


def memory(size: float, units: Sequence[str] = UNITS) -> str:
    """``1.35 KB``: bytes in the largest unit that leaves 1 or more, 1 KB being 1024 B."""
    for unit in units:
        if size / 1024 < 1:
            return f"{size:.2f} {unit}"
        size /= 1024
    # As in Keras, what no unit can hold has been divided once too often.
    return f"{size:.2f} {units[-1]}"


def footer(summary: Summary) -> Iterator[tuple[str, int, float]]:
    """Label, values and bytes of each line below a table; where numbers are hidden these are the least they can be.

    As Keras does it counts nothing where the model's input is not known.
    """
    totals = summary.totals
    least = _LEAST if summary.is_known and not totals.is_counted else ""
    bits = totals.trainable_bits, totals.non_trainable_bits
    yield f"Total params{least}", totals.params, sum(bits) / 8
    yield f"Trainable params{least}", totals.trainable, bits[0] / 8
    yield f"Non-trainable params{least}", totals.non_trainable, bits[1] / 8


def totals(summary: Summary, *, keras: bool = False) -> Iterator[tuple[str, str, str]]:
    """Label, values and bytes of each line below a table as texts; ``unknown`` where not one weight is known.

    With ``keras`` they are Keras's, which counts 0 where the model's input is not known.
    """
    counts = summary.totals.is_counted or summary.totals.params or keras and not summary.is_known
    for label, count, size in footer(summary):
        known = label, f"{count:,}", f" ({memory(size)})"
        yield known if counts else (label.removesuffix(_LEAST), "unknown", "")


def listed(summary: Summary, expand_nested: bool = False, layer_range: Sequence[str] | None = None) -> list[Row]:
    """The rows that a table lists."""
    return between(summary.rows, expand_nested, layer_range)


def between(rows: Sequence[Row], expand_nested: bool, layer_range: Sequence[str] | None) -> list[Row]:
    """The rows from the first name that matches ``layer_range[0]`` to the last that matches ``layer_range[1]``.

    Both are regular expressions for the start of a name, in either order, as in Keras. Rows inside
    nested models follow theirs if ``expand_nested``, and are left out otherwise.
    """
    if layer_range is not None:
        top = [index for index, row in enumerate(rows) if not row.depth]
        first, last = _bounds([rows[index].name for index in top], layer_range)
        rows = rows[top[first] : [*top, len(rows)][last + 1]]
    return [row for row in rows if expand_nested or not row.depth]


def _bounds(names: Sequence[str], layer_range: Sequence[str]) -> tuple[int, int]:
    """The positions of the first and the last name in the range."""
    if len(layer_range) != 2:
        raise _bad_range(f"a layer range is two names, got {len(layer_range)}")
    start, end = ([i for i, name in enumerate(names) if _match(part, name)] for part in layer_range)
    if not start or not end:
        missing = layer_range[0] if not start else layer_range[1]
        raise _bad_range(f"no layer's name starts with {missing!r}")
    first, last = (start[0], end[-1]) if start[0] <= end[-1] else (end[0], start[-1])
    return first, last


def _match(pattern: str, name: str) -> bool:
    try:
        return re.match(pattern, name) is not None
    except re.error as error:
        raise _bad_range(f"{pattern!r} is not a regular expression: {error}") from None


def _bad_range(message: str) -> ConvcalcError:
    help = "give the names of the first and of the last layer to show; regular expressions work too"
    return ConvcalcError(message, code="layer-range", help=help)
