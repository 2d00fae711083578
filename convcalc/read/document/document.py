"""The model format over document nodes: the one interpretation of YAML, JSON and Python mappings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcalc.errors import ReadError, did_you_mean, one_of, raise_all, shown
from convcalc.read.common import HOW_LAYERS, is_nested, is_network, not_a_layer, not_yet
from convcalc.read.document.clashes import clashes
from convcalc.read.document.fields import are_layers, as_is, is_layer, read_argument, read_call, read_inputs, read_refs
from convcalc.read.document.node import Node
from convcalc.script import Call, Given, Ref, Script
from convcalc.source import Place
from convcalc.stack.build import MOST_LAYERS

# The keys of a model, of an item that is a layer (beside its arguments), and of a repetition.
MODEL_KEYS = ("name", "input", "inputs", "batch_size", "model", "blocks", "layers", "outputs", "trainable", "check")
LAYER_KEYS = ("name", "weights", "from", "call")
NESTED_KEYS = ("name", "layers", "trainable")
REPEAT_KEYS = ("repeat", "layers")
USE_KEYS = ("use", "from", "call")
MODELS = ("sequential", "functional")

# The signs of a key that is more than a layer's name, and how to mend it.
_MARKS_IN_KEYS = {
    "(": "put the whole call in quotes",
    "{": "put a colon and a blank behind the name: `Conv1D: {filters: 2, kernel_size: 4}`",
}


def read_document(root: Node) -> Script:
    """The script of a document: a mapping with ``layers``, or only the layers. Raises all `ReadError`s together."""
    reader = _Reader()
    entries = root.entries()
    script = Script(reader.chain(root), place=root.place) if entries is None else reader.model(entries, root.place)
    raise_all(reader.errors)
    return script


class _Reader:
    """Reads items into calls; a wrong item is left out, and its error is kept."""

    def __init__(self) -> None:
        self.errors: list[ReadError] = []
        self.count = 0  # layers so far, repetitions and nested models included

    def model(self, entries: Sequence[Node], place: Place) -> Script:
        """The script of the top-level mapping."""
        fields = self._fields(entries, MODEL_KEYS, "a model")
        if "check" in fields:
            help = "leave `check` out; a script can compare the figures of `convcalc summary -f json`"
            self.errors.append(not_yet("`check`, a budget for the model,", fields["check"].place, help))
        functional = self._is_functional(fields.get("model"))
        layers = fields.get("layers")
        if layers is None:
            raise_all(self.errors)
            raise ReadError("a model needs layers", code="no-layers", span=place, help=HOW_LAYERS)
        calls = self.chain(layers)
        outputs = read_refs(fields["outputs"]) if "outputs" in fields else None
        self.errors += clashes(fields, calls, outputs)
        if "blocks" in fields:
            calls, outputs = self._expanded(fields["blocks"], calls, outputs)
        given = {key: as_is(fields[key]) for key in ("name", "input", "batch_size") if key in fields}
        return Script(
            [*read_inputs(fields.get("inputs")), *calls],
            name=given.get("name"),
            input=given.get("input"),
            batch_size=given.get("batch_size"),
            functional=functional or "inputs" in fields,
            outputs=outputs,
            trainable=as_is(fields["trainable"]) if "trainable" in fields else None,
            frozen=_is_frozen(fields),
            place=place,
        )

    def _expanded(
        self, node: Node, calls: list[Call], outputs: tuple[Ref, ...] | None
    ) -> tuple[list[Call], tuple[Ref, ...] | None]:
        """The calls with each block's call replaced by layers, and the outputs with blocks' names replaced."""
        from convcalc.read.document.blocks import Blocks

        try:
            blocks = Blocks(node, self.chain)
            return blocks.expand(calls), blocks.settled(outputs)
        except ReadError as error:
            self.errors += getattr(error, "errors", (error,))
            return [], None

    def _fields(self, entries: Sequence[Node], known: tuple[str, ...], what: str) -> dict[str, Node]:
        """Entries by key; an entry of an unknown key is left out, and an error."""
        self.errors += [_unknown_key(entry, known, what) for entry in entries if entry.key not in known]
        return {entry.key: entry for entry in entries if entry.key in known}

    def _is_functional(self, entry: Node | None) -> bool:
        kind = entry.plain() if entry else None
        if entry and kind not in MODELS:
            message = f"model must be {one_of(MODELS)}, got {shown(kind)}"
            self.errors.append(ReadError(message, code="bad-value", span=entry.place))
        return kind == "functional"

    def chain(self, node: Node) -> list[Call]:
        """The calls of a list of items, or of one text of calls."""
        members = node.members()
        if members is not None:
            return [call for member in members for call in self._item(member)]
        if isinstance(node.plain(), str):
            return self._item(node)
        message = "layers must be a list"
        raise ReadError(message, code="no-layers", span=node.place, help="begin each layer's line with `- `")

    def _item(self, node: Node) -> list[Call]:
        """The calls of one item; an error is kept."""
        try:
            entries = node.entries()
            calls = self._text(node) if entries is None else self._mapping(entries, node.place)
        except ReadError as error:
            self.errors += getattr(error, "errors", (error,))
            return []
        if self.count > MOST_LAYERS:
            raise self._too_many(node.place)
        return calls

    def _too_many(self, place: Place) -> ReadError:
        message = f"{self.count:,} layers are more than the {MOST_LAYERS:,} that a model may have"
        self.count = 0  # the repetitions around this one raise no second error
        return ReadError(message, code="too-many-layers", span=place, help="split the model")

    def _text(self, node: Node) -> list[Call]:
        """A kind's bare name, or calls in Python's syntax."""
        value = node.plain()
        if not isinstance(value, str):
            raise not_a_layer(f"{shown(value)} is not a layer", node.place)
        if value.isidentifier():
            self.count += 1
            return [Call(value, place=node.place)]
        from convcalc.read.inline.chain import read_calls

        calls = read_calls(*node.inline())
        self.count += sum(map(_size, calls))
        return calls

    def _mapping(self, entries: Sequence[Node], place: Place) -> list[Call]:
        """An item that is a mapping: a repetition, ``{Kind: arguments}`` or ``{class: Kind, …}``."""
        fields = {entry.key: entry for entry in entries}
        if "repeat" in fields:
            return self._repeat(self._fields(entries, REPEAT_KEYS, "a repetition"), place)
        if "use" in fields:
            return [self._use(self._fields(entries, USE_KEYS, "another call"))]
        if "class" in fields:
            kind = fields.pop("class")
            return [self._layer(_word(kind), [*fields.values()], kind.place)]
        beside = [fields.pop(key) for key in LAYER_KEYS if key in fields]
        if len(fields) != 1:
            raise _not_one_kind([*fields.values()], place)
        [kind] = fields.values()
        return [self._named_kind(kind, beside)]

    def _named_kind(self, kind: Node, beside: list[Node]) -> Call:
        """``{Kind: {argument: value}}``, ``{Kind: value}``, or ``{Kind: }`` without arguments."""
        for mark, help in _MARKS_IN_KEYS.items():
            if mark in kind.key:
                raise not_a_layer(f"{shown(kind.key)} is not a layer's name", kind.key_place, help)
        inside = kind.entries()
        if inside is not None and not (len(inside) == 1 and is_layer(inside)):
            return self._layer(kind.key, [*inside, *beside], kind.key_place)
        if kind.plain() is None:
            return self._layer(kind.key, beside, kind.key_place)
        if is_nested(kind.key):
            return self._layer(kind.key, beside, kind.key_place, layers=self.chain(kind))
        return self._layer(kind.key, beside, kind.key_place, self._argument(kind))

    def _layer(
        self, kind: str, entries: list[Node], place: Place, *positional: Given, layers: list[Call] | None = None
    ) -> Call:
        """The call of a kind with these arguments; ``Sequential`` is a nested model of its ``layers``."""
        self.count += 1
        fields = {entry.key: entry for entry in entries}
        if len(fields) < len(entries):
            raise _twice(entries)
        # A network's weights are a word of Keras's, or the path of a file.
        values = "weights" in fields and (fields["weights"].entries() is not None or not is_network(kind))
        weights = _weights(fields.pop("weights")) if values else None
        listed = "from" in fields and fields["from"].members() is not None
        wires = _wires(fields.pop("from", None), fields.pop("call", None))
        if is_nested(kind):
            self._fields([*fields.values()], NESTED_KEYS, "a nested model")
            inner = fields.pop("layers", None)
            layers = self.chain(inner) if inner else layers or []
        named = {key: self._argument(entry) for key, entry in fields.items()}
        frozen = is_nested(kind) and _is_frozen(fields)
        call = Call(kind, positional, named, place=place, layers=layers, weights=weights, frozen=frozen, **wires)
        call.listed = listed
        return call

    def _use(self, fields: dict[str, Node]) -> Call:
        """``{use: name, from: other}``: another call of a layer above."""
        self.count += 1
        wires = _wires(fields.get("from"), fields.get("call"))
        return Call("", place=fields["use"].place, use=as_is(fields["use"]), **wires)

    def _argument(self, entry: Node) -> Given:
        """An argument's value; a mapping that is a layer becomes its call, and a list of layers their calls."""
        entries = entry.entries()
        if entries and is_layer(entries):
            return Given(self._mapping(entries, entry.place)[0], entry.place, entry.key_place)
        if entries is None and are_layers(entry):
            return Given(self.chain(entry), entry.place, entry.key_place)
        return read_argument(entry)

    def _repeat(self, fields: dict[str, Node], place: Place) -> list[Call]:
        """The layers of a repetition, as often as it says; the calls are shared, not copied."""
        repeat = fields["repeat"]
        times = repeat.plain()
        if not isinstance(times, int) or isinstance(times, bool) or times < 0:
            message = f"repeat must be an integer of 0 or more, got {shown(times)}"
            raise ReadError(message, code="bad-value", span=repeat.place)
        if "layers" not in fields:
            raise ReadError("a repetition needs layers", code="no-layers", span=place)
        before = self.count
        calls = self.chain(fields["layers"])
        self.count = before + (self.count - before) * times
        if self.count > MOST_LAYERS:
            raise self._too_many(repeat.place)
        return calls * times


