"""Layers whose meaning is Python code, which is never run: what is known of them is what a file states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcalc.declare import types as t
from convcalc.declare.layer import Layer
from convcalc.declare.weight import Inferred
from convcalc.script import Stated
from convcalc.sizes.formula import UNKNOWN
from convcalc.sizes.shapes import Shape


class Opaque(Layer):
    """A layer by its class's name and its config alone; unless ``weightless`` its weights are unknown."""

    is_opaque = True
    moves_axes = True

    def __init__(self, kind: str, config: Mapping[str, Any], *, weightless: bool) -> None:
        self.held = ()
        self.name = None
        self.trainable = config.get("trainable") is not False
        self.dtype = _dtype(config.get("dtype"))
        self.is_counted = weightless
        self._kind = kind
        self._config = {name: value for name, value in config.items() if name not in Layer.common}

    @property
    def kind(self) -> str:
        """The class's name."""
        return self._kind

    @property
    def config(self) -> dict[str, Any]:
        """What the file has of its arguments."""
        return self._config

    def stated(self, stated: Stated, shapes: tuple[Shape, ...]) -> Inferred | None:
        """The outputs that the file states, or else a `Lambda`'s ``output_shape``; None where nothing does."""
        outputs = stated.on(shapes) or tuple((shapes[0][0], *one) for one in _shapes(self._config.get("output_shape")))
        return Inferred(outputs[0], (), (UNKNOWN,), (), outputs[1:]) if outputs else None


def _dtype(policy: Any) -> str:
    """The dtype policy of a config; Keras's default for one of a class of its own."""
    try:
        read: str = t.policy.read(policy, 0)
    except t.MismatchError:
        return "float32"
    return read


def _shapes(value: Any) -> list[tuple[Any, ...]]:
    """The shapes without the batch in an ``output_shape``: one, or a list of several; none for anything else."""
    if not isinstance(value, list | tuple):
        return []
    if all(size is None or type(size) is int for size in value):
        return [tuple(value)]
    several = [_shapes(one) for one in value]
    return [one for (one,) in several] if all(len(one) == 1 for one in several) else []
