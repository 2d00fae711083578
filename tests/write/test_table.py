"""Keras 3's table."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from convcalc import write
from convcalc.errors import ConvcalcError
from convcalc.write.columns import COLUMNS
from tests.write.models import cells, golden, sequence, summary

CONV = ("Conv1D", {"filters": 2, "kernel_size": 4})


@pytest.mark.parametrize(("model", "options", "expected"), golden("keras3"))
def test_keras3_prints_what_keras_prints(model: dict[str, Any], options: dict[str, Any], expected: str) -> None:
    """The style ``keras3`` is Keras's text to the last character."""
    assert write.text(summary(model), style="keras3", **options) == expected


@pytest.mark.parametrize(("model", "options", "expected"), golden("keras"))
def test_keras_widens_what_keras_would_cut(model: dict[str, Any], options: dict[str, Any], expected: str) -> None:
    """The style ``keras`` is Keras's table in columns just wide enough that nothing is cut."""
    assert write.text(summary(model), style="keras", **options) == expected


def test_styles_default_to_keras() -> None:
    """`write.text` makes the table that cuts nothing; `Summary.text` the one that Keras prints."""
    long = sequence(("Conv1D", {**CONV[1], "name": "x" * 50}))
    assert write.text(long) == write.text(long, style="keras")
    assert long.text() == write.text(long, style="keras3") != write.text(long)


def test_selected_columns_come_in_the_order_given() -> None:
    """``columns`` replaces Keras's columns, each as wide as it needs."""
    table = cells(write.text(sequence(CONV), columns=["macs", "name", "receptive_field", "weights"]))
    assert table == [
        ["MACs", "Name", "Receptive Field", "Weights"],
        ["168", "conv1d", "4", "kernel (4, 3, 2), bias (2)"],
    ]


def test_columns_show_numbers_as_keras_does() -> None:
    """Numbers have thousands separators, sizes along axes a cross between them."""
    image = summary({"input": [32, 32, 3], "layers": [("Conv2D", {"filters": 8, "kernel_size": [3, 5]})]})
    assert cells(write.text(image, columns=["macs", "receptive_field"]))[1] == ["302,400", "3x5"]


@pytest.mark.parametrize(
    ("model", "options", "expected"), [case for case in golden("keras3") if "color" in str(case.id)]
)
def test_the_environment_has_no_say(
    model: dict[str, Any], options: dict[str, Any], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Width and color are the caller's: rich's own reading of the environment is kept out."""
    for name, value in {"TERM": "dumb", "NO_COLOR": "1", "COLUMNS": "20"}.items():
        monkeypatch.setenv(name, value)
    assert write.text(summary(model), style="keras3", **options) == expected


def test_every_column_has_something_to_say() -> None:
    """Each column fits a layer with weights, and is unknown, not 0, where the input is unknown."""
    known, unknown = (
        dict(
            zip(
                COLUMNS,
                cells(write.text(sequence(CONV, input=shape), columns=list(COLUMNS), width=2000))[1],
                strict=True,
            )
        )
        for shape in ([10, 3], None)
    )
    assert "?" not in known.values()
    fixed = {"layer", "name", "type", "depth", "dtype", "config", "connected_to"}
    assert {name for name, text in unknown.items() if text != "?"} == fixed | {"params"}
    assert unknown["params"] == "? (unbuilt)"


@pytest.mark.parametrize("style", ["keras", "keras3"])
def test_selected_columns_wrap_and_are_never_cut(style: str) -> None:
    """On a console that is too narrow, selected columns wrap at blanks, or grow beyond it."""
    text = write.text(sequence(CONV), style=style, columns=["name", "weights", "params"], width=12)
    assert "…" not in text
    words = [" ".join(column).split() for column in zip(*cells(text), strict=True)]
    assert words == [["Name", "conv1d"], ["Weights", "kernel", "(4,", "3,", "2),", "bias", "(2)"], ["Param", "#", "26"]]


@pytest.mark.parametrize(
    ("options", "code", "help"),
    [
        ({"style": "kera"}, "unknown-style", "did you mean 'keras'?"),
        ({"columns": ["mac"]}, "unknown-column", "did you mean 'macs'?"),
        ({"style": "keras3", "width": 15}, "too-narrow", "line_length"),
        ({"layer_range": ["conv1d"]}, "layer-range", "names"),
        ({"layer_range": ["conv1d", "dense"]}, "layer-range", "names"),
        ({"layer_range": ["onv1d", "conv1d"]}, "layer-range", "names"),
        ({"layer_range": ["conv1d", "("]}, "layer-range", "names"),
    ],
)
def test_what_cannot_be_drawn_is_refused(options: dict[str, Any], code: str, help: str) -> None:
    """Keras's own refusals and unknown words are errors that say how to go on."""
    with pytest.raises(ConvcalcError) as caught:
        write.text(sequence(CONV), **options)
    assert caught.value.code == code
    assert help in (caught.value.help or "")


def test_only_keras_3s_table_loads_rich() -> None:
    """JSON, CSV, Markdown and the plain-text tables load neither rich nor NumPy."""
    code = """
import sys
from convcalc import write
from convcalc.write import csv, json, markdown
from tests.write.models import sequence
model = sequence(("Conv1D", {"filters": 2, "kernel_size": 4}))
for form in (json, csv, markdown):
    form.dumps(model)
write.text(model, style="keras2")
write.text(model, style="classic")
print(*{"rich", "numpy"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
