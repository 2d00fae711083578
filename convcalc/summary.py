"""A model as rows of numbers: what the table, the JSON and every other form of a summary are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from convcalc import metrics
from convcalc.layers import find
from convcalc.resolve import infer
from convcalc.rows import Row, Totals
from convcalc.script import Call
from convcalc.stack import Input, Node, Stack

SCHEMA = 1


class Summary:
    """A model in numbers: its input, a `Row` for every layer, and the totals."""

    __slots__ = ("class_name", "functional", "input", "name", "named", "rows", "totals")

    def __init__(self, stack: Stack, rows: tuple[Row, ...]) -> None:
        self.name = stack.name
        self.named = stack.named
        self.class_name = stack.class_name
        self.functional = stack.functional
        self.input: Input = stack.input
        self.rows = rows
        self.totals = Totals()
        for row in self.top_rows():
            self.totals.add(row.totals)

    def top_rows(self) -> Iterator[Row]:
        """The rows of the model itself, those inside nested models left out."""
        return (row for row in self.rows if row.depth == 0)

    def listed_rows(self) -> tuple[Row, ...]:
        """The rows that Keras lists: a Functional model shows its input, a Sequential does not."""
        return (_input_row(self.input), *self.rows) if self.functional else self.rows

    @property
    def total_params(self) -> int:
        """Values in all weights."""
        return self.totals.params

    @property
    def trainable_params(self) -> int:
        """Values in the weights that training changes."""
        return self.totals.trainable

    @property
    def non_trainable_params(self) -> int:
        """Values in the weights that training leaves alone."""
        return self.totals.non_trainable

    @property
    def total_macs(self) -> int | None:
        """Multiply-accumulates for one sample; None when a layer's are unknown."""
        return self.totals.macs

    def to_dict(self, facts: Callable[[Row], dict[str, Any]] = Row.facts) -> dict[str, Any]:
        """The summary as the JSON contract has it; ``facts`` may stand in for what equal layers share."""
        rows = list(self.top_rows())
        above = [self.input.name, *(row.name for row in rows)]
        shape = rows[-1].output_shape if rows else self.input.shape
        known = self.input.shape is not None
        return {
            "schema": SCHEMA,
            "name": self.name,
            "class_name": self.class_name,
            "inputs": [{"name": self.input.name, "shape": self.input.shape, "dtype": self.input.dtype}],
            "outputs": [{"layer": above[-1], "shape": shape}],
            "layers": [row.to_dict(name, facts) for row, name in zip(rows, above, strict=False)],
            "total_params": self.total_params if known else None,
            "trainable_params": self.trainable_params if known else None,
            "non_trainable_params": self.non_trainable_params if known else None,
            "bytes": self.totals.bytes if known else None,
            "total_macs": self.total_macs,
        }

    def text(self, style: str = "keras3", **options: Any) -> str:
        """The table as text; ``style`` and options as in `convcalc.write.text`."""
        # The one look down the list of rooms: a convenience for `print(summary.text())`.
        from convcalc import write

        return write.text(self, style=style, **options)


def summarize(stack: Stack) -> Summary:
    """The numbers of a model."""
    field = metrics.ReceptiveField(stack.input.shape)
    totals: dict[int, Totals] = {}
    rows: list[Row] = []
    for node in stack.nodes:
        field.after(node)
        rows.append(_row(node, 0, field.sizes, totals))
        if node.inner:
            rows += _inside(node, 1, totals)
    return Summary(stack, tuple(rows))


def _row(node: Node, depth: int, receptive_field: list[int] | str | None, totals: dict[int, Totals]) -> Row:
    """The row of a node; ``totals`` keeps what has been counted, by the object that equal layers share."""
    key = id(node.inferred or node.layer or node)
    if key not in totals:
        totals[key] = Totals.of(node.inferred)
    return Row(node, depth, receptive_field, totals[key])


def _inside(node: Node, depth: int, totals: dict[int, Totals]) -> Iterator[Row]:
    """The rows of the layers inside a nested model."""
    for inner in node.inner or ():
        yield _row(inner, depth, None, totals)
        yield from _inside(inner, depth + 1, totals)


def _input_row(given: Input) -> Row:
    """The row of a model's InputLayer."""
    layer = find("InputLayer")(batch_shape=given.shape, dtype=given.dtype)
    node = Node(given.name, given.named, Call("InputLayer"), layer, None)
    infer([node], given.shape)
    return _row(node, 0, metrics.ReceptiveField(given.shape).sizes, {})
