"""Objects of Keras's configs, each a class and its arguments, as calls; those of Keras 2 as Keras 3 has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcalc.errors import ReadError
from convcalc.layers import MODULES, OPERATIONS, canonical, find
from convcalc.read.common import GRAPHS, is_nested, not_yet
from convcalc.read.keras.stated import holds_code, opacity, own_name, state_chain
from convcalc.script import UNCOUNTED, Call, Given
from convcalc.source import Path

# Arguments that layers of Keras 2 state and that say nothing of them; left out where Keras 3's have none.
_IDLE = (
    "batch_input_shape",
    "kernel_constraint",
    "kernel_initializer",
    "kernel_regularizer",
    "noise_shape",
    "trainable",
)
# What a layer was asked to learn, and what it has learned: then Keras's config states both, and reads the second.
_LEARNED = {"Discretization": ("num_bins", "bin_boundaries")}


def layers_of(entry: Any, place: Path) -> tuple[Any, Path]:
    """The list of a nested model's layers: its config itself in the Sequential of early Keras 2."""
    config, at = entry.get("config"), place.child("config")
    return (config, at) if isinstance(config, list) else (part(config, "layers", list, at), at.child("layers"))


class Objects:
    """Reads objects of a config into calls; ``keras2`` says which Keras wrote them."""

    def __init__(self, keras2: bool) -> None:
        self.keras2 = keras2

    def call(self, entry: Any, place: Path) -> Call:
        """The call of one object: its class and its config; what else it carries follows from them."""
        kind = part(entry, "class_name", str, place)
        if str(entry.get("module", "")).startswith("keras.src.ops") and f"ops.{kind}" in OPERATIONS:
            kind = f"ops.{kind}"
        opaque = opacity(entry, kind) or (UNCOUNTED if holds_code(kind, entry.get("config")) else "")
        if opaque:
            config = part(entry, "config", Mapping, place)
            given = {name: Given(value, place, place) for name, value in config.items()}
            return Call(own_name(kind), (), given, place=place, opaque=opaque)
        if is_nested(kind):
            inside, at = layers_of(entry, place)
            layers = [self.call(one, at.child(index)) for index, one in enumerate(inside)]
            state_chain(layers, inside)
            config = entry["config"] if isinstance(entry["config"], Mapping) else {}
            named = {"name": Given(config["name"], place.child("config").child("name"))} if "name" in config else {}
            return Call(kind, (), named, place=place, layers=layers)
        config = part(entry, "config", Mapping, place)
        if kind in GRAPHS:
            from convcalc.read.keras.graphs import graph  # which reads its layers by this

            return graph(entry, place, self)
        if kind in OPERATIONS:
            own = {key: self.given(value, place.child("config").child(key)) for key, value in config.items()}
            return Call(kind, (), own, place=place)
        if "layers" in config:
            raise not_yet(f"a {kind} inside a config", place)
        config = _without_plans(kind, self._keras3(kind, config) if self.keras2 else config)
        return _Configured(kind, config, place, self)

    def given(self, value: Any, place: Path) -> Given:
        """An argument's value; a layer's object (an activation's) becomes its call, and so do those of a list."""
        if isinstance(value, list) and value and all(map(self._is_layer, value)):
            return Given([self.call(one, place.child(at)) for at, one in enumerate(value)], place, place)
        return Given(self.call(value, place) if self._is_layer(value) else value, place, place)

    def _is_layer(self, value: Any) -> bool:
        """Whether a value is a layer's object: Keras 3 and late Keras 2 say where it is from."""
        if not isinstance(value, Mapping) or "class_name" not in value:
            return False
        module, kind = str(value.get("module", "")), str(value["class_name"])
        if is_nested(kind) or kind in GRAPHS:
            return True
        return module.startswith("keras.layers") or (self.keras2 and not module and kind in MODULES)

    def _keras3(self, kind: str, config: Mapping[str, Any]) -> Mapping[str, Any]:
        """A layer's config of Keras 2 as Keras 3 has it."""
        if canonical(kind) not in MODULES:
            return config
        layer = find(kind)
        known = {*layer.accepted, *layer.renamed}
        idle = {name for name in _IDLE if name not in known}
        if "groups" not in known and config.get("groups") == 1:
            idle.add("groups")
        axis = config.get("axis")
        one = {"axis": axis[0]} if kind == "BatchNormalization" and isinstance(axis, list) and len(axis) == 1 else {}
        return {**{name: value for name, value in config.items() if name not in idle}, **one}


def _without_plans(kind: str, config: Mapping[str, Any]) -> Mapping[str, Any]:
    """A config without what the layer was asked to learn, where it has learned it."""
    asked, learned = _LEARNED.get(kind, ("", ""))
    done = config.get(learned) is not None and config.get(asked) is not None
    return {name: value for name, value in config.items() if name != asked} if done else config


class _Configured(Call):
    """The call of a layer's config. Its arguments are made when asked for: of many equal layers, one's only."""

    __slots__ = ("_config", "_objects")

    def __init__(self, kind: str, config: Mapping[str, Any], place: Path, objects: Objects) -> None:
        super().__init__(kind, place=place)
        self._config = config
        self._objects = objects

    @property
    def named(self) -> dict[str, Given]:
        """The config's values as arguments."""
        return {key: self._given(key, value) for key, value in self._config.items()}

    @named.setter
    def named(self, value: dict[str, Given]) -> None:
        """Nothing: they are the config's."""

    def _given(self, key: str, value: Any) -> Given:
        place: Any = self.place
        return self._objects.given(value, place.child("config").child(key))

    @property
    def name(self) -> Given | None:
        """The layer's name."""
        return self._given("name", self._config["name"]) if "name" in self._config else None

    @property
    def key(self) -> str:
        """What it shares with the calls of equal layers."""
        return repr((self.kind, [pair for pair in self._config.items() if pair[0] != "name"]))


def part(whole: Any, key: str, type: type, place: Path) -> Any:
    """A part that every config has."""
    part = whole.get(key) if isinstance(whole, Mapping) else None
    if not isinstance(part, type):
        raise ReadError(f"this part of a Keras config needs {key!r}", code="bad-config", span=place)
    return part
