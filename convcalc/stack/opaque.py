"""Layers whose meaning is Python code. The code is never run: all that is known is what a file states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcalc.declare import types as t
from convcalc.declare.layer import Layer
from convcalc.declare.traits import Positions
from convcalc.declare.weight import Inferred
from convcalc.script import Stated
from convcalc.sizes.formula import UNKNOWN
from convcalc.sizes.shapes import Shape


class Opaque(Layer):
    """A layer of which a file has the class's name and the config; unless ``weightless``, its weights are unknown."""

    positions = Positions(move=True)

    def __init__(self, kind: str, config: Mapping[str, Any], *, weightless: bool) -> None:
        self.held = ()
        self.name = None
        self.trainable = config.get("trainable") is not False
        self.dtype = _policy(config.get("dtype"))
        self.weightless = weightless
        self._kind = kind
        self._config = {name: value for name, value in config.items() if name not in Layer.common}

    @property
    def kind(self) -> str:
        """The class's name."""
        return self._kind

    @property
    def config(self) -> dict[str, Any]:
        """The arguments in the file, without the arguments that all layers have."""
        return self._config

    def stated(self, stated: Stated, shapes: tuple[Shape, ...]) -> Inferred | None:
        """The outputs by the shapes that the file states, or by a `Lambda`'s ``output_shape``; None without either."""
        outputs = stated.on(shapes) or tuple((shapes[0][0], *one) for one in _shapes(self._config.get("output_shape")))
        return Inferred(outputs[0], (), (UNKNOWN,), (), outputs[1:]) if outputs else None


def _policy(policy: Any) -> str:
    """The dtype policy of a config; Keras's default where the policy is of a script's own class."""
    try:
        read: str = t.policy.read(policy, 0)
    except t.MismatchError:
        return "float32"
    return read


def _shapes(value: Any) -> list[tuple[Any, ...]]:
    """The shapes in an ``output_shape``, which is one shape or a list, without the batch; none for anything else."""
    if not isinstance(value, list | tuple):
        return []
    if all(size is None or type(size) is int for size in value):
        return [tuple(value)]
    several = [_shapes(one) for one in value]
    return [one for (one,) in several] if all(len(one) == 1 for one in several) else []
