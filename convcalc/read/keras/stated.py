"""Layers whose meaning is Python code: how a config shows them, and the shapes that a file states for each call."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from convcalc.declare.types.base import is_code, is_foreign
from convcalc.layers import MODULES, OPERATIONS, UNCOVERED, canonical, find
from convcalc.layers.spelling import has_config
from convcalc.read.common import GRAPHS, is_nested
from convcalc.script import UNCOUNTED, WEIGHTLESS, Call, Stated
from convcalc.sizes.shapes import Shape

# The modules of classes that Keras does not export, and of its operations.
_INTERNAL = re.compile(r"(tf_)?keras\.src\.")
_OPERATION = re.compile(r"(keras\.(src\.)?ops|tf_keras\.src\.layers\.core\.tf_op_layer)\b")


def opacity(entry: Mapping[str, Any], kind: str) -> str:
    """`WEIGHTLESS` or `UNCOUNTED` for a class whose meaning is Python code, a script's own or Keras's; else empty.

    Keras states the module of a class, null for a class of a script. Early Keras 2 stated none: there, a name
    that differs from a class of Keras only in capital letters is a typing error.
    """
    module = entry.get("module", "")
    if is_foreign(entry):
        return UNCOUNTED
    known = canonical(kind) in MODULES or kind in OPERATIONS or has_config(kind, entry.get("config"))
    if known or is_nested(kind) or kind in GRAPHS:
        return ""
    if kind == "Lambda" or _OPERATION.match(str(module)):
        return WEIGHTLESS
    folded = {name.lower() for name in MODULES}
    own = kind in UNCOVERED or _INTERNAL.match(str(module)) or not module and canonical(kind).lower() not in folded
    return UNCOUNTED if own else ""


def holds_code(kind: str, config: Any) -> bool:
    """Whether a layer of Keras holds a layer whose meaning is Python code, as a wrapper or as a cell or activation."""
    if canonical(kind) not in MODULES or not isinstance(config, Mapping):
        return False
    accepted = find(kind).accepted
    values = [value for name, value in config.items() if name in accepted and accepted[name].type.takes_layers]
    held = [one for value in values for one in (value if isinstance(value, list) else [value])]
    named = [(one, str(one["class_name"])) for one in held if isinstance(one, Mapping) and "class_name" in one]
    return any(opacity(one, name) or holds_code(name, one.get("config")) for one, name in named if not is_code(one))


def own_name(kind: str) -> str:
    """The class's name without the package that it was registered in: ``Scale`` of ``my_package>Scale``."""
    return kind.rpartition(">")[2]


def state_chain(calls: Sequence[Call], entries: Sequence[Any]) -> None:
    """Gives the calls of a chain the stated shapes: what a layer was built on is the output of the layer above."""
    built = [build_shapes(entry) for entry in entries]
    for call, inputs, outputs in zip(calls, built, [*built[1:], ()], strict=False):
        call.stated = Stated(inputs, outputs)


def state_graph(calls: Sequence[tuple[Call, str]], built: Mapping[str, tuple[Shape, ...]]) -> None:
    """Gives the calls of a graph the stated shapes: of their tensors, or ``built``, what each layer was built on."""
    made: dict[str, list[Call]] = {}
    for call, name in calls:
        made.setdefault(name, []).append(call)
    outputs: dict[int, dict[int, Shape]] = {}
    for call, name in calls:
        refs = call.inputs or ()
        known = tuple(ref.shape for ref in refs if ref.shape is not None) or built[name]
        call.stated = Stated(known if len(known) == len(refs) else ())
        for ref, one in zip(refs, call.stated.inputs, strict=False):
            sources = made.get(str(ref.layer), ())
            if ref.call < len(sources):
                outputs.setdefault(id(sources[ref.call]), {})[ref.tensor] = one
    for call, _ in calls:
        own = outputs.get(id(call), {})
        call.stated.outputs = tuple(own[at] for at in range(len(own)) if at in own)


def build_shapes(entry: Any) -> tuple[Shape, ...]:
    """The shapes that a layer was built on, batch first; none where the file does not say."""
    config = entry.get("build_config") if isinstance(entry, Mapping) else None
    value = config.get("input_shape") if isinstance(config, Mapping) else None
    one = as_shape(value)
    if one is not None or not isinstance(value, list):
        return () if one is None else (one,)
    several = [as_shape(part) for part in value]
    return tuple(part for part in several if part is not None) if None not in several else ()


def as_shape(value: Any) -> Shape | None:
    """A shape, batch first; None for anything else."""
    sizes = isinstance(value, list) and value and all(size is None or type(size) is int for size in value)
    return tuple(value) if sizes else None
