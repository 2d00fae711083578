"""The index of the layers: `python -m tests.layer_index` writes ``convcalc/layers/_index.py`` from the classes."""

from __future__ import annotations

import importlib
import pkgutil
import textwrap
from pathlib import Path

import convcalc.layers
from convcalc.declare.layer import Layer
from convcalc.layers._index import FAMILIES

PATH = Path(convcalc.layers.__file__).with_name("_index.py")

_HEAD = '''\
"""The index: family module -> the names (kinds and aliases) that it declares. `python -m tests.layer_index` writes it.

With the index a family is loaded only when a kind of the family is asked for.
"""

FAMILIES = {
'''


def text() -> str:
    """The index as Python code. What it has keeps its order, which `convcalc layers` shows; new names come last."""
    declared = {name: kinds for name in _families() if (kinds := _declared(name))}
    names = _in_order(declared, FAMILIES)
    lines = [_entry(name, _in_order(declared[name], FAMILIES.get(name, "").split())) for name in names]
    return _HEAD + "".join(lines) + "}\n"


def _families() -> list[str]:
    """The modules of the room that declare layers."""
    modules = pkgutil.iter_modules(convcalc.layers.__path__)
    return sorted(module.name for module in modules if not (module.name.startswith("_") or module.ispkg))


def _declared(family: str) -> list[str]:
    """The kinds and aliases of a family, in the order of their classes."""
    module = importlib.import_module(f"convcalc.layers.{family}").__name__
    kinds = Layer.kinds.items()
    return [name for name, kind in kinds if kind.__module__ == module and not kind.__name__.startswith("_")]


def _in_order(names: dict[str, list[str]] | list[str], before: dict[str, str] | list[str]) -> list[str]:
    """The names, first those that were there before, in their order."""
    return [*(name for name in before if name in names), *(name for name in names if name not in before)]


def _entry(family: str, names: list[str]) -> str:
    """A family as an entry of the dictionary, its names in lines of at most 120 characters."""
    first = f'    "{family}": "'
    lines = textwrap.wrap(" ".join(names), 110, initial_indent=" " * (len(first) - 5))
    return first + ' "\n    "'.join(line.strip() for line in lines) + '",\n'


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
