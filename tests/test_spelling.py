"""Old spellings: each call of Keras 1 and 2 is the call of Keras 3 that it is said to be, and every word is tried."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from convcalc.declare.layer import Layer
from convcalc.errors import ArgumentError
from convcalc.layers import MODULES, _old, canonical, find
from convcalc.layers.spelling import Modern, is_old_word, modern, plain
from convcalc.script import Given
from tests.old_calls import ROWS, Row, parts

GOLDEN = json.loads((Path(__file__).parent / "golden/spelling.json").read_text())


KERAS_1 = json.loads((Path(__file__).parent / "read/keras1/expected.golden").read_text())["calls"]


def spelled(text: str, generation: int) -> Modern:
    """A call of a text, spelled anew."""
    kind, args, words = parts(text)
    return modern(kind, tuple(map(Given, args)), {word: Given(value) for word, value in words.items()}, generation)


def layer(kind: str, args: Any, words: dict[str, Any]) -> Layer:
    """The layer of a call."""
    return find(kind)(*args, **words)


def built(call: Modern) -> Layer:
    """The layer of a call that is spelled anew."""
    named = {word: given.value for word, given in call.named.items()}
    return layer(call.kind, [given.value for given in call.positional], named)


def shapes(row: Row, call: Modern) -> list[tuple[Any, ...]]:
    """The inputs of a row, batch first."""
    if row.input is not None:
        return [(None, *one) for one in (row.input if isinstance(row.input, list) else [row.input])]
    if call.batch_shape is not None:
        return [tuple(call.batch_shape.value)]
    sizes = call.named["input_shape"].value if "input_shape" in call.named else (call.named["input_dim"].value,)
    return [(None, *sizes)]


def name(row: Row) -> str:
    """A row's own name."""
    return f"{row.old} in Keras {row.generation}"


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_old_call_is_the_modern_call(row: Row) -> None:
    """Both calls make the same layer, with Keras's output shape and parameters."""
    call = spelled(row.old, row.generation)
    mine, new = built(call), layer(*parts(row.new))
    assert (mine.kind, mine.config) == (new.kind, new.config)
    inferred = mine.infer(*shapes(row, call))
    told = GOLDEN[name(row)]
    assert list(inferred.output) == told["shape"]
    assert sum(weight.params for weight in inferred.weights) == told["params"]


@pytest.mark.parametrize("row", [row for row in ROWS if not row.own], ids=name)
def test_old_call_is_what_keras_2_makes_of_it(row: Row) -> None:
    """The converters of Keras 2.3 make the same arguments of the old call."""
    kind, args, words = GOLDEN[name(row)]["call"]
    call = spelled(row.old, row.generation)
    theirs = built(modern(kind, tuple(map(Given, args)), {word: Given(one) for word, one in words.items()}, 2))
    assert built(call).config == theirs.config


@pytest.mark.parametrize("row", [row for row in ROWS if name(row) in KERAS_1], ids=name)
def test_old_call_is_what_keras_1_makes_of_it(row: Row) -> None:
    """Keras 1 itself makes the same output shape and as many parameters."""
    call = spelled(row.old, row.generation)
    if call.is_old or row.generation == 1:
        inferred = built(call).infer(*shapes(row, call))
        found = {"shape": list(inferred.output), "params": sum(weight.params for weight in inferred.weights)}
        assert found == KERAS_1[name(row)]


def tried() -> set[tuple[str, str]]:
    """The kinds of the rows, each as written and as Keras 3 calls it, with the words that the rows use of them."""
    found = set()
    for row in ROWS:
        kind, args, words = parts(row.old)
        written = plain(kind)
        own = _old.KINDS.get(written) or _old.VERSIONS.get(written) or canonical(written)
        kinds = {written} | ({find(own).__name__} if own in MODULES else set())
        found |= {(kind, word) for kind in kinds for word in ("", *words)}
    return found


def test_every_word_of_every_kind_is_tried() -> None:
    """The rows use each argument of Keras 1 that Keras 3 does not have, of each kind, and each other entry."""
    pairs = tried()
    kinds, words = {kind for kind, _ in pairs}, {word for _, word in pairs}
    dilated = {"AtrousConv1D": "AtrousConvolution1D", "AtrousConv2D": "AtrousConvolution2D"}  # the same signature
    old = {(dilated.get(kind, kind), word) for kind, text in _old.SIGNATURES.items() for word in text.split()}
    assert {(kind, word) for kind, word in old if is_old_word(kind, word)} <= pairs
    assert {*_old.SIGNATURES, *_old.KINDS, *_old.VERSIONS, *_old.DEFAULTS_1} <= kinds
    assert {*_old.WORDS, *_old.DROPPED, *_old.IDLE, *_old.IDLE_AS} <= words


