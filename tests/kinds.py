"""Every declared kind and alias, for tests that hold for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcalc.layer import Layer
from convcalc.layers import MODULES, find


def every_name() -> list[str]:
    """The names of all kinds and aliases, in alphabetical order."""
    return sorted(MODULES)


def every_kind() -> list[type[Layer]]:
    """All kinds, each once, in alphabetical order."""
    return sorted({find(name) for name in MODULES}, key=lambda kind: kind.__name__)


def live(keras: Any, name: str) -> Any:
    """Keras's class of that name, be it exported under another of the kind's names."""
    names = (name, *find(name).aliases)
    return next(getattr(keras.layers, one) for one in names if hasattr(keras.layers, one))


def called(layer: Any, inputs: Sequence[Any], **options: Any) -> Any:
    """What a layer of Keras makes of its inputs: several are given one by one, or in a list where Keras wants it.

    One input is given as in a chain, without a list.
    """
    listed = len(inputs) > 1 and find(type(layer).__name__).listed
    return layer(list(inputs), **options) if listed else layer(*inputs, **options)


def weight_names(layer: Any) -> list[str]:
    """The names of a Keras layer's weights; where its own parts share names, with the parts before them."""
    names = [weight.path.rpartition("/")[2] for weight in layer.weights]
    holds = hasattr(layer, "layer") or hasattr(layer, "forward_layer")
    if len(set(names)) == len(names) or holds:
        return names
    return [weight.path.removeprefix(f"{layer.path}/") for weight in layer.weights]
