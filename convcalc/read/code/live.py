"""Layers and models as a script makes them: objects that are built, called, changed and shared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from convcalc.declare.layer import Layer
from convcalc.declare.signature import Binding
from convcalc.declare.weight import Inferred, Weight
from convcalc.errors import ConvcalcError
from convcalc.read.code.values import Data, Instance, Tensor, Thing, Unknown, flat
from convcalc.script import Call, Given
from convcalc.sizes.shapes import Shape
from convcalc.source import Place


class Eager(NamedTuple):
    """A call of a layer or an operation on data, outside of all models; ``repeat`` calls the same on tensors."""

    repeat: Callable[..., Any]
    inputs: tuple[Data, ...]
    outputs: tuple[Data, ...]
    place: Place


class Live:
    """A layer or a model that the script has made.

    ``kind`` is the name of its class; ``named`` says that the script has named it. ``lost`` says why the layer is not
    known. ``calls`` are its calls on symbolic tensors. ``instance`` is the layer as an object of a class
    of the script's own. With ``freezes`` its ``trainable`` counts for the layers inside it, too; Keras 3 instead sets
    ``trainable`` of the layers that are inside it at that time. ``seen`` is what the layer made of the shapes of its
    last call, and ``on`` are these shapes.
    """

    def __init__(self, kind: str, place: Place | None) -> None:
        self.kind = kind
        self.place = place
        self.name = ""
        self.named = False
        self.trainable = True
        self.freezes = True
        self.is_adapted = False  # whether a preprocessing layer has seen data
        self.values: Callable[[], Any] | None = None  # what an InputLayer gets in the script, where that is known
        self.lost: Unknown | None = None
        self.calls: list[Made] = []
        self.others = 0  # calls of a Sequential's builds, which count in the numbers of calls
        self.instance: Instance | None = None
        self.owner: Sequential | None = None
        self.seen: Inferred | None = None
        self.on: tuple[Shape, ...] = ()
        self.known: dict[tuple[Shape, ...], tuple[Shape, ...]] = {}  # outputs of own code by the shapes of inputs
        self.dtype = "float32"

    @property
    def value(self) -> Any:
        """What the script's names stand for: the object of its own class, or the layer itself."""
        return self.instance or self


class Declared(Live):
    """A layer of Keras's: ``call`` is how the script made it, ``layer`` the layer with its rules."""

    def __init__(self, call: Call, layer: Layer | None, kind: str) -> None:
        super().__init__(kind, call.place)
        self.call = call
        self.layer = layer
        self.built: Inferred | None = None  # of the first call, which made the weights
        self.held: tuple[Live, ...] = ()  # the script's layers inside it
        self.batch_shape: Given | None = None  # of its input, batch first, as older Keras gives it
        self.function: Any = None  # what a Lambda computes
        self.words: dict[str, Any] = {}  # and what else it was given


class Made:
    """One call of a layer or a model on symbolic tensors; ``number`` is its place among the calls of the layer."""

    def __init__(self, live: Live, inputs: tuple[Tensor, ...], roles: tuple[str, ...], place: Place | None) -> None:
        self.live = live
        self.inputs = inputs
        self.roles = roles
        self.options: dict[str, Given] = {}
        self.listed = False
        self.place = place
        self.number = 0
        self.order: tuple[int, ...] = ()
        self.inferred: Inferred | None = None
        self.binding: Binding | None = None
        self.outputs: list[Tensor] = []
        self.stack: Any = None

    @property
    def shape(self) -> Shape | None:
        """The shape of the first input."""
        return self.inputs[0].shape if self.inputs else None


class Model(Live):
    """A model of any kind."""

    def __init__(self, kind: str, place: Place | None) -> None:
        super().__init__(kind, place)
        self.errors: list[ConvcalcError] = []  # all that is wrong in its making
        self.is_published = False  # whether it is one of Keras's published networks as it stands


