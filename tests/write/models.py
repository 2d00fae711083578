"""Small models for the writers, and Keras's summaries of them in `tests/golden/summaries.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from convcalc.script import Call, Given, Script
from convcalc.stack.build import build
from convcalc.summary.figures import Summary
from convcalc.write import summarize

_FILE = Path(__file__).parents[1] / "golden" / "summaries.json"


def _call(kind: str, arguments: dict[str, Any]) -> Call:
    layers = [_call(*inner) for inner in arguments["layers"]] if kind == "Sequential" else None
    return Call(
        kind, named={name: Given(value) for name, value in arguments.items() if name != "layers"}, layers=layers
    )


def summary(spec: dict[str, Any]) -> Summary:
    """The summary of a model written as `make_summaries.py` writes it."""
    given = {key: Given(spec[key]) for key in ("name", "input", "batch_size") if spec.get(key) is not None}
    calls = [_call(*layer) for layer in spec["layers"]]
    return summarize(build(Script(calls, functional=spec.get("functional", False), **given)))


def sequence(*layers: tuple[str, dict[str, Any]], **more: Any) -> Summary:
    """The summary of a model on an input of (10, 3)."""
    return summary({"input": [10, 3], "layers": layers} | more)


def golden(style: str) -> list[Any]:
    """Keras's summaries in a style as parameters of a test: model, options, text."""
    cases = [case for case in json.loads(_FILE.read_text(encoding="utf-8")) if case["style"] == style]
    assert cases
    return [pytest.param(case["model"], case["options"], "\n".join(case["text"]), id=_id(case)) for case in cases]


def cells(table: str) -> list[list[str]]:
    """The texts of a table of Keras 3's, line by line."""
    lines = [line[1:-1].replace("┃", "│") for line in table.split("\n") if line[:1] in ("┃", "│")]
    return [[text.strip() for text in line.split("│")] for line in lines]


def _id(case: dict[str, Any]) -> str:
    options = "".join(f", {name}={value}" for name, value in case["options"].items())
    return f"{case['name']}{options}"
