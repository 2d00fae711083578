"""Calls of layers and models: on symbolic tensors, which adds to a graph, and on data, which only gives shapes."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from convcalc.declare.layer import Layer
from convcalc.declare.signature import NESTED, Binding, bind_call, works_on
from convcalc.declare.weight import Inferred
from convcalc.errors import ConvcalcError, ReadError, ShapeError
from convcalc.read.code import library
from convcalc.read.code.live import Declared, Functional, Live, Made, Own, Sequential
from convcalc.read.code.site import Site
from convcalc.read.code.values import Data, Tensor, Unknown, flat
from convcalc.script import NOTHING, Call, Given, Ref
from convcalc.sizes.shapes import Shape, show
from convcalc.source import Place
from convcalc.stack.infer import locate
from convcalc.stack.masks import MaskOperations, added, after
from convcalc.stack.opaque import Opaque

if TYPE_CHECKING:
    from convcalc.read.code.session import Session


class Called:
    """What a layer is called on: the tensors in Keras's order, the argument that each is given as, and options."""

    __slots__ = ("inputs", "listed", "options", "roles")

    def __init__(self) -> None:
        self.inputs: list[Data] = []
        self.roles: list[str] = []
        self.options: dict[str, Given] = {}
        self.listed = False


class Calling:
    """Calls layers and models."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def apply(self, live: Live | None, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """What a layer or a model gives, called on tensors or on data."""
        session = self._session
        session.machine.spend(session.machine.budget.CALL, node)
        if live is None or live.lost:
            return Unknown(live.lost.cause) if live and live.lost else session.machine.unknown("not a layer", node)
        if isinstance(live, Own):
            return session.owning.apply(live, args, named, node)
        given = self.given(live, args, named, node)
        if isinstance(given, Unknown):
            return given
        if isinstance(live, Declared) and live.function is not None:
            return session.owning.apply_lambda(live, given, node)
        try:
            return self.on(live, given, node)
        except ConvcalcError as error:
            lost = session.machine.unknown(error.message, node)
            lost.cause.error = error
            return lost

    def given(self, live: Live, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Called | Unknown:
        """What a layer is called on, or why that is not known."""
        machine, found = self._session.machine, Called()
        names = _by_place(live)
        roles = [names[min(at, len(names) - 1)] for at in range(len(args))]
        for at, (role, value) in enumerate([*zip(roles, args, strict=True), *named.items()]):
            value = self._as_data(machine.untainted(value), node) if at == 0 else machine.untainted(value)
            if at == 0 and isinstance(live, Functional) and isinstance(value, dict) and live.keys:
                value = [value[key] for key in live.keys if key in value]
            parts = flat(value)
            lost = next((one for one in parts if isinstance(one, Unknown)), None)
            if lost and role not in ("training", "mask", "initial_state", "states"):
                return Unknown(lost.cause)
            if parts and all(isinstance(one, Data) for one in parts):
                found.inputs += parts
                found.roles += [role] * len(parts)
                found.listed = found.listed or (at == 0 and isinstance(value, list | tuple))
            elif value is not None and not lost:
                if not role:
                    return machine.unknown("this layer is called on something that is not known here", node)
                found.options[role] = Given(value, machine.place(node), machine.place(node))
        if not found.inputs:
            return machine.unknown("this layer is called on something that is not known here", node)
        order = sorted(range(len(found.inputs)), key=lambda one: found.roles[one])
        found.inputs, found.roles = [found.inputs[one] for one in order], [found.roles[one] for one in order]
        return found

    def _as_data(self, value: Any, node: ast.AST) -> Any:
        """Plain numbers in lists as the array that Keras makes of them."""
        numbers = isinstance(value, list) and value and all(isinstance(one, int | float) for one in flat(value))
        array = library.function_of("numpy.array") if numbers else None
        return library.call(array, Site(self._session.machine, node), (value,), {}) if array else value

    def on(self, live: Live, given: Called, node: ast.AST) -> Any:
        """The outputs of a call; `ConvcalcError` where the layer refuses what it is called on."""
        place = self._session.machine.place(node)
        if any(isinstance(one, Tensor) for one in given.inputs):
            if not all(isinstance(one, Tensor) for one in given.inputs):
                return self._session.machine.unknown("tensors of a model and data are mixed here", node)
            return _one_or_list(live, self.symbolic(live, given, place))
        self.build(live, given.inputs, place)
        outputs = self.outputs(live, given, place)
        self._session.members.eager(live, given, outputs, place)
        return _one_or_list(live, outputs)

    def build(self, live: Live, inputs: Sequence[Data], place: Place) -> None:
        """Builds a Sequential that meets its first input."""
        if isinstance(live, Sequential):
            self._session.chains.build_for(live, inputs[0].shape, inputs[0].dtype)

    def symbolic(self, live: Live, given: Called, place: Place) -> list[Tensor]:
        """The tensors that a call on tensors gives, with the masks that Keras hands on."""
        tensors = [one for one in given.inputs if isinstance(one, Tensor)]
        self.build(live, tensors, place)
        masks = [one.mask for one in tensors]
        layer = live.layer if isinstance(live, Declared) else None
        if layer is None:
            mask = [one for one in masks if one is not None]
            given.inputs, given.roles = [*tensors, *mask], [*given.roles, *("mask" for _ in mask)]
            return self._recorded(live, given, place, None)
        binding = self.binding(live, given, place)
        given_masks: dict[str, Any] = {}
        if any(one is not None for one in masks) and not (layer.masks.takes_off or layer.signature.in_list):
            # Keras records no masks in the calls of attention.
            given_masks = added(layer, binding, masks)
        more = [(name, one) for name, found in given_masks.items() for one in _listed(found)]
        given.inputs = [*tensors, *(one for _, one in more)]
        given.roles = [*given.roles, *(name for name, _ in more)]
        outputs = self._recorded(live, given, place, binding)
        self._mask(layer, binding, tensors, masks, given, outputs)
        return outputs

    def _mask(
        self,
        layer: Layer,
        binding: Binding | None,
        inputs: Sequence[Data],
        masks: Sequence[Any],
        given: Called,
        outputs: Sequence[Data],
    ) -> None:
        """Gives the outputs their masks."""
        if not (layer.masks.makes or any(one is not None for one in masks)):
            return
        own = [one for one, role in zip(given.inputs, given.roles, strict=True) if role == "mask"]
        explicit = {"mask": own if layer.signature.in_list else own[0]} if own else {}
        operations = _Operations(self._session)
        for output, mask in zip(outputs, after(layer, binding, inputs, masks, explicit, operations), strict=False):
            output.mask = mask

    def _recorded(self, live: Live, given: Called, place: Place, binding: Binding | None) -> list[Tensor]:
        tensors = tuple(one for one in given.inputs if isinstance(one, Tensor))
        made = self.record(live, tensors, tuple(given.roles), place)
        made.options, made.listed = given.options, given.listed
        outputs = self.outputs(live, given, place, made)
        made.outputs = [Tensor(made, at, one.shape, one.dtype) for at, one in enumerate(outputs)]
        return made.outputs

    def record(self, live: Live, inputs: tuple[Tensor, ...], roles: tuple[str, ...], place: Place | None) -> Made:
        """A new call in the graph."""
        session = self._session
        made = Made(live, inputs, roles, place)
        owner = live.owner
        made.number = len(live.calls) + (owner.builds - owner.since[id(live)] if owner else 0)
        session.made += 1
        made.order = (session.made,)
        live.calls.append(made)
        session.machine.budget.event()
        return made

    def binding(self, live: Live, given: Called, place: Place) -> Binding | None:
        """How the call is bound to the layer's signature."""
        layer = live.layer if isinstance(live, Declared) else None
        refs = tuple(Ref(None, place=place) for _ in given.inputs)
        call = Call(live.kind, inputs=refs, roles=tuple(given.roles), options=given.options, place=place)
        call.listed = given.listed
        return bind_call(call, layer.signature if layer else NESTED, live.kind)

    def outputs(self, live: Live, given: Called, place: Place, made: Made | None = None) -> list[Data]:
        """What a call gives, as shapes and dtypes; `ConvcalcError` where the layer refuses its inputs."""
        if isinstance(live, Declared) and live.layer is not None:
            return self._of_layer(live, live.layer, given, place, made)
        inputs = [one for one, role in zip(given.inputs, given.roles, strict=True) if role != "mask"]
        if made:
            made.binding = self.binding(live, given, place)
        if isinstance(live, Sequential):
            return self._session.chains.outputs(live, inputs, place)
        if isinstance(live, Functional):
            return self._session.graphs.outputs(live, inputs, place)
        raise AssertionError(live.kind)

    def through(
        self,
        live: Live,
        inputs: Sequence[Data],
        place: Place | None,
        made: Made | None = None,
        *,
        like: Made | None = None,
    ) -> list[Data]:
        """What a layer inside a model gives, as shapes; ``like`` is the call in the graph that this repeats."""
        session = self._session
        where = place or live.place
        if live.lost:
            raise session.refused(live.lost)
        if isinstance(live, Own) or isinstance(live, Declared) and live.function is not None:
            result = session.owning.shapes(live, inputs, session.machine.frame.node)
            lost = next((one for one in flat(result) if not isinstance(one, Data)), None)
            if isinstance(lost, Unknown):
                raise session.refused(lost)
            session.owning.see(live, inputs, result)
            return flat(result)
        given = Called()
        given.inputs = list(inputs)
        given.roles = [""] * len(given.inputs)
        given.options = like.options if like else {}
        given.listed = bool(like and like.listed)
        if isinstance(live, Sequential):
            session.chains.build_for(live, inputs[0].shape, inputs[0].dtype)
        return self.outputs(live, given, where, made)  # type: ignore[arg-type]

    def _of_layer(self, live: Declared, layer: Layer, given: Called, place: Place, made: Made | None) -> list[Data]:
        shapes = tuple(one.shape for one in given.inputs)
        try:
            binding = self.binding(live, given, place)
            if isinstance(layer, Opaque):
                return self._of_opaque(live, layer, shapes, made)
            infer: Any = layer.infer
            inferred: Inferred = (
                infer(*shapes) if binding is None else infer(*works_on(binding, shapes), **binding.shaping)
            )
            self._same_weights(live, inferred, shapes)
        except ConvcalcError as error:
            on = " and ".join(map(show, shapes))
            locate(error, live.call, f"{live.name} ({live.kind}), on {on}", _before(given.inputs))
            raise
        if live.built is None:
            live.built = inferred
            if not layer.follows_dtype:
                self._session.machine.budget.event()
        live.seen, live.on = inferred, shapes
        if made:
            made.inferred, made.binding = inferred, binding
        types = [one.dtype for one in works_on(binding, given.inputs)]
        shapes = (inferred.output, *inferred.more)
        outputs = [Data(shape, layer.typed(types, at)) for at, shape in enumerate(shapes)]
        if not made:
            masks = [one.mask for one in given.inputs]
            self._mask(layer, binding, given.inputs, masks, given, outputs)
        return outputs

    def _of_opaque(self, live: Declared, layer: Opaque, shapes: tuple[Shape, ...], made: Made | None) -> list[Data]:
        """What a layer of another library states that it gives."""
        inferred = layer.stated(NOTHING, shapes)
        if inferred is None:
            message = f"what {live.name} ({live.kind}) gives is not known"
            help = "state its shape: output_shape=[50], without the batch"
            raise ReadError(message, code="not-a-value", span=live.place, help=help)
        live.seen, live.on = inferred, shapes
        if made:
            made.inferred = inferred
        return [Data(shape, layer.dtype) for shape in (inferred.output, *inferred.more)]

    def _same_weights(self, live: Declared, inferred: Inferred, shapes: Sequence[Shape]) -> None:
        """Refuses inputs for which a built layer would need other weights than it has."""
        if live.built is None:
            return
        pairs = zip(live.built.weights, inferred.weights, strict=False)
        wrong = next((pair for pair in pairs if pair[0].shape != pair[1].shape), None)
        if wrong:
            raise ShapeError(
                f"{live.name} has been built for other inputs",
                code="input-shape",
                why=f"its {wrong[0].name} is {show(wrong[0].shape)}, and this input needs {show(wrong[1].shape)}",
                help="make another layer for this input",
            )


