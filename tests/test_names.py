"""Automatic names are Keras's, in a session of their own (golden/names.json, by make_names.py)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

import convcalc
from convcalc.stack.graph import Node

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent / "golden/names.json").read_text())


def names(own: str, nodes: Iterable[Node]) -> list[Any]:
    """The model's name and its layers', nested models as lists."""
    return [own, *(node.name if node.inner is None else names(node.name, node.inner.nodes) for node in nodes)]


@pytest.mark.parametrize("stack", GOLDEN)
def test_names_are_keras_names(stack: str) -> None:
    """Counters run over the whole session: aliases, nested models and layers given as arguments included."""
    built = convcalc.load(f"Sequential([{stack}])", input_shape=(8, 8, 3))
    assert names(built.name, built.nodes) == GOLDEN[stack]
