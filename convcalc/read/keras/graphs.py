"""Graphs of Keras's configs: the calls of every layer, each after the calls whose outputs it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from convcalc.declare.signature import NESTED, Signature
from convcalc.errors import ReadError, did_you_mean
from convcalc.layers import MODULES, OPERATIONS, canonical, find
from convcalc.read.common import part
from convcalc.read.keras.stated import as_shape, build_shapes, state_graph
from convcalc.script import Call, Given, Ref
from convcalc.source import Path


def connect(
    config: Mapping[str, Any], layers: Sequence[Call], place: Path, *, keras2: bool
) -> tuple[list[Call], tuple[Ref, ...]]:
    """All calls of a graph's ``layers``, each after the calls whose outputs it takes; and the graph's outputs."""
    entries, at = config["layers"], place.child("config")
    waiting: list[tuple[Call, str]] = []
    for index, (entry, call) in enumerate(zip(entries, layers, strict=True)):
        waiting += _calls(entry, call, at.child("layers").child(index), keras2)
    outputs = tuple(_listed_tensors(config.get("output_layers"), at.child("output_layers")))
    if keras2:
        _count_calls_from_0([*outputs, *(ref for call, _ in waiting for ref in call.inputs or ())], waiting)
    else:
        _leave_out_building(outputs, waiting)
    state_graph(waiting, {str(entry["name"]): build_shapes(entry) for entry in entries})
    inputs = _listed_tensors(config.get("input_layers"), place)
    rank = {str(ref.layer): number for number, ref in enumerate(inputs)}
    waiting.sort(key=lambda pair: rank.get(pair[1], len(rank)))  # the model's inputs are in this order
    return _in_order(waiting, place), outputs


def _calls(entry: Any, first: Call, place: Path, keras2: bool) -> list[tuple[Call, str]]:
    """All calls of one layer, with its name; ``first`` is the call that has the layer's arguments."""
    name = part(entry, "name", str, place)
    nodes = part(entry, "inbound_nodes", list, place) if entry.get("inbound_nodes") else []
    calls = [first, *(Call("", place=place, use=Given(name, place)) for _ in nodes[1:])]
    signature = _signature(first)
    for call, node in zip(calls, nodes or [{}], strict=True):
        call.inputs, call.roles, call.options = (_given_in_keras2 if keras2 else _given)(node, place, signature)
        # Keras 2 does not tell a list of one tensor from the tensor.
        call.listed = keras2 or bool(node) and isinstance((node["args"] or [None])[0], list)
        _take_constants(call)
    return [(call, name) for call in calls]


def _leave_out_building(outputs: Sequence[Ref], waiting: list[tuple[Call, str]]) -> None:
    """Keras 3 counts the building of a nested Functional model as its first call, but only among the outputs."""
    for ref in outputs:
        ref.call -= any(call.kind == "Functional" and name == ref.layer for call, name in waiting)


# The tensors of a call, what each is given as, and the call's other arguments.
Arguments = tuple[tuple[Ref, ...], tuple[str, ...], dict[str, Given]]


def _take_constants(call: Call) -> None:
    """Makes numbers among the operands of an operation its arguments; the tensors stay operands."""
    if call.kind not in OPERATIONS:
        return
    kind: Any = find(call.kind)
    call.named |= {name: call.options.pop(name) for name in [*call.options] if name in kind.arguments}
    if kind.gathers and call.options:
        call.named[kind.gathers] = Given({name: given.value for name, given in call.options.items()}, call.place)
        call.options = {}
    words = kind.signature.inputs
    tensors = (*words[: call.roles.count("")], *call.roles)
    call.named |= {name: Given(None, call.place) for name in kind.left_open(tensors)}
    pairs = sorted(zip(call.roles, call.inputs or (), strict=False), key=lambda pair: _rank(pair[0], words))
    if any(role in words for role in call.roles):
        call.inputs = tuple(ref for _, ref in pairs)
        call.roles = tuple("" if role in words else role for role, _ in pairs)


def _rank(role: str, words: Sequence[str]) -> int:
    """Where a tensor stands among the operands; without a name, where it was given."""
    return words.index(role) if role in words else -1 if not role else len(words)


def _signature(call: Call) -> Signature:
    """What a call of the layer takes."""
    known = canonical(call.kind) in MODULES or call.kind in OPERATIONS
    return find(call.kind).signature if call.layers is None and known else NESTED


