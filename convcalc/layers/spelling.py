"""Keras as it was: calls of layers as Keras 1 and Keras 2 spelled them, and the same calls as Keras 3 spells them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcalc.errors import ArgumentError
from convcalc.layers import MODULES, _old, canonical, find
from convcalc.script import Given
from convcalc.source import Place

# Words that came with Keras 2: with one of them, arguments by place are in the order of Keras 2.
_NEW = {"units", "filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate", "pool_size"}
_MERGES = ("merge", "Merge")


class Modern:
    """A call as Keras 3 spells it. ``is_old`` says that it was spelled as only Keras 1 does.

    ``batch_shape`` is the shape of a first layer's input, batch first, where the call gave it in a way that Keras 3
    does not know. ``inputs`` are the tensors or layers that the call itself joins: ``merge([a, b])``.
    """

    __slots__ = ("batch_shape", "inputs", "is_old", "kind", "named", "positional")

    def __init__(self, kind: str, positional: tuple[Given, ...], named: dict[str, Given], is_old: bool = False) -> None:
        self.kind = kind
        self.positional = positional
        self.named = named
        self.is_old = is_old
        self.batch_shape: Given | None = None
        self.inputs: Given | None = None


def modern(kind: str, positional: tuple[Given, ...], named: Mapping[str, Given], generation: int = 3) -> Modern:
    """A call of any Keras as Keras 3 spells it; what Keras 3 knows is given back unchanged.

    ``generation`` is the Keras that the text speaks: in Keras 1 arguments by place have the order of Keras 1, and what
    means nothing is left out up to Keras 2. Raises `ArgumentError` for what Keras 3 cannot express.
    """
    name = plain(kind)
    if name in _old.GONE:
        find(name)  # refuses it
    if name in _MERGES:
        return merged(positional, named)
    if name in _old.OBJECTS:
        return _object(name, positional, named)
    own = _old.KINDS.get(name) or _old.VERSIONS.get(name) or canonical(name)
    if own not in MODULES:
        return Modern(kind, positional, dict(named))
    return _Spelling(name, own, generation).modern(kind if own == canonical(kind) else own, positional, named)


def modern_config(kind: str, config: Mapping[str, Any], place: Place, generation: int) -> Modern:
    """A layer's config of Keras 1 or 2 as Keras 3 has it. Configs state all arguments that their Keras had."""
    at: Any = place
    named = {word: Given(value, at.child(word), at.child(word)) for word, value in config.items()}
    try:
        result = modern(kind, (), named, generation)
    except ArgumentError as error:
        error.span = error.span or place
        raise
    if "input_shape" not in config:  # a config gives the input's shape with the batch, or not at all
        result.named.pop("input_shape", None)
    for word, value in _old.DEFAULTS_1.get(result.kind, {}).items():
        result.named.setdefault(word, Given(value, place, place))
    return result


def has_config(kind: str, config: Any) -> bool:
    """Whether a class of this name in a config of Keras 1 or 2 is a layer that Keras 3 calls otherwise."""
    if kind == "Merge":
        mode = config.get("mode") if isinstance(config, Mapping) else None
        return isinstance(mode, str) and mode in _old.MODES
    return kind in _old.KINDS or kind in _old.VERSIONS


def is_old_word(kind: str, word: str) -> bool:
    """Whether only Keras 1 has an argument of this name in a kind of layers."""
    name = plain(kind)
    own = _old.KINDS.get(name) or canonical(name)
    return own in MODULES and _Spelling(name, own, 3).is_old_word(word)


def is_layer(name: str) -> bool:
    """Whether a name, without its module, is the name of a layer of any Keras."""
    return name in MODULES or name in _old.KINDS or name in _old.GONE or name in _MERGES


def plain(kind: str) -> str:
    """The last part of a name that Keras's layers have had: ``keras.layers.advanced_activations.ELU`` is ``ELU``."""
    last = kind.rpartition(".")[2]
    tables = (_old.KINDS, _old.GONE, _old.OBJECTS, _old.VERSIONS, _MERGES)
    known = any(last in table for table in tables) or last in MODULES
    return last if known and not kind.startswith(("ops.", "tf.nn.")) else kind


