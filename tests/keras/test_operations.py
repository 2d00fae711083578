"""Operations against live Keras: the samples and random variations of them, in scripts and in configs."""

from __future__ import annotations

import json
import os
import re
from random import Random
from typing import Any

import keras
import pytest
from keras import ops

import convcalc
from convcalc.errors import ConvcalcError
from convcalc.stack.graph import Stack, dtype_of
from tests.golden.make_operations import ask
from tests.operations import Sample, table, told

pytestmark = pytest.mark.keras

# Samples that differ on purpose, as patterns: convcalc shows no shape that cannot be computed.
LENIENT = (r"^einsum\(",)

SEED = int(os.environ.get("CONVCALC_SEED", "0"))
ROUNDS = int(os.environ.get("CONVCALC_ROUNDS", "2"))
# Random numbers stay small; a number in the name of an axis, a dtype or a file stays as it is.
_NUMBER = re.compile(r"(?<![\w.\"'])-?\d+(?![\w.\"'])")
_DTYPES = ("float32", "float32", "float16", "float64", "bfloat16", "int32", "int64", "uint8", "bool")


def varied(text: str, random: Random) -> str:
    """The sample with other numbers, other sizes or another dtype."""
    code, _, inputs = text.removesuffix(" shape only").rpartition(" on ")
    if random.random() < 0.6:
        code = _NUMBER.sub(lambda found: _number(found[0], random), code)
    shapes = inputs.split(" and ")
    if random.random() < 0.6:
        at = random.randrange(len(shapes))
        shapes[at] = _sizes(shapes[at], random)
    if random.random() < 0.3 and "image" not in code:
        at = random.randrange(len(shapes))
        shapes[at] = f"{shapes[at].partition(':')[0]}:{random.choice(_DTYPES)}"
    return f"{code} on {' and '.join(shapes)} shape only"


def _number(number: str, random: Random) -> str:
    return str(random.choice((-3, -2, -1, 0, 1, 1, 2, 3, 4, 5))) if random.random() < 0.4 else number


def _sizes(shape: str, random: Random) -> str:
    """Other sizes: one changed, unknown, left out or added."""
    sizes, _, dtype = shape.partition(":")
    whole = sizes.startswith("shape ")
    found: list[Any] = re.findall(r"None|\d+", sizes)
    at = random.randrange(len(found))
    match random.randrange(5):
        case 0:
            found[at] = "None"
        case 1 if len(found) > 1:
            del found[at]
        case 2 if len(found) < 5:
            found.insert(at, str(random.randint(1, 4)))
        case _:
            found[at] = str(random.randint(1, 9))
    told = f"shape ({', '.join(found)},)" if whole else ", ".join(found)
    return f"{told}:{dtype}" if dtype else told


def our_answer(load: Any) -> Any:
    """The outputs' shapes and dtypes, and the operations; None for a refusal."""
    try:
        stack: Stack = convcalc.load(load)
    except ConvcalcError:
        return None
    made = sorted((node.name, node.kind) for node in stack.nodes if node.layer is not None and node.layer.follows_dtype)
    return told((link.shape, dtype_of(link.source, link.tensor)) for link in stack.outputs), made


def difference(text: str) -> str:
    """What differs between Keras and convcalc; empty where nothing does, or convcalc alone refuses on purpose."""
    keras.backend.clear_session()
    sample = Sample(text)
    answer, model = ask(sample)
    ours = our_answer(sample.script)
    theirs = None if model is None else (answer["outputs"], sorted(map(tuple, answer["operations"])))
    if ours is None and any(re.search(pattern, text) for pattern in LENIENT):
        return ""
    if ours != theirs:
        return f"{text}\n  keras    {theirs or answer['refused']}\n  convcalc {ours}"
    if model is not None and "config" in answer and our_answer(json.loads(model.to_json())) != theirs:
        return f"{text} in a config\n  keras    {theirs}\n  convcalc {our_answer(json.loads(model.to_json()))}"
    return ""


@pytest.mark.parametrize("text", table())
def test_sample_is_keras_operation(text: str) -> None:
    """Shapes, dtypes, names and kinds of a sample; both refuse it, or neither."""
    assert not difference(text)


@pytest.mark.parametrize("text", table())
def test_variations_of_a_sample_are_keras_operations(text: str) -> None:
    """The same of random variations."""
    random = Random(f"{SEED}{text}")
    assert not "\n".join(filter(None, (difference(varied(text, random)) for _ in range(ROUNDS))))


def test_keras_has_no_other_functions() -> None:
    """The public names of keras.ops are the ones that golden/operations.json.xz has."""
    from tests.golden.make_operations import functions
    from tests.test_operations import TOLD

    assert sorted(functions(ops)) == TOLD["functions"]
