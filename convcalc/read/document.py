"""The model format over document nodes: the one interpretation of YAML, JSON and Python mappings."""

from __future__ import annotations

import re

from convcalc.errors import ReadError, did_you_mean, one_of, raise_all, shown
from convcalc.read.common import is_nested, not_a_layer, not_yet
from convcalc.read.node import Entry, Node
from convcalc.script import Call, Given, Script
from convcalc.source import Place
from convcalc.stack import MOST_LAYERS

# The keys of a model, of an item that is a layer (beside its arguments), and of a repetition.
MODEL_KEYS = ("name", "input", "batch_size", "model", "layers", "check")
LAYER_KEYS = ("name", "weights")
REPEAT_KEYS = ("repeat", "layers")
MODELS = ("sequential", "functional")
# Keys that have their meaning in the format, and not yet a reader. Graphs and blocks go here.
LATER_MODEL_KEYS = ("inputs", "outputs", "blocks")
LATER_LAYER_KEYS = ("from", "use")

# Text that stands for a value of Python's rather than for itself: a call, or a tuple.
_PYTHON_VALUE = re.compile(r"[\w.]*\(")


def read_document(root: Node) -> Script:
    """The script of a document: a mapping with ``layers``, or only the layers. Raises all `ReadError`s together."""
    reader = _Reader()
    entries = root.entries()
    script = Script(reader.chain(root), place=root.place) if entries is None else reader.model(entries, root.place)
    raise_all(reader.errors)
    return script


class _Reader:
    """Reads items into calls; errors of independent items are kept, the items left out."""

    def __init__(self) -> None:
        self.errors: list[ReadError] = []
        self.count = 0  # layers so far, repetitions and nested models included

    def model(self, entries: list[Entry], place: Place) -> Script:
        """The script of the top-level mapping."""
        fields = self._fields(entries, MODEL_KEYS, LATER_MODEL_KEYS, "a model")
        layers = fields.get("layers")
        if layers is None:
            raise_all(self.errors)
            raise ReadError(
                "a model needs layers",
                code="no-layers",
                span=place,
                help="write `layers:` and below it one `- ` item for each layer",
            )
        return Script(
            self.chain(layers.node),
            name=_given(fields.get("name")),
            input=_given(fields.get("input")),
            batch_size=_given(fields.get("batch_size")),
            functional=self._is_functional(fields.get("model")),
            place=place,
        )

    def _fields(
        self, entries: list[Entry], known: tuple[str, ...], later: tuple[str, ...], what: str
    ) -> dict[str, Entry]:
        """Entries by key; a key that is not known is an error and left out."""
        for entry in entries:
            if entry.key in later:
                self.errors.append(not_yet(f"`{entry.key}:`", entry.place))
            elif entry.key not in known:
                self.errors.append(_unknown_key(entry, (*known, *later), what))
        return {entry.key: entry for entry in entries if entry.key in known}

    def _is_functional(self, entry: Entry | None) -> bool:
        kind = entry.node.plain() if entry else None
        if entry and kind not in MODELS:
            message = f"model must be {one_of(MODELS)}, got {shown(kind)}"
            self.errors.append(ReadError(message, code="bad-value", span=entry.node.place))
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
        self._check_count(node.place)
        return calls

    def _check_count(self, place: Place) -> None:
        if self.count > MOST_LAYERS:
            raise ReadError(
                f"{self.count:,} layers are more than the {MOST_LAYERS:,} that a model may have",
                code="too-many-layers",
                span=place,
                help="split the model",
            )

    def _text(self, node: Node) -> list[Call]:
        """A kind's bare name, or calls in Python's syntax."""
        value = node.plain()
        if not isinstance(value, str):
            raise not_a_layer(f"{shown(value)} is not a layer", node.place)
        if value.isidentifier():
            self.count += 1
            return [Call(value, place=node.place)]
        from convcalc.read.call import read_calls

        calls = read_calls(*node.inline())
        self.count += sum(map(_size, calls))
        return calls

    def _mapping(self, entries: list[Entry], place: Place) -> list[Call]:
        """An item that is a mapping: a repetition, ``{Kind: arguments}`` or ``{class: Kind, …}``."""
        fields = {entry.key: entry for entry in entries}
        if "repeat" in fields:
            return self._repeat(self._fields(entries, REPEAT_KEYS, LATER_LAYER_KEYS, "a repetition"), place)
        for key in LATER_LAYER_KEYS:
            if key in fields:
                raise not_yet(f"`{key}:`", fields[key].place)
        if "class" in fields:
            kind = fields.pop("class")
            return [self._layer(_word(kind.node), [*fields.values()], kind.node.place)]
        kinds = [entry for entry in entries if entry.key not in LAYER_KEYS]
        beside = [entry for entry in entries if entry.key in LAYER_KEYS]
        if len(kinds) != 1:
            raise _not_one_kind(kinds, place)
        return [self._named_kind(kinds[0], beside)]

    def _named_kind(self, kind: Entry, beside: list[Entry]) -> Call:
        """``{Kind: {argument: value}}``, ``{Kind: value}``, or ``{Kind: }`` without arguments."""
        if "(" in kind.key:
            raise not_a_layer(f"{kind.key!r} is not a layer's name", kind.place, "put the whole call in quotes")
        inside = kind.node.entries()
        if inside is not None:
            return self._layer(kind.key, [*inside, *beside], kind.place)
        if is_nested(kind.key):
            return self._layer(kind.key, [Entry("layers", kind.place, kind.node), *beside], kind.place)
        first = [] if kind.node.plain() is None else [_value(kind.node)]
        return self._layer(kind.key, beside, kind.place, *first)

    def _layer(self, kind: str, entries: list[Entry], place: Place, *positional: Given) -> Call:
        """The call of a kind with these arguments; ``layers`` makes a nested model of ``Sequential``."""
        self.count += 1
        fields: dict[str, Entry] = {}
        for entry in entries:
            if entry.key in fields:
                raise ReadError(f"{entry.key} is given twice", code="duplicate-key", span=entry.place)
            fields[entry.key] = entry
        weights = _weights(fields.pop("weights", None))
        layers = None
        if is_nested(kind):
            self._fields(entries, ("name", "layers"), (), "a nested model")
            inner = fields.pop("layers", None)
            layers = self.chain(inner.node) if inner else []
        named = {key: _argument(entry) for key, entry in fields.items()}
        return Call(kind, positional, named, place=place, layers=layers, weights=weights)

    def _repeat(self, fields: dict[str, Entry], place: Place) -> list[Call]:
        """The layers of a repetition, as often as it says; the calls are shared, not copied."""
        times = fields["repeat"].node.plain()
        if not isinstance(times, int) or isinstance(times, bool) or times < 0:
            message = f"repeat must be an integer of 0 or more, got {shown(times)}"
            raise ReadError(message, code="bad-value", span=fields["repeat"].node.place)
        if "layers" not in fields:
            raise ReadError("a repetition needs layers", code="no-layers", span=place)
        before = self.count
        calls = self.chain(fields["layers"].node)
        self.count = before + (self.count - before) * times
        self._check_count(fields["repeat"].node.place)
        return calls * times


