"""A model as rows of numbers, from which every form of a summary is made: the table, the JSON and the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from convcalc.stack.graph import Input, Link, Stack
from convcalc.stack.opaque import Opaque
from convcalc.summary.listing import list_layers
from convcalc.summary.rows import Row
from convcalc.summary.totals import Counted, Totals

SCHEMA = 1


class Summary(Counted):
    """A model in numbers: its inputs, a `Row` for every layer that Keras lists, and the totals.

    A ``Functional`` model lists its inputs too. ``is_chain`` says that Keras's table has no column of connections.
    """

    __slots__ = ("class_name", "inputs", "is_chain", "name", "named", "outputs", "rows")

    def __init__(self, stack: Stack) -> None:
        super().__init__(Totals())
        self.name = stack.name
        self.named = stack.named
        self.class_name = stack.class_name
        self.inputs: tuple[Input, ...] = stack.inputs
        self.outputs: tuple[Link, ...] = stack.outputs
        self.rows, self.is_chain = list_layers(stack)
        for row in self.top_rows():
            self.totals.add(row.totals)
        if stack.distinct:  # layers may share weights, and a weight counts once
            self.totals.recount((*stack.weights, *stack.weights_apart))
        if not stack.trainable:
            self.totals.freeze()

    def top_rows(self) -> Iterator[Row]:
        """The rows of the model itself, without the rows inside nested models."""
        return (row for row in self.rows if row.depth == 0)

    @property
    def is_known(self) -> bool:
        """Whether the shapes of all inputs are given, from which all numbers follow."""
        return all(one.shape is not None for one in self.inputs)

    @property
    def hidden(self) -> list[str]:
        """The kinds of layers whose Python code leaves numbers unknown; each kind once, in order."""
        shown = [row for row in self.rows if isinstance(row.layer, Opaque) and row.is_hidden]
        return list(dict.fromkeys(row.kind for row in shown))

    @property
    def total_params(self) -> int | None:
        """Values in all weights; None when a layer's weights are unknown."""
        return self.params

    @property
    def total_macs(self) -> int | None:
        """Multiply-accumulates for one sample; None when a layer's number is unknown."""
        return self.macs

    def to_dict(self, facts: Callable[[Row], dict[str, Any]] = Row.facts) -> dict[str, Any]:
        """The summary as the JSON contract has it; ``facts`` gives the part that equal layers share."""
        return {
            "schema": SCHEMA,
            "name": self.name,
            "class_name": self.class_name,
            "inputs": [{"name": one.name, "shape": one.shape, "dtype": one.dtype} for one in self.inputs],
            "outputs": [{"layer": link.source.name, "shape": link.shape} for link in self.outputs],
            "layers": [row.to_dict(facts) for row in self.top_rows()],
            "total_params": self.total_params,
            "trainable_params": self.trainable_params,
            "non_trainable_params": self.non_trainable_params,
            "bytes": self.bytes,
            "total_macs": self.total_macs,
        }
