"""A model as written: every reader produces a `Script` of `Call`s and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from convcalc.sizes.shapes import Shape
from convcalc.source import Place


class Given:
    """A value as written, with its place; ``key`` is the place of its argument's name."""

    __slots__ = ("key", "place", "value")
    # Whether it stands in the text, and was not made.
    written: ClassVar[bool] = True

    def __init__(self, value: Any, place: Place | None = None, key: Place | None = None) -> None:
        self.value = value
        self.place = place
        self.key = key

    def __repr__(self) -> str:
        return repr(self.value)


class Automatic(Given):
    """A name as Keras makes it: that of a layer in a script, which counts all layers that it makes."""

    __slots__ = ()
    written = False


class Ref:
    """A tensor: an output of one call of a layer, by default the first of the last call.

    ``layer`` is the layer's name, the call itself, None for the model's first input, or empty for the output above;
    ``shape`` is what a file states of it.
    """

    __slots__ = ("call", "layer", "place", "shape", "tensor")

    def __init__(
        self,
        layer: str | Call | None,
        call: int = -1,
        tensor: int = 0,
        *,
        place: Place | None = None,
        shape: Shape | None = None,
    ) -> None:
        self.shape = shape
        self.layer = layer
        self.call = call
        self.tensor = tensor
        self.place = place


class Stated:
    """What a file states of a call: the shapes of its inputs and outputs, batch first; empty where it does not."""

    __slots__ = ("inputs", "outputs")

    def __init__(self, inputs: tuple[Shape, ...] = (), outputs: tuple[Shape, ...] = ()) -> None:
        self.inputs = inputs
        self.outputs = outputs

    def on(self, shapes: Sequence[Shape]) -> tuple[Shape, ...]:
        """The outputs on inputs of these shapes: none unless they are those stated, but for the batch."""
        if not self.inputs or [one[1:] for one in self.inputs] != [one[1:] for one in shapes]:
            return ()
        stated, batch = self.inputs[0][:1], shapes[0][:1]
        return tuple((*batch, *one[1:]) if one[:1] == stated else one for one in self.outputs)


NOTHING = Stated()

# Layers whose meaning is Python code: those that hold no weights, and those of which that is unknown.
WEIGHTLESS = "weightless"
UNCOUNTED = "uncounted"


class Call:
    """A layer as written: ``kind(*positional, **named)``.

    It also stands for a configured value, such as ``HeNormal(seed=1)`` as an initializer.
    ``layers`` holds the calls inside a nested model, ``outputs`` its outputs where it is a graph, ``frozen`` says
    that none of them is trainable; ``weights`` are the explicit values by weight name.
    In a graph ``inputs`` are the tensors that the layer is called on, None being the output above; ``use``
    stands for another call of the layer of that name. ``roles`` names for each input the argument of the
    layer's ``call`` that it is given as (``initial_state``, ``mask``), empty for what it works on; ``options``
    are the call's other arguments (``training``, ``use_causal_mask``). ``listed`` says that what it works on is
    given in a list, be it but one. ``number`` says which call of its layer it
    is where others stand outside the model; None counts those inside.
    Where the layer's meaning is Python code ``opaque`` is one of `WEIGHTLESS` and `UNCOUNTED`, and only what a file
    has ``stated`` is known of it.
    """

    __slots__ = (
        "frozen", "inputs", "kind", "layers", "listed", "named", "number", "opaque", "options", "outputs", "place",
        "positional",
        "roles", "stated", "use", "weights",
    )  # fmt: skip

    def __init__(
        self,
        kind: str,
        positional: tuple[Given, ...] = (),
        named: dict[str, Given] | None = None,
        *,
        place: Place | None = None,
        layers: list[Call] | None = None,
        weights: dict[str, Given] | None = None,
        inputs: tuple[Ref, ...] | None = None,
        outputs: tuple[Ref, ...] | None = None,
        use: Given | None = None,
        roles: tuple[str, ...] = (),
        options: dict[str, Given] | None = None,
        opaque: str = "",
        frozen: bool = False,
    ) -> None:
        self.kind = kind
        self.positional = positional
        self.named = named or {}
        self.place = place
        self.layers = layers
        self.weights = weights
        self.inputs = inputs
        self.outputs = outputs
        self.use = use
        self.roles = roles
        self.options = options or {}
        self.opaque = opaque
        self.stated = NOTHING
        self.listed = False
        self.number: int | None = None
        self.frozen = frozen

    @property
    def name(self) -> Given | None:
        """The layer's name as written; it is an argument as any other."""
        return self.named.get("name")

    @property
    def key(self) -> str:
        """All but the name: calls with equal keys make equal layers."""
        return repr((self.kind, self.positional, [pair for pair in self.named.items() if pair[0] != "name"]))

    def __repr__(self) -> str:
        words = [repr(given.value) for given in self.positional]
        words += [f"{name}={given.value!r}" for name, given in self.named.items() if given.written]
        words += [] if self.layers is None else [f"{len(self.layers)} layers at {id(self):#x}"]  # no other model's
        return f"{self.kind}({', '.join(words)})"


class Script:
    """A whole model as written: a chain of calls, and what was said of its input.

    ``functional`` makes it a Keras ``Functional`` model, whose summary shows the inputs' rows: InputLayer
    calls anywhere in ``layers``. ``outputs`` are its outputs, None being that of the last layer. ``trainable`` is
    the model's own flag, which says nothing of its layers' unless it is ``frozen`` whole.
    """

    __slots__ = ("batch_size", "frozen", "functional", "input", "layers", "name", "outputs", "place", "trainable")

    def __init__(
        self,
        layers: list[Call],
        *,
        name: Given | None = None,
        input: Given | None = None,
        batch_size: Given | None = None,
        functional: bool = False,
        outputs: tuple[Ref, ...] | None = None,
        trainable: Given | None = None,
        frozen: bool = False,
        place: Place | None = None,
    ) -> None:
        self.layers = layers
        self.trainable = trainable
        self.frozen = frozen
        self.name = name
        self.input = input
        self.batch_size = batch_size
        self.functional = functional
        self.outputs = outputs
        self.place = place
