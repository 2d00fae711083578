"""The masks of tensors during a run, by Keras's rules: a mask says which time steps of a tensor count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from convcalc.declare.layer import Layer
from convcalc.declare.signature import Binding, works_on
from convcalc.lazy import Array
from convcalc.stack.graph import Link, Source
from convcalc.stack.masks import added

Mask = Array | None


class Masks:
    """The masks of outputs: booleans ``(batch, time)``, false where a time step does not count."""

    __slots__ = ("_masks",)

    def __init__(self) -> None:
        self._masks: dict[Source, list[Mask]] = {}

    def of(self, link: Link) -> Mask:
        """The mask of a tensor; None where it has no mask."""
        found = self._masks.get(link.source, [])
        return found[link.tensor] if link.tensor < len(found) else None

    def record(self, source: Source, masks: Sequence[Mask], values: Mapping[Source, tuple[Array, ...]]) -> None:
        """Stores the masks of a source's outputs, and drops the masks of sources that are no longer in ``values``."""
        self._masks = {old: found for old, found in self._masks.items() if old in values}
        if any(mask is not None for mask in masks):
            self._masks[source] = [*masks]

    def remove(self, tensors: Sequence[Array], values: Mapping[Source, tuple[Array, ...]]) -> None:
        """Drops the masks of these arrays. An array may be the output of several sources, each of which loses it."""
        for source in self._masks.keys() & values.keys():
            given = [any(value is tensor for tensor in tensors) for value in values[source]]
            pairs = zip(self._masks[source], given, strict=False)
            self._masks[source] = [None if drop else mask for mask, drop in pairs]


def call_arguments(
    layer: Layer, binding: Binding | None, tensors: Sequence[Array], masks: Sequence[Mask]
) -> dict[str, Any]:
    """The keyword arguments of `Layer.apply`: tensors by name, options and masks."""
    given = {name: _as_mask(name, value) for name, value in binding.tensors(tensors).items()} if binding else {}
    main, taken = works_on(binding, masks), added(layer, binding, masks)
    if layer.masks.takes_off:
        given.pop(f"{layer.signature.inputs[0]}_mask", None)
    arguments = {**taken, **given}
    if layer.masks.minds and any(mask is not None for mask in main):
        arguments["masks"] = main
    options = binding.options if binding else {}
    return arguments | {name: value for name, value in options.items() if name != "training"}


def _as_mask(name: str, value: Any) -> Any:
    """The value of a tensor by name, as booleans where the name says that it is a mask."""
    if not name.endswith("mask"):
        return value
    return [mask.astype(bool) for mask in value] if isinstance(value, list) else value.astype(bool)
