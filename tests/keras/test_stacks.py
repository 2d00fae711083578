"""Whole models: random Sequential stacks have Keras's rows, totals and summary, to the last character."""

from __future__ import annotations

import math
import os
from functools import partial
from random import Random
from typing import Any

import pytest

keras = pytest.importorskip("keras", reason="the live comparison needs keras and tensorflow-cpu")

from convcalc.errors import ConvcalcError  # noqa: E402
from convcalc.layers import find  # noqa: E402
from convcalc.script import Call, Given, Script  # noqa: E402
from convcalc.sizes.shapes import Shape  # noqa: E402
from convcalc.stack.build import build  # noqa: E402
from convcalc.summary.figures import Summary  # noqa: E402
from convcalc.write import summarize  # noqa: E402
from tests.keras.draw import Drawn, draw  # noqa: E402
from tests.keras.oracle import keras_answer  # noqa: E402
from tests.kinds import every_name, live  # noqa: E402

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore")]

MODELS = int(os.environ.get("CONVCALC_FUZZ", "3000")) // 30
FIRST = int(os.environ.get("CONVCALC_SEED", "0"))
# Keras's Equalization gives its symbolic input back as its output, a cycle that Keras's own models refuse.
KINDS = [
    name
    for name in every_name()
    if find(name).__name__ not in ("InputLayer", "Equalization") and find(name).signature.least == 1
]
# They name the layer or speak of the model's input, which is the model's own affair here.
LEFT_OUT = ("name", "input_shape", "input_dim")


def drawn_stack(seed: int) -> tuple[Shape, list[Drawn]]:
    """An input, batch first, and layers that Keras accepts one after the other."""
    random = Random(seed)
    shape = (random.choice((None, None, 4)), *(random.randint(4, 24) for _ in range(random.randint(1, 4))))
    stack, current = [], shape
    wanted = random.randint(1, 60)
    while wanted > 0 or not stack:
        wanted -= 1
        drawn = draw(random.randrange(10**9), KINDS)
        named = {name: value for name, value in drawn.named.items() if name not in LEFT_OUT}
        if random.random() < 0.2:
            named["name"] = f"{random.choice(('block', 'a name that is rather long for its column'))}_{len(stack)}"
        drawn = Drawn(drawn.kind, drawn.positional, named, current)
        answer = keras_answer(drawn)
        # A chain goes on from one output alone.
        if answer and answer.accepted and len(answer.outputs) == 1 and accepted(drawn):
            stack.append(drawn)
            (current,) = answer.outputs
    return shape, stack


def accepted(drawn: Drawn) -> bool:
    """Whether we accept it, which the fuzz of layers compares."""
    try:
        drawn.make(find).infer(drawn.shape)
    except ConvcalcError:
        return False
    return True


def called(kind: str, *positional: Any, **named: Any) -> Call:
    """The call of a kind, as a reader makes it."""
    return Call(kind, tuple(map(Given, positional)), {name: Given(value) for name, value in named.items()})


def ours(shape: Shape, stack: list[Drawn]) -> Summary:
    """Our summary of the stack."""
    calls = [one.make(lambda kind: partial(called, kind)) for one in stack]
    return summarize(build(Script(calls, input=Given(shape[1:]), batch_size=Given(shape[0]))))


def theirs(shape: Shape, stack: list[Drawn]) -> Any:
    """Keras's model of the stack, in a session of its own."""
    keras.backend.clear_session(free_memory=False)
    layers = [one.make(partial(live, keras)) for one in stack]
    return keras.Sequential([keras.Input(batch_shape=shape), *layers])


@pytest.mark.parametrize("seed", range(FIRST, FIRST + MODELS))
def test_stack_is_keras(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names, classes, shapes, parameters, totals, and the table as Keras prints it into a pipe."""
    monkeypatch.delenv("COLUMNS", raising=False)
    shape, stack = drawn_stack(seed)
    summary, model = ours(shape, stack), theirs(shape, stack)
    rows = [(row.name, row.kind, row.output_shape, row.params) for row in summary.top_rows()]
    layers = [(one.name, type(one).__name__, tuple(one.output.shape), one.count_params()) for one in model.layers]
    assert rows == layers
    assert summary.total_params == model.count_params()
    assert summary.trainable_params == sum(math.prod(weight.shape) for weight in model.trainable_weights)
    lines: list[str] = []
    model.summary(print_fn=lambda line, **_: lines.append(line))
    assert summary.text(style="keras3").rstrip("\n") == "\n".join(lines).rstrip("\n")
