"""What tests of masks share: configs without what Keras writes down of masks, and graphs without their names."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import convcalc


def without_masks(config: Any) -> Any:
    """The config of a graph without the operations in it, and without the masks that they make."""
    bare = deepcopy(config)
    layers = bare["config"]["layers"]
    made = {layer["name"] for layer in layers if layer["module"].startswith("keras.src.ops")}
    for layer in layers:
        for node in layer["inbound_nodes"]:
            mask = node["kwargs"].get("mask")
            if isinstance(mask, dict) and mask["config"]["keras_history"][0] in made:
                node["kwargs"] = {}  # beside it may stand training=False, which Keras writes down as well
    bare["config"]["layers"] = [layer for layer in layers if layer["name"] not in made]
    return bare


def graph(config: Any) -> list[Any]:
    """The rows of a config in order: name, kind, shape, connections; an operation's name counts as its kind."""
    rows = convcalc.summarize(convcalc.load(config)).rows
    names = {row.name: row.kind if row.layer and row.layer.home.prefix else row.name for row in rows}
    links = [[(names[str(name)], *rest) for name, *rest in row.connections] for row in rows]
    return [(names[row.name], row.kind, row.output_shape, to) for row, to in zip(rows, links, strict=True)]
