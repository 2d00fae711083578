"""Attributes that layers and models have: what a script may read of them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from convcalc.errors import ConvcalcError
from convcalc.read.code.live import Declared, Functional, Live, Made, Own, Sequential
from convcalc.read.code.snapshot import in_order, weights_of
from convcalc.read.code.values import MISSING, Data, Tensor, Unknown
from convcalc.source import Place

if TYPE_CHECKING:
    from convcalc.read.code.session import Session


class LayerAttributes:
    """Reads attributes; each has a method of its own."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def has(self, name: str) -> bool:
        """Whether layers have an attribute of this name that is followed."""
        return hasattr(self, f"_get_{name}")

    def find(self, live: Live, name: str, node: ast.AST) -> Any:
        """An attribute of a layer or a model; MISSING where it certainly has none."""
        return getattr(self, f"_get_{name}")(live, node)

    def is_built(self, live: Live) -> bool:
        """Whether a layer has its weights."""
        if isinstance(live, Own):
            return live.is_built
        if isinstance(live, Sequential):
            return bool(live.builds)
        return isinstance(live, Functional) or isinstance(live, Declared) and live.built is not None

    def _get_name(self, live: Live, node: ast.AST) -> Any:
        if isinstance(live, Own):
            self._session.owning.settle(live, node)
        return live.name

    def _get_trainable(self, live: Live, node: ast.AST) -> Any:
        return live.trainable

    def _get_built(self, live: Live, node: ast.AST) -> Any:
        return self.is_built(live)

    def _get_dtype(self, live: Live, node: ast.AST) -> Any:
        return live.layer.dtype if isinstance(live, Declared) and live.layer else "float32"

    _get_compute_dtype = _get_dtype

    def _get_layers(self, live: Live, node: ast.AST) -> Any:
        found = self.layers(live)
        return MISSING if found is None else [one.value for one in found]

    def layers(self, live: Live) -> Sequence[Live] | None:
        """The layers of a model in Keras's order; None for a layer."""
        if isinstance(live, Sequential):
            return live.layers
        if isinstance(live, Functional):
            found = in_order(self._session, live)
            return [one for one in found if not _is_operation(one)] if self._session.generation >= 3 else found
        return live.tracked if isinstance(live, Own) and live.is_model else None

    def _get_weights(self, live: Live, node: ast.AST) -> Any:
        return [variable_of(weight) for weight in weights_of(live)]

    _get_variables = _get_weights

    def _get_trainable_weights(self, live: Live, node: ast.AST) -> Any:
        return [variable_of(weight) for weight in weights_of(live) if weight.trainable]

    _get_trainable_variables = _get_trainable_weights

    def _get_non_trainable_weights(self, live: Live, node: ast.AST) -> Any:
        return [variable_of(weight) for weight in weights_of(live) if not weight.trainable]

    def _get_kernel(self, live: Live, node: ast.AST) -> Any:
        found = next((one for one in weights_of(live) if one.name in ("kernel", "embeddings")), None)
        return variable_of(found) if found else self._session.machine.unknown("this layer has not been built", node)

    def _get_bias(self, live: Live, node: ast.AST) -> Any:
        found = next((one for one in weights_of(live) if one.name == "bias"), None)
        return variable_of(found) if found else self._session.machine.unknown("this layer has no bias so far", node)

    def _get_inputs(self, live: Live, node: ast.AST) -> Any:
        return self._ends(live, 0, node, every=True)

    def _get_outputs(self, live: Live, node: ast.AST) -> Any:
        return self._ends(live, 1, node, every=True)

    def _get_input(self, live: Live, node: ast.AST) -> Any:
        return self._ends(live, 0, node)

    def _get_output(self, live: Live, node: ast.AST) -> Any:
        return self._ends(live, 1, node)

    def _get_input_shape(self, live: Live, node: ast.AST) -> Any:
        return shapes_of(self._ends(live, 0, node))

    def _get_output_shape(self, live: Live, node: ast.AST) -> Any:
        if isinstance(live, Own) and live.seen and not live.calls:
            return live.seen.output
        return shapes_of(self._ends(live, 1, node))

    def _ends(self, live: Live, end: int, node: ast.AST, *, every: bool = False) -> Any:
        """The inputs or outputs of a model, or of a layer's first call."""
        if isinstance(live, Sequential) and live.calls and not every and self._session.generation >= 3:
            tensors: Any = live.calls[0].outputs if end else list(live.calls[0].inputs)  # as of any layer
        else:
            tensors = self._tensors(live, end, node)
        if isinstance(tensors, Unknown):
            return tensors
        return tensors if every or len(tensors) > 1 else tensors[0]

    def _tensors(self, live: Live, end: int, node: ast.AST) -> list[Tensor] | Unknown:
        session, place = self._session, self._session.machine.place(node)
        if isinstance(live, Functional):
            return live.results if end else live.given
        if isinstance(live, Sequential) and live.shape is not None:
            try:
                calls = session.chains.build_calls(live, max(live.builds - 1, 0), place)
            except ConvcalcError as error:
                return session.lost(error, node)
            return calls[-1].outputs if end else calls[0].outputs
        made = self._first_call(live, place)
        if made is None:
            return session.machine.unknown("this layer has not been called so far", node)
        return made.outputs if end else list(made.inputs)

    def _first_call(self, live: Live, place: Place) -> Made | None:
        owner = live.owner
        if owner is not None and owner.shape is not None and id(live) in owner.since:
            try:
                calls = self._session.chains.build_calls(owner, owner.since[id(live)], place)
            except ConvcalcError:
                return None
            return next((one for one in calls if one.live is live), None)
        return live.calls[0] if live.calls else None


def variable_of(weight: Any) -> Data:
    """A weight as the variable that a script gets."""
    data = Data(weight.shape, weight.dtype or "float32")
    data.weight = weight
    return data


def shapes_of(value: Any) -> Any:
    """The shape of a tensor, or the shapes of several."""
    if isinstance(value, Unknown):
        return value
    return value.shape if isinstance(value, Data) else [one.shape for one in value]


def _is_operation(live: Live) -> bool:
    """Whether it is one of Keras's operations, which Keras 3 shows in tables and does not count among the layers."""
    return isinstance(live, Declared) and live.layer is not None and live.layer.follows_dtype
