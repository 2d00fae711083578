"""What a run reports, and how it is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from convcalc.errors import ConvcalcError, RunError
from convcalc.execute import run
from convcalc.execute.statistics import statistics
from tests.execute.stacks import call, conv, nested, stack
from tests.tolerance import of_sum

TWO = stack(conv(), call("Conv1D", filters=3, kernel_size=2, activation="relu"))
NAN = np.array([[1.0, np.nan, np.inf, -np.inf]])


def test_outputs_and_kept_activations() -> None:
    """A kept activation is found by its layer's name; the last one is the output."""
    trace = run(TWO, "random", keep=["conv1d_1"])
    assert trace["conv1d_1"] is trace.outputs[0]
    assert list(trace.activations) == ["conv1d_1"]


@pytest.mark.parametrize(
    "keeping", [{"keep": ["conv1d", "conv1d_1"]}, {"keep": ("conv1d_1", "conv1d")}, {"keep_all": True}]
)
def test_all_can_be_kept(keeping: dict[str, Any]) -> None:
    """Kept activations are in the order of computation."""
    assert list(run(TWO, **keeping).activations) == ["conv1d", "conv1d_1"]


def test_one_name_may_stand_alone() -> None:
    """A text as ``keep`` is one name."""
    assert list(run(TWO, keep="conv1d").activations) == ["conv1d"]


def test_what_was_not_kept_is_an_error() -> None:
    """It is a KeyError too, says what was kept, and suggests."""
    with pytest.raises(KeyError) as caught:
        run(TWO, keep=["conv1d"])["conv1d_1"]
    assert isinstance(caught.value, ConvcalcError)
    assert "kept are 'conv1d'" in str(caught.value)


def test_unknown_layers_cannot_be_kept() -> None:
    """An unknown name is refused before anything is computed, with a suggestion."""
    with pytest.raises(RunError, match="'conv2d'") as caught:
        run(TWO, keep=["conv2d"])
    assert caught.value.help == "did you mean 'conv1d'?"


def test_progress_is_told_after_every_layer() -> None:
    """Layers done, layers in all, and the name."""
    told: list[tuple[int, int, str]] = []
    run(TWO, progress=lambda *step: told.append(step))
    assert told == [(1, 2, "conv1d"), (2, 2, "conv1d_1")]


def test_dictionary_has_the_keys_of_the_contract() -> None:
    """Keys, their order, and what describes the run; unknown statistics are null."""
    found = run(TWO, seed=3).to_dict()
    assert list(found) == ["schema", "name", "input", "weights", "seed", "memory", "layers", "outputs"]
    assert (found["name"], found["input"], found["weights"], found["seed"]) == ("sequential", "ones", "init", 3)
    keys = ["name", "class_name", "output_shape", "dtype", "min", "max", "mean", "std", "seconds"]
    assert [list(layer) for layer in found["layers"]] == [keys, keys]
    assert found["layers"][0]["mean"] is None
    assert list(found["outputs"][0]) == ["layer", "shape", "dtype", "values"]


def test_dictionary_names_files(tmp_path: Path) -> None:
    """Input and weights are described as they were asked for."""
    np.savez(tmp_path / "w.npz", np.zeros((4, 3, 2)), np.zeros(2))
    found = run(stack(conv()), np.ones((10, 3)), weights=str(tmp_path / "w.npz")).to_dict()
    assert (found["input"], found["weights"]) == ("array", str(tmp_path / "w.npz"))


def test_dictionary_lists_what_was_kept() -> None:
    """Kept activations and weights follow, under keys of their own."""
    found = run(TWO, keep=["conv1d"], keep_weights=True).to_dict()
    assert [row["layer"] for row in found["activations"]] == ["conv1d"]
    assert [row["weight"] for row in found["weight_values"]][:2] == ["conv1d/kernel", "conv1d/bias"]


def test_not_a_number_becomes_null() -> None:
    """JSON stays valid: NaN and infinities are null, and the trace says that there were any."""
    trace = run(stack(shape=(4,)), NAN)
    assert not trace.finite
    assert json.loads(json.dumps(trace.to_dict(), allow_nan=False))["outputs"][0]["values"] == [[1.0, None, None, None]]
    assert run(stack(shape=(4,))).finite


