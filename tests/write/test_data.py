"""The forms of a summary that programs read: JSON, CSV and Markdown."""

from __future__ import annotations

import csv as csv_reader
import io
import json as json_reader
import re
from collections.abc import Callable
from typing import Any

import pytest
from markdown_it import MarkdownIt

from convcalc.layers.conv import Conv1D
from convcalc.summary.figures import Summary
from convcalc.write import csv, json, markdown
from tests.write.models import cells, golden, sequence, summary

CONV = ("Conv1D", {"filters": 2, "kernel_size": 4, "use_bias": False})
ODD = [
    "a|b", 'say "x", y', "two\nlines", "*b* _i_ `c` ~~d~~", "<i>&amp;[l](u)\\|", "snake_case_1", "_", "cr\rcr", "é🙂",
    '"": 0', '": 1', "   in",
]  # fmt: skip
ODDLY_NAMED = sequence(*((CONV[0], {"filters": 2, "kernel_size": 1, "name": name}) for name in ODD))

KERAS3 = golden("keras3")
# Keras's tables in which a line is a row, with the columns that it shows of itself.
PLAIN = [case for case in KERAS3 if case.id in ("one layer, functional", "frozen", "counted names", "no layers")]

Read = Callable[[Summary], list[list[str]]]


def _read_csv(model: Summary) -> list[list[str]]:
    text = csv.dumps(model, ["layer", "output_shape", "params"])
    return list(csv_reader.reader(io.StringIO(text, newline="")))[1:]


def _read_markdown(model: Summary) -> list[list[str]]:
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown.dumps(model))
    texts = ["".join(_shown(child) for child in token.children or ()) for token in tokens if token.type == "inline"]
    return [texts[row : row + 3] for row in range(3, len(texts) - 1, 3)]


def _shown(token: Any) -> str:
    assert token.type in ("text", "text_special", "html_inline"), f"formatted: {token}"
    return str(token.content).replace("<br>", "\n").replace("\xa0", " ")


@pytest.mark.parametrize("read", [_read_csv, _read_markdown])
@pytest.mark.parametrize(("model", "options", "expected"), PLAIN)
def test_rows_are_those_of_keras(model: dict[str, Any], options: dict[str, Any], expected: str, read: Read) -> None:
    """CSV and Markdown have the layers, shapes and numbers that Keras prints."""
    assert read(summary(model)) == cells(expected)[1:]


@pytest.mark.parametrize("read", [_read_csv, _read_markdown])
def test_any_name_is_read_back(read: Read) -> None:
    """Whatever a name holds, a reader of the format gets it back, and neither cells nor formats that were not meant."""
    assert [row[0].replace("\r", "\n") for row in read(ODDLY_NAMED)] == [
        f"{name} (Conv1D)".replace("\r", "\n") for name in ODD
    ]


def test_csv_names_its_columns_and_leaves_the_unknown_empty() -> None:
    """The first line has the column names; numbers are plain; an unknown number is empty, not 0."""
    columns = ["name", "output_shape", "params", "receptive_field"]
    big = ("Conv1D", {"filters": 1000, "kernel_size": 1})
    assert (
        csv.dumps(sequence(big), columns)
        == 'name,output_shape,params,receptive_field\nconv1d,"(None, 10, 1000)",4000,1'
    )
    assert csv.dumps(sequence(big, input=None), columns).split("\n")[1] == "conv1d,,,"


def test_markdown_aligns_numbers_and_ends_in_the_totals() -> None:
    """A GitHub table: numbers to the right, and Keras's three totals below."""
    lines = markdown.dumps(sequence((CONV[0], {**CONV[1], "name": "a_b"})), ["name", "params"]).split("\n")
    assert lines[:3] == ["| Name | Param # |", "| --- | ---: |", "| a_b | 24 |"]
    assert lines[-2:] == [
        "",
        "Total params: 24 (96.00 B); Trainable params: 24 (96.00 B); Non-trainable params: 0 (0.00 B)",
    ]


@pytest.mark.parametrize("form", [csv, markdown])
def test_nested_models_open_and_ranges_hold_in_every_form(form: Any) -> None:
    """``expand_nested`` and ``layer_range`` choose the same rows as in the table."""
    model = sequence(CONV, ("Sequential", {"layers": [(CONV[0], {**CONV[1], "name": "inner"})]}))
    assert "inner" not in form.dumps(model)
    assert "inner" in form.dumps(model, expand_nested=True)
    assert "conv1d" not in form.dumps(model, layer_range=["seq", "seq"])


