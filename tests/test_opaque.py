"""Layers whose meaning is Python code: what Keras's files state of them, and nothing made up (golden/opaque.json)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from convcalc import load, run, summarize
from convcalc.errors import ConvcalcError, RunError
from convcalc.layers import MODULES, UNCOVERED
from convcalc.summary.figures import Summary
from convcalc.tools.explanation import explain
from convcalc.write import pieces
from tests.test_cli import convcalc

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent / "golden" / "opaque.json").read_text(encoding="utf-8"))
# The models of which their files state everything.
WHOLE = [name for name in GOLDEN if name.partition("/")[2] in ("lambdas", "chain", "operations", "functions")]


def summary(name: str) -> Summary:
    """The model's numbers."""
    return summarize(load(GOLDEN[name]["config"]))


def layer(kind: str, module: str | None = "keras.layers", **config: Any) -> dict[str, Any]:
    """A chain's config with a layer of this class between two others."""
    ends = [{"class_name": "Dense", "config": {"units": 2}, "build_config": {"input_shape": [None, n]}} for n in (4, 3)]
    own = {"class_name": kind, "module": module, "config": config, "build_config": {"input_shape": [None, 2]}}
    return {"class_name": "Sequential", "config": {"build_input_shape": [None, 4], "layers": [ends[0], own, ends[1]]}}


@pytest.mark.parametrize("name", WHOLE)
def test_table_is_keras_table(name: str) -> None:
    """Where the file states every shape, the table is Keras's to the last character."""
    text = summary(name).text(style="keras3" if name.startswith("keras/") else "keras2")
    assert text.rstrip() == GOLDEN[name]["summary"].rstrip()


@pytest.mark.parametrize("name", GOLDEN)
def test_every_number_is_keras_or_unknown(name: str) -> None:
    """What is shown is what Keras shows; what the file does not state is unknown, and so is what it adds up to."""
    found = summary(name)
    rows = {row.name: row for row in found.top_rows()}
    for key, kind, shape, params in GOLDEN[name]["rows"]:
        row = rows[key]
        assert row.kind == kind
        assert row.params == (params if row.node.is_counted else None)
        assert row.output_shape is None or [list(row.output_shape)] in (shape, [shape])
    custom = [row for row in rows.values() if row.kind == "Scale" or row.name in ("tower", "held")]
    assert all(row.params is None for row in custom)
    assert found.total_params == (None if custom else GOLDEN[name]["total"])
    hidden = {"ending": ["Lambda"], "custom": ["Scale"], "shared": ["Scale", "Lambda"], "objects": ["Dense"]}
    assert found.hidden == hidden.get(name.partition("/")[2], [])


@pytest.mark.parametrize("name", GOLDEN)
@pytest.mark.parametrize("format", ["table", "json", "csv", "markdown"])
def test_every_form_shows_unknown_numbers(name: str, format: str) -> None:
    """Every writer has a sign for what is unknown, and JSON says null."""
    text = "".join(pieces(summary(name), format, **({"expand_nested": True} if format == "table" else {})))
    if format == "json":
        unknown = [one["params"] for one in json.loads(text)["layers"] if one["class_name"] == "Scale"]
        assert unknown == [None] * len(unknown)
    assert "None params" not in text


def test_totals_are_lower_bounds() -> None:
    """The totals below the table say that they are the least that they can be."""
    assert "Total params, at least: 47 (188.00 B)" in summary("keras/custom").text()


def test_a_note_says_what_is_unknown(tmp_path: Path) -> None:
    """The command names the layers on standard error, and still succeeds."""
    path = tmp_path / "custom.json"
    path.write_text(json.dumps(GOLDEN["keras/custom"]["config"]))
    done = convcalc("summary", str(path))
    assert (done.returncode, done.stderr) == (
        0,
        "note: numbers of Scale are unknown: what they do is Python code, and the file states no more\n",
    )


def test_other_inputs_than_the_files_leave_shapes_unknown() -> None:
    """A shape that the file states for its own input is not taken for another one's, but for the batch."""
    config = GOLDEN["keras/chain"]["config"]
    assert summarize(load(config, input_shape=(9, 6))).rows[1].output_shape is None
    assert summarize(load(config, batch_size=7)).rows[1].output_shape == (7, 5)
    given = summarize(load(GOLDEN["keras/lambdas"]["config"], input_shape=(9, 6)))
    assert [row.output_shape for row in given.top_rows()][:3] == [(None, 9, 6), None, None]


