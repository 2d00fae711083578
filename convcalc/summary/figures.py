"""A model as rows of numbers: what the table, the JSON and every other form of a summary are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from convcalc.stack.graph import Input, Link, Stack
from convcalc.summary.listing import list_layers
from convcalc.summary.rows import Row
from convcalc.summary.totals import Totals

SCHEMA = 1


class Summary:
    """A model in numbers: its inputs, a `Row` for every layer that Keras lists, and the totals.

    A ``Functional`` model lists its inputs too. ``is_chain`` says that Keras's table has no column of connections.
    """

    __slots__ = ("class_name", "inputs", "is_chain", "name", "named", "outputs", "rows", "totals")

    def __init__(self, stack: Stack) -> None:
        self.name = stack.name
        self.named = stack.named
        self.class_name = stack.class_name
        self.inputs: tuple[Input, ...] = stack.inputs
        self.outputs: tuple[Link, ...] = stack.outputs
        self.rows, self.is_chain = list_layers(stack)
        self.totals = Totals()
        for row in self.top_rows():
            self.totals.add(row.totals)
        if not stack.trainable:
            self.totals.freeze()

    def top_rows(self) -> Iterator[Row]:
        """The rows of the model itself, those inside nested models left out."""
        return (row for row in self.rows if row.depth == 0)

    @property
    def is_known(self) -> bool:
        """Whether the shapes of all inputs are given, and so all numbers."""
        return all(one.shape is not None for one in self.inputs)

    @property
    def hidden(self) -> list[str]:
        """The kinds of layers whose meaning is Python code, where that leaves numbers unknown; each once, in order."""
        shown = [row for row in self.rows if row.layer and row.layer.is_opaque and row.is_hidden]
        return list(dict.fromkeys(row.kind for row in shown))

    @property
    def total_params(self) -> int | None:
        """Values in all weights; None when a layer's are unknown."""
        return self.totals.params if self.totals.is_counted else None

    @property
    def trainable_params(self) -> int | None:
        """Values in the weights that training changes; None when a layer's are unknown."""
        return self.totals.trainable if self.totals.is_counted else None

    @property
    def non_trainable_params(self) -> int | None:
        """Values in the weights that training leaves alone; None when a layer's are unknown."""
        return self.totals.non_trainable if self.totals.is_counted else None

    @property
    def total_macs(self) -> int | None:
        """Multiply-accumulates for one sample; None when a layer's are unknown."""
        return self.totals.macs

    def to_dict(self, facts: Callable[[Row], dict[str, Any]] = Row.facts) -> dict[str, Any]:
        """The summary as the JSON contract has it; ``facts`` may stand in for what equal layers share."""
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
            "bytes": self.totals.bytes if self.totals.is_counted else None,
            "total_macs": self.total_macs,
        }