def _wires(above: Node | None, call: Node | None) -> dict[str, Any]:
    """The tensors and the arguments that a layer is called with, as arguments of `Call`."""
    refs = read_refs(above) if above else None
    tensors, options = read_call(call) if call else ([], {})
    if tensors:
        refs = (*((Ref(""),) if refs is None else refs), *(ref for _, ref in tensors))
    roles = ("",) * (len(refs or ()) - len(tensors)) + tuple(role for role, _ in tensors)
    return {"inputs": refs, "roles": roles, "options": options}


def _size(call: Call) -> int:
    """The number of layers of a call: a nested model counts as a layer, and so does each layer inside."""
    return 1 + sum(map(_size, call.layers or ()))


def _twice(entries: list[Node]) -> ReadError:
    """The error for a key that an item has twice: ``{Dense: {units: 2, name: a}, name: b}``."""
    keys = [entry.key for entry in entries]
    again = next(entry for at, entry in enumerate(entries) if entry.key in keys[:at])
    message = f"the key {again.key!r} is given twice"
    return ReadError(message, code="duplicate-key", span=again.key_place, help="keep one of them")


def _weights(entry: Node) -> dict[str, Given]:
    """Explicit weights by name."""
    entries = entry.entries()
    if entries is None:
        raise ReadError(
            "weights must be a mapping from each weight's name to its values",
            code="bad-value",
            span=entry.place,
            help="write weights: {kernel: [[…]], bias: […]}",
        )
    return {one.key: as_is(one) for one in entries}


