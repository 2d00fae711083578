"""Blocks of the YAML: layers under a name. A block is called like a layer and has arguments of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from convcalc.errors import ReadError, did_you_mean, one_of
from convcalc.read.document.node import Locate, Node
from convcalc.script import Call, Given, Ref
from convcalc.source import Place

MOST_DEPTH = 20
# The name by which a block's layers take the tensor that the block is called on.
INPUT = "input"
_ARGUMENT = re.compile(r"\$(\w+)")


class Bound:
    """A node of a block's layers with the block's arguments in it: ``$filters``, ``$filters * 4``."""

    def __init__(self, node: Node, values: Mapping[str, Any]) -> None:
        self.node = node
        self.values = values

    @property
    def key(self) -> str:
        """The node's key."""
        return self.node.key

    @property
    def key_place(self) -> Place:
        """Where the key stands."""
        return self.node.key_place

    @property
    def place(self) -> Place:
        """Where the value stands."""
        return self.node.place

    def entries(self) -> Sequence[Node] | None:
        """A mapping's values, with the arguments in them."""
        entries = self.node.entries()
        return None if entries is None else [Bound(entry, self.values) for entry in entries]

    def members(self) -> Sequence[Node] | None:
        """A list's members, with the arguments in them."""
        members = self.node.members()
        return None if members is None else [Bound(member, self.values) for member in members]

    def plain(self) -> Any:
        """The value, computed where it is written with arguments."""
        members, entries = self.members(), self.entries()
        if members is not None:
            return [member.plain() for member in members]
        if entries is not None:
            return {entry.key: entry.plain() for entry in entries}
        value = self.node.plain()
        if not isinstance(value, str) or "$" not in value:
            return value
        alone = _ARGUMENT.fullmatch(value.strip())
        if alone:
            return self._value(alone[1])
        if "(" in value.split("$")[0]:
            return self._text(value)  # a call, whose values are read with it
        from convcalc.read.inline.chain import read_value

        return read_value(self._text(value), lambda start, end: self.place)

    def inline(self) -> tuple[str, Locate]:
        """The text with the arguments in it; every part has the place of the whole text."""
        text, locate = self.node.inline()
        return (self._text(text), lambda start, end: self.place) if "$" in text else (text, locate)

    def _text(self, text: str) -> str:
        return _ARGUMENT.sub(lambda match: repr(self._value(match[1])), text)

    def _value(self, name: str) -> Any:
        if name in self.values:
            return self.values[name]
        help = did_you_mean(name, self.values) or (f"it has {one_of(self.values)}" if self.values else "it has none")
        raise ReadError(f"the block has no argument {name!r}", code="unknown-argument", span=self.place, help=help)


class Block:
    """The arguments of a block with their defaults (None without), and its layers."""

    def __init__(self, entry: Node) -> None:
        fields = {field.key: field for field in entry.entries() or ()}
        if "layers" not in fields or not set(fields) <= {"args", "layers"}:
            raise _bad_block("a block has layers, and may have args", entry.key_place)
        self.layers = fields["layers"]
        args = fields["args"].members() if "args" in fields else ()
        if args is None:
            raise _bad_block("args must be a list of names", fields["args"].place)
        self.args = dict(map(_declared, args))

    def bind(self, call: Call) -> dict[str, Any]:
        """The arguments of a call by name."""
        if len(call.positional) > len(self.args):
            count = f"{len(self.args)} argument{'s' if len(self.args) != 1 else ''}"
            message, place = (
                f"the block {call.kind} takes {count}, got {len(call.positional)}",
                call.positional[-1].place,
            )
            raise ReadError(message, code="too-many-arguments", span=place or call.place)
        given = dict(zip(self.args, call.positional, strict=False)) | call.named
        given.pop("name", None)
        for name, value in given.items():
            if name not in self.args:
                help = did_you_mean(name, self.args) or f"it has {one_of(self.args) if self.args else 'none'}"
                message = f"the block {call.kind} has no argument {name!r}"
                raise ReadError(message, code="unknown-argument", span=value.key or call.place, help=help)
        missing = [name for name, default in self.args.items() if default is None and name not in given]
        if missing:
            message = f"the block {call.kind} needs {' and '.join(missing)}"
            raise ReadError(message, code="missing-argument", span=call.place)
        whole = {name: default for name, default in self.args.items() if default is not None} | given
        return {name: value.value for name, value in whole.items()}