def test_every_mode_of_merge_is_tried() -> None:
    """The rows use each mode."""
    calls = [parts(row.old) for row in ROWS if plain(parts(row.old)[0]) in ("merge", "Merge")]
    assert {words.get("mode", (args[1:] or ["sum"])[0]) for _, args, words in calls} == {*_old.MODES}


@pytest.mark.parametrize("kind", _old.GONE)
def test_kind_that_keras_3_lacks_is_refused(kind: str) -> None:
    """A layer that Keras 3 does not have is refused by name, and is none of Keras 3's."""
    assert not Layer.kinds.get(canonical(kind))
    with pytest.raises(ArgumentError, match=f"{kind} is not covered"):
        spelled(f"keras.layers.{kind}(3)", 3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Convolution2D(8, 3, 3, border_mode='full')", "border_mode='full'"),
        ("Convolution1D(8, 3, border_mode='half')", "border_mode='half'"),
        ("BatchNormalization(mode=2)", "mode=2"),
        ("merge([], mode='other')", "this merge"),
        ("Dense(output_dim=3, units=3)", "units is given twice"),
        ("Dense(3, output_dim=3)", "output_dim is given twice"),
        ("Conv2D(8, nb_row=3, nb_col=3, kernel_size=3)", "kernel_size is given twice"),
    ],
)
def test_what_keras_3_cannot_say_is_refused(text: str, words: str) -> None:
    """Pads of Theano, other modes and arguments given twice are refused by name."""
    with pytest.raises(ArgumentError, match=words):
        spelled(text, 1)


OBJECTS = {
    "maxnorm(3)": "MaxNorm(3)",
    "MaxNorm(m=3)": "MaxNorm(max_value=3)",
    "max_norm(3)": "MaxNorm(3)",
    "nonneg()": "NonNeg()",
    "non_neg()": "NonNeg()",
    "unitnorm(axis=1)": "UnitNorm(axis=1)",
    "unit_norm()": "UnitNorm()",
    "MinMaxNorm(low=0.1, high=2.0)": "MinMaxNorm(min_value=0.1, max_value=2.0)",
    "min_max_norm(0.1)": "MinMaxNorm(0.1)",
    "l1(l=0.1)": "L1(l1=0.1)",
    "activity_l1(0.1)": "L1(0.1)",
    "l2(l=0.1)": "L2(l2=0.1)",
    "activity_l2(0.1)": "L2(0.1)",
    "l1l2(l1=0.1)": "L1L2(l1=0.1, l2=0.01)",
    "l1_l2(0.1)": "L1L2(l1=0.1, l2=0.01)",
    "activity_l1l2()": "L1L2(l1=0.01, l2=0.01)",
    "L1L2Regularizer(l1=0.1)": "L1L2(l1=0.1)",
    "WeightRegularizer(l2=0.1)": "L1L2(l2=0.1)",
    "ActivityRegularizer(l2=0.1)": "L1L2(l2=0.1)",
}


@pytest.mark.parametrize("old", OBJECTS)
def test_regularizers_and_constraints(old: str) -> None:
    """A regularizer or a constraint has the name, the arguments and the defaults of Keras 3."""
    call, (kind, args, words) = spelled(old, 1), parts(OBJECTS[old])
    named = {word: given.value for word, given in call.named.items()}
    assert (call.kind, [given.value for given in call.positional], named) == (kind, args, words)
    assert {text.partition("(")[0] for text in OBJECTS} == {*_old.OBJECTS}


def test_places_stay() -> None:
    """A value that is spelled anew keeps its place."""
    place: Any = object()
    call = modern("MaxPooling2D", (), {"dim_ordering": Given("th", place, place)})
    assert (call.named["data_format"].value, call.named["data_format"].place) == ("channels_first", place)


def test_what_keras_3_knows_stays() -> None:
    """A call of Keras 3 is given back as it is."""
    given = {"kernel_size": Given(3), "weights": Given(1)}
    call = modern("Conv2D", (Given(8),), given)
    assert (call.kind, call.named, call.is_old, call.batch_shape, call.inputs) == ("Conv2D", given, False, None, None)


@pytest.mark.parametrize("config", [{"name": "L1L2Regularizer", "l1": 0.0, "l2": 0.1}])
def test_regularizer_in_a_config_of_keras_1(config: dict[str, Any]) -> None:
    """A config of Keras 1 states a regularizer without its class."""
    call = modern("Dense", (), {"output_dim": Given(3), "W_regularizer": Given(config)}, 1)
    assert call.named["kernel_regularizer"].value == {"class_name": "L1L2", "config": {"l1": 0.0, "l2": 0.1}}
