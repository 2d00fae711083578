"""A model as rows of numbers: what the table, the JSON and every other form of a summary are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from convcalc import dtypes, metrics
from convcalc.layer import Layer, Weight
from convcalc.shapes import Shape
from convcalc.stack import Input, Node, Stack

SCHEMA = 1


class Totals:
    """Counts of a model's weights, each counted once, and their bytes."""

    __slots__ = ("bytes", "non_trainable", "non_trainable_bytes", "params", "trainable", "trainable_bytes")

    def __init__(self, weights: Iterable[Weight]) -> None:
        trained: list[Weight] = []
        frozen: list[Weight] = []
        for weight in weights:
            (trained if weight.trainable else frozen).append(weight)
        self.trainable = sum(weight.params for weight in trained)
        self.non_trainable = sum(weight.params for weight in frozen)
        self.params = self.trainable + self.non_trainable
        self.trainable_bytes = metrics.weight_bytes(trained)
        self.non_trainable_bytes = metrics.weight_bytes(frozen)
        self.bytes = self.trainable_bytes + self.non_trainable_bytes


class Row:
    """One layer in numbers. Unknown numbers are None; ``depth`` is the nesting of the model it is in."""

    __slots__ = ("depth", "node", "receptive_field", "totals")

    def __init__(self, node: Node, depth: int, receptive_field: list[int] | str | None) -> None:
        self.node = node
        self.depth = depth
        self.receptive_field = receptive_field
        self.totals = Totals(node.inferred.weights if node.inferred else ())

    @property
    def name(self) -> str:
        """The layer's name."""
        return self.node.name

    @property
    def kind(self) -> str:
        """The layer's class name in Keras."""
        return self.node.kind

    @property
    def named(self) -> bool:
        """Whether the name was given rather than made."""
        return self.node.named

    @property
    def output_shape(self) -> Shape | None:
        """Batch first; None when the model's input is unknown."""
        return self.node.inferred.output if self.node.inferred else None

    @property
    def params(self) -> int | None:
        """Values in all weights; None when the model's input is unknown."""
        return self.totals.params if self.node.inferred else None

    @property
    def weights(self) -> tuple[Weight, ...]:
        """The weights, in Keras's order."""
        return self.node.inferred.weights if self.node.inferred else ()

    @property
    def layer(self) -> Layer | None:
        """The configured layer; None for a nested model."""
        return self.node.layer

    @property
    def trainable(self) -> bool:
        """The layer's own ``trainable`` flag."""
        return self.layer is None or self.layer.trainable

    @property
    def built_at_init(self) -> bool:
        """Whether Keras counts it as built before it has seen a shape."""
        return self.layer is not None and self.layer.built_at_init

    @property
    def dtype(self) -> str:
        """The dtype of the output."""
        return dtypes.compute_dtype(self.layer.dtype) if self.layer else "float32"

    @property
    def macs(self) -> int | None:
        """Multiply-accumulates for one sample; None when a size is unknown."""
        return self.node.inferred.total_macs if self.node.inferred else None

    def to_dict(self, above: str) -> dict[str, Any]:
        """The row as the JSON contract has it; ``above`` is the layer that feeds it."""
        totals, known = self.totals, self.node.inferred is not None
        shape = self.output_shape
        return {
            "name": self.name,
            "class_name": self.kind,
            "config": self.layer.config if self.layer else {},
            "input_shape": self.node.shape,
            "output_shape": shape,
            "dtype": self.dtype,
            "params": self.params,
            "trainable_params": totals.trainable if known else None,
            "non_trainable_params": totals.non_trainable if known else None,
            "bytes": totals.bytes if known else None,
            "weights": [_weight(weight) for weight in self.weights],
            "macs": self.macs,
            "activation_bytes": metrics.activation_bytes(shape, self.dtype) if shape else None,
            "receptive_field": self.receptive_field,
            "connected_to": [[above, 0, 0]],
        }


def _weight(weight: Weight) -> dict[str, Any]:
    return {
        "name": weight.name,
        "shape": weight.shape,
        "params": weight.params,
        "trainable": weight.trainable,
        "dtype": weight.dtype,
    }


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
        self.totals = Totals(weight for row in self.top_rows() for weight in row.weights)

    def top_rows(self) -> Iterator[Row]:
        """The rows of the model itself, those inside nested models left out."""
        return (row for row in self.rows if row.depth == 0)

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
        macs = [row.macs for row in self.top_rows()]
        return None if None in macs else sum(value or 0 for value in macs)

    def to_dict(self) -> dict[str, Any]:
        """The summary as the JSON contract has it."""
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
            "layers": [row.to_dict(name) for row, name in zip(rows, above, strict=False)],
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
    rows: list[Row] = []
    for node in stack.nodes:
        field.after(node)
        rows.append(Row(node, 0, field.sizes))
        rows += _inside(node, 1)
    return Summary(stack, tuple(rows))


def _inside(node: Node, depth: int) -> Iterator[Row]:
    """The rows of the layers inside a nested model."""
    for inner in node.inner or ():
        yield Row(inner, depth, None)
        yield from _inside(inner, depth + 1)
