"""Masks in a run: beside a tensor, which of its steps are there; Keras's rules of where they come from and go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from convcalc.declare.calls import Calling, works_on
from convcalc.declare.layer import Layer
from convcalc.lazy import Array
from convcalc.stack.graph import Input, Link, Node
from convcalc.stack.masks import added

Mask = Array | None
Source = Node | Input


class Masks:
    """The masks of the outputs that have any: booleans (batch, time), false where a step is missing."""

    __slots__ = ("_of",)

    def __init__(self) -> None:
        self._of: dict[Source, list[Mask]] = {}

    def beside(self, link: Link) -> Mask:
        """The mask of a tensor."""
        found = self._of.get(link.source, [])
        return found[link.tensor] if link.tensor < len(found) else None

    def keep(self, source: Source, masks: Sequence[Mask], values: Mapping[Source, tuple[Array, ...]]) -> None:
        """Keeps the masks of a source's outputs, and none of what is no longer among ``values``."""
        self._of = {one: found for one, found in self._of.items() if one in values}
        if any(mask is not None for mask in masks):
            self._of[source] = [*masks]

    def take_off(self, tensors: Sequence[Array], values: Mapping[Source, tuple[Array, ...]]) -> None:
        """Forgets the masks of these tensors, under whatever name they go: a layer may pass its input on as it is."""
        for source in self._of.keys() & values.keys():
            taken = [any(value is tensor for tensor in tensors) for value in values[source]]
            self._of[source] = [None if gone else mask for mask, gone in zip(self._of[source], taken, strict=False)]


def arguments(layer: Layer, calling: Calling | None, tensors: Sequence[Array], masks: Sequence[Mask]) -> dict[str, Any]:
    """What `Layer.apply` takes beside the tensors that the layer works on: tensors by name, options, masks."""
    given = {name: _as_mask(name, value) for name, value in calling.tensors(tensors).items()} if calling else {}
    main, taken = works_on(calling, masks), added(layer, calling, masks)
    if layer.takes_masks_off:
        given.pop(f"{layer.call.inputs[0]}_mask", None)
    whole = {**taken, **given}
    if layer.minds_masks and any(mask is not None for mask in main):
        whole["masks"] = main
    options = calling.options if calling else {}
    return whole | {name: value for name, value in options.items() if name != "training"}


def _as_mask(name: str, value: Any) -> Any:
    """A tensor by name; masks as booleans."""
    if not name.endswith("mask"):
        return value
    return [one.astype(bool) for one in value] if isinstance(value, list) else value.astype(bool)
