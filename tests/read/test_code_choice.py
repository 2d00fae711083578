"""Which model of a script is meant, what the user may say of it, and the files beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from convcalc import load, run
from convcalc.cli import group
from convcalc.errors import ConvcalcError
from convcalc.read import offers

HEAD = "import keras\nfrom keras import layers, Sequential, Model, Input\nfrom keras.layers import *\n"
TWO = "a = Sequential([Input((4,)), Dense(2)], name='a')\nb = Sequential([Input((4,)), Dense(3)], name='b')\n"
FACTORIES = """
def net(size=(8,), classes=3):
    i = Input(size)
    return Model(i, Dense(classes)(i))

def wide(size, classes=3):
    i = Input(size)
    return Model(i, Dense(classes)(i))
"""


def script(folder: Path, text: str, name: str = "train.py") -> str:
    """The path of a script with the usual imports."""
    (folder / name).write_text(HEAD + text)
    return str(folder / name)


def params(path: str, **given: Any) -> int | None:
    """The parameters of the model that a path means."""
    from convcalc.summary.figures import Summary

    return Summary(load(path, **given)).params


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (TWO, "b"),
        (TWO + "a.summary()", "a"),
        (TWO + "a.compile('adam', 'mse')", "a"),
        (TWO + "b.compile('adam', 'mse')\na.fit(x, y)\nb.compile('adam', 'mse')", "a"),
        (TWO + "c = Sequential([a, Dense(1)], name='c')", "c"),
        (TWO + "b.summary()\nprint(a.summary())", "a"),
        (TWO + "def show(m):\n    m.summary()\nshow(a)", "a"),
        (TWO + "base = keras.applications.MobileNet(include_top=False)", "b"),
    ],
)
def test_the_model_that_is_meant(tmp_path: Path, text: str, name: str) -> None:
    """The model shown last is meant, else the one trained or compiled last, else the last that is part of no other."""
    assert load(script(tmp_path, text)).name == name


def test_other_candidates_are_named(tmp_path: Path) -> None:
    """A note names the other models, and how to ask for them."""
    (note,) = load(script(tmp_path, TWO)).notes
    assert note.startswith("b is shown; there are also a")
    assert "train.py:a" in note


def test_a_lost_summary_is_no_other_model(tmp_path: Path) -> None:
    """A model whose summary is asked for and that is not known is an error, never another model."""
    with pytest.raises(ConvcalcError):
        load(script(tmp_path, TWO + "c = thing(b)\nc.summary()"))


@pytest.mark.parametrize(("wanted", "expected"), [("a", 10), ("b", 15), ("Sequential([a, Dense(5)])", 25)])
def test_behind_the_colon(tmp_path: Path, wanted: str, expected: int) -> None:
    """A name or a call behind the colon says which model is meant."""
    assert params(f"{script(tmp_path, TWO)}:{wanted}") == expected


def test_factories(tmp_path: Path) -> None:
    """A function with defaults is taken; a call behind the colon gives other arguments."""
    path = script(tmp_path, FACTORIES)
    assert params(path) == 27
    assert params(f"{path}:wide((4,), classes=7)") == 35
    assert [one.call for one in offers(f"{path}:")] == ["net()", "wide(size=(128, 128, 3))"]


SHOWN = """from keras import Input, Sequential
from keras.layers import Dense
def small(units=2):
    model = Sequential([Input((4,)), Dense(units)])
    model.summary()
    return model
def other(units=7):
    return Sequential([Input((4,)), Dense(units)])
