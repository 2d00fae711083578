"""Masks in graphs: the operations that Keras records beside the layers, and the calls that take what they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from convcalc.declare.calls import NESTED, Calling, works_on
from convcalc.declare.layer import Layer
from convcalc.declare.naming import Numbering
from convcalc.layers import find
from convcalc.script import Call
from convcalc.sizes import dtypes
from convcalc.stack.graph import Input, Link, Node
from convcalc.stack.wiring import needed

T = TypeVar("T")


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


def added(layer: Layer, calling: Calling | None, masks: Sequence[Any]) -> dict[str, Any]:
    """The masks that a call is given, by argument, because its tensors have them.

    As in Keras a tensor's own mask is the call's ``mask`` where it is the only tensor, else its ``name_mask``.
    """
    main, accepts = works_on(calling, masks), layer.call
    names = accepts.inputs[: 1 if layer.listed else len(main)]
    if len(names) == 1 and not (calling and calling.named):
        own: dict[str, Any] = {"mask": main if layer.listed else main[0]}
    else:
        own = {f"{name}_mask": mask for name, mask in zip(names, main, strict=False)}
    return {name: mask for name, mask in own.items() if name in accepts.tensors and mask is not None}


def after(
    layer: Layer,
    calling: Calling | None,
    inputs: Sequence[Any],
    masks: Sequence[Any],
    given: Mapping[str, Any],
    ops: Any,
) -> Sequence[Any]:
    """The masks of the outputs: from the call's ``mask``, else from those of the inputs.

    ``ops`` makes them, by Keras's names: the functions of `convcalc.compute.masking` on arrays, or `MaskOperations`.
    """
    if not layer.supports_masking or (calling and calling.options.get(layer.call.unmasked)):
        return ()
    mask = given.get("mask")
    before = works_on(calling, masks) if mask is None else mask if layer.listed else [mask]
    made = layer.mask(ops, inputs, before)
    return made if isinstance(made, tuple) else (made,)


class MaskOperations(Generic[T]):
    """The operations that masks are made by, under Keras's names, on whatever stands for tensors."""

    def operation(self, kind: str, *inputs: T, **config: Any) -> T:
        """The output of a new operation."""
        raise NotImplementedError

    def not_equal(self, x: T, value: float) -> T:
        """Whether each value is not ``value``."""
        return self.operation("NotEqual", x, x2=value)

    def logical_or(self, x: T, y: T) -> T:
        """Whether either is true."""
        return self.operation("LogicalOr", x, y)

    def any(self, x: T, axis: int = -1, keepdims: bool = False) -> T:
        """Whether any value along an axis is true."""
        return self.operation("Any", x, axis=axis, keepdims=keepdims)

    def expand_dims(self, x: T, axis: int = -1) -> T:
        """An axis of size 1 more."""
        return self.operation("ExpandDims", x, axis=axis)

    def zeros_like(self, x: T) -> T:
        """False everywhere."""
        return self.operation("ZerosLike", x)

    def ones_like(self, x: T) -> T:
        """True everywhere."""
        return self.operation("OnesLike", x)

    def convert_to_tensor(self, x: T) -> T:
        """The same."""
        return self.operation("ConvertToTensor", x)

    def concatenate(self, xs: Sequence[T], axis: int) -> T:
        """Side by side along an axis."""
        return self.operation("Concatenate", *xs, axis=axis)


class _Recorder(MaskOperations[Link]):
    """Follows the masks through a graph, call by call; its operations are nodes."""

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
        if layer is None or node.inferred is None:
            return
        links = node.inputs or ()  # the mask may be one of them by now
        own = [links[at] for at in calling.named.get("mask", ())] if calling else []
        given = {"mask": own if layer.listed else own[0]} if own else {}
        for tensor, mask in enumerate(after(layer, calling, works_on(calling, links), masks, given, self)):
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
