"""One layer of a model in numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from convcalc.declare.layer import Layer
from convcalc.declare.weight import Weight
from convcalc.sizes.shapes import Shape
from convcalc.stack.graph import Link, Node, dtype_of
from convcalc.summary import metrics
from convcalc.summary.totals import Counted, Totals


class Row(Counted):
    """One layer in numbers. Unknown numbers are None; without the model's input shape all numbers are unknown.

    ``named`` says that the name was given, not made; ``depth`` counts the nested models around the layer.
    Equal layers on equal inputs share one ``totals``. In a chain ``above`` is the layer above; in a graph
    ``links`` are the tensors of all calls of the layer, and ``node`` is the last call.
    """

    __slots__ = ("above", "depth", "links", "name", "named", "node", "receptive_field")

    def __init__(
        self,
        node: Node,
        depth: int,
        receptive_field: list[int] | str | None,
        totals: Totals,
        *,
        above: str | None = None,
        links: tuple[Link, ...] = (),
    ) -> None:
        super().__init__(totals)
        self.node = node
        self.above = above
        self.links = links
        self.name = node.name
        self.named = node.named
        self.depth = depth
        self.receptive_field = receptive_field

    def renamed(self, name: str) -> Row:
        """The same row under another name."""
        row = Row(self.node, self.depth, self.receptive_field, self.totals, above=self.above, links=self.links)
        row.name = name
        return row

    @property
    def kind(self) -> str:
        """The layer's class name in Keras."""
        return self.node.kind

    @property
    def layer(self) -> Layer | None:
        """The configured layer; None for a nested model."""
        return self.node.layer

    @property
    def config(self) -> dict[str, Any]:
        """Every argument, defaults filled in, in JSON's types; empty for a nested model."""
        return {name: _plain(value) for name, value in self.layer.config.items()} if self.layer else {}

    @property
    def trainable(self) -> bool:
        """The layer's own ``trainable`` flag, or the nested model's."""
        owner = self.layer or self.node.inner
        return owner is None or owner.trainable

    @property
    def built_at_init(self) -> bool:
        """Whether Keras counts the layer as built before it has seen a shape."""
        return self.layer is not None and self.layer.built_at_init

    @property
    def dtype(self) -> str:
        """The dtype of the output."""
        return dtype_of(self.node)

    @property
    def input_shape(self) -> Shape | None:
        """Batch first."""
        return self.node.shape

    @property
    def output_shape(self) -> Shape | None:
        """Batch first."""
        return self.outputs[0] if self.outputs else None

    @property
    def outputs(self) -> tuple[Shape, ...]:
        """The shapes of all outputs, batch first: of the layer's last call, as in Keras."""
        last = self.node.last
        return self.node.outputs if last is None else (last.output, *last.more)

    @property
    def more(self) -> tuple[Shape, ...]:
        """The shapes of further outputs."""
        return self.outputs[1:]

    @property
    def weights(self) -> tuple[Weight, ...]:
        """The known weights, in Keras's order; none when the model's input is unknown."""
        return self.node.weights

    @property
    def is_hidden(self) -> bool:
        """Whether Python code, in the layer or above, hides numbers that no input shape would tell."""
        node = self.node
        return node.is_behind or bool(node.shapes) and not (node.is_counted and node.inferred)

    @property
    def activation_bytes(self) -> int | None:
        """Bytes of the outputs for one sample."""
        sizes = [metrics.activation_bytes(shape, self.dtype) for shape in self.node.outputs]
        known = [size for size in sizes if size is not None]
        return sum(known) if known and len(known) == len(sizes) else None

    def facts(self) -> dict[str, Any]:
        """The part of the JSON contract that equal layers on equal inputs share."""
        return {
            "class_name": self.kind,
            "config": self.config,
            "input_shape": _one_or_list(self.node.shapes),
            "output_shape": _one_or_list(self.outputs),
            "dtype": self.dtype,
            "params": self.params,
            "trainable_params": self.trainable_params,
            "non_trainable_params": self.non_trainable_params,
            "bytes": self.bytes,
            "weights": [_weight(weight) for weight in self.weights],
            "macs": self.macs,
            "activation_bytes": self.activation_bytes,
        }

    def to_dict(self, facts: Callable[[Row], dict[str, Any]] = facts) -> dict[str, Any]:
        """The row as the JSON contract has it; ``facts`` gives the part that equal layers share."""
        return {
            "name": self.name,
            **facts(self),
            "receptive_field": self.receptive_field,
            "connected_to": self.connections,
        }

    @property
    def connections(self) -> list[list[str | int]]:
        """Layer, call and output of every tensor that the layer is called on."""
        return (
            [[self.above, 0, 0]]
            if self.above
            else [[link.source.name, link.source.number, link.tensor] for link in self.links]
        )


def _one_or_list(shapes: tuple[Shape, ...]) -> Shape | list[Shape] | None:
    """The only shape, or a list of all shapes; None where the shapes are unknown."""
    return list(shapes) if len(shapes) > 1 else next(iter(shapes), None)


def _weight(weight: Weight) -> dict[str, Any]:
    return {
        "name": weight.name,
        "shape": weight.shape,
        "params": weight.params,
        "trainable": weight.trainable,
        "dtype": weight.dtype,
    }


def _plain(value: Any) -> Any:
    """A value of a configuration in JSON's types; a number that JSON does not have becomes None."""
    if value is None or isinstance(value, str | int):  # almost all values
        return value
    if isinstance(value, Layer):
        return {"class_name": value.kind, "config": _plain(value.config)}
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return repr(value)
