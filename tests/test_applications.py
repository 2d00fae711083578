"""Keras's applications, from their configs and by name (golden/, by make_applications.py and make_networks.py)."""

from __future__ import annotations

import csv
import hashlib
import json
import lzma
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import convcalc
from convcalc.applications import APPLICATIONS, FAMILIES, find_network, script
from convcalc.declare.settings import default_data_format
from convcalc.errors import ArgumentError, ConvcalcError
from convcalc.stack.build import build
from convcalc.stack.graph import Stack
from convcalc.tools import catalog

FOLDER = Path(__file__).parent / "golden"
GOLDEN: dict[str, Any] = json.loads(lzma.decompress((FOLDER / "applications.json.xz").read_bytes()))
MACS = list(csv.DictReader((FOLDER / "applications_macs.csv").open(encoding="utf-8")))
NETWORKS: dict[str, Any] = json.loads((FOLDER / "networks.json").read_text(encoding="utf-8"))
PACKAGE = Path(convcalc.__file__).parent


def check(summary: Any, expected: dict[str, Any]) -> None:
    """The table is Keras's to the last character, and so are every layer's shape, the totals and the MACs."""
    rows = [[list(row.output_shape or ()), row.params] for row in summary.rows if not row.depth]
    assert summary.text(style="keras3") == expected["summary"]
    assert rows == expected["rows"]
    assert (summary.total_params, summary.total_macs) == (expected["total"], expected["macs"])


@pytest.mark.parametrize("name", GOLDEN)
def test_application_is_what_keras_prints(name: str) -> None:
    """The config of an application gives Keras's table, rows and totals."""
    check(convcalc.summarize(convcalc.load(GOLDEN[name]["config"])), GOLDEN[name])


@pytest.mark.parametrize("name", GOLDEN)
def test_name_is_the_application(name: str) -> None:
    """So does the bare name."""
    check(convcalc.summarize(convcalc.load(f"{name}(weights=None)")), GOLDEN[name])


def arguments(stack: Any) -> dict[str, Any]:
    """The arguments of all layers by name, but for initializers, which have several spellings."""
    layers = {node.name: node.layer for node in stack.nodes if node.layer}
    return {
        name: (layer.kind, {key: value for key, value in layer.config.items() if not key.endswith("_initializer")})
        for name, layer in layers.items()
    }


@pytest.mark.parametrize("name", GOLDEN)
def test_name_has_the_arguments_of_the_config(name: str) -> None:
    """Every layer has the arguments that it has in Keras's config."""
    by_config = convcalc.load(GOLDEN[name]["config"])
    assert arguments(convcalc.load(f"{name}(weights=None)")) == arguments(by_config)


@pytest.mark.parametrize("row", MACS, ids=lambda row: str(row["model"]))
def test_macs_are_those_of_an_independent_count(row: dict[str, str]) -> None:
    """Parameters and MACs are those of a table counted apart from this package and from make_applications.py."""
    summary = convcalc.summarize(convcalc.load(GOLDEN[row["model"]]["config"]))
    counts = (summary.total_params, summary.trainable_params, summary.non_trainable_params, summary.total_macs)
    assert counts == tuple(int(row[key]) for key in ("total_params", "trainable", "non_trainable", "macs"))


def assert_keras_s(stack: Stack, case: dict[str, Any]) -> None:
    """Name, total, output and table of a network are Keras's."""
    summary = convcalc.summarize(stack)
    digest = hashlib.sha256(summary.text(style="keras3").encode()).hexdigest()[:16]
    told = (stack.name, summary.total_params, list(stack.output_shape or ()), digest)
    assert told == (case["name"], case["total"], case["output"], case["summary"])


@pytest.mark.parametrize("case", NETWORKS["networks"], ids=lambda case: f"{case['network']}-{case['arguments']}")
def test_arguments_are_keras_s(case: dict[str, Any]) -> None:
    """With other arguments, name, total, output and table are Keras's; what Keras refuses is refused."""
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in case["arguments"].items()}
    with default_data_format(case["data_format"]):
        if "refused" in case:
            with pytest.raises(ConvcalcError):
                build(script(case["network"], **given))
            return
        stack = build(script(case["network"], **given))
    assert_keras_s(stack, case)


@pytest.mark.parametrize("text", NETWORKS["chains"])
def test_network_is_a_layer(text: str) -> None:
    """In a chain, in another model and in a layer that holds one, a network is the nested model that Keras has."""
    assert convcalc.summarize(convcalc.load(text)).text(style="keras3") == NETWORKS["chains"][text]


def table(model: Any, **options: Any) -> str:
    """The table of a model."""
    return str(convcalc.summarize(convcalc.load(model, **options)).text(style="keras3"))


def test_yaml_has_networks() -> None:
    """In YAML a network is written as a layer is: a name, a call, or a mapping of arguments, also inside a layer."""
    chain = "Input((64, 64, 3)) | VGG16(include_top=False, pooling='avg', weights=None) | Dense(2)"
    mapping = {"VGG16": {"include_top": False, "pooling": "avg", "weights": None}}
    assert table({"input": [64, 64, 3], "layers": [mapping, "Dense(2)"]}) == table(chain)
    assert table({"layers": ["Xception"]}) == table("Xception") == table("keras.applications.xception.Xception()")
    held = {"TimeDistributed": {"layer": mapping}}
    inline = "TimeDistributed(VGG16(include_top=False, pooling='avg'))"
    assert table({"input": [4, 64, 64, 3], "layers": [held]}) == table(inline, input_shape=(4, 64, 64, 3))


