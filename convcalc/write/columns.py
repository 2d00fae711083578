"""The columns that a table, CSV or Markdown can have: one entry for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from convcalc.errors import ConvcalcError, did_you_mean, one_of
from convcalc.summary.figures import Summary
from convcalc.summary.rows import Row
from convcalc.write import wording


class Column:
    """A column: its name on the command line, its heading, and what it says of a row.

    ``value`` gives the number, shape or text itself; ``text`` what a table shows of it, ``keras`` what Keras's does.
    """

    __slots__ = ("heading", "keras", "name", "number", "text", "value")

    def __init__(
        self,
        name: str,
        heading: str,
        value: Callable[[Row], Any],
        text: Callable[[Row], str] | None = None,
        *,
        number: bool = False,
        keras: Callable[[Row], str] | None = None,
    ) -> None:
        self.name = name
        self.heading = heading
        self.value = value
        self.text = text or (lambda row: shown(value(row)))
        self.keras = keras or self.text
        self.number = number


def _weights(row: Row) -> str | None:
    if row.output_shape is None:
        return None
    return ", ".join(f"{weight.path} {wording.shape(weight.shape)}" for weight in row.weights)


def _config(row: Row) -> str:
    import json  # only for this column

    return json.dumps(row.config)


COLUMNS = {
    column.name: column
    for column in (
        Column("layer", "Layer (type)", wording.layer, wording.layer),
        Column("name", "Name", lambda row: row.name, wording.name),
        Column("type", "Type", lambda row: row.kind),
        Column("depth", "Depth", lambda row: row.depth, number=True),
        Column("input_shape", "Input Shape", lambda row: wording.shapes(row.node.shapes)),
        Column(
            "output_shape",
            "Output Shape",
            lambda row: wording.shapes(row.node.outputs),
            wording.outputs,
            keras=wording.keras_outputs,
        ),
        Column("dtype", "Dtype", lambda row: row.dtype),
        Column("params", "Param #", lambda row: row.params, wording.params, number=True, keras=wording.keras_params),
        Column("trainable_params", "Trainable Params", lambda row: row.trainable_params, number=True),
        Column("non_trainable_params", "Non-trainable Params", lambda row: row.non_trainable_params, number=True),
        Column("connected_to", "Connected to", wording.connections, wording.connections),
        Column("trainable", "Trainable", wording.trainable, wording.trainable, keras=wording.keras_trainable),
        Column("macs", "MACs", lambda row: row.macs, number=True),
        Column("bytes", "Bytes", lambda row: row.bytes, number=True),
        Column("activation_bytes", "Activation Bytes", lambda row: row.activation_bytes, number=True),
        Column("receptive_field", "Receptive Field", lambda row: row.receptive_field),
        Column("weights", "Weights", _weights),
        Column("config", "Config", _config),
    )
}

# The columns of data for programs.
DATA = (
    "name", "type", "input_shape", "output_shape",
    "params", "trainable_params", "non_trainable_params", "macs", "bytes",
)  # fmt: skip
# The columns of Keras's table: of a chain, and of a graph.
KERAS = ("layer", "output_shape", "params")
GRAPH = (*KERAS, "connected_to")


def select(names: Iterable[str]) -> list[Column]:
    """The columns of these names, in this order; `ConvcalcError` for a name that is none."""
    names = list(names)
    for name in names:
        if name not in COLUMNS:
            help = did_you_mean(name, COLUMNS) or f"the columns are {one_of(COLUMNS)}"
            raise ConvcalcError(f"no column is called {name!r}", code="unknown-column", help=help)
    if not names:
        raise ConvcalcError("a table needs at least one column", code="no-columns", help=f"give {one_of(COLUMNS)}")
    return [COLUMNS[name] for name in names]


def unknown(summary: Summary, names: Iterable[str]) -> list[str]:
    """The columns among these that say of a layer that its shape or number is not known."""
    figures = [COLUMNS[name] for name in names if COLUMNS[name].number or name.endswith("_shape")]
    return [one.name for one in figures if any(one.value(row) is None for row in summary.top_rows())]


def shown(value: Any) -> str:
    """A value as people read it: ``1,234``, ``(None, 7, 2)``, ``3x3``, ``?`` when unknown."""
    if value is None:
        return wording.UNKNOWN
    return f"{value:,}" if isinstance(value, int) else plain(value)


def plain(value: Any) -> str:
    """A value as programs read it: ``1234``, ``(None, 7, 2)``, ``3x3``, empty when unknown."""
    if isinstance(value, tuple):
        return wording.shape(value)
    if isinstance(value, list):
        return "x".join(map(str, value))
    return "" if value is None else str(value)
