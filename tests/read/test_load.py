"""Where models come from, and `load`."""

from __future__ import annotations

import io
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from convcalc.errors import ConvcalcError, ReadError
from convcalc.read import load, read_script
from convcalc.read.detect import default_model

FLATTEN = "[Flatten()]"


@pytest.mark.parametrize(
    "text",
    [
        "- Flatten",
        "layers: [Flatten]",
        "# note\nlayers:\n- Flatten\n",
        "---\n- Flatten",
        '["Flatten"]',
        '{"layers": ["Flatten"]}',
        "[Flatten]",
        "Flatten",
        "Flatten()",
        "  Flatten() # note\n",
        "{layers: [Flatten]}",
    ],
)
def test_standard_input(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """YAML, JSON and inline text on standard input are told apart by content."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert repr(read_script("-").layers) == FLATTEN


@pytest.mark.parametrize("name", ["m.yaml", "m.yml", "odd (name).yaml", "plain", "a(b"])
def test_path_kinds(tmp_path: Path, name: str) -> None:
    """A path object is always a file; a text is one by its extension, or when it holds no call."""
    (tmp_path / name).write_text("- Flatten")
    assert repr(read_script(tmp_path / name).layers) == FLATTEN
    if "a(" not in name:
        assert repr(read_script(str(tmp_path / name)).layers) == FLATTEN


@pytest.mark.parametrize(
    "model", [{"layers": ["Flatten"]}, ["Flatten"], ("Flatten",), MappingProxyType({"layers": ("Flatten",)})]
)
def test_data(model: Any) -> None:
    """Mappings and lists of Python are models."""
    assert repr(read_script(model).layers) == FLATTEN


@pytest.mark.parametrize("model", [None, 3, b"Flatten"])
def test_not_a_model(model: Any) -> None:
    """What is no path, text or mapping is refused by type."""
    with pytest.raises(ReadError) as caught:
        read_script(model)
    assert caught.value.code == "not-a-model"


def test_cyclic_mapping() -> None:
    """A mapping that holds itself is an error, not a crash."""
    inside: list[Any] = []
    inside.append({"Sequential": inside})
    with pytest.raises(ReadError) as caught:
        read_script(inside)
    assert caught.value.code == "too-deep"


def test_default_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``model.yaml`` in the current folder is the model when none is named."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ReadError, match="no model is given"):
        default_model()
    (tmp_path / "model.yaml").write_text("- Flatten")
    assert repr(read_script(default_model()).layers) == FLATTEN


@pytest.mark.parametrize(
    ("options", "input", "output", "params"),
    [
        ({}, (None, 10, 3), (None, 7, 2), 26),
        ({"batch_size": 4}, (4, 10, 3), (4, 7, 2), 26),
        ({"input_shape": (20, 1)}, (None, 20, 1), (None, 17, 2), 10),
        ({"no_bias": True}, (None, 10, 3), (None, 7, 2), 24),
        ({"data_format": "channels_first", "input_shape": [3, 10]}, (None, 3, 10), (None, 2, 7), 26),
    ],
)
def test_options(options: dict[str, Any], input: Any, output: Any, params: int) -> None:
    """The options of `load` replace what the model says (numbers of the issue's first example)."""
    stack = load("input: [10, 3]\nlayers: ['Conv1D(2, 4)']\n", **options)
    inferred = stack.nodes[0].inferred
    assert inferred
    assert (stack.input.shape, stack.output_shape, inferred.params) == (input, output, params)


@pytest.mark.parametrize(
    "options", [{"input_shape": 10}, {"batch_size": 0}, {"data_format": "last"}, {"input_shape": ("a",)}]
)
def test_bad_options(options: dict[str, Any]) -> None:
    """An option that cannot be meant is named in the error."""
    with pytest.raises(ConvcalcError, match="input must|batch_size must|data_format must") as caught:
        load("Conv1D(2, 4)", **options)
    assert caught.value.code == "bad-value"
