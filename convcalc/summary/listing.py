"""The layers of a model as rows, in the order in which Keras lists them, nested models opened."""

from __future__ import annotations

from collections.abc import Iterator

from convcalc.layers import find
from convcalc.script import Call
from convcalc.stack.graph import Input, Node, Stack
from convcalc.stack.infer import infer
from convcalc.stack.wiring import Order
from convcalc.summary import metrics
from convcalc.summary.rows import Row
from convcalc.summary.totals import Totals


def list_layers(stack: Stack) -> tuple[tuple[Row, ...], bool]:
    """A row for every layer that Keras lists, in Keras's order; and whether the model is a chain."""
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
    return tuple(rows), True


def _graph(stack: Stack) -> tuple[tuple[Row, ...], bool]:
    """The rows of a model whose layers say what they are called on, in Keras's order."""
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
    return tuple(rows), order.is_chain


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