def _word(kind: Node) -> str:
    value = kind.plain()
    if not isinstance(value, str):
        raise not_a_layer(f"class must be a layer's name, got {shown(value)}", kind.place)
    return value


def _not_one_kind(kinds: list[Node], place: Place) -> ReadError:
    """The error for an item without a kind, or with several: mostly a matter of indentation."""
    if not kinds:
        return not_a_layer("this item does not say which layer it is", place)
    first, *others = (entry.key for entry in kinds)
    if kinds[0].plain() is None and not any(other[:1].isupper() for other in others):
        help = f"indent {', '.join(others)} further than {first}, if they are its arguments"
    else:
        help = "begin each layer with its own `- `"
    return not_a_layer(
        f"an item is one layer, and this one has {first} and {', '.join(others)}", kinds[1].key_place, help
    )


def _unknown_key(entry: Node, known: tuple[str, ...], what: str) -> ReadError:
    return ReadError(
        f"{what} has no key {entry.key!r}",
        code="unknown-key",
        span=entry.key_place,
        help=did_you_mean(entry.key, known) or f"it has {one_of(known)}",
    )


def _is_frozen(fields: dict[str, Node]) -> bool:
    """Whether a model says ``trainable: false``, which in this format holds for all layers inside."""
    return "trainable" in fields and fields["trainable"].plain() is False
