"""Where weights come from, in which order of precedence, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import convcalc
from convcalc.errors import RunError
from convcalc.execute import run
from convcalc.script import Call, Given
from convcalc.source import Source, Span
from convcalc.stack.graph import Stack
from tests.execute.stacks import call, conv, nested, stack

KERNEL = np.arange(24, dtype="float32").reshape(4, 3, 2)
BIAS = np.array([5, 7], dtype="float32")


def weights_of(model: Stack, weights: Any = "init", seed: int = 0) -> dict[str, Any]:
    """All weights that a run uses, by ``layer/weight``."""
    return run(model, weights=weights, seed=seed, keep_weights=True).weights


@pytest.mark.parametrize(("weights", "value"), [("ones", 1), ("zeros", 0)])
def test_words_fill_every_weight(weights: str, value: int) -> None:
    """Ones and zeros go into biases too."""
    assert all((array == value).all() for array in weights_of(stack(conv()), weights).values())


def test_random_leaves_no_weight_at_zero() -> None:
    """Random draws every weight, biases included, which their initializers would leave at zero."""
    assert all(array.all() for array in weights_of(stack(conv()), "random").values())
    assert not weights_of(stack(conv()))["conv1d/bias"].any()


def test_init_uses_each_weights_own_initializer() -> None:
    """An initializer with options is obeyed; the default kernel is Glorot's, within its limit."""
    found = weights_of(stack(conv(bias_initializer={"class_name": "Constant", "config": {"value": 3.0}})))
    assert (found["conv1d/bias"] == 3).all()
    assert 0 < np.abs(found["conv1d/kernel"]).max() <= np.sqrt(6 / (4 * 3 + 4 * 2))


def _zipped(path: Path, **named: Any) -> str:
    np.savez(path, **named)
    return str(path)


@pytest.mark.parametrize("form", ["sequence", "mapping", "named.npz", "w.npz", "arr.npz"])
def test_given_weights_are_used(form: str, tmp_path: Path) -> None:
    """Arrays arrive at their weights by order or by name, from memory and from files."""
    given: dict[str, Any] = {
        "sequence": [KERNEL, BIAS],
        "mapping": {"conv1d/bias": BIAS.tolist(), "conv1d/kernel": KERNEL},
        "named.npz": _zipped(tmp_path / "named.npz", **{"conv1d/bias": BIAS, "conv1d/kernel": KERNEL}),
        "w.npz": _zipped(tmp_path / "w.npz", w1=BIAS, w0=KERNEL),
        "arr.npz": _zipped(tmp_path / "arr.npz", arr_0=KERNEL, arr_1=BIAS),
    }
    found = weights_of(stack(conv()), given[form])
    np.testing.assert_array_equal(found["conv1d/kernel"], KERNEL)
    np.testing.assert_array_equal(found["conv1d/bias"], BIAS)


def test_numbered_arrays_are_taken_by_number() -> None:
    """w10 comes after w9, whatever the order of the names."""
    layers = [call("DepthwiseConv1D", kernel_size=1, use_bias=False) for _ in range(12)]
    values = {f"w{i}": np.full((1, 3, 1), i + 1.0) for i in reversed(range(12))}
    found = weights_of(stack(*layers), values)
    assert [array.flat[0] for array in found.values()] == list(range(1, 13))


def test_kept_weights_can_be_given_back() -> None:
    """What ``keep_weights`` returns reproduces the run."""
    model = stack(conv(), nested("tower", conv(kernel_size=2)))
    first = run(model, "random", weights="random", keep_weights=True)
    np.testing.assert_array_equal(run(model, first.inputs, weights=first.weights).outputs[0], first.outputs[0])


@pytest.mark.parametrize("weights", ["init", "ones", [np.zeros((4, 3, 2)), np.zeros(2)], {"conv1d/bias": np.zeros(2)}])
def test_explicit_values_win(weights: Any) -> None:
    """The values that a layer's call carries are used whatever else is given, and need not be given again."""
    model = stack(conv(weights={"kernel": KERNEL.tolist()}))
    np.testing.assert_array_equal(weights_of(model, weights)["conv1d/kernel"], KERNEL)