class _Spelling:
    """The spelling of one call of a layer, by its ``name`` as written and the name of its ``own`` kind in Keras 3."""

    def __init__(self, name: str, own: str, generation: int) -> None:
        self.kind = find(own)
        self.title = self.kind.__name__
        self.accepted = self.kind.accepted
        self.order = (_old.SIGNATURES.get(name) or _old.SIGNATURES.get(self.title) or "").split()
        self.generation = generation
        self.is_old = name in _old.KINDS
        self.is_first = name.endswith("V1")  # TensorFlow's class as it was in Keras 1

    def modern(self, kind: str, positional: tuple[Given, ...], named: Mapping[str, Given]) -> Modern:
        """The call as Keras 3 spells it."""
        self.is_old = self.is_old or any(map(self.is_old_word, named))
        if self.is_old:
            self.generation = min(self.generation, 2)
        given = dict(named)
        if positional and (self.is_old or self.generation == 1) and self._in_old_order(positional, named):
            given, positional = self._by_name(positional, named), ()
        result = Modern(kind, positional, {}, self.is_old)
        self._take_shapes(given, result)
        self._take_kernel(given)
        for word, value in given.items():
            for new in self._words(word, value):
                if new in result.named:
                    raise _twice(new, word)
                result.named[new] = self._value(word, new, value) if self.generation < 3 else value
        taken = (*result.named, *list(self.kind.arguments)[: len(positional)])
        result.named |= {word: Given(one) for word, one in self._defaults().items() if word not in taken}
        return result

    def _defaults(self) -> dict[str, Any]:
        """The values of arguments that the script's Keras has by default, where Keras 3 has others."""
        first = _old.DEFAULTS_1.get(self.title, {}) if self.is_old or self.generation == 1 or self.is_first else {}
        return {**first, **(_old.DEFAULTS_2.get(self.title, {}) if self.generation < 3 else {})}

    def is_old_word(self, word: str) -> bool:
        """Whether the word is an argument of the kind in Keras 1 alone."""
        known = word in _old.WORDS or word in _old.DROPPED or any(word in kernel for kernel in _old.KERNELS)
        return known and word in self.order and word not in self.accepted

    @property
    def _kernel(self) -> tuple[str, ...]:
        """The words of Keras 1 for the sizes of the kind's kernel."""
        return next((kernel for kernel in _old.KERNELS if kernel[0] in self.order), ())

    def _in_old_order(self, positional: tuple[Given, ...], named: Mapping[str, Given]) -> bool:
        """Whether arguments by place are in the order of Keras 1, as far as the call itself tells.

        Words that came with Keras 2, and a kernel that is one value, speak for the order of Keras 2.
        """
        if len(positional) > len(self.order) or any(word in _NEW and word not in self.order for word in named):
            return False
        places = dict(zip(self.order, positional, strict=False))
        sizes = [places.get(word) for word in self._kernel]
        if not any(sizes):
            return True
        given = all(one or word in named for one, word in zip(sizes, self._kernel, strict=True))
        return given and all(isinstance(one.value, int) for one in sizes if one)

    def _by_name(self, positional: tuple[Given, ...], named: Mapping[str, Given]) -> dict[str, Given]:
        """All arguments by name."""
        places = dict(zip(self.order, positional, strict=False))
        for word in named:
            if word in places:
                raise _twice(word, word)
        return {**places, **named}

    def _take_shapes(self, given: dict[str, Given], result: Modern) -> None:
        """Takes out what says of a first layer's input what Keras 3 says otherwise."""
        if "shape" in self.accepted:
            return
        whole = given.pop("batch_input_shape", None)
        result.batch_shape = whole if whole and whole.value is not None else None
        length, size = given.get("input_length"), given.get("input_dim")
        stated = "input_shape" in given or result.batch_shape is not None
        old = self.generation < 3
        if self.title == "Embedding":
            sizes = length.value if length and isinstance(length.value, list | tuple) else (length and length.value,)
            at, old = length, old and not stated
        elif "input_length" not in self.order or not (length or (size and old)):
            return
        else:
            given.pop("input_length", None), given.pop("input_dim", None)
            sizes, at = (length and length.value, size and size.value), length or size
            old = not stated and any(one is not None for one in sizes)
        if old:
            result.named["input_shape"] = Given(tuple(sizes), at.place if at else None, at.key if at else None)

    def _take_kernel(self, given: dict[str, Given]) -> None:
        """Makes one kernel of sizes that are given axis by axis."""
        if self._kernel and all(word in given for word in self._kernel):
            sizes = [given.pop(word) for word in self._kernel]
            if "kernel_size" in given:
                raise _twice("kernel_size", self._kernel[0])
            given["kernel_size"] = Given(tuple(one.value for one in sizes), sizes[0].place, sizes[0].key)

    def _words(self, word: str, given: Given) -> tuple[str, ...]:
        """The words of Keras 3 for a word; none for a word that is left out."""
        if self.is_old_word(word):
            if word == "mode" and given.value not in (0, None):
                raise self._refusal(word, given, "Keras 2 and 3 normalize each feature by the running statistics")
            new = next((new for new in _old.WORDS.get(word, ()) if set(_both(new)) <= set(self.accepted)), None)
            return _both(new) if new else () if word in _old.DROPPED else (word,)
        idle = word in _old.IDLE or (word in _old.IDLE_AS and given.value == _old.IDLE_AS[word])
        unread = word == "weights" or word not in {*self.accepted, *self.kind.renamed}
        return () if self.generation < 3 and idle and unread else (word,)

    def _value(self, word: str, new: str, given: Given) -> Given:
        """The value as Keras 3 spells it."""
        value = given.value
        if word == "dim_ordering" and isinstance(value, str):
            return _as(given, _old.DATA_FORMATS.get(value, value))
        if word == "border_mode" and isinstance(value, str) and value in ("full", "half"):
            raise self._refusal(word, given, "only Keras 1 on Theano had it")
        if word == "forget_bias_init":
            return _as(given, value in ("one", "ones"))
        if new == "padding" and self.title.startswith("ZeroPadding"):
            return _as(given, _pads(value, self.kind.rank))
        if new.endswith(("_regularizer", "_constraint")):
            return _as(given, _named(value))
        if new == "axis" and self.title == "BatchNormalization" and isinstance(value, list) and len(value) == 1:
            return _as(given, value[0])
        return given

    def _refusal(self, word: str, given: Given, why: str) -> ArgumentError:
        message = f"{word}={given.value!r} of {self.title} is not covered"
        return ArgumentError(message, code="bad-value", argument=word, span=given.place, why=why)


