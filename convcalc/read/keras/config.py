"""Keras's own configs (``model.to_json()``) as scripts: each object is a class and its arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcalc.layers import MODULES, OPERATIONS
from convcalc.layers.spelling import modern_config
from convcalc.read.common import GRAPHS, is_nested, not_yet, part
from convcalc.read.keras.graphs import connect
from convcalc.read.keras.stated import holds_code, opacity, own_name, state_chain
from convcalc.script import UNCOUNTED, Call, Given, Script
from convcalc.source import Path

# The argument that says what to learn, and the argument that has what was learned. A config has both of them, and
# Keras reads the second.
_LEARNED = {"Discretization": ("num_bins", "bin_boundaries")}


def is_config(value: Any) -> bool:
    """Whether a document is a Keras config rather than our own format."""
    return isinstance(value, Mapping) and "class_name" in value


def read_config(value: Mapping[str, Any], place: Path, version: str | None = None) -> Script:
    """The script of a config; `ReadError` for a broken config, and for a model of a script's own class.

    ``version`` is the version of Keras that wrote the config, where a file has it beside the config.
    """
    objects = _Objects(_generation(value, version))
    if value["class_name"] in GRAPHS:
        call = objects.graph(part(value, "config", Mapping, place), place)
        flag, layers = call.named.get("trainable"), call.layers or []
        return Script(layers, name=call.name, functional=True, outputs=call.outputs, trainable=flag, place=place)
    if value["class_name"] != "Sequential":
        raise not_yet(f"a config of the class {value['class_name']}", place.child("class_name"))
    call = objects.call(value, place)
    script = Script(call.layers or [], name=call.name, place=place)
    shape, at = _input_shape(value, place)
    if isinstance(shape, list) and shape:
        script.batch_size, script.input = Given(shape[0], at), Given(shape[1:], at)
    return script


def _generation(value: Mapping[str, Any], version: str | None) -> int:
    """The Keras that wrote a config: Keras 1 and 2 state their version inside the config, Keras 3 beside the config."""
    version = version or str(value.get("keras_version", ""))
    early = isinstance(value.get("config"), list) or version.startswith("2.")
    return 1 if version.startswith("1.") else 2 if early else 3


def _input_shape(value: Any, place: Path) -> tuple[Any, Path]:
    """The input's shape, batch first, and its place: from the first layer, or else from the build."""
    found: tuple[Any, Path] = None, place
    while isinstance(value, Mapping) and is_nested(str(value.get("class_name"))):
        config, at = value.get("config"), place.child("config")
        if isinstance(config, Mapping) and not found[0]:
            found = config.get("build_input_shape"), at.child("build_input_shape")
        layers, at = _layers_of(value, place)
        value, place = (layers[0], at.child(0)) if layers else (None, place)
    config = value.get("config") if isinstance(value, Mapping) else None
    for key in ("batch_input_shape", "batch_shape"):
        if isinstance(config, Mapping) and key in config:
            return config[key], place.child("config").child(key)
    return found


def _layers_of(entry: Any, place: Path) -> tuple[Any, Path]:
    """The list of a nested model's layers; for early Keras 2, the config of a Sequential is the list itself."""
    config, at = entry.get("config"), place.child("config")
    return (config, at) if isinstance(config, list) else (part(config, "layers", list, at), at.child("layers"))


