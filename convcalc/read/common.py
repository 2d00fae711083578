"""What the readers share: what a nested model is called, and refusals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcalc.errors import ReadError
from convcalc.layers import MODULES, canonical
from convcalc.source import Path, Place

# The class of functional models, and the name of the class before Keras 2.4.
GRAPHS = ("Functional", "Model")
HOW_LAYERS = "write `layers:` and below it one `- ` item for each layer"


def not_yet(what: str, place: Place | None, help: str | None = None) -> ReadError:
    """The refusal of something that the format allows and no reader can read so far."""
    return ReadError(f"{what} is not supported yet", code="not-yet", span=place, help=help)


def not_a_layer(message: str, place: Place, help: str | None = None) -> ReadError:
    """The refusal of something where a layer must stand."""
    forms = "write Conv1D(2, 4), or only a name such as Flatten; in YAML also Conv1D: {filters: 2, kernel_size: 4}"
    return ReadError(message, code="not-a-layer", span=place, help=help or forms)


def is_nested(kind: str) -> bool:
    """Whether a kind as written is a nested model rather than a layer."""
    return kind.rpartition(".")[2] == "Sequential"


def is_network(kind: str) -> bool:
    """Whether a kind as written is one of Keras's published networks rather than a layer."""
    if canonical(kind) in MODULES:
        return False
    from convcalc.applications import is_network  # only where a name is no layer's

    return is_network(kind)


def part(whole: Any, key: str, type: type, place: Path) -> Any:
    """The value of a key that every Keras config has; `ReadError` where it is missing or of another type."""
    part = whole.get(key) if isinstance(whole, Mapping) else None
    if not isinstance(part, type):
        raise ReadError(f"this part of a Keras config needs {key!r}", code="bad-config", span=place)
    return part
