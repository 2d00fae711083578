"""Every file of examples/ is what real Keras says it is (golden/examples.json, by make_examples.py)."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import convcalc
from tests.test_applications import GOLDEN as KERAS
from tests.tolerance import of_sum, terms

# Networks of examples/ that Keras has as applications (golden/applications.json.gz).
APPLICATIONS = {"resnet50": "ResNet50", "mobilenetv2": "MobileNetV2", "inception_v3": "InceptionV3"}
EXAMPLES = Path(__file__).parents[1] / "examples"
GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent / "golden/examples.json").read_text(encoding="utf-8"))


def test_every_example_has_a_golden() -> None:
    """No example escapes the comparison."""
    assert sorted(path.stem for path in EXAMPLES.glob("*.yaml")) == sorted([*GOLDEN, *APPLICATIONS])


@pytest.mark.parametrize("name", APPLICATIONS)
def test_application_written_by_hand_is_keras_application(name: str) -> None:
    """Every row of Keras's application stands in the YAML, whatever its name, and the other way round."""
    summary = convcalc.summarize(convcalc.load(EXAMPLES / f"{name}.yaml"))
    expected = KERAS[APPLICATIONS[name]]
    rows = Counter((row.output_shape, row.params) for row in summary.rows)
    assert rows == Counter((tuple(shape), params) for shape, params in expected["rows"])
    assert (summary.total_params, summary.total_macs) == (expected["total"], expected["macs"])


@pytest.mark.parametrize("name", GOLDEN)
def test_example_has_keras_rows(name: str) -> None:
    """Names, classes, shapes, parameters and total are Keras's."""
    summary = convcalc.summarize(convcalc.load(EXAMPLES / f"{name}.yaml"))
    rows = [[row.name, row.kind, list(row.output_shape or ()), row.params] for row in summary.top_rows()]
    assert rows == GOLDEN[name]["rows"]
    assert summary.total_params == GOLDEN[name]["total"]


@pytest.mark.parametrize("name", GOLDEN)
def test_example_prints_keras_table(name: str) -> None:
    """The keras3 table is Keras's, character by character."""
    summary = convcalc.summarize(convcalc.load(EXAMPLES / f"{name}.yaml"))
    assert summary.text(style="keras3") == GOLDEN[name]["summary"].rstrip("\n")


@pytest.mark.parametrize("name", [name for name in GOLDEN if "output" in GOLDEN[name]])
def test_example_gives_keras_values(name: str) -> None:
    """Examples with weights and input of their own give Keras's values."""
    x = np.array(json.loads((EXAMPLES / f"{name}_input.json").read_text()), "float32")
    stack = convcalc.load(EXAMPLES / f"{name}.yaml")
    trace = convcalc.run(stack, x, keep_weights=True)
    magnitude = np.abs(GOLDEN[name]["output"]).max()
    error = 2 * of_sum(terms(trace.weights), magnitude, "float32")
    np.testing.assert_allclose(trace.outputs[0], GOLDEN[name]["output"], rtol=0, atol=error)


def test_separable_example_sums_its_kernels() -> None:
    """On ones, each output of a separable convolution is the sum of its combined kernels."""
    stack = convcalc.load(EXAMPLES / "separable.yaml")
    trace = convcalc.run(stack, "ones", keep_weights=True)
    depthwise, pointwise = (weight for weight in trace.weights.values())
    sums = np.einsum("kcm,xcf->f", depthwise, pointwise.reshape(1, 3, 2))
    magnitude = np.einsum("kcm,xcf->f", np.abs(depthwise), np.abs(pointwise).reshape(1, 3, 2)).max()
    error = 2 * of_sum(depthwise.size, magnitude, "float32")
    np.testing.assert_allclose(trace.outputs[0], np.broadcast_to(sums, (1, 7, 2)), rtol=0, atol=error)