def _size(call: Call) -> int:
    """How many layers a call stands for, itself included."""
    return 1 + sum(map(_size, call.layers or ()))


def _given(entry: Entry | None) -> Given | None:
    """A value as it stands, with its place and its key's."""
    return Given(entry.node.plain(), entry.node.place, entry.place) if entry else None


def _argument(entry: Entry) -> Given:
    """An argument's value; a name is text, whatever it looks like."""
    return (
        Given(entry.node.plain(), entry.node.place, entry.place)
        if entry.key == "name"
        else _value(entry.node, entry.place)
    )


def _value(node: Node, key: Place | None = None) -> Given:
    """A value; a text such as ``HeNormal(seed=1)`` or ``(3, 3)`` is read as in Python."""
    value = node.plain()
    if isinstance(value, str) and _PYTHON_VALUE.match(value):
        from convcalc.read.call import read_value

        value = read_value(*node.inline())
    return Given(value, node.place, key)


def _weights(entry: Entry | None) -> dict[str, Given] | None:
    """Explicit weights by name."""
    if entry is None:
        return None
    entries = entry.node.entries()
    if entries is None:
        raise ReadError(
            "weights must be a mapping from each weight's name to its values",
            code="bad-value",
            span=entry.node.place,
            help="write weights: {kernel: [[…]], bias: […]}",
        )
    return {one.key: Given(one.node.plain(), one.node.place, one.place) for one in entries}


def _word(node: Node) -> str:
    value = node.plain()
    if not isinstance(value, str):
        raise not_a_layer(f"class must be a layer's name, got {shown(value)}", node.place)
    return value


def _not_one_kind(kinds: list[Entry], place: Place) -> ReadError:
    """An item without a kind, or with several: mostly a matter of indentation."""
    if not kinds:
        return not_a_layer("this item does not say which layer it is", place)
    names = [entry.key for entry in kinds]
    if kinds[0].node.plain() is None:
        help = f"indent {', '.join(names[1:])} further than {names[0]}, if they are its arguments"
    else:
        help = "begin each layer with its own `- `"
    return not_a_layer(f"an item is one layer, and this one has the keys {', '.join(names)}", kinds[1].place, help)


def _unknown_key(entry: Entry, known: tuple[str, ...], what: str) -> ReadError:
    return ReadError(
        f"{what} has no key {entry.key!r}",
        code="unknown-key",
        span=entry.place,
        help=did_you_mean(entry.key, known) or f"it has {one_of(known)}",
    )
