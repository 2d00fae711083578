"""Masks in graphs: the operations that Keras records beside the layers, and the calls that take the masks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from convcalc.declare.layer import Layer
from convcalc.declare.naming import Numbering
from convcalc.declare.signature import NESTED, Binding, works_on
from convcalc.layers import find
from convcalc.script import Call
from convcalc.sizes import dtypes
from convcalc.stack.graph import Input, Link, Node, dtype_of
from convcalc.stack.wiring import needed

T = TypeVar("T")


def record(nodes: Sequence[Node], outputs: Sequence[Link], names: Numbering) -> list[Node]:
    """The nodes of a graph with the operations that make masks, where a mask is the argument of some call.

    Keras makes a mask when a layer is called, and hands the mask to the next call that has no ``mask`` of its own.
    In a graph Keras also records, against its intention, a mask that it has handed to a call on a single tensor
    (https://github.com/keras-team/keras, ``Layer.__call__``). Then the operations that make the mask are in the graph.
    """
    counts: dict[Node, Numbering] = {}  # a nested model's operations have the same names at each of its calls
    for node in nodes:
        if node.inner and node.inner.functional:
            again = counts.get(node.first) if node.first else None
            if again is None:
                counts[node] = names.copy()
            node.inner.nodes = tuple(record(node.inner.nodes, node.inner.outputs, again.copy() if again else names))
    if not any(node.layer and node.layer.masks.makes for node in nodes):
        return [*nodes]
    recorder = _Recorder(names, {node.name for node in nodes})
    for node in nodes:
        recorder.add(node)
    kept = needed(outputs)
    return [node for node in recorder.nodes if node in kept]


def added(layer: Layer, binding: Binding | None, masks: Sequence[Any]) -> dict[str, Any]:
    """The masks that a call is given, by argument, because its tensors have them.

    As in Keras, the mask of an only tensor is the argument ``mask``; the mask of one tensor among several is the
    argument ``<name>_mask``.
    """
    main, signature = works_on(binding, masks), layer.signature
    names = signature.inputs[: 1 if layer.signature.in_list else len(main)]
    if len(names) == 1 and not (binding and binding.named):
        own: dict[str, Any] = {"mask": main if layer.signature.in_list else main[0]}
    else:
        own = {f"{name}_mask": mask for name, mask in zip(names, main, strict=False)}
    return {name: mask for name, mask in own.items() if name in signature.tensors and mask is not None}


def after(
    layer: Layer,
    binding: Binding | None,
    inputs: Sequence[Any],
    masks: Sequence[Any],
    given: Mapping[str, Any],
    ops: Any,
) -> Sequence[Any]:
    """The masks of the outputs, made from the call's ``mask``, or else from the masks of the inputs.

    ``ops`` has the operations under Keras's names: functions of `convcalc.compute.masking`, or `MaskOperations`.
    """
    if not layer.masks.passes or (binding and binding.options.get(layer.signature.unmasked)):
        return ()
    mask = given.get("mask")
    before = works_on(binding, masks) if mask is None else mask if layer.signature.in_list else [mask]
    made = layer.mask(ops, inputs, before)
    return made if isinstance(made, tuple) else (made,)


class MaskOperations(ABC, Generic[T]):
    """The operations that masks are made by, under Keras's names, on whatever stands for tensors."""

    @abstractmethod
    def operation(self, kind: str, *inputs: T, **config: Any) -> T:
        """The output of a new operation."""

    def not_equal(self, x: T, value: float) -> T:
        """Whether each value is not ``value``."""
        return self.operation("NotEqual", x, x2=value)

    def logical_or(self, x: T, y: T) -> T:
        """Whether at least one of two values is true."""
        return self.operation("LogicalOr", x, y)

    def any(self, x: T, axis: int = -1, keepdims: bool = False) -> T:
        """Whether any value along an axis is true."""
        return self.operation("Any", x, axis=axis, keepdims=keepdims)

    def expand_dims(self, x: T, axis: int = -1) -> T:
        """The same values with one more axis, of size 1."""
        return self.operation("ExpandDims", x, axis=axis)

    def zeros_like(self, x: T) -> T:
        """False everywhere."""
        return self.operation("ZerosLike", x)

    def ones_like(self, x: T) -> T:
        """True everywhere."""
        return self.operation("OnesLike", x)

    def convert_to_tensor(self, x: T) -> T:
        """The same mask."""
        return self.operation("ConvertToTensor", x)

    def concatenate(self, xs: Sequence[T], axis: int) -> T:
        """All masks in a row along an axis."""
        return self.operation("Concatenate", *xs, axis=axis)


class _Recorder(MaskOperations[Link]):
    """Follows the masks through a graph, call by call; its operations are nodes."""

    def __init__(self, names: Numbering, taken: set[str]) -> None:
        self.nodes: list[Node] = []
        self._names = names
        self._taken = taken  # the names of layers, which operations must not have
        self._masks: dict[tuple[Node | Input, int], Link] = {}

    def add(self, node: Node) -> None:
        """Adds a call with its mask, and after the call the operations that make the masks of its outputs."""
        links = node.inputs or ()
        masks = [self._masks.get((link.source, link.tensor)) for link in links]
        if None not in masks and _takes_mask(node):
            _give(node, masks)
        self.nodes.append(node)
        layer, binding = node.layer, node.binding
        if layer is None or node.inferred is None:
            return
        links = node.inputs or ()  # a mask may have become one of the links
        own = [links[at] for at in binding.named.get("mask", ())] if binding else []
        given = {"mask": own if layer.signature.in_list else own[0]} if own else {}
        for tensor, mask in enumerate(after(layer, binding, works_on(binding, links), masks, given, self)):
            if mask is not None:
                self._masks[node, tensor] = mask

    def operation(self, kind: str, *links: Link, **config: Any) -> Link:
        """The output of a new node."""
        layer = find(f"ops.{kind}")(**config)
        name = next(one for one in iter(lambda: self._names.next(layer.kind), None) if one not in self._taken)
        node = Node(name, False, Call(f"ops.{kind}"), layer, None)
        node.inputs = links
        node.shapes = tuple(link.shape or () for link in links)
        node.inferred = layer.infer(*node.shapes)
        self.nodes.append(node)
        return Link(node)


def _takes_mask(node: Node) -> bool:
    """Whether Keras records the call's mask: for a nested model, and for a call on one tensor of the layer's dtype."""
    if node.layer is None:
        return not (node.binding and node.binding.named)
    links, layer = node.inputs or (), node.layer
    plain = node.binding is None and len(links) == 1 and not layer.signature.in_list
    return (
        plain and "mask" in layer.signature.tensors and dtype_of(links[0].source) == dtypes.compute_dtype(layer.dtype)
    )


def _give(node: Node, masks: Sequence[Link | None]) -> None:
    """Makes the masks an argument of the call."""
    links = node.inputs or ()
    given = tuple(mask for mask in masks if mask)
    roles = ("",) * len(links) + ("mask",) * len(given)
    options = node.binding.options if node.binding else {}
    node.inputs, node.binding = (
        (*links, *given),
        Binding(node.layer.signature if node.layer else NESTED, roles, options),
    )
    node.shapes = (*node.shapes, *(mask.shape or () for mask in given))
