"""The tables of earlier Keras."""

from __future__ import annotations

from typing import Any

import pytest

from convcalc import write
from convcalc.declare.naming import snake_case
from convcalc.errors import ConvcalcError
from tests.write.models import golden, sequence, summary

CONV = ("Conv1D", {"filters": 2, "kernel_size": 4, "use_bias": False})

# Keras 2.2.4 does not run on today's Python. This is what it printed for this model; every blank counts.
CLASSIC = """\
_________________________________________________________________
Layer (type)                 Output Shape              Param #   
=================================================================
input_1 (InputLayer)         (None, 10, 3)             0         
_________________________________________________________________
conv1d_1 (Conv1D)            (None, 7, 2)              24        
=================================================================
Total params: 24
Trainable params: 24
Non-trainable params: 0
_________________________________________________________________"""  # noqa: W291


@pytest.mark.parametrize(("model", "options", "expected"), golden("keras2"))
def test_keras2_prints_what_tf_keras_prints(model: dict[str, Any], options: dict[str, Any], expected: str) -> None:
    """The style ``keras2`` is tf_keras's text to the last character."""
    assert write.text(summary(model), style="keras2", **options) == expected


def test_classic_prints_what_keras_2_2_printed() -> None:
    """The style ``classic`` is Keras 2.2.4's text to the last character."""
    assert write.text(sequence(CONV, functional=True), style="classic") == CLASSIC


def test_classic_sequential_shows_no_input() -> None:
    """A Sequential has the rows of a Functional model but the input's."""
    rows = CLASSIC.split("\n")
    assert write.text(sequence(CONV), style="classic").split("\n") == rows[:3] + rows[5:]


def test_classic_separates_thousands_below_the_table_only() -> None:
    """A count is plain in its row and has separators in the totals, as Keras 2.2.4 printed them."""
    lines = write.text(sequence(("Conv1D", {"filters": 600, "kernel_size": 1})), style="classic").split("\n")
    assert lines[3].split()[-1] == "2400"
    assert lines[5:8] == ["Total params: 2,400", "Trainable params: 2,400", "Non-trainable params: 0"]


def test_classic_cuts_texts_one_short_of_the_next_column() -> None:
    """A text loses what reaches into the next column and the character before it (28, 25 and 10 remain)."""
    name = "abcdefghijklmnopqrstuvwxyz0123456789"
    line = write.text(sequence((CONV[0], {**CONV[1], "name": name})), style="classic").split("\n")[3]
    assert line == f"{name[:28]} {'(None, 7, 2)':<25} {'24':<10}"


def test_classic_counts_every_name_from_1() -> None:
    """Automatic names are numbered from 1 for each kind; given names stay and do not count."""
    nested = ("Sequential", {"layers": [CONV]})
    one = ("SeparableConv1D", {"filters": 1, "kernel_size": 1})
    text = write.text(sequence(nested, (CONV[0], {**CONV[1], "name": "mine"}), one, CONV), style="classic")
    names = [line.split(" (")[0] for line in text.split("\n")[3:-4:2]]
    assert names == ["sequential_1", "mine", "separable_conv1d_1", "conv1d_2"]


def test_classic_names_split_at_digits() -> None:
    """Up to Keras 2.6 digits belonged to a word of a name, which shows in one kind."""
    assert snake_case("ConvLSTM2D", "[A-Z][a-z0-9]+") == "conv_lst_m2d"
    assert snake_case("ConvLSTM2D") == "conv_lstm2d"


@pytest.mark.parametrize(
    ("style", "options", "code"),
    [
        ("classic", {"show_trainable": True}, "not-in-style"),
        ("classic", {"expand_nested": True}, "not-in-style"),
        ("classic", {"layer_range": ["a", "b"]}, "not-in-style"),
        ("classic", {"columns": ["macs"]}, "not-in-style"),
        ("keras2", {"columns": ["macs"]}, "not-in-style"),
        ("keras2", {"line_length": 8}, "too-narrow"),
    ],
)
def test_what_a_table_cannot_show_is_refused(style: str, options: dict[str, Any], code: str) -> None:
    """An option that a style knows nothing of is an error, not a silence."""
    with pytest.raises(ConvcalcError) as caught:
        write.text(sequence(CONV), style=style, **options)
    assert caught.value.code == code


@pytest.mark.parametrize("style", ["keras2", "classic"])
def test_an_unknown_input_is_refused(style: str) -> None:
    """Keras 2 had no summary of a model that was never built."""
    with pytest.raises(ConvcalcError) as caught:
        write.text(sequence(CONV, input=None), style=style)
    assert caught.value.code == "unbuilt"