def test_graph_has_networks() -> None:
    """In a graph a network is called on what it names."""
    layers = [
        {"MobileNet": {"include_top": False, "pooling": "avg", "name": "left", "from": "image"}},
        {"VGG16": {"include_top": False, "pooling": "avg", "name": "right", "from": "image"}},
        {"Concatenate": {"from": ["left", "right"]}},
    ]
    stack = convcalc.load({"inputs": {"image": [64, 64, 3]}, "layers": layers})
    assert [node.name for node in stack.nodes] == ["left", "right", "concatenate"]
    assert [link.source.name for node in stack.nodes for link in node.inputs or ()] == [
        "image",
        "image",
        "left",
        "right",
    ]


def test_input_shape_of_the_caller_is_the_argument() -> None:
    """The caller's input shape is the argument ``input_shape``, for which there need not be trained weights."""
    expected = table("MobileNetV2(weights=None, input_shape=(128, 128, 3))")
    assert table("MobileNetV2", input_shape=(128, 128, 3)) == expected
    with pytest.raises(ArgumentError, match="at least 71x71"):
        convcalc.load("Xception", input_shape=(70, 80, 3))


def test_frozen_network_has_nothing_to_train() -> None:
    """``trainable=False`` is `base.trainable = False` of a script: no layer inside trains."""
    summary = convcalc.summarize(
        convcalc.load("VGG16(include_top=False, trainable=False) | Flatten | Dense(1)", input_shape=(64, 64, 3))
    )
    alone = convcalc.summarize(convcalc.load("VGG16(include_top=False)"))
    assert summary.non_trainable_params == alone.total_params


def test_input_tensor_is_a_shape() -> None:
    """``input_tensor`` is the shape of a script's tensor, which the first call stands for; it may be small."""
    made = script("MobileNet", include_top=False, weights=None, input_tensor=(8, 31, 31, 3))
    stack = build(made)
    assert made.layers[0].kind == "InputLayer"
    assert stack.input.shape == (8, 31, 31, 3)


REFUSED = {
    "VGG16(include_topp=True)": ("unknown-argument", "include_topp", "did you mean 'include_top'?"),
    "VGG16(True, True, None, None, None, 5, None, 'a', 3)": ("too-many-arguments", None, None),
    "VGG16(classes=0)": ("bad-value", "classes", None),
    "VGG16(classes=10)": (
        "bad-value",
        "classes",
        "use weights=None, or include_top=False and a classifier of your own",
    ),
    "VGG16(weights='imagenett')": ("bad-value", "weights", "did you mean 'imagenet'?"),
    "VGG16(classifier_activation='relu')": ("bad-value", "classifier_activation", "use weights=None"),
    "VGG16(input_shape=(64, 64, 3))": ("bad-value", "input_shape", "use include_top=False or weights=None"),
    "VGG16(include_top=False, input_shape=(20, 64, 3))": ("bad-value", "input_shape", None),
    "VGG16(weights=None, input_shape=(None, 64, 3))": (
        "bad-value",
        "input_shape",
        "give every size, or use include_top=False",
    ),
    "MobileNet(alpha=0.6)": ("bad-value", "alpha", "use weights=None"),
    "Resnet50()": ("unknown-layer", None, "did you mean 'ResNet50'?"),
}


@pytest.mark.parametrize("text", REFUSED)
def test_refusals_say_what_to_do(text: str) -> None:
    """A refusal names the argument at fault, has its place in the text, and says what to do."""
    with pytest.raises(ConvcalcError) as caught:
        convcalc.load(text)
    error = caught.value
    assert (error.code, error.argument, error.help) == REFUSED[text]
    assert error.span is not None


def test_every_network_has_its_family() -> None:
    """The index is the networks of the families' files, and Keras's applications."""
    assert sorted(APPLICATIONS) == sorted(GOLDEN)
    for family, names in FAMILIES.items():
        module = __import__(f"convcalc.applications.{family}", fromlist=["NETWORKS"])
        assert [*module.NETWORKS] == names.split()
        assert len(Path(module.__file__).read_text(encoding="utf-8").splitlines()) <= 200
        assert "arXiv:" in module.__doc__


def test_listing_is_computed() -> None:
    """The list of networks has Keras's parameters and the size of each network's input; a page has the arguments."""
    listed = {one["name"]: one for one in catalog.networks().to_dict()["applications"]}
    assert {name: one["total_params"] for name, one in listed.items()} == {
        name: one["total"] for name, one in GOLDEN.items()
    }
    page = catalog.describe("MobileNet").to_dict()
    assert [one["name"] for one in page["arguments"]] == [*find_network("MobileNet").arguments]
    assert f"{listed['MobileNet']['total_params']:,}" in catalog.networks().text()


def test_plain_stack_loads_no_network() -> None:
    """The summary of plain layers loads nothing of the networks."""
    code = (
        "import sys, convcalc; convcalc.summarize(convcalc.load('Flatten | Dense(2)', input_shape=(3,))).to_dict();"
        "print([name for name in sys.modules if 'applications' in name])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=PACKAGE.parent, check=True)
    assert run.stdout.strip() == "[]"
