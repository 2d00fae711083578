"""Keras's session: what has been made so far, the names that Keras gives, and the settings that a script changes."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.declare.naming import Numbering
from convcalc.declare.settings import image_data_format
from convcalc.errors import ConvcalcError
from convcalc.layers import canonical
from convcalc.layers._old import OBJECTS
from convcalc.layers.spelling import is_layer, merged, modern
from convcalc.read.code.calling import Calling
from convcalc.read.code.functional import Graphs
from convcalc.read.code.library.keras import restored
from convcalc.read.code.live import Declared, Eager, Functional, Live, Own, Sequential, live_of
from convcalc.read.code.making import Making
from convcalc.read.code.members import Members
from convcalc.read.code.operations import Operations
from convcalc.read.code.own import Owning
from convcalc.read.code.published_models import Networks
from convcalc.read.code.refusal import no_value
from convcalc.read.code.sequential import Chains
from convcalc.read.code.site import Site
from convcalc.read.code.values import MISSING, Cause, Data, Instance, Library, Tensor, Thing, Unknown, flat
from convcalc.script import Call, Given
from convcalc.source import Place
from convcalc.stack.build import Resolver

if TYPE_CHECKING:
    from convcalc.read.code.machine import Machine

_MODELS = ("Sequential", "Model", "Functional")
# Keras's functions for its merging layers: `keras.layers.add([a, b])` is `Add()([a, b])`.
_MERGE = re.compile(r"keras\.layers\.(add|subtract|multiply|average|maximum|minimum|concatenate|dot)$")
_OLD_MERGE = re.compile(r"keras\.(?:layers|engine)\.(?:\w+\.)*merge$")
_CLASS = re.compile(r"keras\.(?:(?:layers|models|engine|legacy)\.(?:\w+\.)*)?([A-Z]\w*)$")
# Layers of other libraries, of which only what the script states is known.
_FOREIGN = re.compile(r"(tensorflow_hub\.KerasLayer|(keras_nlp|keras_cv|keras_hub)\.(\w+\.)*[A-Z]\w*)$")
_CONFIGURED = re.compile(r"keras\.(initializers|regularizers|constraints)\.(\w+)$")
# Classes of Keras's that a script may derive its own from.
_BASES = {"Layer", "Wrapper", "Model", "Sequential", "Functional"}


class Session:
    """What a script has made with Keras; its parts make layers, models and calls."""

    def __init__(self, machine: Machine, *, no_bias: bool = False) -> None:
        self.machine = machine
        self.no_bias = no_bias
        self.generation = 3  # the Keras that the script speaks
        self.numbers = Numbering()
        self.models: list[Live | Unknown] = []
        self.data_format: str | None = None
        self.policy: str | None = None
        self.floatx: str | None = None
        self.made = 0  # calls in graphs, which counts their order
        self.inside = 0  # `call` methods of own layers that are running
        self.compiled: Live | Unknown | None = None
        self.trained: Live | Unknown | None = None
        self.eager: list[Eager] = []
        self.loose: list[Tensor] = []  # what TensorFlow 1's own layers give, of which a script makes no model
        self.saved: dict[str, Live] = {}
        self.making = Making(self)
        self.calling = Calling(self)
        self.chains = Chains(self)
        self.graphs = Graphs(self)
        self.owning = Owning(self)
        self.operations = Operations(self)
        self.networks = Networks(self)
        self.members = Members(self)

    # What values are.

    def is_live(self, value: Any) -> bool:
        """Whether a value is a layer or a model."""
        return live_of(value) is not None

    def items(self, value: Any) -> list[Any] | None:
        """The members of a layer or a model that Python could go through: none has any."""
        return None

    def has_tensor(self, values: Iterable[Any]) -> bool:
        """Whether there is a symbolic tensor among values."""
        return any(isinstance(one, Tensor) for value in values for one in flat(value))

    def path_of(self, name: str) -> str | None:
        """The whole name of a class of Keras's that is written without its module."""
        if is_layer(name) or name in ("Layer", "Lambda"):
            return f"keras.layers.{name}"
        if name in _MODELS:
            return f"keras.{name}"
        if self.networks.is_name(name):
            return f"keras.applications.{name}"
        return f"keras.layers.{name}" if _MERGE.match(f"keras.layers.{name}") else None

    def is_known(self, path: str) -> bool:
        """Whether Keras has a class or a function of this name that is followed."""
        found = _CLASS.match(path)
        name = found[1] if found else ""
        known = name in _BASES or not path.startswith("keras.models.") and (is_layer(name) or name == "Lambda")
        return bool(known or self.networks.is_network(path) or _MERGE.match(path) or _CONFIGURED.match(path))

    def class_names(self, value: Any) -> set[str] | None:
        """The whole names of the classes that a layer or a model belongs to; None for any other value."""
        live = live_of(value)
        if live is None:
            return None
        names = {"keras.layers.Layer", "keras.Layer"}
        if live.instance:
            names |= {one.path for one in live.instance.cls.libraries()}
        else:
            names |= {f"keras.layers.{live.kind}", f"keras.{live.kind}", f"keras.models.{live.kind}"}
        is_model = isinstance(live, Own) and live.is_model or isinstance(live, Sequential | Functional)
        return names | ({"keras.Model", "keras.models.Model"} if is_model else set())

    def class_of(self, value: Any) -> Any:
        """The class of a layer or a model; None for any other value."""
        live = live_of(value)
        return None if live is None else Library(self.path_of(live.kind) or f"keras.layers.{live.kind}")

    # What goes wrong.

    def lost(self, error: ConvcalcError, node: ast.AST) -> Unknown:
        """A value that is lost to an error, which says all that there is to say."""
        place = self.machine.place(node)
        for one in getattr(error, "errors", (error,)):
            one.span = one.span or place
        return Unknown(Cause(error.message, place, error))

    def refused(self, lost: Unknown, place: Place | None = None) -> ConvcalcError:
        """The error of a value that is needed and not known."""
        return lost.cause.error or no_value(lost, place or lost.cause.place)

    # What calls of Keras's names make.

    def of_library(self, path: str, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """What a class or a function of Keras's makes; MISSING where it is neither."""
        configured, merge, found = _CONFIGURED.match(path), _MERGE.match(path), _CLASS.match(path)
        kind = canonical(found[1]) if found else ""
        if _OLD_MERGE.match(path):
            return self._old_merge(args, named, node)
        if path.endswith(".from_config"):
            return self._from_config(path, args, node)
        if _FOREIGN.match(path):
            return self.making.foreign(path.rpartition(".")[2], named, node)
        if configured:
            return self._configured(path, configured[2], args, named, node)
        if merge:
            return self._merged(merge[1].capitalize(), args, named, node)
        if self.networks.is_network(path):
            return self.networks.make(path.rpartition(".")[2], args, named, node)
        if kind == "Sequential":
            return self.chains.make(args, named, node)
        if kind in ("Model", "Functional"):
            return self.graphs.make(args, named, node)
        if kind == "Input":
            return self._input(args, named, node)
        if kind == "Lambda":
            return self.owning.lambda_layer(args, named, node)
        if found and is_layer(kind) and (path.startswith("keras.layers.") or path.count(".") == 1):
            return self.making.declared(found[1], args, named, node)
        return MISSING

    def _from_config(self, path: str, args: tuple[Any, ...], node: ast.AST) -> Any:
        """``Model.from_config(config)``, ``Dense.from_config(config)``."""
        config, kind = args[0] if args else None, path.split(".")[-2]
        if isinstance(config, dict) and is_layer(kind):
            words = {name: value for name, value in config.items() if isinstance(name, str)}
            return self.making.declared(kind, (), words, node)
        return restored(Site(self.machine, node), config)

    def _configured(self, path: str, name: str, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """A configured value, such as ``initializers.HeNormal(seed=1)``."""
        if name == "get":
            return args[0] if args else None
        by_place, by_name = self.making.given(node, args, named)
        found = modern(path, by_place, by_name, self.generation) if name in OBJECTS else None
        if found:
            path, by_place, by_name = found.kind, found.positional, found.named
        return Call(path, by_place, by_name, place=self.machine.place(node))

    def _old_merge(self, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """``merge([a, b], mode="concat")``, as Keras 1 joins tensors."""
        try:
            found = merged(*self.making.given(node, args, named))
        except ConvcalcError as error:
            return self.lost(error, node)
        words = {name: given.value for name, given in found.named.items()}
        live = self.making.declared(found.kind, (), words, node)
        return self.calling.apply(live, (found.inputs.value if found.inputs else None,), {}, node)

    def _merged(self, kind: str, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """``add([a, b], name="sum")``."""
        words = dict(named)
        inputs = words.pop("inputs") if "inputs" in words else args[0] if args else None
        if kind == "Dot" and len(args) < 2:
            words = {"axes": -1, **words}
        live = self.making.declared(kind, args[1:], words, node)
        return self.calling.apply(live, (inputs,), {}, node)

    def _input(self, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """``Input(…)``: the tensor of an InputLayer."""
        if named.get("tensor") is not None:
            return self.machine.unknown("Input(tensor=…) is not followed", node)
        words = {name: value for name, value in named.items() if name not in ("tensor", "type_spec")}
        if type(words.get("shape")) is int:  # `Input(shape=16)` is the size of the only axis
            words["shape"] = (words["shape"],)
        if args and type(args[0]) is int:
            args = ((args[0],), *args[1:])
        live = self.making.declared("InputLayer", args, words, node)
        return Unknown(live.lost.cause) if live.lost else self.input_of(live)

    def input_layer(self, words: dict[str, Any], name: str, named: bool, place: Place | None) -> Declared:
        """An InputLayer that Keras makes by itself."""
        call = Call("InputLayer", named={key: Given(value, place) for key, value in words.items()}, place=place)
        live = Declared(call, Resolver().layer(call), "InputLayer")
        live.name, live.named = name, named
        return live

    def input_of(self, live: Declared) -> Tensor:
        """The tensor of an InputLayer."""
        layer: Any = live.layer
        made = self.calling.record(live, (), (), live.place)
        shape = layer.batch_shape or (layer.batch_size, *(layer.shape or ()))
        made.outputs = [Tensor(made, 0, shape, layer.dtype)]
        return made.outputs[0]

    def give_name(self, live: Live, name: Any) -> None:
        """Gives a layer or a model the name that the script gives, or Keras's."""
        self.machine.journal.touch(self.numbers.counts)
        live.named = isinstance(name, str)
        live.name = name if isinstance(name, str) else self.numbers.next(live.kind)

    def clear(self) -> None:
        """Names are counted anew."""
        self.numbers = Numbering()

    def format(self) -> str:
        """What ``keras.config.image_data_format()`` gives here."""
        return self.data_format or image_data_format()

    # What a script does to layers and models.

    def apply(self, value: Any, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """A layer or a model called on tensors or data."""
        return self.calling.apply(live_of(value), args, named, node)

    def attribute(self, value: Any, name: str, node: ast.AST) -> Any:
        """An attribute of a layer or a model."""
        return self.members.find(live_of(value), name, node)

    def method(self, owner: Any, name: str, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """What a method of a layer, a model or one of their classes gives."""
        return self.members.call(owner, name, args, named, node)

    def inherited(self, instance: Instance, name: str, node: ast.AST) -> Any:
        """An attribute that an own layer has from Keras's class."""
        return self.members.find(live_of(instance), name, node, inherited=True)

    def tensor_attribute(self, tensor: Tensor, name: str, node: ast.AST) -> Any:
        """An attribute that symbolic tensors have; MISSING for any other."""
        return self.members.of_tensor(tensor, name, node)

    def set_attribute(self, value: Any, name: str, new: Any, node: ast.AST) -> None:
        """Gives an attribute of a layer or a model another value."""
        self.members.set(live_of(value), name, new, node)

    def begin(self, made: Instance, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> None:
        """Makes a layer or a model of a new object, as the object's class says."""
        self.owning.begin(made, node)

    def init(self, made: Instance, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> None:
        """``__init__`` of Keras's class."""
        self.owning.init(made, args, named, node)

    def after_method(self, owner: Any, name: str) -> None:
        """A layer whose own ``build`` has run is built, whoever has called it."""
        live = live_of(owner) if name == "build" else None
        if isinstance(live, Own):
            live.is_built = True

    def tracked(self, instance: Instance, name: str, value: Any, node: ast.AST) -> Any:
        """The value of an attribute as Keras keeps it: an own layer tracks the layers in it."""
        live = instance.live
        if live is not None and name in ("trainable", "built", "_name", "name"):
            self.members.set(live, name, value, node)
        return self.owning.track(live, value) if isinstance(live, Own) else value

    def element(self, data: Any, node: ast.AST) -> Any:
        """What a model gets of data at a time: an element of a data set, or the data themselves."""
        own = data.method("element") if isinstance(data, Thing) else None
        if own is None:
            return data
        found = own(Site(self.machine, node))
        return found[0] if isinstance(found, tuple) and found else found

    def eager_call(
        self, repeat: Callable[..., Any], inputs: Sequence[Data], outputs: Sequence[Data], place: Place
    ) -> None:
        """Keeps the call of a layer or an operation on data outside of all models; ``repeat`` calls it on tensors."""
        if not self.inside:
            self.eager.append(Eager(repeat, tuple(inputs), tuple(outputs), place))
