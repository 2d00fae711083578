"""Unknown numbers: never shown as 0, the option that makes them known, and `--strict`."""

from __future__ import annotations

import json
import re

import pytest

from convcalc import load, summarize, write
from convcalc.tools.lacking import lacking
from convcalc.write import pieces
from tests.test_cli import convcalc

EMBEDDING = "Embedding(100, 8) | LSTM(4)"


@pytest.mark.parametrize("format", ["table", "markdown", "csv"])
@pytest.mark.parametrize("model", [EMBEDDING, "Conv2D(3, 3) | Flatten", "Sequential(layers=[Dense(2)]) | Dense(3)"])
def test_an_unknown_number_is_not_0(model: str, format: str) -> None:
    """Without an input no form of a summary has a 0 where the JSON has null."""
    summary = summarize(load(model))
    assert {row.params for row in summary.rows} == {summary.total_params} == {None}
    text = "".join(pieces(summary, format, columns=["params", "trainable_params", "macs", "bytes"]))
    assert not re.search(r"\b0\b", text)


def test_totals_are_unknown_too() -> None:
    """The default table says so in each line below it."""
    assert write.text(summarize(load(EMBEDDING))).split("\n")[-3:] == [
        " Total params: unknown", " Trainable params: unknown", " Non-trainable params: unknown",
    ]  # fmt: skip


def test_keras3_stays_keras_s() -> None:
    """Keras's own table counts 0 until a model is built."""
    text = summarize(load(EMBEDDING)).text(style="keras3")
    assert "0 (unbuilt)" in text
    assert " Total params: 0 (0.00 B)" in text


def test_layers_without_weights_are_known() -> None:
    """A layer that never has weights counts 0 without an input, in the table and in JSON."""
    done = convcalc("summary", "Dropout(0.5) | ReLU", "-f", "json")
    assert json.loads(done.stdout)["total_params"] == 0
    assert "Total params: 0 (0.00 B)" in convcalc("summary", "Dropout(0.5) | ReLU").stdout


@pytest.mark.parametrize(
    ("model", "option"),
    [
        (EMBEDDING, "-s None"),
        ("Embedding(100, 8) | Flatten | Dense(2)", "-s 10"),
        ("Dense(3)", "-s 10"),
        ("LSTM(3)", "-s 10,3"),
        ("Conv1D(3, 50)", "-s 1000,3"),
        ("Conv2D(3, 3) | Flatten | Dense(2)", "-s 28,28,3"),
        ("Conv2D(3, 30) | Flatten | Dense(2)", "-s 224,224,3"),
        ("Conv3D(3, 3)", "-s 16,16,16,3"),
        ("Dense(3) | Reshape((7, 7))", None),
    ],
)
def test_the_option_that_is_named_works(model: str, option: str | None) -> None:
    """What the note says to add makes every parameter known; nothing is named where no usual shape does."""
    assert lacking(load(model)) == option
    noted = convcalc("summary", model)
    assert f"{option or '-s 10,3'}\n" in noted.stderr
    if option:
        done = convcalc("summary", model, *option.split(" "), "-f", "json")
        assert json.loads(done.stdout)["total_params"]
        assert done.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("summary", EMBEDDING), 1),
        (("summary", EMBEDDING, "-f", "json"), 1),
        (("summary", EMBEDDING, "-s", "None"), 0),
        (("summary", EMBEDDING, "-s", "None", "-f", "csv"), 1),  # MACs follow from the length
        (("summary", EMBEDDING, "-s", "None", "--columns", "name,macs"), 1),
        (("summary", EMBEDDING, "-s", "10", "-f", "json"), 0),
        (("explain", EMBEDDING, "-s", "10"), 0),
        (("explain", EMBEDDING, "-s", "None"), 1),
        (("run", "Dense(2)", "-s", "3"), 0),
        (("run", "Activation('exponential')", "-s", "1", "--input", "[[1000]]", "-f", "json"), 1),
    ],
)
def test_strict_refuses_notes_and_unknown_figures(arguments: tuple[str, ...], status: int) -> None:
    """`--strict` prints the same, says what is unknown, and exits with 1; without it the status is 0."""
    strict, loose = convcalc(*arguments, "--strict"), convcalc(*arguments)
    assert (strict.returncode, loose.returncode) == (status, 0)
    if arguments[0] != "run":
        assert strict.stdout == loose.stdout
    assert bool(strict.stderr) == bool(status)
