"""Keras's own configs (``model.to_json()``) as scripts: ``Sequential`` and ``Functional`` models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcalc.read.common import GRAPHS, is_nested, not_yet
from convcalc.read.keras.graphs import read_graph
from convcalc.read.keras.objects import Objects, layers_of
from convcalc.script import Given, Script
from convcalc.source import Path


def is_config(value: Any) -> bool:
    """Whether a document is a Keras config rather than our own format."""
    return isinstance(value, Mapping) and "class_name" in value


def read_config(value: Mapping[str, Any], place: Path, version: str | None = None) -> Script:
    """The script of a config; `ReadError` for one that is broken, or of a class of its own.

    ``version`` is that of the Keras that wrote it, where it stands beside the config.
    """
    objects = Objects(_is_keras2(value, version))
    if value["class_name"] in GRAPHS:
        return read_graph(value, place, objects)
    if value["class_name"] != "Sequential":
        raise not_yet(f"a config of the class {value['class_name']}", place.child("class_name"))
    call = objects.call(value, place)
    script = Script(call.layers or [], name=call.name, place=place)
    shape, at = _input_shape(value, place)
    if isinstance(shape, list) and shape:
        script.batch_size, script.input = Given(shape[0], at), Given(shape[1:], at)
    return script


def _is_keras2(value: Mapping[str, Any], version: str | None) -> bool:
    """Whether Keras 2 wrote a config: it states its version there, Keras 3 beside it."""
    version = version or str(value.get("keras_version", ""))
    return isinstance(value.get("config"), list) or version.startswith(("1.", "2."))


def _input_shape(value: Any, place: Path) -> tuple[Any, Path]:
    """The input's shape, batch first: that of the first layer, else that of the build."""
    found: tuple[Any, Path] = None, place
    while isinstance(value, Mapping) and is_nested(str(value.get("class_name"))):
        config, at = value.get("config"), place.child("config")
        if isinstance(config, Mapping) and not found[0]:
            found = config.get("build_input_shape"), at.child("build_input_shape")
        layers, at = layers_of(value, place)
        value, place = (layers[0], at.child(0)) if layers else (None, place)
    config = value.get("config") if isinstance(value, Mapping) else None
    for key in ("batch_input_shape", "batch_shape"):
        if isinstance(config, Mapping) and key in config:
            return config[key], place.child("config").child(key)
    return found