REFUSED: dict[str, tuple[Any, str, str]] = {
    "too few": ([KERNEL], "wrong-weights", "2 weights, and 1 arrays are given"),
    "none": ([], "wrong-weights", "2 weights, and 0 arrays are given"),
    "shape": ([KERNEL.T, BIAS], "wrong-weights", r"\(2, 3, 4\), and conv1d/kernel has \(4, 3, 2\)"),
    "same size": ([KERNEL.reshape(4, 2, 3), BIAS], "wrong-weights", r"\(4, 2, 3\), and conv1d/kernel has"),
    "name": ({"conv1d/kernl": KERNEL, "conv1d/bias": BIAS}, "unknown-weight", "'conv1d/kernl'"),
    "missing name": ({"conv1d/kernel": KERNEL}, "wrong-weights", "'conv1d/bias'"),
    "text": ([["a"], BIAS], "bad-array", "not an array of numbers"),
    "word": ("one", "unknown-array", "'one'"),
    "missing archive": ("nowhere.keras", "cannot-read", "nowhere.keras"),
    "missing file": ("nowhere.npz", "cannot-read", "nowhere.npz"),
}


@pytest.mark.parametrize(("weights", "code", "message"), REFUSED.values(), ids=REFUSED)
def test_wrong_weights_are_refused(weights: Any, code: str, message: str) -> None:
    """A refusal names both counts, both shapes, or the name; nothing is filled in silently."""
    with pytest.raises(RunError, match=message) as caught:
        run(stack(conv()), weights=weights)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("name", "value", "code", "column"),
    [("bias", [1, 2, 3], "wrong-weights", 9), ("bais", [1, 2], "unknown-weight", 3), ("bias", "x", "bad-array", 9)],
)
def test_wrong_explicit_values_are_shown_in_their_place(name: str, value: Any, code: str, column: int) -> None:
    """The caret is under the value, or under the name where that is at fault."""
    source = Source("model.yaml", f"  {name}: {value}")
    given = Given(value, Span(source, 8, 9), Span(source, 2, 6))
    layer = Call("Conv1D", (Given(2), Given(4)), weights={name: given})
    with pytest.raises(RunError) as caught:
        run(stack(layer))
    assert caught.value.code == code
    assert isinstance(caught.value.span, Span)
    assert caught.value.span.column == column
    assert "layer 1, conv1d (Conv1D)" in str(caught.value.layer)


GRAPH: dict[str, Any] = {
    "layers": [
        {"InputLayer": {"shape": [4], "name": "x"}},
        {"Dense": 3, "name": "short", "from": "x"},
        {"Dense": 2, "name": "first", "from": "x"},
        {"Dense": 3, "name": "second", "from": "first"},
        {"Add": None, "name": "sum", "from": ["second", "short"]},
    ]
}
NESTED = {"input": [4], "layers": [{"Sequential": {**GRAPH, "name": "inner"}}, {"Dense": 1, "name": "top"}]}


def test_weights_of_a_nested_graph_are_in_its_order() -> None:
    """A graph takes its weights in Keras's order of layers inside a model too, however its items are written."""
    outer = convcalc.load(GRAPH)
    shapes = [(4, 2), (2,), (2, 3), (3,), (4, 3), (3,)]  # the longest way to the output comes first
    weights = [np.full(shape, n, "float32") for n, shape in enumerate(shapes)]
    nested = convcalc.load(NESTED)
    alone = convcalc.run(outer, "arange", weights=weights).outputs[0]
    inside = convcalc.run(nested, "arange", weights=[*weights, np.ones((3, 1)), np.ones(1)], keep=["inner"])
    np.testing.assert_array_equal(inside["inner"], alone)


def test_weights_of_a_nested_graph_are_given_by_name(tmp_path: Path) -> None:
    """In a file a weight inside a model is called by the models around it, its layer and itself, in any order."""
    model = convcalc.load(NESTED)
    first = convcalc.run(model, "random", weights="random", keep_weights=True)
    assert "inner/second/kernel" in first.weights
    named = _zipped(tmp_path / "named.npz", **dict(reversed(first.weights.items())))
    np.testing.assert_array_equal(convcalc.run(model, first.inputs, weights=named).outputs[0], first.outputs[0])


def test_a_wrong_shape_inside_a_nested_graph_names_its_layer() -> None:
    """The refusal has the weight's whole name, both shapes, and the layer."""
    model = convcalc.load(NESTED)
    weights = dict(convcalc.run(model, keep_weights=True).weights)
    weights["inner/second/kernel"] = weights["inner/second/kernel"].T
    message = r"inner/second/kernel has shape \(3, 2\), and inner/second/kernel has \(2, 3\)"
    with pytest.raises(RunError, match=message) as caught:
        convcalc.run(model, weights=weights)
    assert caught.value.code == "wrong-weights"
    assert "inner/second (Dense)" in (caught.value.layer or "")