"""


def test_factory_that_shows_its_model_is_taken(tmp_path: Path) -> None:
    """Of several functions with defaults the one whose model is shown is meant; a note names the other."""
    path = script(tmp_path, SHOWN)
    assert params(path) == 10
    assert any("other()" in note for note in load(path).notes)
    assert params(script(tmp_path, SHOWN.replace("    model.summary()\n", ""))) == 35


def test_what_there_is(tmp_path: Path) -> None:
    """A colon alone lists the models with their parameters, as text and as JSON."""
    path = script(tmp_path, TWO)
    shown = CliRunner().invoke(group, ["summary", f"{path}:"])
    assert [line.split(":")[-1] for line in shown.output.splitlines()] == [
        "a  Sequential  10 parameters",
        "b  Sequential  15 parameters",
    ]
    told = json.loads(CliRunner().invoke(group, ["summary", f"{path}:", "-f", "json"]).stdout)
    assert [one["total_params"] for one in told["models"]] == [10, 15]


@pytest.mark.parametrize("wanted", ["c", "layers", "a(", "Dense(3)"])
def test_what_is_no_model(tmp_path: Path, wanted: str) -> None:
    """What stands behind the colon and is no model is refused."""
    with pytest.raises(ConvcalcError):
        load(f"{script(tmp_path, TWO)}:{wanted}")


LOST = "text = open('b.txt').read()\nchars = len(set(text))\nm = Sequential([Input((4,)), Dense(chars)])\n"


def test_lost_value_can_be_given(tmp_path: Path) -> None:
    """The error names the line that loses a value and the option that gives it, and the option works."""
    path = script(tmp_path, LOST)
    with pytest.raises(ConvcalcError) as caught:
        load(path)
    assert str(caught.value.why).startswith("line 4:")
    assert "--set chars=" in str(caught.value.help)
    assert params(path, given={"chars": "57"}) == 5 * 57
    assert params(path, given={"text": "'abca'"}) == 15


def test_number_of_members_can_be_given(tmp_path: Path) -> None:
    """Where only the length of something counts, the error proposes data of this length."""
    path = script(tmp_path, "words = open('b.txt').read().split()\nm = Sequential([Input((4,)), Dense(len(words))])\n")
    with pytest.raises(ConvcalcError) as caught:
        load(path)
    assert "--set 'words=shape(57)'" in str(caught.value.help)
    assert params(path, given={"words": "shape(57)"}) == 5 * 57


def test_shape_of_data_can_be_given(tmp_path: Path) -> None:
    """Data are given by their shape."""
    path = script(tmp_path, "x = load()\nm = Sequential([Dense(2)])\nm.build(x.shape)")
    assert params(path, given={"x": "shape(10, 7)"}) == 16


@pytest.mark.parametrize(("given", "code"), [({"nothing": "3"}, "unused-value"), ({"chars": "3 +"}, "bad-value")])
def test_useless_values_are_refused(tmp_path: Path, given: dict[str, str], code: str) -> None:
    """A value for a name that the script does not have, and a value that is none, are errors."""
    with pytest.raises(ConvcalcError) as caught:
        load(script(tmp_path, LOST), given={**given, **({} if "chars" in given else {"chars": "3"})})
    assert caught.value.code == code


@pytest.mark.parametrize("options", [{"given": {"x": "3"}}, {"keras": 1}])
def test_options_of_scripts_are_refused_elsewhere(options: dict[str, Any]) -> None:
    """A stack that is no script has neither names nor a Keras that it speaks."""
    with pytest.raises(ConvcalcError) as caught:
        load("Dense(3)", **options)
    assert caught.value.code == "unused-value"


def test_files_beside_the_script(tmp_path: Path) -> None:
    """Modules of the project are followed: beside the script, in packages, relative, in circles, once each."""
    (tmp_path / "models").mkdir()
    script(
        tmp_path / "models",
        "from .blocks import block\nfrom . import sizes\ndef build(n):\n    return block(n * sizes.N)",
        "unet.py",
    )
    script(tmp_path / "models", "from . import unet\ndef block(n):\n    return Dense(n)", "blocks.py")
    (tmp_path / "models/sizes.py").write_text("N = 2\n")
    (tmp_path / "models/__init__.py").write_text("")
    path = script(
        tmp_path,
        "from models.unet import build\nimport models.sizes as s\nm = Sequential([Input((4,)), build(3), Dense(s.N)])",
    )
    assert params(path) == 30 + 14


def test_nothing_outside_the_project_is_read(tmp_path: Path) -> None:
    """A module above the project's folder is as unknown as an installed one."""
    (tmp_path / "project").mkdir()
    (tmp_path / "project/pyproject.toml").write_text("")
    (tmp_path / "secret.py").write_text("N = 3\n")
    with pytest.raises(ConvcalcError):
        load(script(tmp_path / "project", "from secret import N\nm = Sequential([Input((4,)), Dense(N)])"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "m = Sequential()\nm.add(Convolution2D(8, 3, 3, border_mode='same', init='normal', subsample=(2, 2), "
            "input_shape=(8, 8, 1)))",
            80,
        ),
        ("m = Sequential([Dense(output_dim=3, input_dim=4)])", 15),
        ("i = Input((4,))\nm = Model(input=i, output=merge([Dense(2)(i), Dense(3)(i)], mode='concat'))", 25),
    ],
)
def test_keras_1(tmp_path: Path, text: str, expected: int) -> None:
    """Scripts of Keras 1 are read, and a note says what tells their age."""
    path = script(tmp_path, text)
    assert params(path) == expected
    assert any("Keras 1" in note for note in load(path).notes)