def test_statistics_that_are_not_finite_become_null() -> None:
    """An overflow inside a model is told even where the output is finite again."""
    layers = [conv(filters=3, padding="same"), conv(filters=3, padding="same", activation="tanh")]
    trace = run(stack(*layers), np.full((10, 3), 3e38), weights="ones", statistics=True)
    assert np.isfinite(trace.outputs[0]).all()
    assert not trace.finite
    assert trace.to_dict()["layers"][0]["max"] is None


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32", "bool"])
def test_statistics_are_numpys(dtype: str) -> None:
    """Minimum, maximum, mean and deviation of any dtype, as NumPy has them in float64."""
    values = (np.random.default_rng(0).normal(size=(3, 70_000)) * 9 + 4).astype(dtype)
    wide = values.astype("float64")
    error = 2 * of_sum(wide.size, np.abs(wide).max(), "float64")
    expected = (wide.min(), wide.max(), wide.mean(), wide.std())
    np.testing.assert_allclose(statistics(values), expected, rtol=0, atol=error)
    whole = statistics(np.ascontiguousarray(values.T[::2]))
    np.testing.assert_allclose(statistics(values.T[::2]), whole, rtol=0, atol=error)


@pytest.mark.parametrize(("dtype", "big"), [("float16", 6e4), ("float32", 3e38), ("float64", 1.7e308)])
def test_statistics_do_not_overflow(dtype: str, big: float) -> None:
    """Sums and squares far beyond the dtype give finite results."""
    values = np.array([big, -big, big, -big] * 1000, dtype)
    most = float(values[0])
    error = of_sum(values.size, most, "float64")
    np.testing.assert_allclose(statistics(values), [-most, most, 0, most], rtol=0, atol=error)


def test_statistics_of_nothing() -> None:
    """An output without values has none."""
    assert statistics(np.zeros((0, 3))) is None


def test_statistics_are_not_computed_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain run does not pay for them."""
    monkeypatch.setattr("convcalc.execute.trace.statistics", lambda y: pytest.fail("computed"))
    assert run(TWO).layers[0].mean is None


def test_layers_tell_their_outputs() -> None:
    """Name, class, shape, dtype, statistics and time of each layer, those of nested models too."""
    model = stack(conv(dtype="float64"), nested("tower", conv(kernel_size=2)))
    layers = run(model, statistics=True, keep_all=True).layers
    assert [(layer.name, layer.class_name, layer.output_shape, layer.dtype) for layer in layers] == [
        ("conv1d", "Conv1D", (1, 7, 2), "float64"),
        ("tower/conv1d_1", "Conv1D", (1, 6, 2), "float32"),
    ]
    assert all(layer.mean is not None and layer.seconds > 0 for layer in layers)


def test_save_npy(tmp_path: Path) -> None:
    """A .npy file holds the output."""
    trace = run(TWO, "random")
    trace.save(tmp_path / "y.npy")
    np.testing.assert_array_equal(np.load(tmp_path / "y.npy"), trace.outputs[0])


def test_save_npz(tmp_path: Path) -> None:
    """A .npz file holds outputs and kept activations by name, even by a name that `numpy.savez` refuses."""
    model = stack(conv(name="file"), conv(name="last", kernel_size=1))
    trace = run(model, "random", keep=["file"])
    trace.save(str(tmp_path / "y.npz"))
    with np.load(tmp_path / "y.npz") as saved:
        assert sorted(saved) == ["file", "last"]
        np.testing.assert_array_equal(saved["last"], trace.outputs[0])


def test_save_json(tmp_path: Path) -> None:
    """A .json file holds the dictionary."""
    trace = run(TWO)
    trace.save(tmp_path / "y.json")
    assert json.loads((tmp_path / "y.json").read_text()) == json.loads(json.dumps(trace.to_dict()))


def test_save_needs_a_known_ending(tmp_path: Path) -> None:
    """The ending gives the format; the help lists those there are."""
    with pytest.raises(RunError, match="does not say its format") as caught:
        run(TWO).save(tmp_path / "y.csv")
    assert "'.npy', '.npz' or '.json'" in str(caught.value.help)
    assert not list(tmp_path.iterdir())
