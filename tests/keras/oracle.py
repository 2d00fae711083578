"""Real Keras asked: what becomes of a configuration, and what convcalc makes of the same one."""

from __future__ import annotations

import shlex
from functools import partial
from typing import Any

import keras

from convcalc.errors import ConvcalcError
from convcalc.layers import find
from convcalc.layers.core import InputLayer
from tests.keras.draw import Drawn
from tests.keras.held import HeldLayer
from tests.kinds import called, live, weight_names

__all__ = ["Answer", "HeldLayer", "both", "keras_answer", "our_answer", "reproduction"]

Weights = tuple[tuple[str, tuple[int, ...], bool, str], ...]


class Answer:
    """The outputs' shapes, parameters and weights (name, shape, trainable, dtype); or why it is refused."""

    __slots__ = ("outputs", "params", "refusal", "weights")

    def __init__(
        self, outputs: Any = None, params: int | None = None, weights: Weights = (), refusal: str | None = None
    ) -> None:
        self.outputs = outputs
        self.params = params
        self.weights = weights
        self.refusal = refusal

    @property
    def accepted(self) -> bool:
        """Whether there are shapes."""
        return self.refusal is None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Answer):
            return NotImplemented
        same = (self.outputs, self.params, self.weights) == (other.outputs, other.params, other.weights)
        return same and self.accepted == other.accepted

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"refuses: {self.refusal}" if self.refusal else f"{self.outputs}, {self.params} params, {self.weights}"


def _refused(error: Exception) -> Answer:
    return Answer(refusal=f"{type(error).__name__}: {' '.join(str(error).split())[:300]}")


def _keras(drawn: Drawn) -> Answer:
    layer = drawn.make(partial(live, keras))
    if find(drawn.kind) is InputLayer:
        return Answer([tuple(layer.shape if drawn.kind == "Input" else layer.batch_shape)], 0)
    outputs = keras.tree.flatten(called(layer, [keras.KerasTensor(shape, dtype="float32") for shape in drawn.shapes]))
    weights = tuple(
        (name, tuple(weight.shape), weight.trainable, str(weight.dtype))
        for name, weight in zip(weight_names(layer), layer.weights, strict=True)
    )
    return Answer([tuple(output.shape) for output in outputs], layer.count_params(), weights)


def _ours(drawn: Drawn) -> Answer:
    layer = drawn.make(find)
    inferred = layer.infer((layer.batch, *layer.sizes)) if isinstance(layer, InputLayer) else layer.infer(*drawn.shapes)
    weights = tuple((w.name, w.shape, w.trainable, w.dtype or "") for w in inferred.weights)
    return Answer([inferred.output, *inferred.more], inferred.params, weights)


def keras_answer(drawn: Drawn) -> Answer | None:
    """What Keras makes of it, any exception being a refusal; None where it lacks a package to know."""
    try:
        return _keras(drawn)
    except ImportError:
        return None
    except Exception as error:
        return _refused(error)


def our_answer(drawn: Drawn) -> Answer:
    """What convcalc makes of it; an exception that is not an error of ours is a defect and passes through."""
    try:
        return _ours(drawn)
    except ConvcalcError as error:
        return _refused(error)


def reproduction(drawn: Drawn) -> str:
    """A configuration and both answers, as a text to paste into a shell."""
    code = f"from math import inf, nan; from tests.keras.oracle import HeldLayer, both; both{drawn!r}"
    return f"python -c {shlex.quote(code)}\n  keras    {keras_answer(drawn)}\n  convcalc {our_answer(drawn)}"


def both(kind: str, positional: tuple[Any, ...], named: dict[str, Any], *shapes: tuple[int | None, ...]) -> None:
    """Prints both answers."""
    print(reproduction(Drawn(kind, positional, named, *shapes)))
