"""Configs of Keras without what it writes down of masks, as a script would say them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any


def without_masks(config: Any) -> Any:
    """The config of a graph without the operations in it, and without the masks that they make."""
    bare = deepcopy(config)
    layers = bare["config"]["layers"]
    made = {layer["name"] for layer in layers if layer["module"].startswith("keras.src.ops")}
    for layer in layers:
        for node in layer["inbound_nodes"]:
            mask = node["kwargs"].get("mask")
            if isinstance(mask, dict) and mask["config"]["keras_history"][0] in made:
                del node["kwargs"]["mask"]
    bare["config"]["layers"] = [layer for layer in layers if layer["name"] not in made]
    return bare