def merged(positional: tuple[Given, ...], named: Mapping[str, Given]) -> Modern:
    """``merge([a, b], mode=…)`` or ``Merge([a, b], mode=…)`` of Keras 1 as the layer of Keras 3 that does the same."""
    given = {**dict(zip(("inputs", *_old.MERGE.split()), positional, strict=False)), **named}
    mode = given.get("mode") or Given("sum")
    if not isinstance(mode.value, str) or mode.value not in _old.MODES:
        word = isinstance(mode.value, str)
        why = f"the modes are {', '.join(_old.MODES)}" if word else "its mode is Python code, which is never run"
        code = "bad-value" if word else "uncovered-layer"
        raise ArgumentError("this merge is not covered", code=code, argument="mode", span=mode.place, why=why)
    kind, argument, word_of = _old.MODES[mode.value]
    own = {argument: given.get(word_of) or Given(-1)} if argument else {}
    if mode.value == "cos":
        own["normalize"] = Given(True)
    own |= {word: given[word] for word in ("name", "trainable") if word in given}
    result = Modern(kind, (), own, True)
    result.inputs = given.get("inputs") or given.get("layers")
    return result


def _object(name: str, positional: tuple[Given, ...], named: Mapping[str, Given]) -> Modern:
    """A regularizer or a constraint."""
    kind, words, defaults = _old.OBJECTS[name]
    filled: dict[str, Given] = {word: Given(value) for word, value in defaults.items()}
    filled |= dict(zip(filled, positional, strict=False))
    new = {words.get(word, word): value for word, value in named.items()}
    return Modern(kind, () if defaults else positional, {**filled, **new})


def _both(new: str | tuple[str, ...]) -> tuple[str, ...]:
    return (new,) if isinstance(new, str) else new


def _as(given: Given, value: Any) -> Given:
    return given if value is given.value else Given(value, given.place, given.key)


def _twice(new: str, word: str) -> ArgumentError:
    return ArgumentError(f"{new} is given twice", code="argument-twice", argument=word)


def _named(value: Any) -> Any:
    """A regularizer or a constraint by its class, where it is an old name or a config of Keras 1."""
    if isinstance(value, str):
        return _old.OBJECTS[value][0] if value in _old.OBJECTS else value
    if isinstance(value, Mapping) and "class_name" not in value and value.get("name") in _old.OBJECTS:
        kind, words, _ = _old.OBJECTS[value["name"]]
        return {
            "class_name": kind,
            "config": {words.get(word, word): one for word, one in value.items() if word != "name"},
        }
    return value


def _pads(value: Any, rank: int) -> Any:
    """Pads of Keras 1, by the names of the sides or as four numbers, in pairs."""
    if isinstance(value, Mapping):
        pairs = (("top_pad", "bottom_pad"), ("left_pad", "right_pad"))[-rank:]
        if not set(value) <= {side for pair in pairs for side in pair}:
            return value
        pads = tuple(tuple(value.get(side, 0) for side in pair) for pair in pairs)
        return pads if rank == 2 else pads[0]
    if rank == 2 and isinstance(value, list | tuple) and len(value) == 4:
        return (tuple(value[:2]), tuple(value[2:]))
    return value
