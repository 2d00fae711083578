"""Keras's later applications: DenseNet, NASNet, EfficientNet, ConvNeXt (golden/, by make_families.py)."""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any

import pytest

import convcalc
from convcalc.applications import FAMILIES, script
from convcalc.declare.naming import snake_case
from convcalc.declare.settings import default_data_format
from convcalc.errors import ConvcalcError
from convcalc.stack.build import build
from convcalc.stack.graph import Stack
from tests.test_applications import assert_keras_s

FOLDER = Path(__file__).parent / "golden"
GOLDEN: dict[str, Any] = json.loads(lzma.decompress((FOLDER / "applications.json.xz").read_bytes()))
CASES: list[dict[str, Any]] = json.loads((FOLDER / "families.json").read_text(encoding="utf-8"))
LATER = [name for family in ("densenet", "nasnet", "efficientnet", "efficientnet_v2", "convnext")
         for name in FAMILIES[family].split()]  # fmt: skip


def plain(name: str, value: Any) -> Any:
    """An argument's value, the same for the spellings that Keras has for one value."""
    if value == "swish":
        return "silu"
    if not name.endswith("_initializer"):
        return value
    given = value if isinstance(value, dict) else {"class_name": value, "config": {}}
    return snake_case(given["class_name"]), {key: one for key, one in given["config"].items() if one is not None}


def layers(stack: Stack) -> dict[str, Any]:
    """Every layer by its name: its kind, its arguments, what it is called on, and the layers inside."""
    return {
        node.name: (
            node.kind,
            {name: plain(name, value) for name, value in node.layer.config.items()} if node.layer else None,
            [link.source.name for link in node.inputs or ()],
            layers(node.inner) if node.inner else None,
        )
        for node in stack.nodes
    }


@pytest.mark.parametrize("name", LATER)
def test_layers_have_the_arguments_of_the_config(name: str) -> None:
    """Every layer of a network has the kind, the arguments and the inputs that it has in Keras's config."""
    assert layers(build(script(name, weights=None))) == layers(convcalc.load(GOLDEN[name]["config"]))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['network']}-{case['arguments']}")
def test_special_arguments_are_keras_s(case: dict[str, Any]) -> None:
    """Name, total, output and table are Keras's; what Keras refuses is refused."""
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in case["arguments"].items()}
    if "refused" in case:
        with pytest.raises(ConvcalcError):
            build(script(case["network"], **given))
        return
    assert_keras_s(build(script(case["network"], **given)), case)


@pytest.mark.parametrize("name", ["DenseNet121", "NASNetLarge", "ConvNeXtBase"])
def test_networks_of_one_data_format(name: str) -> None:
    """Keras refuses these networks where the default is channels_first, and so do we, saying what to do."""
    with default_data_format("channels_first"), pytest.raises(ConvcalcError) as caught:
        script(name, weights=None)
    assert caught.value.help == "make channels_last the default"


REFUSED = {
    ("NASNetMobile", "input_shape"): {"include_top": False, "input_shape": (None, 64, 3)},
    ("EfficientNetV2S", "name"): {"name": "efficientnetv2-x"},
    ("EfficientNetV2B0", "name"): {"name": None},
    ("ConvNeXtTiny", "name"): {"name": "own"},
    ("ConvNeXtLarge", "name"): {"weights": None, "name": None},
}


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_refusal_names_the_argument(case: tuple[str, str]) -> None:
    """The refusal of arguments that do not go together names one of them, and says what to do."""
    with pytest.raises(ConvcalcError) as caught:
        script(case[0], **REFUSED[case])
    assert caught.value.argument == case[1]
    assert caught.value.help


def test_nasnet_mobile_has_its_parameters() -> None:
    """The bare name gives the published number of parameters."""
    assert convcalc.summarize(convcalc.load("NASNetMobile")).total_params == 5_326_716