def test_a_lambda_has_the_shape_that_it_says() -> None:
    """An output_shape holds for any input, as in Keras; a list of several makes several outputs."""
    config = layer("Lambda", output_shape=[5, 6])
    one = summarize(load(config, input_shape=(7, 4))).rows[1]
    assert (one.output_shape, one.params) == ((None, 5, 6), 0)
    config["config"]["layers"][1:] = layer("Lambda", output_shape=[[5], [6, 1]])["config"]["layers"][1:2]
    several = summarize(load(config)).rows[1]
    assert (several.output_shape, several.more) == ((None, 5), ((None, 6, 1),))


@pytest.mark.parametrize(
    ("kind", "module", "shown"),
    [
        ("my_package>Scale", None, "Scale"),
        ("Custom>Dense", None, "Dense"),
        ("Dense", "my_package.layers", "Dense"),
        ("Dense", "keras_hub.layers", "Dense"),
        ("Somewhere", "keras.src.somewhere", "Somewhere"),
        *((kind, "keras.layers", kind) for kind in ("TorchModuleWrapper", "JaxLayer", "FlaxLayer", "TFSMLayer")),
    ],
)
def test_classes_of_ones_own(kind: str, module: str | None, shown: str) -> None:
    """A class that is not Keras's is shown by its name alone, even where Keras has one of that name."""
    row = summarize(load(layer(kind, module, units=7))).rows[1]
    assert (row.kind, row.params, row.output_shape, row.config) == (shown, None, (None, 3), {"units": 7})


@pytest.mark.parametrize("module", ["keras.layers", ""])
def test_a_misspelt_class_of_keras_is_an_error(module: str) -> None:
    """A name that is Keras's but for capitals is no class of one's own."""
    config = layer("Conv2d", module)
    if not module:
        del config["config"]["layers"][1]["module"]
    with pytest.raises(ConvcalcError, match="did you mean 'Conv2D'"):
        load(config)


@pytest.mark.parametrize("name", ["keras/custom", "keras/ending", "tf_keras/shared"])
def test_a_run_is_refused(name: str) -> None:
    """No forward pass is made, and the error names the layer and its place."""
    with pytest.raises(RunError, match=r"layers\[\d\].*cannot be computed .opaque-layer.") as caught:
        run(load(GOLDEN[name]["config"]))
    assert caught.value.code == "opaque-layer"


@pytest.mark.parametrize("name", GOLDEN)
def test_explanations_say_what_is_unknown(name: str) -> None:
    """Every layer is explained, with question marks where nothing is known."""
    told = {one.name: one for one in explain(load(GOLDEN[name]["config"]))}
    for one in told.values():
        assert one.text()
        assert json.dumps(one.to_dict())
    if "own" in told:
        assert told["own"].text().endswith("parameters  ?")


def test_functions_of_ones_own_are_not_run() -> None:
    """A layer with a function as its activation has its numbers, and no values."""
    with pytest.raises(RunError, match="its activation is Python code"):
        run(load(GOLDEN["keras/functions"]["config"]))


def test_initializers_of_ones_own_are_not_run() -> None:
    """A weight whose initializer is not Keras's takes given values, and has none of its own."""
    own = {"module": None, "class_name": "Zeros", "config": {}}
    config = layer("Dense", units=3, kernel_initializer=own, kernel_regularizer={**own, "class_name": "Mine"})
    assert run(load(config), weights="ones").outputs[0].shape == (1, 2)
    with pytest.raises(RunError, match="Zeros is not one of Keras's initializers"):
        run(load(config))


def test_wrappers_of_layers_of_ones_own() -> None:
    """A layer of Keras's around one of one's own is shown as the file states it."""
    cell = {"class_name": "MyCell", "module": None, "config": {}}
    inner = {"class_name": "RNN", "module": "keras.layers", "config": {"cell": cell}}
    for config in (layer("TimeDistributed", layer=cell), layer("Bidirectional", layer=inner)):
        row = summarize(load(config)).rows[1]
        assert (row.params, row.output_shape) == (None, (None, 3))


def test_nothing_is_known_behind_an_unknown_shape() -> None:
    """Layers behind an unknown output have unknown numbers, nested ones too, and no error."""
    config = layer("Scale", None)
    del config["config"]["layers"][2]["build_config"]
    rows = summarize(load(config)).rows
    assert [(row.output_shape, row.params) for row in rows] == [((None, 2), 10), (None, None), (None, None)]
    assert [one.text().partition("\n")[0] for one in explain(load(config))][2] == "dense_1 (Dense): ? → ?"


def test_covered_and_uncovered_are_apart() -> None:
    """No kind is listed as uncovered."""
    assert not set(MODULES) & set(UNCOVERED)
