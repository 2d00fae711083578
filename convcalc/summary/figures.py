"""A model as rows of numbers: what the table, the JSON and every other form of a summary are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from convcalc.layers import find
from convcalc.script import Call
from convcalc.stack.graph import Input, Link, Node, Stack
from convcalc.stack.infer import infer
from convcalc.stack.order import Order
from convcalc.summary import metrics
from convcalc.summary.rows import Row, Totals

SCHEMA = 1


class Summary:
    """A model in numbers: its inputs, a `Row` for every layer that Keras lists, and the totals.

    A ``Functional`` model lists its inputs too. ``is_chain`` says that Keras's table has no column of connections.
    """

    __slots__ = ("class_name", "inputs", "is_chain", "name", "named", "outputs", "rows", "totals")

    def __init__(self, stack: Stack, rows: tuple[Row, ...], is_chain: bool) -> None:
        self.name = stack.name
        self.named = stack.named
        self.class_name = stack.class_name
        self.inputs: tuple[Input, ...] = stack.inputs
        self.outputs: tuple[Link, ...] = stack.outputs
        self.is_chain = is_chain
        self.rows = rows
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

    def text(self, style: str = "keras3", **options: Any) -> str:
        """The table as text; ``style`` and options as in `convcalc.write.text`."""
        # The one look down the list of rooms: a convenience for `print(summary.text())`.
        from convcalc import write

        return write.text(self, style=style, **options)


def summarize(stack: Stack) -> Summary:
    """The numbers of a model."""
    if stack.functional:
        return _graph(stack)
    field = metrics.ReceptiveField(stack.input.shape)
    totals: dict[int, Totals] = {}
    rows: list[Row] = []
    above = stack.input.name
    for node in stack.nodes:
        field.after(node)
        rows.append(_row(node, 0, field.sizes, totals, above))
        above = node.name
        rows += _inside(node, 1, totals)
    return Summary(stack, tuple(rows), is_chain=True)


def _graph(stack: Stack) -> Summary:
    """The numbers of a model whose layers say what they are called on, in Keras's order."""
    # The field of a node's input, which following moves on to that of its output.
    fields: dict[Node | Input, metrics.ReceptiveField] = dict(metrics.follow(stack))
    fields.update((one, metrics.ReceptiveField(one.shape)) for one in stack.inputs)
    order = Order(stack)
    rows: list[Row] = []
    for calls in order.layers:
        last = calls[-1]
        node = last if isinstance(last, Node) else _input_node(last)
        nodes = [call for call in calls if isinstance(call, Node)]
        links = tuple(link for call in nodes for link in call.inputs or ())
        totals = Totals.of_calls(nodes or [node])
        rows.append(Row(node, 0, fields[last].sizes, totals, links=links))
        rows += _inside(node, 1, {})
    return Summary(stack, tuple(rows), order.is_chain)


def _row(
    node: Node,
    depth: int,
    receptive_field: list[int] | str | None,
    totals: dict[int, Totals],
    above: str | None = None,
) -> Row:
    """The row of a node; ``totals`` keeps what has been counted, by the object that equal layers share."""
    key = id(node.inferred or node.layer or node)
    if key not in totals:
        totals[key] = Totals.of(node)
    return Row(node, depth, receptive_field, totals[key], above=above)


def _inside(node: Node, depth: int, totals: dict[int, Totals]) -> Iterator[Row]:
    """The rows of the layers inside a nested model."""
    if node.inner is None:
        return
    for inner in _listed(node.inner):
        yield _row(inner, depth, None, totals)
        yield from _inside(inner, depth + 1, totals)


def _listed(stack: Stack) -> Iterator[Node]:
    """The layers that Keras lists, each by its last call: of a graph in Keras's order, its inputs too."""
    if not stack.functional:
        yield from stack.nodes
        return
    for *_, last in Order(stack).layers:
        yield last if isinstance(last, Node) else _input_node(last)


def _input_node(given: Input) -> Node:
    """An input of the model as the InputLayer that it is in Keras."""
    layer = find("InputLayer")(batch_shape=given.shape, dtype=given.dtype)
    node = Node(given.name, given.named, Call("InputLayer"), layer, None)
    infer([node], given.shape)
    return node
