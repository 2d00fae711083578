"""Configurations as text, ``Conv1D(2, 4) on 10, 3``: read alike by the tests and by the script that asks Keras."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from convcalc.catalog import construct, sample
from convcalc.layers import FAMILIES, find
from convcalc.shapes import Shape

GOLDEN = Path(__file__).parent / "golden"


class Sample:
    """A call and the input's shape, batch open; ``values`` is false where it cannot be run."""

    def __init__(self, text: str) -> None:
        self.text = text
        code, _, sizes = text.removesuffix(" shape only").partition(" on")
        call: Any = ast.parse(code, mode="eval").body
        self.call = call
        self.kind: str = call.func.id
        self.shape: Shape = (None, *ast.literal_eval(f"({sizes},)" if sizes.strip() else "()"))
        self.values = not text.endswith(" shape only") and None not in self.shape[1:]

    def make(self, find: Callable[[str], Any]) -> Any:
        """The layer, of the kinds that ``find`` knows by name."""
        return construct(self.call, find)


def table() -> Iterator[str]:
    """Every configuration: each kind's own sample, then the lines of ``samples.txt``."""
    for kind in dict.fromkeys(find(name) for names in FAMILIES.values() for name in names.split()):
        code, _, shape = sample(kind)
        yield f"{code} on {', '.join(map(str, shape[1:]))}"
    lines = (GOLDEN / "samples.txt").read_text(encoding="utf-8").splitlines()
    yield from (line for line in lines if line and not line.startswith("#"))
