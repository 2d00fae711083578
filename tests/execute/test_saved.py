"""Weights in Keras's files give Keras's values; files of other models are refused (``read/saved/regenerate.py``)."""

from __future__ import annotations

import random
import shutil
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from convcalc import load, run
from convcalc.errors import ConvcalcError, ReadError, RunError
from convcalc.stack.graph import Stack
from tests.tolerance import allowed

h5py = pytest.importorskip("h5py", reason="the extra convcalc[h5] is not installed")

FOLDER = Path(__file__).parents[1] / "read/saved"
VALUES = np.load(FOLDER / "values.npz")


def assert_keras(model: Stack, file: Path, expected: np.ndarray) -> None:
    """The model with the file's weights gives Keras's values, but for the rounding of both."""
    trace = run(model, VALUES["x"], weights=file, keep_weights=True)
    weights = [*trace.weights.values()]
    error = allowed(lambda weights: run(model, VALUES["x"], weights=weights).outputs, weights, sides=2)
    np.testing.assert_allclose(trace.outputs[0], expected, rtol=0, atol=error[0])


@pytest.mark.parametrize("name", ["keras3", "keras2"])
@pytest.mark.parametrize("ending", [".keras", ".h5", ".weights.h5"])
def test_values(name: str, ending: str) -> None:
    """The model with the file's weights computes what Keras computed with them."""
    assert_keras(load(FOLDER / f"{name}.keras"), FOLDER / f"{name}{ending}", VALUES[name])


@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_graph(ending: str) -> None:
    """In a graph, and in one inside it, layers are found in the order that Keras gives them."""
    assert_keras(load(FOLDER / "graph.keras"), FOLDER / f"graph{ending}", VALUES["graph"])


def test_names_do_not_matter() -> None:
    """Layers are found by their class and place, as Keras finds them."""
    layers = "Conv1D(3, 2, activation='relu'), Sequential([Conv1D(3, 2), BatchNormalization(), SeparableConv1D(2, 2)])"
    rest = "BatchNormalization(), Flatten(), Dense(4), Dense(2)"
    model = load(f"Sequential([Input((7, 2)), {layers}, {rest}])")
    assert_keras(model, FOLDER / "keras3.weights.h5", VALUES["keras3"])


OTHERS = {
    "shape": ("Conv1D(4, 2)", "wrong-weights", r"\(2, 2, 3\), and conv1d/kernel has \(2, 2, 4\)"),
    "count": ("Conv1D(3, 2, use_bias=False)", "wrong-weights", "2 weights in .*, and the layer has 1"),
    "none": ("Conv1D(3, 2) | Conv1D(3, 2)", "wrong-weights", "weights"),
}


@pytest.mark.parametrize("ending", [".keras", ".h5"])
@pytest.mark.parametrize("other", OTHERS)
def test_other_models_are_refused(other: str, ending: str) -> None:
    """The error names the layer and what differs; the older format first compares how many layers there are."""
    stack, code, message = OTHERS[other]
    # The older format first compares how many layers have weights: the file has 5.
    more = "" if ending == ".keras" or other == "none" else " | Sequential([Dense(1)])"
    text = f"Input((7, 2)) | {stack}{more} | BatchNormalization() | Dense(4) | Dense(2)"
    text += " | Dense(1)" if other == "none" else ""
    with pytest.raises(RunError, match=message) as caught:
        run(load(text), weights=FOLDER / f"keras3{ending}")
    assert caught.value.code == code
    if other != "none":
        assert "layer 1, conv1d" in str(caught.value.layer)


def test_smaller_models_are_refused() -> None:
    """A file with weights for more layers than the model has is of another model."""
    with pytest.raises(RunError, match="the model has no such layer"):
        run(load("Input((7, 2)) | Conv1D(3, 2)"), weights=FOLDER / "keras3.keras")


def test_order_of_the_older_format() -> None:
    """Where other layers are trainable, the weights' names tell that they would land in the wrong places."""
    layers = "Conv1D(3, 2), Sequential([Conv1D(3, 2), BatchNormalization(), SeparableConv1D(2, 2)])"
    model = load(f"Sequential([Input((7, 2)), {layers}, BatchNormalization(), Flatten(), Dense(4), Dense(2)])")
    with pytest.raises(RunError, match="trainable"):
        run(model, weights=FOLDER / "keras3.h5")


def test_links_to_other_files_are_refused(tmp_path: Path) -> None:
    """Weights that a file takes from elsewhere are not read."""
    shutil.copy(FOLDER / "keras3.weights.h5", tmp_path / "other.h5")
    shutil.copy(FOLDER / "keras3.weights.h5", tmp_path / "m.weights.h5")
    with h5py.File(tmp_path / "m.weights.h5", "a") as file:
        del file["layers/conv1d/vars/0"]
        file["layers/conv1d/vars/0"] = h5py.ExternalLink("other.h5", "layers/conv1d/vars/0")
    with pytest.raises(RunError, match="another file"):
        run(load(FOLDER / "keras3.keras"), weights=tmp_path / "m.weights.h5")


def test_without_h5py(monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights need h5py, and the error says how to get it."""
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(ReadError, match=r"convcalc\[h5\]"):
        run(load(FOLDER / "keras3.keras"), weights=FOLDER / "keras3.keras")


@pytest.mark.parametrize("ending", [".keras", ".h5", ".weights.h5"])
def test_damaged_files(ending: str, tmp_path: Path) -> None:
    """A file with bytes changed or missing gives values or an error of ours; nothing else happens."""
    data = (FOLDER / f"keras3{ending}").read_bytes()
    model = load(FOLDER / "keras3.keras")
    rng = random.Random(ending)
    for _ in range(60):
        damaged = bytearray(data[: rng.randrange(len(data)) if rng.random() < 0.2 else None])
        for _ in range(rng.randrange(1, 60)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        (tmp_path / f"m{ending}").write_bytes(damaged)
        with suppress(ConvcalcError):
            run(model, VALUES["x"], weights=tmp_path / f"m{ending}")
