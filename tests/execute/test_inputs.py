"""Every form of input, and what is refused of each."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from convcalc.errors import RunError, ShapeError
from convcalc.execute import run
from convcalc.read import load
from tests.execute.stacks import call, conv, stack

X = np.arange(30, dtype="float32").reshape(1, 10, 3)


def _saved(path: Path, array: Any) -> str:
    np.save(path, array)
    return str(path)


def _zipped(path: Path, *arrays: Any, **named: Any) -> str:
    np.savez_compressed(path, *arrays, **named)
    return str(path)


def _json(path: Path, values: Any) -> Path:
    path.write_text(json.dumps(values), encoding="utf-8-sig")
    return path


# Name of the form -> the input X in that form; files go to a folder.
FORMS: dict[str, Callable[[Path], Any]] = {
    "word": lambda folder: "arange",
    "array": lambda folder: X,
    "array without a batch": lambda folder: X[0],
    "list of one array": lambda folder: [X],
    "lists": lambda folder: X.tolist(),
    "tuples": lambda folder: tuple(map(tuple, X[0].tolist())),
    "literal": lambda folder: f" {X.tolist()}",
    "npy": lambda folder: _saved(folder / "x.npy", X),
    "npy of integers in column order": lambda folder: _saved(folder / "x.npy", np.asfortranarray(X[0].astype("int16"))),
    "npz": lambda folder: _zipped(folder / "x.npz", X),
    "npz with the input's name": lambda folder: _zipped(folder / "x.npz", input_layer=X, other=np.zeros(3)),
    "json": lambda folder: _json(folder / "x.json", X.tolist()),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_forms_mean_the_same(form: Callable[[Path], Any], tmp_path: Path) -> None:
    """An input arrives as (1, 10, 3) of float32, in whatever form it is given."""
    trace = run(stack(conv()), form(tmp_path))
    np.testing.assert_array_equal(trace.inputs[0], X)
    assert trace.inputs[0].dtype == np.float32


@pytest.mark.parametrize(("word", "values"), [("ones", 1), ("zeros", 0), ("arange", np.arange(6).reshape(1, 2, 3))])
def test_words_fill_the_input(word: str, values: Any) -> None:
    """Ones and zeros everywhere; arange counts in reading order."""
    np.testing.assert_array_equal(run(stack(shape=(2, 3)), word).outputs[0], np.broadcast_to(values, (1, 2, 3)))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32", "uint8", "bool"])
@pytest.mark.parametrize("word", ["ones", "zeros", "random", "arange"])
def test_words_fill_any_dtype(word: str, dtype: str) -> None:
    """A made input has the dtype that the model's input declares."""
    model = stack(call("Input", shape=(4,), dtype=dtype), shape=None)
    assert run(model, word).outputs[0].dtype == dtype


def test_random_input_is_uniform() -> None:
    """Random input lies in [0, 1), around one half, and differs from seed to seed."""
    first, second = (run(stack(shape=(10_000,)), "random", seed=seed).outputs[0] for seed in (0, 1))
    assert 0 <= first.min() < first.max() < 1
    assert abs(first.mean() - 0.5) < 0.02
    assert not np.array_equal(first, second)


def test_a_known_batch_is_made_whole() -> None:
    """A made input has the model's batch size, and one sample where that is open."""
    model = stack(call("Input", batch_shape=(4, 10, 3)), conv(), shape=None)
    assert run(model).outputs[0].shape == (4, 7, 2)


def test_an_array_settles_unknown_sizes() -> None:
    """Sizes that the model leaves open are the array's, with or without a batch axis."""
    model = stack(conv(), shape=(None, 3))
    assert run(model, np.ones((2, 8, 3))).outputs[0].shape == (2, 5, 2)
    assert run(model, np.ones((8, 3))).outputs[0].shape == (1, 5, 2)


def test_a_model_without_input_takes_the_shape_of_the_array() -> None:
    """A model that says nothing of its input takes an array as it is, batch first."""
    assert run(stack(conv(), shape=None), X).outputs[0].shape == (1, 7, 2)


def test_an_array_too_small_for_a_layer_is_refused_by_that_layer() -> None:
    """Settled sizes are checked as if the model had been written with them."""
    with pytest.raises(ShapeError, match="window of 4 does not fit in 3") as caught:
        run(stack(conv(), shape=(None, 3)), np.ones((1, 3, 3)))
    assert "conv1d" in str(caught.value.layer)


REFUSED: dict[str, tuple[Any, str, str]] = {
    "rank": (np.ones((1, 1, 10, 3)), "wrong-input", r"\(1, 1, 10, 3\).*\(None, 10, 3\)"),
    "size": (np.ones((1, 10, 4)), "wrong-input", r"\(1, 10, 4\).*\(None, 10, 3\)"),
    "two arrays": ([X, X], "wrong-input", "1 input, and 2 arrays"),
    "ragged lists": ([[1, 2], [3]], "bad-array", "not an array of numbers"),
    "text": ([["a"]], "bad-array", "not an array of numbers"),
    "null": ([[None]], "bad-array", "not an array of numbers"),
    "complex": (X * 1j, "bad-array", "not an array of numbers"),
    "half a literal": ("[[1, 2", "bad-array", "not a list of numbers"),
    "a call": ("[print(1)]", "bad-array", "not a list of numbers"),
    "a deep literal": ("[" * 100_000, "bad-array", "not a list of numbers"),
    "a word": ("onse", "unknown-array", "'onse'"),
    "a missing file": ("nowhere.npy", "cannot-read", "nowhere.npy cannot be read"),
}


