"""Masks in a script's functional models: Keras makes them by operations, and gives them to the layers that ask."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from convcalc.declare.layer import Layer
from convcalc.declare.signature import Binding, bind_call
from convcalc.errors import ConvcalcError
from convcalc.layers import MODULES, canonical, find
from convcalc.read.code.bound import Applied, Tensor
from convcalc.read.code.operations import Operations
from convcalc.script import Call, Given, Ref
from convcalc.stack.masks import MaskOperations, added, after

Mask = Tensor | None


class Masking(Operations):
    """Calls on tensors that may have masks, which are tensors themselves."""

    def __init__(self, *text: object) -> None:
        super().__init__(*text)
        self._masks: dict[tuple[Applied, int], Tensor] = {}  # by call and number of output

    def apply(
        self,
        layer: Call,
        inputs: list[Tensor],
        roles: list[str],
        options: dict[str, Given],
        node: ast.expr,
        *,
        listed: bool = False,
    ) -> list[Tensor]:
        """The outputs of a call, with the masks that Keras gives it, and their masks."""
        order = sorted(range(len(inputs)), key=lambda at: roles[at])
        inputs, roles = [inputs[at] for at in order], [roles[at] for at in order]
        masks = [self._masks.get((one.source, one.index)) for one in inputs]
        known = self._known(layer, inputs, roles, options) if any(masks) or self._makes_masks(layer) else None
        if known is None:
            takes = layer.layers is not None or layer.kind == "Lambda"  # and gives its outputs none
            mask = [one for one in masks if one and takes]
            return super().apply(
                layer, [*inputs, *mask], [*roles, *("mask" for _ in mask)], options, node, listed=listed
            )
        kind, how = known
        # Keras records no masks in the calls of attention.
        found = {} if kind.masks.takes_off or kind.signature.in_list else added(kind, how, masks)
        more = [(name, one) for name, given in found.items() for one in _listed(given)]
        outputs = super().apply(
            layer,
            [*inputs, *(one for _, one in more)],
            [*roles, *(name for name, _ in more)],
            options,
            node,
            listed=listed,
        )
        if not outputs[0].source.error:
            given = [tensor for tensor, role in zip(inputs, roles, strict=True) if role == "mask"]
            explicit = {"mask": given if kind.signature.in_list else given[0]} if given else {}
            ops = _Operations(self, node)
            self._keep(outputs, after(kind, how, inputs, masks, explicit, ops))
        return outputs

    def _makes_masks(self, layer: Call) -> bool:
        """Whether a layer may give its output a mask where its input has none."""
        return canonical(layer.kind) in MODULES and layer.layers is None and find(layer.kind).masks.makes

    def _known(
        self, layer: Call, inputs: list[Tensor], roles: list[str], options: dict[str, Given]
    ) -> tuple[Layer, Binding | None] | None:
        """The layer of a call, and how it is called; None for a model, and where something is wrong."""
        if layer.layers is not None or layer.opaque:
            return None
        call = Call(layer.kind, inputs=tuple(Ref(None) for _ in inputs), roles=tuple(roles), options=options)
        try:
            kind = self.resolver.layer(layer)
            return kind, bind_call(call, kind.signature, kind.kind)
        except ConvcalcError:
            return None

    def _keep(self, outputs: list[Tensor], masks: Sequence[Mask]) -> None:
        for tensor, mask in zip(outputs, masks, strict=False):
            if mask is not None:
                self._masks[tensor.source, tensor.index] = mask


class _Operations(MaskOperations[Tensor]):
    """Keras's operations on masks as calls of the graph that a script makes."""

    def __init__(self, reader: Masking, node: ast.expr) -> None:
        self._reader = reader
        self._node = node

    def operation(self, kind: str, *inputs: Tensor, **config: Any) -> Tensor:
        """The output of a new call."""
        return self._reader.operated(kind, [*inputs], self._node, config)


def _listed(found: object) -> list[Tensor]:
    """The masks of one argument, without the masks that are missing."""
    return [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, Tensor)]
