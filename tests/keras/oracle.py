"""Real Keras asked: what becomes of a configuration, and what convcalc makes of the same one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

from convcalc.errors import ConvcalcError
from convcalc.layers import find
from tests.keras.draw import Drawn

Weights = tuple[tuple[str, tuple[int, ...], bool, str], ...]


class Answer:
    """A shape, parameters and weights (name, shape, trainable, dtype); or why it is refused."""

    __slots__ = ("output", "params", "refusal", "weights")

    def __init__(
        self, output: Any = None, params: int | None = None, weights: Weights = (), refusal: str | None = None
    ) -> None:
        self.output = output
        self.params = params
        self.weights = weights
        self.refusal = refusal

    @property
    def accepted(self) -> bool:
        """Whether there is a shape."""
        return self.refusal is None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Answer):
            return NotImplemented
        same = (self.output, self.params, self.weights) == (other.output, other.params, other.weights)
        return same and self.accepted == other.accepted

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"refuses: {self.refusal}" if self.refusal else f"{self.output}, {self.params} params, {self.weights}"


def _settled(ask: Callable[[Drawn], Answer], drawn: Drawn, refusals: type[Exception]) -> Answer:
    """The answer, a refusal included."""
    try:
        return ask(drawn)
    except refusals as error:
        return Answer(refusal=f"{type(error).__name__}: {' '.join(str(error).split())[:300]}")


def _keras(drawn: Drawn) -> Answer:
    layer = getattr(keras.layers, drawn.kind)(*drawn.positional, **drawn.named)
    output = layer(keras.KerasTensor(drawn.shape, dtype="float32"))
    weights = tuple(
        (weight.path.rpartition("/")[2], tuple(weight.shape), bool(weight.trainable), str(weight.dtype))
        for weight in layer.weights
    )
    return Answer(tuple(output.shape), layer.count_params(), weights)


def _ours(drawn: Drawn) -> Answer:
    inferred = find(drawn.kind)(*drawn.positional, **drawn.named).infer(drawn.shape)
    weights = tuple((w.name, w.shape, w.trainable, w.dtype or "") for w in inferred.weights)
    return Answer(inferred.output, inferred.params, weights)


def keras_answer(drawn: Drawn) -> Answer:
    """What Keras makes of it; whatever it raises is a refusal."""
    return _settled(_keras, drawn, Exception)


def our_answer(drawn: Drawn) -> Answer:
    """What convcalc makes of it; an exception that is not an error of ours is a defect and passes through."""
    return _settled(_ours, drawn, ConvcalcError)


def reproduction(drawn: Drawn) -> str:
    """A configuration and both answers, as a text to paste into a shell."""
    return (
        f"python -c 'from tests.keras.oracle import both; both{drawn!r}'\n"
        f"  keras    {keras_answer(drawn)}\n  convcalc {our_answer(drawn)}"
    )


def both(kind: str, positional: tuple[Any, ...], named: dict[str, Any], shape: tuple[int | None, ...]) -> None:
    """Prints both answers."""
    print(reproduction(Drawn(kind, positional, named, shape)))