@pytest.mark.parametrize(("x", "code", "message"), REFUSED.values(), ids=REFUSED)
def test_wrong_inputs_are_refused(x: Any, code: str, message: str) -> None:
    """A refusal names both shapes, or says what is no array of numbers."""
    with pytest.raises(RunError, match=message) as caught:
        run(stack(conv()), x)
    assert caught.value.code == code


@pytest.mark.parametrize("model", [stack(conv(), shape=(None, 3)), stack(conv(), shape=None)])
def test_an_unknown_size_cannot_be_made(model: Any) -> None:
    """Without an array every size but the batch must be known; the help names the option."""
    with pytest.raises(RunError, match="cannot be made") as caught:
        run(model)
    assert "-s" in str(caught.value.help)


BROKEN = ("objects.npy", "short.npy", "negative.npy", "text.npy", "text.npz", "deep.json", "no.json")


def _broken(folder: Path) -> dict[str, Path]:
    """Files that are not what their names say."""
    paths = {name: folder / name for name in BROKEN}
    np.save(paths["objects.npy"], np.array([{}], dtype=object), allow_pickle=True)
    np.save(paths["short.npy"], X)
    paths["short.npy"].write_bytes(paths["short.npy"].read_bytes()[:-1])
    for name in ("text.npy", "text.npz", "no.json"):
        paths[name].write_text("what is this")
    header = str({"descr": "<f4", "fortran_order": False, "shape": (-1, 3)}).encode()
    paths["negative.npy"].write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
    paths["deep.json"].write_text("[" * 100_000)
    return paths


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_are_refused(name: str, tmp_path: Path) -> None:
    """A file that holds pickles, breaks off or is something else is an error with the file's name."""
    with pytest.raises(RunError, match=name) as caught:
        run(stack(conv()), str(_broken(tmp_path)[name]))
    assert caught.value.code == "bad-array"


def test_a_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    """An archive member whose header promises terabytes is refused before anything of it is inflated."""
    header = str({"descr": "<f4", "fortran_order": False, "shape": (10**9, 10, 3)}).encode()
    body = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    with zipfile.ZipFile(tmp_path / "bomb.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", body + bytes(10**6))
    with pytest.raises(RunError, match=r"bomb.npz is not an array") as caught:
        run(stack(conv()), str(tmp_path / "bomb.npz"))
    assert "111.8 GB" in str(caught.value.why)


def test_several_arrays_need_the_name_of_the_input(tmp_path: Path) -> None:
    """Among several arrays of a file the input's name decides; without it they are listed."""
    with pytest.raises(RunError, match="'input_layer'") as caught:
        run(stack(conv()), _zipped(tmp_path / "two.npz", a=X, b=X))
    assert caught.value.why == "they are a, b"


TEXTS: dict[str, Any] = {
    "lists": [["a", "ü"], ["c", ""]],
    "characters": np.array([["a", "ü"], ["c", ""]]),
    "bytes": np.char.encode(np.array([["a", "ü"], ["c", ""]]), "utf-8"),
    "objects": np.array([["a", "ü"], ["c", ""]], dtype=object),
    "literal": "[['a', 'ü'], ['c', '']]",
}


@pytest.mark.parametrize("x", TEXTS.values(), ids=TEXTS)
def test_texts_are_inputs(x: Any) -> None:
    """A model of texts takes them as lists, as NumPy's characters, bytes or objects, and as a literal."""
    stack = load('Input((2,), dtype="string") | StringLookup(vocabulary=["a", "ü"])')
    assert run(stack, x).outputs[0].tolist() == [[1, 2], [0, 0]]


def test_texts_from_files(tmp_path: Path) -> None:
    """And in .npy and .json files."""
    stack = load('Input((2,), dtype="string") | StringLookup(vocabulary=["a", "ü"])')
    np.save(tmp_path / "x.npy", np.array(TEXTS["lists"]))
    (tmp_path / "x.json").write_text(json.dumps(TEXTS["lists"]), encoding="utf-8")
    for name in ("x.npy", "x.json"):
        assert run(stack, tmp_path / name).outputs[0].tolist() == [[1, 2], [0, 0]]


def test_texts_are_outputs(tmp_path: Path) -> None:
    """Words that a model gives are text in the trace, in JSON and in files."""
    stack = load('Input((2,), dtype="int64") | StringLookup(vocabulary=["a", "ü"], invert=True)')
    trace = run(stack, [[1, 2], [0, 9]], statistics=True)
    expected = [["a", "ü"], ["[UNK]", "[UNK]"]]
    assert trace.finite
    assert (trace.layers[0].dtype, trace.layers[0].mean) == ("string", None)
    assert trace.to_dict()["outputs"][0]["values"] == expected
    trace.save(tmp_path / "y.npy")
    assert np.load(tmp_path / "y.npy").tolist() == expected


@pytest.mark.parametrize(
    ("code", "x", "message"),
    [
        ('Input((2,), dtype="string") | Hashing(3)', "ones", "is text, which cannot be made up"),
        ('Input((2,), dtype="string") | Hashing(3)', [[1, 2]], "is not an array of texts"),
        ("Input((2,)) | Dense(3)", [["1", "2"]], "is not an array of numbers"),
        ('Input((2,)) | StringLookup(vocabulary=["a"])', "ones", "looks texts up, and the input is numbers"),
        ('Input((2,), dtype="string") | IntegerLookup(vocabulary=[1])', [["a", "b"]], "and the input is text"),
        ('Input((1,), dtype="string") | TextVectorization()', [["a"]], "its vocabulary is learned from the training"),
    ],
)
def test_texts_and_numbers_are_not_mixed(code: str, x: Any, message: str) -> None:
    """Each is refused where the other is asked for, and so is a vocabulary that is not there."""
    with pytest.raises(RunError, match=message):
        run(load(code), x)
