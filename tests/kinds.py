"""Every declared kind and alias, for tests that hold for all of them."""

from __future__ import annotations

from convcalc.layer import Layer
from convcalc.layers import MODULES, find


def every_name() -> list[str]:
    """The names of all kinds and aliases, in alphabetical order."""
    return sorted(MODULES)


def every_kind() -> list[type[Layer]]:
    """All kinds, each once, in alphabetical order."""
    return sorted({find(name) for name in MODULES}, key=lambda kind: kind.__name__)