def _bad_block(message: str, place: Place) -> ReadError:
    help = "write blocks: {bottleneck: {args: [filters, stride=1], layers: [...]}}"
    return ReadError(message, code="bad-block", span=place, help=help)


def _declared(node: Node) -> tuple[str, Given | None]:
    """An argument as declared: ``filters``, or ``stride=1``."""
    name, equals, default = str(node.plain()).partition("=")
    if not equals:
        return name.strip(), None
    from convcalc.read.inline.chain import read_value

    return name.strip(), Given(read_value(default.strip(), lambda start, end: node.place), node.place)


class Blocks:
    """All blocks of a model; ``read`` makes calls of a list of items."""

    def __init__(self, node: Node, read: Callable[[Node], list[Call]]) -> None:
        entries = node.entries()
        if entries is None:
            raise _bad_block("blocks must be a mapping from each block's name to its layers", node.place)
        self.by_name = {entry.key: Block(entry) for entry in entries}
        self.read = read
        self._counts: dict[str, int] = {}
        self._last: dict[str, Call] = {}  # the last layer of each block that was called, by the call's name

    def expand(self, calls: Sequence[Call], depth: int = 0) -> list[Call]:
        """The calls with every call of a block replaced by its layers."""
        out: list[Call] = []
        for call in calls:
            if call.layers is not None:
                call.layers = self.expand(call.layers, depth)
            call.inputs = self.settled(call.inputs)
            block = self.by_name.get(call.kind) if call.use is None else None
            out += [call] if block is None else self._layers(call, block, Ref(out[-1] if out else None), depth)
        return out

    def settled(self, refs: tuple[Ref, ...] | None) -> tuple[Ref, ...] | None:
        """The tensors; the name of a block stands for the block's last layer."""
        return refs and tuple(Ref(self._last[r.layer], tensor=r.tensor) if r.layer in self._last else r for r in refs)

    def _layers(self, call: Call, block: Block, above: Ref, depth: int) -> list[Call]:
        """The layers of one call of a block, under names of their own."""
        if depth > MOST_DEPTH:
            message = f"the block {call.kind} is in itself, or more than {MOST_DEPTH} deep"
            raise ReadError(message, code="too-deep", span=call.place)
        if call.options or any(call.roles):
            help = "say it of a layer inside the block"
            raise ReadError("a block has no call of its own", code="bad-call", span=call.place, help=help)
        if call.weights:
            help = "give them to a layer inside the block"
            raise ReadError("a block has no weights of its own", code="bad-value", span=call.place, help=help)
        count = self._counts[call.kind] = self._counts.get(call.kind, -1) + 1
        prefix = call.name.value if call.name else f"{call.kind}_{count}" if count else call.kind
        inside = self.read(Bound(block.layers, block.bind(call)))
        scope = _Scope(f"{prefix}_", call.inputs or (above,), inside)
        layers = self.expand([scope.local(one, first=at == 0) for at, one in enumerate(inside)], depth + 1)
        if layers:
            self._last[prefix] = layers[-1]
        return layers


class _Scope:
    """The names inside one call of a block, and what it is called on."""

    def __init__(self, prefix: str, inputs: tuple[Ref, ...], calls: Sequence[Call]) -> None:
        self.prefix = prefix
        self.inputs = inputs
        self.names = {call.name.value for call in calls if call.name}

    def local(self, call: Call, *, first: bool) -> Call:
        """The call under its name outside the block, on the tensors that its inputs stand for."""
        named = dict(call.named)
        if call.name:
            named["name"] = Given(f"{self.prefix}{call.name.value}", call.name.place, call.name.key)
        use = call.use and Given(self._name(call.use.value), call.use.place, call.use.key)
        local = Call(call.kind, call.positional, named, place=call.place, layers=call.layers, use=use)
        local.weights, local.options, local.listed = call.weights, call.options, call.listed
        if call.inputs is not None or first:
            refs = (Ref(""),) if call.inputs is None else call.inputs
            meant = [self._refs(ref, first) for ref in refs]
            local.inputs = tuple(ref for group in meant for ref in group)
            roles = zip(call.roles, meant, strict=bool(call.roles))
            local.roles = tuple(role for role, group in roles for _ in group)
        return local

    def _name(self, name: Any) -> Any:
        return f"{self.prefix}{name}" if name in self.names else name

    def _refs(self, ref: Ref, first: bool) -> tuple[Ref, ...]:
        if ref.layer == INPUT or (first and ref.layer == ""):
            return self.inputs
        return (Ref(self._name(ref.layer), ref.call, ref.tensor, place=ref.place),)
