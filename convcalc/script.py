"""A model as written: every reader produces a `Script` of `Call`s and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from convcalc.sizes.shapes import Shape
from convcalc.source import Place, Source


class Given:
    """A value as written, with its place; ``key`` is the place of its argument's name."""

    __slots__ = ("key", "place", "value")
    # Whether the value stands in the text; a name that Keras makes does not.
    written: ClassVar[bool] = True

    def __init__(self, value: Any, place: Place | None = None, key: Place | None = None) -> None:
        self.value = value
        self.place = place
        self.key = key

    def __repr__(self) -> str:
        return repr(self.value)


class Automatic(Given):
    """A name that Keras makes for a layer of a script, where all layers that the script makes are counted."""

    __slots__ = ()
    written = False


class Ref:
    """A tensor: an output of one call of a layer, by default the first of the last call.

    ``layer`` is the layer's name, the call itself, None for the model's first input, or empty for the output above;
    ``shape`` is the tensor's shape where a file states one.
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
        """The outputs on inputs of these shapes; none unless these are the stated shapes, the batch apart."""
        if not self.inputs or [one[1:] for one in self.inputs] != [one[1:] for one in shapes]:
            return ()
        stated, batch = self.inputs[0][:1], shapes[0][:1]
        return tuple((*batch, *one[1:]) if one[:1] == stated else one for one in self.outputs)


NOTHING = Stated()

# Layers whose meaning is Python code: layers that hold no weights, and layers whose weights are unknown.
WEIGHTLESS = "weightless"
UNCOUNTED = "uncounted"


class Call:
    """A layer as written: ``kind(*positional, **named)``.

    It also stands for a configured value, such as ``HeNormal(seed=1)`` as an initializer.
    ``layers`` holds the calls inside a nested model, and ``outputs`` the model's outputs where it is a graph;
    ``frozen`` says that no layer inside is trainable. ``weights`` are the explicit values by weight name.
    In a graph ``inputs`` are the tensors that the layer is called on; None stands for the output above. ``use`` names
    a layer above that is called again. ``roles`` has a word for each input: the argument of the layer's ``call`` that
    the input is given as (``initial_state``, ``mask``), or an empty text for a tensor that the layer works on.
    ``options`` are the call's other arguments (``training``, ``use_causal_mask``). ``listed`` says that the tensors
    to work on are given in a list, even where the list has only one. ``number`` counts the calls of the layer where
    some of them stand outside the model; without a number the calls inside are counted.
    Where the layer's meaning is Python code, ``opaque`` is `WEIGHTLESS` or `UNCOUNTED`, and all that is known of the
    layer is what a file has ``stated``.
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
        """The layer's name as written, which is an argument like any other."""
        return self.named.get("name")

    @property
    def key(self) -> str:
        """The call as text without the layer's name: calls with equal keys make equal layers."""
        return repr((self.kind, self.positional, [pair for pair in self.named.items() if pair[0] != "name"]))

    def __repr__(self) -> str:
        words = [repr(given.value) for given in self.positional]
        words += [f"{name}={given.value!r}" for name, given in self.named.items() if given.written]
        words += [] if self.layers is None else [f"{len(self.layers)} layers at {id(self):#x}"]  # no other model's
        return f"{self.kind}({', '.join(words)})"


class Script:
    """A whole model as written: its calls, and what the text says of the model's input.

    ``functional`` makes the model a Keras ``Functional``, whose summary shows a row for each input: InputLayer
    calls may stand anywhere in ``layers``. ``outputs`` are the model's outputs; None stands for the last layer's.
    ``trainable`` is the model's own flag; the layers keep their own flags unless the model is ``frozen``.
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


class Code:
    """A text of Python, which is followed only when its model is asked for.

    ``path`` is the file that it is from, beside which its own modules lie. ``wanted`` is what stands behind the colon
    in ``train.py:build(3)``: a name or a call; empty for all that there is; None where there is no colon.
    """

    __slots__ = ("path", "source", "wanted")

    def __init__(self, source: Source, path: str | None = None, wanted: str | None = None) -> None:
        self.source = source
        self.path = path
        self.wanted = wanted
