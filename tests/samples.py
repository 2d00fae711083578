"""Configurations as text, ``Conv1D(2, 4) on 10, 3`` or ``Add() on 5, 3 and 3``.

The tests and the script that asks Keras read them alike.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from convcalc.layers import FAMILIES, find
from convcalc.sizes.shapes import Shape
from convcalc.tools.catalog import construct, sample

# Kinds that take texts, and those that take no fractions.
TEXTS = ("StringLookup", "TextVectorization")
WHOLE = (*TEXTS, "HashedCrossing")
GOLDEN = Path(__file__).parent / "golden"


class Sample:
    """A call and the inputs' shapes, batch open; ``values`` is false where it cannot be run."""

    def __init__(self, text: str) -> None:
        self.text = text
        code, _, sizes = text.removesuffix(" shape only").partition(" on")
        call: Any = ast.parse(code, mode="eval").body
        self.call = call
        self.kind: str = call.func.id
        self.shapes: tuple[Shape, ...] = tuple(map(_shape, sizes.split(" and ")))
        self.values = not text.endswith(" shape only") and all(None not in shape[1:] for shape in self.shapes)

    def make(self, find: Callable[[str], Any]) -> Any:
        """The layer, of the kinds that ``find`` knows by name."""
        return construct(self.call, find)


def _shape(sizes: str) -> Shape:
    return (None, *ast.literal_eval(f"({sizes},)" if sizes.strip() else "()"))


def table() -> Iterator[str]:
    """Every configuration: each kind's own sample, then the lines of ``samples.txt``."""
    for kind in dict.fromkeys(find(name) for names in FAMILIES.values() for name in names.split()):
        code, _, shapes = sample(kind)
        yield f"{code} on {' and '.join(', '.join(map(str, shape[1:])) for shape in shapes)}"
    lines = (GOLDEN / "samples.txt").read_text(encoding="utf-8").splitlines()
    yield from (line for line in lines if line and not line.startswith("#"))


def suited(kind: str, x: Any) -> Any:
    """Numbers as the kind takes them: as they are, as whole ones, or as the texts of these."""
    x = x.astype("int64") if kind in WHOLE else x
    return x.astype(str) if kind in TEXTS else x
