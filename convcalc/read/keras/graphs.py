"""Graphs of Keras's configs: the calls of every layer, each after those that it depends on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from convcalc.declare.calls import NESTED, Accepts
from convcalc.errors import ReadError, did_you_mean
from convcalc.layers import MODULES, OPERATIONS, canonical, find
from convcalc.read.keras.objects import Objects, part
from convcalc.read.keras.stated import as_shape, build_shapes, state_graph
from convcalc.script import Call, Given, Ref, Script
from convcalc.source import Path


def read_graph(value: Mapping[str, Any], place: Path, objects: Objects) -> Script:
    """The script of a ``Functional`` config: every call of every layer, each after those that it depends on."""
    call = graph(value, place, objects)
    return Script(
        call.layers or [],
        name=call.name,
        functional=True,
        outputs=call.outputs,
        trainable=call.named.get("trainable"),
        place=place,
    )


def graph(value: Mapping[str, Any], place: Path, objects: Objects) -> Call:
    """The call of a ``Functional`` config, its layers inside."""
    config, at = part(value, "config", Mapping, place), place.child("config")
    entries = part(config, "layers", list, at)
    waiting: list[tuple[Call, str]] = []
    for index, entry in enumerate(entries):
        where = at.child("layers").child(index)
        call = objects.call(entry, where)
        name = part(entry, "name", str, where)
        nodes = part(entry, "inbound_nodes", list, where) if entry.get("inbound_nodes") else []
        given = _given_in_keras2 if objects.keras2 else _given
        accepts = _accepts(call)
        further = [Call("", place=where, use=Given(name, where)) for _ in nodes[1:]]
        for one, node in zip([call, *further], nodes or [{}], strict=True):
            one.inputs, one.roles, one.options = given(node, where, accepts)
            # Keras 2 does not tell a list of one tensor from the tensor.
            one.listed = objects.keras2 or bool(node) and isinstance((node["args"] or [None])[0], list)
            _take_constants(one)
            waiting.append((one, name))
    outputs = [*_listed_tensors(config.get("output_layers"), at.child("output_layers"))]
    if objects.keras2:
        _count_calls_from_0([*outputs, *(ref for call, _ in waiting for ref in call.inputs or ())], waiting)
    else:
        _leave_out_building(outputs, waiting)
    state_graph(waiting, {str(entry["name"]): build_shapes(entry) for entry in entries})
    first = {str(ref.layer): n for n, ref in enumerate(_listed_tensors(config.get("input_layers"), at))}
    waiting.sort(key=lambda one: first.get(one[1], len(first)))  # the model's inputs are in this order
    # Keras 2 writes the model's own flag and does not read it.
    keys = ("name",) if objects.keras2 else ("name", "trainable")
    named = {key: Given(config[key], at.child(key)) for key in keys if key in config}
    layers = _in_order(waiting, place)
    return Call("Functional", (), named, place=place, layers=layers, outputs=tuple(outputs) or None)


def _leave_out_building(outputs: list[Ref], waiting: list[tuple[Call, str]]) -> None:
    """Keras 3 counts the building of a nested Functional model as its first call, but only among the outputs."""
    for ref in outputs:
        ref.call -= any(call.kind == "Functional" and name == ref.layer for call, name in waiting)


# The tensors of a call, what each is given as, and the call's other arguments.
Arguments = tuple[tuple[Ref, ...], tuple[str, ...], dict[str, Given]]


def _take_constants(call: Call) -> None:
    """Makes arguments of an operation of the numbers among its operands."""
    own = find(call.kind).arguments if call.kind in OPERATIONS else {}
    call.named |= {name: call.options.pop(name) for name in [*call.options] if name in own}


def _accepts(call: Call) -> Accepts:
    """What a call of the layer takes."""
    known = canonical(call.kind) in MODULES or call.kind in OPERATIONS
    return find(call.kind).call if call.layers is None and known else NESTED


def _given(node: Any, place: Path, accepts: Accepts) -> Arguments:
    """The arguments of one call: ``{"args": […], "kwargs": {…}}``."""
    args: list[Any] = part(node, "args", list, place) if node else []
    kwargs: dict[str, Any] = dict(part(node, "kwargs", Mapping, place)) if node else {}
    placed = [(tuple(_tensors(value, place)), value) for value in args]
    refs = [(_role(accepts, number), ref) for number, (tensors, _) in enumerate(placed) for ref in tensors]
    kwargs |= {accepts.names[at]: value for at, (tensors, value) in enumerate(placed) if not tensors}
    return _settled(refs, {name: tuple(_tensors(value, place)) for name, value in kwargs.items()}, kwargs, place)


def _given_in_keras2(node: Any, place: Path, accepts: Accepts) -> Arguments:
    """The arguments of one call: ``[["name", 0, 0, {…}], …]``, the other arguments repeated with each tensor.

    Initial states stand among the tensors that the layer works on.
    """
    listed = list(node.values()) if isinstance(node, Mapping) else node
    entries = [listed] if listed and isinstance(listed[0], str) else [one for one in listed if isinstance(one, list)]
    kwargs: dict[str, Any] = next((one[3] for one in entries if len(one) > 3 and isinstance(one[3], dict)), {})
    main = [ref for entry in entries for ref in _listed_tensors(entry[:3], place)]
    states = "initial_state" in accepts.lists
    refs = [("initial_state" if states and number else "", ref) for number, ref in enumerate(main)]
    return _settled(refs, {name: tuple(_listed_tensors(value, place)) for name, value in kwargs.items()}, kwargs, place)


def _settled(
    refs: list[tuple[str, Ref]], found: Mapping[str, tuple[Ref, ...]], values: Mapping[str, Any], place: Path
) -> Arguments:
    """The tensors by place and those of named arguments; other values than None are options."""
    refs += [(name, ref) for name, tensors in found.items() for ref in tensors]
    literal = {name: value for name, value in values.items() if not found[name] and value is not None}
    options = {name: Given(value, place, place) for name, value in literal.items()}
    return tuple(ref for _, ref in refs), tuple(role for role, _ in refs), options


def _role(accepts: Accepts, number: int) -> str:
    """What an argument by place is given as; what the layer works on has no need to say so."""
    names = (*accepts.inputs, *accepts.tensors)
    return names[number] if len(accepts.inputs) <= number < len(names) else ""


def _tensors(node: Any, place: Path) -> Iterator[Ref]:
    """The tensors of one argument, in order."""
    if isinstance(node, Mapping) and node.get("class_name") == "__keras_tensor__":
        match node:
            case {"config": {"keras_history": [str(layer), int(call), int(tensor)], **rest}}:
                yield Ref(layer, call, tensor, place=place, shape=as_shape(rest.get("shape")))
            case _:
                raise ReadError("a tensor of this layer has no keras_history", code="bad-config", span=place)
    elif isinstance(node, Mapping):
        for inner in node.values():
            yield from _tensors(inner, place)
    elif isinstance(node, list):
        for inner in node:
            yield from _tensors(inner, place)


def _count_calls_from_0(refs: list[Ref], waiting: list[tuple[Call, str]]) -> None:
    """Keras 2 may count the building of a nested model as its first call: no tensor is then of the call 0."""
    nested = {name for call, name in waiting if call.layers is not None}
    first: dict[str, int] = {}
    for ref in refs:
        if ref.layer in nested:
            first[str(ref.layer)] = min(ref.call, first.get(str(ref.layer), ref.call))
    for ref in refs:
        ref.call -= first.get(str(ref.layer), 0)


def _listed_tensors(value: Any, place: Path) -> Iterator[Ref]:
    """The tensors of ``["name", 0, 0]``, with the call's other arguments behind, or of whatever holds such lists."""
    match value:
        case [str(layer), int(call), int(tensor), *others] if len(others) < 2:
            yield Ref(layer, call, tensor, place=place)
            yield from _listed_tensors(others, place)
        case Mapping():
            yield from _listed_tensors(list(value.values()), place)
        case list():
            for inner in value:
                yield from _listed_tensors(inner, place)


def _in_order(waiting: list[tuple[Call, str]], place: Path) -> list[Call]:
    """The calls, each behind those whose outputs it takes and behind the earlier ones of its layer."""
    made: dict[str, int] = {}
    ordered: list[Call] = []
    while waiting:
        later = []
        for call, name in waiting:
            ready = all(ref.call < made.get(str(ref.layer), 0) for ref in call.inputs or ())
            if ready and (call.use is None or name in made):
                ordered.append(call)
                made[name] = made.get(name, 0) + 1
            else:
                later.append((call, name))
        if len(later) == len(waiting):
            raise _stuck(waiting, {*made, *(name for _, name in waiting)}, place)
        waiting = later
    return ordered


def _stuck(waiting: list[tuple[Call, str]], names: set[str], place: Path) -> ReadError:
    """Why no call of these can be the next: one takes the output of a layer that is not there, or they go round."""
    for call, _ in waiting:
        for ref in call.inputs or ():
            if ref.layer not in names:
                message, help = f"no layer is called {ref.layer!r}", did_you_mean(str(ref.layer), names)
                return ReadError(message, code="unknown-tensor", span=ref.place, help=help)
    return ReadError("its layers depend on each other in a circle", code="bad-config", span=place)
