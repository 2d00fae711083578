"""Masks in graphs: the operations that Keras records beside the layers, and the calls that take what they make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcalc import dtypes
from convcalc.calling import NESTED, Calling, works_on
from convcalc.layers import Numbering, find
from convcalc.script import Call
from convcalc.stack import Input, Link, Node
from convcalc.wiring import needed


def record(nodes: Sequence[Node], outputs: Sequence[Link], names: Numbering) -> list[Node]:
    """The nodes of a graph, and the operations that make those of its masks which are some call's argument.

    Keras makes a mask as a layer is called, and hands it to the next call in place of a ``mask`` that is not given.
    In a graph it writes down, against its intention, what it has handed so to a call on one tensor alone:
    https://github.com/keras-team/keras, ``Layer.__call__``. What each is made of then stands in the graph, too.
    """
    for node in nodes:
        if node.inner and node.inner.functional and node.first is None:
            node.inner.nodes = tuple(record(node.inner.nodes, node.inner.outputs, names))
    if not any(node.layer and node.layer.makes_masks for node in nodes):
        return [*nodes]
    recorder = _Recorder(names, {node.name for node in nodes})
    for node in nodes:
        recorder.add(node)
    kept = needed(outputs)
    return [node for node in recorder.nodes if node in kept]


class _Recorder:
    """Follows the masks through a graph, call by call. Its methods by Keras's names make operations."""

    def __init__(self, names: Numbering, taken: set[str]) -> None:
        self.nodes: list[Node] = []
        self._names = names
        self._taken = taken  # the names of layers, which those of operations must not be
        self._masks: dict[tuple[Node | Input, int], Link] = {}

    def add(self, node: Node) -> None:
        """Adds a call, with its mask, and behind it the operations that make its output's."""
        links = node.inputs or ()
        masks = [self._masks.get((link.source, link.tensor)) for link in links]
        if None not in masks and _takes_mask(node):
            _give(node, masks)
        self.nodes.append(node)
        layer, calling = node.layer, node.calling
        if layer is None or node.inferred is None or not layer.supports_masking:
            return
        if calling and calling.options.get(layer.call.unmasked):
            return
        given = [node.inputs[at] for at in calling.named.get("mask", ())] if calling and node.inputs else []
        made = layer.mask(self, works_on(calling, links), given or works_on(calling, masks))
        for tensor, mask in enumerate(made if isinstance(made, tuple) else (made,)):
            if mask is not None:
                self._masks[node, tensor] = mask

    def not_equal(self, x: Link, value: float) -> Link:
        """Whether each value is not ``value``."""
        return self._operation("ops.NotEqual", x, x2=value)

    def logical_or(self, x: Link, y: Link) -> Link:
        """Whether either is true."""
        return self._operation("ops.LogicalOr", x, y)

    def any(self, x: Link) -> Link:
        """Whether any value along the last axis is true."""
        return self._operation("ops.Any", x, axis=-1)

    def expand_dims(self, x: Link) -> Link:
        """A last axis of size 1 more."""
        return self._operation("ops.ExpandDims", x, axis=-1)

    def zeros_like(self, x: Link) -> Link:
        """False everywhere."""
        return self._operation("ops.ZerosLike", x)

    def ones_like(self, x: Link) -> Link:
        """True everywhere."""
        return self._operation("ops.OnesLike", x)

    def convert_to_tensor(self, x: Link) -> Link:
        """The same."""
        return self._operation("ops.ConvertToTensor", x)

    def concatenate(self, xs: Sequence[Link], axis: int) -> Link:
        """Side by side along an axis."""
        return self._operation("ops.Concatenate", *xs, axis=axis)

    def _operation(self, kind: str, *links: Link, **config: Any) -> Link:
        layer = find(kind)(**config)
        name = next(one for one in iter(lambda: self._names.next(layer.kind), None) if one not in self._taken)
        node = Node(name, False, Call(kind), layer, None)
        node.inputs = links
        node.shapes = tuple(link.shape or () for link in links)
        node.inferred = layer.infer(*node.shapes)
        self.nodes.append(node)
        return Link(node)


def _takes_mask(node: Node) -> bool:
    """Whether Keras writes down the mask of a call: it is of a nested model, or on one tensor of the layer's dtype."""
    if node.layer is None:
        return not (node.calling and node.calling.named)
    links, layer = node.inputs or (), node.layer
    plain = node.calling is None and len(links) == 1 and not layer.listed
    return plain and "mask" in layer.call.tensors and _dtype(links[0].source) == dtypes.compute_dtype(layer.dtype)


def _dtype(source: Node | Input) -> str:
    """The dtype of a tensor; a nested model's is that of its output."""
    if isinstance(source, Input):
        return source.dtype
    return source.layer.output_dtype if source.layer else _dtype(source.inner.outputs[0].source) if source.inner else ""


def _give(node: Node, masks: Sequence[Link | None]) -> None:
    """Makes the masks an argument of the call."""
    links = node.inputs or ()
    given = tuple(mask for mask in masks if mask)
    roles = ("",) * len(links) + ("mask",) * len(given)
    options = node.calling.options if node.calling else {}
    node.inputs, node.calling = (*links, *given), Calling(node.layer.call if node.layer else NESTED, roles, options)
    node.shapes = (*node.shapes, *(mask.shape or () for mask in given))