EAGER = """import tensorflow as tf
x = tf.constant([[[[1.0], [2.0], [3.0]], [[4.0], [5.0], [6.0]], [[7.0], [8.0], [9.0]]]])
k = tf.constant([[[[1.0]], [[0.0]]], [[[0.0]], [[1.0]]]])
y = tf.nn.conv2d(x, k, 1, "VALID")
z = tf.nn.max_pool2d(y, 2, 1, "VALID")
"""


def test_operations_that_are_called_on_numbers(tmp_path: Path) -> None:
    """Without a model, the script's convolutions and poolings of data are the model, and a run takes the numbers."""
    stack = load(script(tmp_path, EAGER))
    assert [(node.kind, node.outputs) for node in stack.nodes] == [
        ("Conv", ((1, 2, 2, 1),)),
        ("MaxPool", ((1, 1, 1, 1),)),
    ]
    # Each output is the number above to the left plus the number below to the right: at most 5 + 9.
    assert run(stack).outputs[0].tolist() == [[[[14.0]]]]
    assert run(stack, "ones").outputs[0].tolist() == [[[[2.0]]]]


def test_undecided_conditions(tmp_path: Path) -> None:
    """Where only one way makes a model this way is taken, with a note; a value that differs is not known."""
    text = "if thing():\n    m = Sequential([Input((4,)), Dense(2)])\n"
    stack = load(script(tmp_path, text))
    assert stack.output_shape == (None, 2)
    assert any("thing()" in note for note in stack.notes)
    with pytest.raises(ConvcalcError):
        load(script(tmp_path, "n = 2\nif thing():\n    n = 3\nm = Sequential([Input((4,)), Dense(n)])"))
    assert load(
        script(tmp_path, "if thing():\n    n = 3\nelse:\n    n = 3\nm = Sequential([Input((4,)), Dense(n)])")
    ).nodes


def test_tensorflow_1_makes_no_model(tmp_path: Path) -> None:
    """Functions of tf.layers on a placeholder are the layers up to the last one."""
    text = (
        "import tensorflow as tf\nx = tf.placeholder(tf.float32, [None, 8, 8, 3])\n"
        "h = tf.layers.conv2d(x, 4, 3, activation=tf.nn.relu)\ny = tf.layers.dense(tf.layers.flatten(h), 10)\n"
        "loss = tf.losses.softmax_cross_entropy(labels, y)\n"
    )
    stack = load(script(tmp_path, text))
    assert [node.kind for node in stack.nodes] == ["Conv2D", "Flatten", "Dense"]
    assert params(script(tmp_path, text)) == params(
        script(tmp_path, "m = Sequential([Input((8, 8, 3)), Conv2D(4, 3), Flatten(), Dense(10)])", "same.py")
    )
