"""The builder: writes a network down as calls, as Keras's own functions make it layer by layer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from convcalc.declare.settings import image_data_format
from convcalc.errors import ConvcalcError
from convcalc.layers import find
from convcalc.script import Call, Given, Ref, Script
from convcalc.sizes.shapes import Dim, Shape
from convcalc.source import Place

Tensors = Ref | Sequence[Ref]


class Builder:
    """Writes down calls in the order in which Keras makes the layers: ``x = b("Conv2D", x, filters=8, kernel_size=3)``.

    A tensor is a `Ref` to the call that makes it. A call without ``name`` is left without one, so that whoever
    reads the script numbers it as Keras does. Errors have the ``place``, where the text names the network.

    ``axis`` is the axis of channels counted from the first axis, 3 or 1, and ``last_axis`` the same axis as most of
    Keras's networks count it, -1 or 1; it depends on the default ``data_format``.
    """

    def __init__(self, place: Place | None = None) -> None:
        self.place = place
        self.calls: list[Call] = []
        self.is_channels_first = image_data_format() == "channels_first"
        self.axis = 1 if self.is_channels_first else 3
        self.last_axis = 1 if self.is_channels_first else -1
        self._shapes: dict[Call, Shape] = {}

    def input(self, shape: Shape, batch: Dim = None, **arguments: Any) -> Ref:
        """The network's input, of a shape without the batch."""
        if batch is not None:
            arguments["batch_size"] = batch
        call = self._add(self.call("InputLayer", shape=list(shape), **arguments))
        self._shapes[call] = (batch, *shape)
        return Ref(call)

    def __call__(self, kind: str, inputs: Tensors, **arguments: Any) -> Ref:
        """The output of a new layer on a tensor, or on a list of tensors."""
        return self.on(self.call(kind, **arguments), inputs)

    def call(self, kind: str, **arguments: Any) -> Call:
        """A layer that is called on nothing so far, such as a layer inside a nested model."""
        return Call(kind, named={name: Given(value) for name, value in arguments.items()}, place=self.place)

    def nested(self, layers: Iterable[Call], inputs: Tensors, **arguments: Any) -> Ref:
        """The output of a Sequential of ``layers`` on a tensor."""
        call = self.call("Sequential", **arguments)
        call.layers = list(layers)
        return self.on(call, inputs)

    def on(self, call: Call, inputs: Tensors) -> Ref:
        """The output of a layer on a tensor, or on a list of tensors."""
        call.inputs = (inputs,) if isinstance(inputs, Ref) else tuple(inputs)
        return Ref(self._add(call))

    def _add(self, call: Call) -> Call:
        self.calls.append(call)
        return call

    def script(self, output: Ref, name: str | None) -> Script:
        """The network that ends in a tensor."""
        return Script(
            self.calls,
            name=None if name is None else Given(name),
            functional=True,
            outputs=(output,),
            place=self.place,
        )

    def channels(self, x: Ref) -> int:
        """The number of channels of a tensor."""
        channels = self.shape(x)[self.axis]
        assert channels is not None  # a convolution tells its filters, and an input without channels is refused
        return channels

    def size(self, x: Ref) -> tuple[Dim, Dim]:
        """The height and the width of a tensor."""
        first = 2 if self.is_channels_first else 1
        height, width = self.shape(x)[first : first + 2]
        return height, width

    def shape(self, x: Ref) -> Shape:
        """The shape of a tensor, batch first. It is worked out when it is asked for, and only once."""
        todo = [_source(x)]
        while todo:
            call = todo[-1]
            before = [_source(ref) for ref in call.inputs or ()]
            missing = [] if call in self._shapes else [one for one in before if one not in self._shapes]
            todo += missing
            if not missing:
                self._shapes.setdefault(call, _output(call, [self._shapes[one] for one in before]))
                todo.pop()
        return self._shapes[_source(x)]


def _source(x: Ref) -> Call:
    """The call that makes a tensor of a builder."""
    assert isinstance(x.layer, Call)
    return x.layer


def _output(call: Call, shapes: list[Shape]) -> Shape:
    """The output shape of a call on inputs of these shapes, by the rules of its layer."""
    if call.layers is not None:
        for one in call.layers:
            shapes = [_output(one, shapes)]
        return shapes[0]
    try:
        named = {name: given.value for name, given in call.named.items()}
        return find(call.kind)(**named).infer(*shapes).output
    except ConvcalcError as error:
        error.span = error.span or call.place
        raise