def _given(node: Any, place: Path, signature: Signature) -> Arguments:
    """The arguments of one call: ``{"args": […], "kwargs": {…}}``."""
    args: list[Any] = part(node, "args", list, place) if node else []
    kwargs: dict[str, Any] = dict(part(node, "kwargs", Mapping, place)) if node else {}
    placed = [(tuple(_tensors(value, place)), value) for value in args]
    refs = [(_role(signature, number), ref) for number, (tensors, _) in enumerate(placed) for ref in tensors]
    kwargs |= {signature.names[at]: value for at, (tensors, value) in enumerate(placed) if not tensors}
    return _settled(refs, {name: tuple(_tensors(value, place)) for name, value in kwargs.items()}, kwargs, place)


def _given_in_keras2(node: Any, place: Path, signature: Signature) -> Arguments:
    """The arguments of one call: ``[["name", 0, 0, {…}], …]``, the other arguments repeated with each tensor.

    Initial states are listed with the tensors that the layer works on.
    """
    listed = list(node.values()) if isinstance(node, Mapping) else node
    entries = [listed] if listed and isinstance(listed[0], str) else [one for one in listed if isinstance(one, list)]
    kwargs: dict[str, Any] = next((one[3] for one in entries if len(one) > 3 and isinstance(one[3], dict)), {})
    main = [ref for entry in entries for ref in _listed_tensors(entry[:3], place)]
    states = "initial_state" in signature.lists
    refs = [("initial_state" if states and number else "", ref) for number, ref in enumerate(main)]
    return _settled(refs, {name: tuple(_listed_tensors(value, place)) for name, value in kwargs.items()}, kwargs, place)


def _settled(
    refs: list[tuple[str, Ref]], found: Mapping[str, tuple[Ref, ...]], values: Mapping[str, Any], place: Path
) -> Arguments:
    """The tensors given by place and by name, with their roles; other values that are not None are options."""
    refs += [(name, ref) for name, tensors in found.items() for ref in tensors]
    literal = {name: value for name, value in values.items() if not found[name] and value is not None}
    options = {name: Given(value, place, place) for name, value in literal.items()}
    return tuple(ref for _, ref in refs), tuple(role for role, _ in refs), options


def _role(signature: Signature, number: int) -> str:
    """The role of an argument by place; a tensor that the layer works on has an empty role."""
    names = (*signature.inputs, *signature.tensors)
    return names[number] if len(signature.inputs) <= number < len(names) else ""


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
    """Keras 2 may count the building of a nested model as its first call; then no tensor comes from call 0."""
    nested = {name for call, name in waiting if call.layers is not None}
    first: dict[str, int] = {}
    for ref in refs:
        if ref.layer in nested:
            first[str(ref.layer)] = min(ref.call, first.get(str(ref.layer), ref.call))
    for ref in refs:
        ref.call -= first.get(str(ref.layer), 0)


def _listed_tensors(value: Any, place: Path) -> Iterator[Ref]:
    """The tensors of ``["name", 0, 0]``, which the call's other arguments may follow, or of nested lists of these."""
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
    """The calls, each after the calls whose outputs it takes, and after the earlier calls of its layer."""
    counts: dict[str, int] = {}  # the calls so far by their layer's name
    ordered: list[Call] = []
    while waiting:
        later = []
        for call, name in waiting:
            ready = all(ref.call < counts.get(str(ref.layer), 0) for ref in call.inputs or ())
            if ready and (call.use is None or name in counts):
                ordered.append(call)
                counts[name] = counts.get(name, 0) + 1
            else:
                later.append((call, name))
        if len(later) == len(waiting):
            raise _stuck(waiting, {*counts, *(name for _, name in waiting)}, place)
        waiting = later
    return ordered


def _stuck(waiting: list[tuple[Call, str]], names: set[str], place: Path) -> ReadError:
    """The error for calls of which none can be next: a layer is missing, or the calls depend on each other."""
    for call, _ in waiting:
        for ref in call.inputs or ():
            if ref.layer not in names:
                message, help = f"no layer is called {ref.layer!r}", did_you_mean(str(ref.layer), names)
                return ReadError(message, code="unknown-tensor", span=ref.place, help=help)
    return ReadError("its layers depend on each other in a circle", code="bad-config", span=place)
