"""Output shapes and parameter counts of Keras layer stacks, and their forward pass, without Keras."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from convcalc import layers as layers
    from convcalc.errors import ConvcalcError as ConvcalcError
    from convcalc.execute import compile as compile
    from convcalc.execute import run as run
    from convcalc.read import load as load
    from convcalc.tools.explanation import explain as explain
    from convcalc.write import summarize as summarize

__version__ = "0.1.0"

# Each public name and its module, loaded when the name is first used.
_HOMES = {
    "ConvcalcError": "convcalc.errors",
    "compile": "convcalc.execute",
    "explain": "convcalc.tools.explanation",
    "load": "convcalc.read",
    "run": "convcalc.execute",
    "summarize": "convcalc.write",
}

__all__ = ["ConvcalcError", "compile", "explain", "layers", "load", "run", "summarize"]  # noqa: F822 (made by __getattr__)


def __getattr__(name: str) -> Any:
    if name == "layers":
        return import_module("convcalc.layers")
    if name not in _HOMES:
        raise AttributeError(f"module 'convcalc' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value  # importing convcalc.tools.explanation would else leave the module under that name
    return value