class _Operations(MaskOperations[Data]):
    """Keras's operations on masks: calls of the graph where they work on its tensors, else shapes alone."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def operation(self, kind: str, *inputs: Data, **config: Any) -> Data:
        """The output of a new operation."""
        return self._session.operations.operated(kind, inputs, config, None)


def _by_place(live: Live) -> tuple[str, ...]:
    """What a layer's call takes by place, as roles: what it works on needs no name."""
    signature = live.layer.signature if isinstance(live, Declared) and live.layer else NESTED
    return (*("" for _ in signature.inputs), *signature.tensors, "")


def _listed(found: object) -> list[Tensor]:
    """The masks of one argument, without the masks that are missing."""
    return [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, Tensor)]


def _before(inputs: Sequence[Data]) -> list[Made]:
    """The calls that lead to a layer's input one after the other, as far as each has one input."""
    found: list[Made] = []
    while len(inputs) == 1 and isinstance(inputs[0], Tensor) and inputs[0].node.inputs:
        found.insert(0, inputs[0].node)
        inputs = found[0].inputs
    return found


def _one_or_list(live: Live, outputs: Sequence[Data]) -> Any:
    """Outputs as the script gets them: one, several in a list, or as the model's own structure."""
    if isinstance(live, Functional) and isinstance(live.structure, dict):
        return dict(zip(sorted(live.structure, key=str), outputs, strict=False))
    return outputs[0] if len(outputs) == 1 and not _is_list(live) else list(outputs)


def _is_list(live: Live) -> bool:
    return isinstance(live, Functional) and isinstance(live.structure, list | tuple)
