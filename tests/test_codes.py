"""The table of error codes: every code is raised somewhere, and an example provokes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

import convcalc
from convcalc.cli import run
from convcalc.errors import CODES, ConvcalcError
from convcalc.write.columns import select

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "convcalc"


def dense(x: Any = "ones", **options: Any) -> Any:
    """A run of one dense layer on three numbers."""
    return convcalc.run(convcalc.load("Dense(1)", input_shape=(3,)), x, **options)


def shown(model: str = "Dense(1)", **options: Any) -> str:
    """The table of a stack on three numbers."""
    return convcalc.summarize(convcalc.load(model, input_shape=(3,))).text(**options)


def called(item: dict[str, Any], steps: Sequence[int] = (3,), **call: Any) -> Any:
    """A run of one layer, called with these arguments, which may be a mask of three, on an input of these sizes."""
    model = {"inputs": {"x": list(steps), "mask": [3]}, "layers": [{**item, "from": "x", "call": call}]}
    return convcalc.run(convcalc.load(model))


# What a model that loads can still be refused for.
EXAMPLES: dict[str, Callable[[], Any]] = {
    "bad-array": lambda: dense([[1, 2], [3]]),
    "cannot-read": lambda: dense("nothing.npy"),
    "cannot-run": lambda: called({"LSTM": 2}, steps=[5, 3], mask="mask"),
    "cannot-write": lambda: dense().save("no/such/folder/x.npy"),
    "layer-range": lambda: shown(layer_range=("conv", "conv")),
    "nested-mask": lambda: called({"Sequential": {"layers": ["Dense(1)"]}}, mask="mask"),
    "no-columns": lambda: select([]),
    "no-input-shape": lambda: convcalc.explain(convcalc.load("Dense(1)")),
    "not-in-style": lambda: shown(style="classic", show_trainable=True),
    "not-kept": lambda: dense()["dense_7"],
    "too-long": lambda: convcalc.run(convcalc.load("Dense(10**6) | Dense(10**6)", input_shape=(10,))),
    "too-narrow": lambda: shown(style="keras2", line_length=3),
    "training": lambda: called({"Dropout": 0.5}, training=True),
    "unbuilt": lambda: convcalc.summarize(convcalc.load("Dense(1)")).text(style="keras2"),
    "unknown-array": lambda: dense("nothing"),
    "unknown-column": lambda: shown(style="keras", columns=["size"]),
    "unknown-format": lambda: dense().save("x.pdf"),
    "unknown-name": lambda: dense(keep=["conv"]),
    "unknown-style": lambda: shown(style="modern"),
    "unknown-weight": lambda: dense(weights={"dense/gamma": [1]}),
    "unsupported-dtype": lambda: convcalc.run(convcalc.load("Dense(1, dtype='bfloat16')", input_shape=(3,))),
    "unused-value": lambda: convcalc.load("m = Sequential([Dense(1)])", given={"n": "3"}),
    "wrong-input": lambda: dense([[1, 2]]),
    "wrong-weights": lambda: dense(weights=[[[1]]]),
}
# Codes of the command line, and of files that a test makes first: where they are provoked.
ELSEWHERE = {
    "file": "execute/test_trace.py",
    "bad-archive": "read/test_archive.py",
    "needs-h5py": "read/test_archive.py",
    "no-config": "read/test_archive.py",
    "not-a-model": "read/test_load.py",
    "opaque-layer": "test_opaque.py",
    "too-large": "read/test_files.py",
    "which-input": "read/test_graphs.py",
    "usage": "test_codes.py",
}


@pytest.mark.parametrize("code", EXAMPLES)
def test_example_provokes_its_code(code: str) -> None:
    """The example of a code raises an error of that code."""
    with pytest.raises(ConvcalcError) as caught:
        EXAMPLES[code]()
    assert caught.value.code == code


def test_a_wrong_command_line_has_a_code(capsys: pytest.CaptureFixture[str]) -> None:
    """An option that does not exist is an error with the code usage."""
    assert run(["summary", "--frobnicate"]) == 2
    assert "[usage]" in capsys.readouterr().err


def test_table_has_every_code_that_is_raised() -> None:
    """The codes in the package are the codes of the table."""
    texts = [path.read_text("utf-8") for path in PACKAGE.rglob("*.py")]
    assert {code for text in texts for code in re.findall(r'code="([a-z0-9-]+)"', text)} == set(CODES)


def test_every_code_has_an_example() -> None:
    """A code has a pair of files in errors/, an example here, or a test that names it."""
    for code, file in ELSEWHERE.items():
        assert re.search(rf'["\[]{code}\\?["\]]', (TESTS / file).read_text("utf-8")), code
    pairs = {path.stem.partition("--")[0] for path in (TESTS / "errors").iterdir()}
    assert pairs | set(EXAMPLES) | set(ELSEWHERE) == set(CODES)