class _Objects:
    """Reads objects of a config into calls; ``generation`` is the Keras that wrote them."""

    def __init__(self, generation: int) -> None:
        self.generation = generation
        self.keras2 = generation < 3

    def call(self, entry: Any, place: Path) -> Call:
        """The call of one object, from the object's class and config."""
        kind = part(entry, "class_name", str, place)
        if (
            str(entry.get("module", "")).startswith(("keras.src.ops", "keras.src.activations"))
            and f"ops.{kind}" in OPERATIONS
        ):
            kind = f"ops.{kind}"
        opaque = opacity(entry, kind) or (UNCOUNTED if holds_code(kind, entry.get("config")) else "")
        if opaque:
            config = part(entry, "config", Mapping, place)
            given = {name: Given(value, place, place) for name, value in config.items()}
            return Call(own_name(kind), (), given, place=place, opaque=opaque)
        if is_nested(kind):
            inside, at = _layers_of(entry, place)
            layers = [self.call(one, at.child(index)) for index, one in enumerate(inside)]
            state_chain(layers, inside)
            config = entry["config"] if isinstance(entry["config"], Mapping) else {}
            named = {"name": Given(config["name"], place.child("config").child("name"))} if "name" in config else {}
            return Call(kind, (), named, place=place, layers=layers)
        config = part(entry, "config", Mapping, place)
        if kind in GRAPHS:
            return self.graph(config, place)
        if kind in OPERATIONS:
            own = {key: self.given(value, place.child("config").child(key)) for key, value in config.items()}
            return Call(kind, (), own, place=place)
        if "layers" in config:
            raise not_yet(f"a {kind} inside a config", place)
        if self.keras2:
            return self._old(kind, config, place)
        return _Configured(kind, _without_plans(kind, config), place, self)

    def _old(self, kind: str, config: Mapping[str, Any], place: Path) -> Call:
        """The call of a layer's config of Keras 1 or 2, as Keras 3 spells it."""
        call = modern_config(kind, config, place.child("config"), self.generation)
        values = {word: given.value for word, given in call.named.items()}
        places = {word: given.place for word, given in call.named.items()}
        return _Configured(call.kind, _without_plans(call.kind, values), place, self, places)

    def graph(self, config: Mapping[str, Any], place: Path) -> Call:
        """The call of a ``Functional`` config, its layers inside."""
        at = place.child("config")
        entries = part(config, "layers", list, at)
        layers = [self.call(one, at.child("layers").child(index)) for index, one in enumerate(entries)]
        calls, outputs = connect(config, layers, place, keras2=self.keras2)
        # Keras 2 writes the model's own flag and does not read it.
        keys = ("name",) if self.keras2 else ("name", "trainable")
        named = {key: Given(config[key], at.child(key)) for key in keys if key in config}
        return Call("Functional", (), named, place=place, layers=calls, outputs=outputs or None)

    def given(self, value: Any, place: Path) -> Given:
        """An argument's value; the object of a layer (an activation) becomes a call, alone or in a list."""
        if isinstance(value, list) and value and all(map(self._is_layer, value)):
            return Given([self.call(one, place.child(at)) for at, one in enumerate(value)], place, place)
        return Given(self.call(value, place) if self._is_layer(value) else value, place, place)

    def _is_layer(self, value: Any) -> bool:
        """Whether a value is the object of a layer. Keras 3 and late Keras 2 state the module of every class."""
        if not isinstance(value, Mapping) or "class_name" not in value:
            return False
        module, kind = str(value.get("module", "")), str(value["class_name"])
        if is_nested(kind) or kind in GRAPHS:
            return True
        return module.startswith("keras.layers") or (self.keras2 and not module and kind in MODULES)


def _without_plans(kind: str, config: Mapping[str, Any]) -> Mapping[str, Any]:
    """A config without the argument that says what to learn, where the layer has learned it."""
    asked, learned = _LEARNED.get(kind, ("", ""))
    done = config.get(learned) is not None and config.get(asked) is not None
    return {name: value for name, value in config.items() if name != asked} if done else config


class _Configured(Call):
    """The call of a layer's config. Arguments are made when asked for: among equal calls, only one is asked."""

    __slots__ = ("_config", "_objects", "_places")

    def __init__(
        self,
        kind: str,
        config: Mapping[str, Any],
        place: Path,
        objects: _Objects,
        places: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(kind, place=place)
        self._config = config
        self._objects = objects
        self._places = places or {}

    @property
    def named(self) -> dict[str, Given]:
        """The config's values as arguments."""
        return {key: self._given(key, value) for key, value in self._config.items()}

    @named.setter
    def named(self, value: dict[str, Given]) -> None:
        """Does nothing: the arguments are always read from the config."""

    def _given(self, key: str, value: Any) -> Given:
        place: Any = self.place
        return self._objects.given(value, self._places.get(key) or place.child("config").child(key))

    @property
    def name(self) -> Given | None:
        """The layer's name."""
        return self._given("name", self._config["name"]) if "name" in self._config else None

    @property
    def key(self) -> str:
        """The call as text without the layer's name, which the calls of equal layers share."""
        return repr((self.kind, [pair for pair in self._config.items() if pair[0] != "name"]))