def test_json_is_the_contracts_object() -> None:
    """The JSON of one convolution has every key of the contract, with Keras's numbers."""
    read = json_reader.loads(json.dumps(sequence(CONV)))
    (layer,) = read.pop("layers")
    config = layer.pop("config")
    assert (config["filters"], config["kernel_size"], config["padding"]) == (2, [4], "valid")
    assert read == {
        "schema": 1,
        "name": "sequential",
        "class_name": "Sequential",
        "inputs": [{"name": "input_layer", "shape": [None, 10, 3], "dtype": "float32"}],
        "outputs": [{"layer": "conv1d", "shape": [None, 7, 2]}],
        "total_params": 24,
        "trainable_params": 24,
        "non_trainable_params": 0,
        "bytes": 96,
        "total_macs": 168,
    }
    assert layer == {
        "name": "conv1d",
        "class_name": "Conv1D",
        "input_shape": [None, 10, 3],
        "output_shape": [None, 7, 2],
        "dtype": "float32",
        "params": 24,
        "trainable_params": 24,
        "non_trainable_params": 0,
        "bytes": 96,
        "weights": [{"name": "kernel", "shape": [4, 3, 2], "params": 24, "trainable": True, "dtype": "float32"}],
        "macs": 168,
        "activation_bytes": 56,
        "receptive_field": [4],
        "connected_to": [["input_layer", 0, 0]],
    }


@pytest.mark.parametrize(("model", "options", "expected"), [case for case in KERAS3 if "color" not in str(case.id)])
def test_json_is_one_line_with_the_whole_summary(model: dict[str, Any], options: dict[str, Any], expected: str) -> None:
    """The text is one line and holds what `Summary.to_dict` holds, with Keras's names and totals."""
    whole = summary(model)
    text = json.dumps(whole)
    assert "\n" not in text
    read = json_reader.loads(text)
    assert read == json_reader.loads(json_reader.dumps(whole.to_dict()))
    totals = [read[key] or 0 for key in ("total_params", "trainable_params", "non_trainable_params")]
    footer = "".join(expected.split()).rpartition("Totalparams:")[2]
    assert [f"{total:,}" for total in totals] == re.findall(r"(?:^|params:)([\d,]+)", footer)


def test_json_keeps_odd_names() -> None:
    """No name can pass for JSON's own syntax or for the shared parts of the text."""
    assert [layer["name"] for layer in json_reader.loads(json.dumps(ODDLY_NAMED))["layers"]] == ODD


def test_json_says_null_where_the_input_is_unknown() -> None:
    """Unknown numbers are null, never 0."""
    read = json_reader.loads(json.dumps(sequence(CONV, input=None)))
    unknown = {"total_params", "trainable_params", "non_trainable_params", "bytes", "total_macs"}
    assert {name for name, value in read.items() if value is None} == unknown
    nulls = {name for name, value in read["layers"][0].items() if value is None}
    numbers = {"params", "trainable_params", "non_trainable_params", "bytes", "macs", "activation_bytes"}
    assert nulls == numbers | {"input_shape", "output_shape", "receptive_field"}


def test_json_has_no_number_that_json_lacks() -> None:
    """Infinity in an argument becomes null."""
    text = json.dumps(sequence(("ReLU", {"max_value": float("inf")})))
    read = json_reader.loads(text, parse_constant=pytest.fail)
    assert read["layers"][0]["config"]["max_value"] is None


def test_json_writes_a_layer_among_the_arguments() -> None:
    """A layer given as an argument, such as an activation, is written as its kind and arguments."""
    layer = Conv1D(1, 1, bias_initializer="ones")
    (read,) = json_reader.loads(json.dumps(sequence((CONV[0], {**CONV[1], "activation": layer}))))["layers"]
    assert read["config"]["activation"]["class_name"] == "Conv1D"
    assert read["config"]["activation"]["config"]["bias_initializer"] == "ones"


def test_a_nested_model_has_the_dtype_of_its_last_layer() -> None:
    """The output of a nested model is its last layer's, and so are the bytes of it."""
    inner = [(CONV[0], {**CONV[1], "dtype": dtype}) for dtype in ("float64", "float16")]
    (read,) = json_reader.loads(json.dumps(sequence(("Sequential", {"layers": inner}))))["layers"]
    assert (read["dtype"], read["output_shape"], read["activation_bytes"]) == ("float16", [None, 4, 2], 16)


def test_equal_layers_are_counted_once_but_told_apart() -> None:
    """Layers that share their numbers keep their own names, connections and receptive fields."""
    same = ("Conv1D", {"filters": 3, "kernel_size": 3, "padding": "same"})
    layers = json_reader.loads(json.dumps(sequence(*[same] * 3)))["layers"]
    assert [layer["name"] for layer in layers] == ["conv1d", "conv1d_1", "conv1d_2"]
    assert [layer["receptive_field"] for layer in layers] == [[3], [5], [7]]
    assert [layer["connected_to"][0][0] for layer in layers] == ["input_layer", "conv1d", "conv1d_1"]
    assert {layer["params"] for layer in layers} == {30}
