"""Parts of the model format below an item: arguments with their places, inputs of the model, tensors by name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from convcalc.errors import ReadError, shown
from convcalc.layers import MODULES, canonical
from convcalc.read.common import is_nested, is_network
from convcalc.read.document.node import Node
from convcalc.script import Call, Given, Ref

# A text that is read as a value of Python: a call, or a tuple.
_PYTHON_VALUE = re.compile(r"[\w.]*\(")

# An output of a layer by its number: `lstm:1`.
_NUMBERED = re.compile(r"(.+):(\d{1,9})")


def as_is(entry: Node) -> Given:
    """A value as written, with its place and the place of its key."""
    return Given(entry.plain(), entry.place, entry.key_place)


def is_layer(entries: Sequence[Node]) -> bool:
    """Whether a mapping is a layer: ``{LSTM: {units: 4}}``."""
    keys = [one.key for one in entries]
    return "repeat" not in keys and any(canonical(key) in MODULES or is_nested(key) or is_network(key) for key in keys)


def are_layers(node: Node) -> bool:
    """Whether a list has layers for members: mappings, or calls of a kind."""
    return any(is_layer(one.entries() or ()) or _is_call(one.plain()) for one in node.members() or ())


def _is_call(value: object) -> bool:
    if not isinstance(value, str) or "(" not in value:
        return False
    kind = value.partition("(")[0].strip()
    return canonical(kind) in MODULES or is_network(kind)


def read_argument(entry: Node) -> Given:
    """An argument's value. A text such as ``HeNormal(seed=1)`` or ``(3, 3)`` is read as in Python; ``name`` is text."""
    value = entry.plain()
    if isinstance(value, str) and _PYTHON_VALUE.match(value) and entry.key != "name":
        from convcalc.read.inline.chain import read_value

        value = read_value(*entry.inline())
    return Given(value, entry.place, entry.key_place)


def read_inputs(node: Node | None) -> list[Call]:
    """The InputLayer calls of ``inputs: {image: [28, 28, 1], title: {shape: [16], dtype: int32}}``."""
    if node is None:
        return []
    entries = node.entries()
    if not entries:
        help = "write inputs: {image: [28, 28, 1]}"
        raise ReadError("inputs must be a mapping of names to shapes", code="bad-inputs", span=node.place, help=help)
    return [_one_input(entry) for entry in entries]


def _one_input(entry: Node) -> Call:
    fields = {inner.key: read_argument(inner) for inner in entry.entries() or ()} or {"shape": as_is(entry)}
    named = {"name": Given(entry.key, entry.key_place, entry.key_place), **fields}
    return Call("InputLayer", (), named, place=entry.key_place, inputs=())


def read_refs(entry: Node) -> tuple[Ref, ...]:
    """The tensors of ``from: a`` or ``from: [a, b]``: the first output of each layer's latest call, or ``a:1``."""
    members = entry.members()
    refs = []
    for member in (entry,) if members is None else members:
        name = member.plain()
        if not isinstance(name, str):
            help = "write `from: a`, or `from: [a, b]` for several inputs"
            raise ReadError(f"{shown(name)} is no layer's name", code="bad-reference", span=member.place, help=help)
        numbered = _NUMBERED.fullmatch(name)
        name, tensor = (numbered[1], int(numbered[2])) if numbered else (name, 0)
        refs.append(Ref(name, tensor=tensor, place=member.place))
    return tuple(refs)


def read_call(entry: Node) -> tuple[list[tuple[str, Ref]], dict[str, Given]]:
    """The arguments of ``call: {initial_state: [h, c], training: false}``: names stand for tensors."""
    entries = entry.entries()
    if entries is None:
        help = "write call: {mask: a, training: false}"
        raise ReadError("call must be a mapping of arguments", code="bad-call", span=entry.place, help=help)
    tensors: list[tuple[str, Ref]] = []
    options = {}
    for one in entries:
        if isinstance(one.plain(), str) or one.members():
            tensors += [(one.key, ref) for ref in read_refs(one)]
        else:
            options[one.key] = as_is(one)
    return tensors, options
