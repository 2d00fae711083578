"""Keras's own configs (``model.to_json()``) as scripts: so far Keras 3's ``Sequential`` of layers in a chain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcalc.errors import ReadError
from convcalc.read.common import is_nested, not_yet
from convcalc.script import Call, Given, Script
from convcalc.source import Path


def is_config(value: Any) -> bool:
    """Whether a document is a Keras config rather than our own format."""
    return isinstance(value, Mapping) and "class_name" in value


def read_config(value: Mapping[str, Any], place: Path) -> Script:
    """The script of a config; `ReadError` for one that is broken, of Keras 2, or not a chain."""
    if "keras_version" in value or isinstance(value.get("config"), list):
        raise not_yet("a config of Keras 2", place)
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


def _call(entry: Any, place: Path) -> Call:
    """The call of one object: its class and its config; what else it carries follows from them."""
    kind = _part(entry, "class_name", str, place)
    config, at = _part(entry, "config", Mapping, place), place.child("config")
    if is_nested(kind):
        inside = _part(config, "layers", list, at)
        layers = [_call(one, at.child("layers").child(index)) for index, one in enumerate(inside)]
        named = {"name": Given(config["name"], at.child("name"))} if "name" in config else {}
        return Call(kind, (), named, place=place, layers=layers)
    if "inbound_nodes" in entry or "layers" in config:
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
