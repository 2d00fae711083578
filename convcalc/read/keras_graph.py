"""Graphs of Keras's configs: the calls of every layer, each after those that it depends on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from convcalc.errors import ReadError
from convcalc.read.keras_objects import Objects, part
from convcalc.script import Call, Given, Ref, Script
from convcalc.source import Path


def read_graph(value: Mapping[str, Any], place: Path, objects: Objects) -> Script:
    """The script of a ``Functional`` config: every call of every layer, each after those that it depends on."""
    call = graph(value, place, objects)
    return Script(call.layers or [], name=call.name, functional=True, outputs=call.outputs, place=place)


def graph(value: Mapping[str, Any], place: Path, objects: Objects) -> Call:
    """The call of a ``Functional`` config, its layers inside."""
    config, at = part(value, "config", Mapping, place), place.child("config")
    entries = part(config, "layers", list, at)
    waiting: list[tuple[Call, str]] = []
    for index, entry in enumerate(entries):
        where = at.child("layers").child(index)
        call = objects.call(entry, where)
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
