"""Every declared kind and alias, for tests that hold for all of them."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Sequence
from typing import Any

from convcalc.declare.layer import Layer
from convcalc.layers import MODULES, find

# Keras counts the weights that were given no name over the whole session.
_UNNAMED = re.compile(r"^variable_\d+$")


def every_name() -> list[str]:
    """The names of all kinds and aliases, in alphabetical order."""
    return sorted(MODULES)


def every_kind() -> list[type[Layer]]:
    """All kinds, each once, in alphabetical order."""
    return sorted({find(name) for name in MODULES}, key=lambda kind: kind.__name__)


def live(keras: Any, name: str) -> Any:
    """Keras's class of that name, be it exported under another of the kind's names."""
    kind = find(name)
    module = importlib.import_module(kind.module.replace("keras", keras.__name__, 1))
    return next(getattr(module, one) for one in (name, *kind.aliases) if hasattr(module, one))


def called(layer: Any, inputs: Sequence[Any], **options: Any) -> Any:
    """What a layer of Keras makes of its inputs: several are given one by one, or in a list where Keras wants it.

    One input is given as in a chain, without a list; behind a cell's come its states.
    """
    if find(type(layer).__name__).is_cell:
        return layer(inputs[0], states=_packed(layer.state_size, iter(inputs[1:])), **options)
    listed = len(inputs) > 1 and find(type(layer).__name__).listed
    return layer(list(inputs), **options) if listed else layer(*inputs, **options)


def _packed(sizes: Any, states: Iterator[Any]) -> Any:
    """A cell's states as Keras nests them: in a list, even if there is but one; those of cells in a list of lists."""
    return [_packed(size, states) if isinstance(size, list) else next(states) for size in listed(sizes)]


def listed(value: Any) -> list[Any]:
    """A list as it is, another value in a list."""
    return value if isinstance(value, list) else [value]


def weight_names(layer: Any) -> list[str]:
    """The names of a Keras layer's weights; where its own parts share names, with the parts before them."""
    names = [_UNNAMED.sub("variable", weight.path.rpartition("/")[2]) for weight in layer.weights]
    holds = any(hasattr(layer, part) for part in ("layer", "forward_layer", "cell", "cells"))
    if len(set(names)) == len(names) or holds:
        return names
    return [weight.path.removeprefix(f"{layer.path}/") for weight in layer.weights]