class Sequential(Model):
    """A chain of layers.

    ``shape`` is the input's shape, batch first, where it is known; ``fed`` is the name of the InputLayer that Keras
    makes. Keras calls all layers anew in each of the ``builds``; ``since`` has the first build of each layer.
    """

    def __init__(self, place: Place | None) -> None:
        super().__init__("Sequential", place)
        self.layers: tuple[Live, ...] = ()
        self.input: Made | None = None
        self.shape: Shape | None = None
        self.input_dtype = "float32"
        self.fed: tuple[str, bool] | None = None
        self.builds = 0
        self.since: dict[int, int] = {}
        self.made: dict[int, list[Made]] = {}


class Functional(Model):
    """A graph of calls: ``made`` are its calls in the order of their making, from ``given`` to ``results``."""

    def __init__(self, place: Place | None) -> None:
        super().__init__("Functional", place)
        self.given: list[Tensor] = []
        self.results: list[Tensor] = []
        self.structure: Any = None  # the results as the script gives them: one, a list, a dictionary
        self.keys: list[str] = []  # the names of the inputs where they are given in a dictionary
        self.made: list[Made] = []


class Own(Model):
    """A layer or a model of a class of the script's own.

    ``weights`` are the weights that it makes itself; ``tracked`` are the layers that it has, in order.
    """

    def __init__(self, instance: Instance, is_model: bool, place: Place | None) -> None:
        super().__init__(instance.cls.name, place)
        self.instance = instance
        self.is_model = is_model
        self.weights: list[Weight] = []
        self.tracked: list[Live] = []
        self.doubt: Unknown | None = None  # an attribute that is not known, and may be a layer
        self.failed: Unknown | None = None  # why its call gives nothing that is known
        self.is_built = False
        self.base_kind = ""  # the kind of Keras's that the class derives from
        self.base: Declared | None = None
        self.stated: Shape | None = None  # its `input_shape`, batch first
        self.begun = False  # whether `__init__` of Keras's class has run
        self.policy = "float32"


class TrackedList(list[Any]):
    """A list that a layer has as an attribute: Keras tracks the layers that are added to it."""

    __slots__ = ("track",)

    def __init__(self, values: Iterable[Any], track: Callable[[Any], Any]) -> None:
        super().__init__(values)
        self.track = track

    def append(self, value: Any) -> None:
        """Adds a member."""
        self.track(value)
        super().append(value)

    def extend(self, values: Any) -> None:
        """Adds members."""
        for value in values:
            self.append(value)

    def insert(self, at: Any, value: Any) -> None:
        """Adds a member at a place."""
        self.track(value)
        super().insert(at, value)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.track(value)
        super().__setitem__(key, value)


class TrackedDict(dict[Any, Any]):
    """A dictionary that a layer has as an attribute: Keras tracks the layers that are added to it."""

    __slots__ = ("track",)

    def __init__(self, values: Mapping[Any, Any], track: Callable[[Any], Any]) -> None:
        super().__init__(values)
        self.track = track

    def __setitem__(self, key: Any, value: Any) -> None:
        self.track(value)
        super().__setitem__(key, value)

    def update(self, *args: Any, **named: Any) -> None:
        """Adds members."""
        for key, value in dict(*args, **named).items():
            self[key] = value

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """The member, which is added where it is missing."""
        if key not in self:
            self[key] = default
        return self[key]


class Saved(Thing):
    """The text or the config of a model, from which the script may make the model again."""

    def __init__(self, live: Live) -> None:
        super().__init__()
        self.live = live


def live_of(value: Any) -> Live | None:
    """The layer or the model that a value of the script is, or None."""
    if isinstance(value, Live):
        return value
    found = value.live if isinstance(value, Instance) else None
    return found if isinstance(found, Live) else None


def flat_lives(values: Iterable[Any]) -> list[Any]:
    """The layers and models among values, and in lists among values."""
    return [one for value in values for one in flat(value) if live_of(one) is not None]


def is_model(live: Live | None) -> bool:
    """Whether a layer is a model rather than a layer."""
    return isinstance(live, Sequential | Functional) or isinstance(live, Own) and live.is_model
