"""Keras's own configs (``model.to_json()``) as scripts: so far Keras 3's ``Sequential`` of layers in a chain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from convcalc.errors import ReadError
from convcalc.read.common import is_nested, not_yet
from convcalc.script import Call, Given, Ref, Script
from convcalc.source import Path


def is_config(value: Any) -> bool:
    """Whether a document is a Keras config rather than our own format."""
    return isinstance(value, Mapping) and "class_name" in value


def read_config(value: Mapping[str, Any], place: Path) -> Script:
    """The script of a config; `ReadError` for one that is broken, of Keras 2, or not a chain."""
    if "keras_version" in value or isinstance(value.get("config"), list):
        raise not_yet("a config of Keras 2", place)
    if value["class_name"] == "Functional":
        return _functional(value, place)
    if value["class_name"] != "Sequential":
        raise not_yet(f"a config of the class {value['class_name']}", place.child("class_name"))
    call = _call(value, place)
    shape = _part(value, "config", Mapping, place).get("build_input_shape")
    script = Script(call.layers or [], name=call.name, place=place)
    begins_with_input = call.layers and call.layers[0].kind == "InputLayer"
    if shape and isinstance(shape, list) and not begins_with_input:
        at = place.child("config").child("build_input_shape")
        script.batch_size, script.input = Given(shape[0], at), Given(shape[1:], at)
    return script


def _functional(value: Mapping[str, Any], place: Path) -> Script:
    """The script of a ``Functional`` config: every call of every layer, each after those that it depends on."""
    call = _graph(value, place)
    return Script(call.layers or [], name=call.name, functional=True, outputs=call.outputs, place=place)


def _graph(value: Mapping[str, Any], place: Path) -> Call:
    """The call of a ``Functional`` config, its layers inside."""
    config, at = _part(value, "config", Mapping, place), place.child("config")
    entries = _part(config, "layers", list, at)
    waiting: list[tuple[Call, str]] = []
    for index, entry in enumerate(entries):
        where = at.child("layers").child(index)
        call = _call(entry, where)
        nodes = entry.get("inbound_nodes") or []
        call.inputs = tuple(_tensors(nodes[0], where)) if nodes else ()
        waiting.append((call, entry["name"]))
        for node in nodes[1:]:
            again = Call("", place=where, inputs=tuple(_tensors(node, where)), use=Given(entry["name"], where))
            waiting.append((again, entry["name"]))
    outputs = [*_listed_tensors(config.get("output_layers"), at.child("output_layers"))]
    for ref in outputs:
        # Keras counts the building of a nested Functional model as its first call, but only here.
        ref.call -= any(call.kind == "Functional" and name == ref.layer for call, name in waiting)
    named = {"name": Given(config["name"], at.child("name"))} if "name" in config else {}
    layers = _in_order(waiting, place)
    return Call("Functional", (), named, place=place, layers=layers, outputs=tuple(outputs) or None)


def _tensors(node: Any, place: Path) -> Iterator[Ref]:
    """The tensors among the arguments of one call, in the order of the arguments."""
    if isinstance(node, Mapping) and node.get("class_name") == "__keras_tensor__":
        layer, call, tensor = node["config"]["keras_history"]
        yield Ref(layer, call, tensor, place=place)
    elif isinstance(node, Mapping):
        for inner in node.values():
            yield from _tensors(inner, place)
    elif isinstance(node, list):
        for inner in node:
            yield from _tensors(inner, place)


def _listed_tensors(value: Any, place: Path) -> Iterator[Ref]:
    """The tensors of ``["name", 0, 0]``, of a list of these, or of a mapping to them."""
    if isinstance(value, list) and len(value) == 3 and isinstance(value[0], str):
        yield Ref(*value, place=place)
    elif isinstance(value, Mapping | list):
        for inner in value.values() if isinstance(value, Mapping) else value:
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
            raise ReadError("its layers depend on each other in a circle", code="bad-config", span=place)
        waiting = later
    return ordered


def _call(entry: Any, place: Path) -> Call:
    """The call of one object: its class and its config; what else it carries follows from them."""
    kind = _part(entry, "class_name", str, place)
    config, at = _part(entry, "config", Mapping, place), place.child("config")
    if is_nested(kind):
        inside = _part(config, "layers", list, at)
        layers = [_call(one, at.child("layers").child(index)) for index, one in enumerate(inside)]
        named = {"name": Given(config["name"], at.child("name"))} if "name" in config else {}
        return Call(kind, (), named, place=place, layers=layers)
    if kind == "Functional":
        return _graph(entry, place)
    if "layers" in config:
        raise not_yet(f"a {kind} inside a config", place)
    named = {key: _given(value, at.child(key)) for key, value in config.items()}
    return Call(kind, (), named, place=place)


def _given(value: Any, place: Path) -> Given:
    """An argument's value; a layer's object (an activation's) becomes its call."""
    is_layer = isinstance(value, Mapping) and str(value.get("module", "")).startswith("keras.layers")
    return Given(_call(value, place) if is_layer else value, place, place)


def _part(whole: Any, key: str, type: type, place: Path) -> Any:
    """A part that every config has."""
    part = whole.get(key) if isinstance(whole, Mapping) else None
    if not isinstance(part, type):
        raise ReadError(f"this part of a Keras config needs {key!r}", code="bad-config", span=place)
    return part
