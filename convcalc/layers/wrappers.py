"""Layers that work with another layer: in both directions of time, or at every time step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import Any

from convcalc.compute.recurrence import States
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.calls import Accepts
from convcalc.declare.layer import Layer, as_tuple
from convcalc.declare.weight import Inferred, Weight, scoped
from convcalc.errors import ArgumentError
from convcalc.layers._sequence import _Sequence
from convcalc.layers.core import InputLayer
from convcalc.lazy import Array, np
from convcalc.sizes.formula import Product
from convcalc.sizes.shapes import Shape, product


class Bidirectional(Layer):
    """A recurrent layer and its twin that begins at the end of time, their outputs merged.

    >>> Bidirectional(LSTM(4)).on(5, 3)
    (None, 8)  256 params  1,120 MACs
    """

    sees_all = True
    supports_masking = True
    call = _Sequence.call
    layer: Any = arg(t.layer, doc="the recurrent layer that goes forward")
    merge_mode: str | None = arg(t.merge, default="concat", doc="how both outputs become one")
    weights_: Any = arg(t.anything, default=None, doc="initial weights, which Keras no longer uses")
    backward_layer: Any = arg(t.layer, default=None, doc="the layer that goes backward, instead of a twin")

    def check(self) -> None:
        """Two recurrent layers in opposite directions, with the same outputs."""
        for name in ("layer", "backward_layer"):
            if not isinstance(getattr(self, name) or self.layer, _Sequence):
                raise _unfit(name, f"{name} must be a recurrent layer", "use one such as LSTM(4) or GRU(4)")
        if self.layer.go_backwards == self.backward.go_backwards:
            help = "set go_backwards=False in the layer, and True in backward_layer"
            raise _unfit("layer", "both directions have the same go_backwards", help)
        for name in ("stateful", "return_sequences", "return_state"):
            if getattr(self.layer, name) != getattr(self.backward, name):
                raise _unfit("backward_layer", f"the directions differ in {name}", f"give both the same {name}")
        if self.weights_ and not hasattr(self.weights_, "__len__"):
            raise _unfit("weights", "weights must be a list of arrays", "leave it out: Keras no longer uses it")

    @property
    def backward(self) -> Any:
        """The layer that goes backward."""
        if self.backward_layer:
            return self.backward_layer
        twin = copy(self.layer)
        twin.go_backwards = True
        return twin

    @classmethod
    def ranks(cls) -> range:
        """Those of recurrent layers, the convolutional ones included."""
        return range(3, 7)

    def infer(self, *shapes: Shape) -> Inferred:
        """Both layers on one input. As in Keras, ``concat`` doubles the forward layer's width."""
        shape = self.only(shapes)
        both = {"forward_layer": self.layer.infer(shape), "backward_layer": self.backward.infer(shape)}
        y = both["forward_layer"].output
        y = (*y[:-1], y[-1] * 2) if self.merge_mode == "concat" else y
        more = (*(() if self.merge_mode else (y,)), *both["forward_layer"].more * 2)
        weights = [weight for scope, one in both.items() for weight in scoped(scope, one.weights)]
        macs = [Product(f"{scope}/{p.name}", *p.factors) for scope, one in both.items() for p in one.macs]
        return Inferred(y, tuple(weights), tuple(macs), (), more)

    def scratch(self, *shapes: Shape) -> int:
        """That of one direction, and its output beside the other's."""
        one: int = max(layer.scratch(*shapes) for layer in (self.layer, self.backward))
        return one + 2 * (product(self.layer.infer(*shapes).output) or 0)

    def mask(self, ops: Any, inputs: Sequence[Any], masks: Sequence[Any]) -> Any:
        """That of the time steps, where they stay; of both outputs, where they are not merged."""
        mask = masks[0] if self.layer.return_sequences else None
        return mask if self.merge_mode else (mask, mask)

    def apply(self, weights: Sequence[Array], *inputs: Array, initial_state: States = (), **call: Any) -> Any:
        """Both outputs, the backward one in the order of time, merged; then the states of both."""
        (x,) = inputs
        own, half = len(self.layer.infer(x.shape).weights), len(initial_state) // 2
        y, *states = as_tuple(self.layer.apply(weights[:own], x, initial_state=initial_state[:half], **call))
        z, *others = as_tuple(self.backward.apply(weights[own:], x, initial_state=initial_state[half:], **call))
        z = np.flip(z, axis=1) if self.layer.return_sequences else z
        merged = (y, z) if self.merge_mode is None else (_MERGE[self.merge_mode](y, z),)
        outputs = (*merged, *states, *others)
        return outputs if len(outputs) > 1 else outputs[0]


_MERGE: dict[str, Callable[[Array, Array], Array]] = {
    "concat": lambda y, z: np.concatenate([y, z], axis=-1),
    "sum": lambda y, z: y + z,
    "ave": lambda y, z: (y + z) / 2,
    "mul": lambda y, z: y * z,
}


class TimeDistributed(Layer):
    """A layer applied to every time step by itself, with the same weights.

    >>> TimeDistributed(Dense(4)).on(5, 3)
    (None, 5, 4)  16 params  60 MACs
    """

    moves_axes = True
    supports_masking = True
    call = Accepts("inputs", tensors=("mask",))
    layer: Any = arg(t.layer, doc="the layer for each time step")

    def check(self) -> None:
        """An input is no layer to apply."""
        if isinstance(self.layer, InputLayer):
            raise _unfit("layer", "layer must be a layer to apply, not an input", "use one such as Dense(4)")

    @classmethod
    def ranks(cls) -> range:
        """Batch, time, and at least one axis of a step."""
        return range(3, 100)

    def infer(self, *shapes: Shape) -> Inferred:
        """The layer on ``(batch, *step)`` of ``(batch, time, *step)``; MACs are those of all time steps."""
        shape = self.only(shapes)
        if len(shape) not in self.ranks():
            raise self.wrong_rank(shape)
        step = self.layer.infer((shape[0], *shape[2:]))
        if step.more:
            help = "set return_state=False, or merge both directions"
            raise _unfit("layer", "the layer at each time step must have one output", help)
        y = (step.output[0], shape[1], *step.output[1:])
        macs = [Product(p.name, ("time steps", shape[1]), *p.factors) for p in step.macs]
        return Inferred(y, scoped("layer", step.weights), tuple(macs), ())

    def apply(self, weights: Sequence[Array], *inputs: Array, mask: Array | None = None) -> Array:
        """All time steps at once, as so many more samples; in turn where each begins where the one before ended."""
        (x,) = inputs
        batch, time, *step = x.shape
        if mask is not None and mask.shape[:2] != (batch, time):
            raise ValueError(f"a mask of {mask.shape} is given for the samples and time steps {(batch, time)}")
        mask = mask if "mask" in self.layer.call.tensors else None
        if _is_stateful(self.layer):
            return self._in_turn(weights, x, mask)
        call = {"mask": mask.reshape(batch * time, *mask.shape[2:])} if mask is not None else {}
        y = self.layer.apply(weights, x.reshape(batch * time, *step), **call)
        whole: Array = y.reshape(batch, time, *y.shape[1:])
        return whole

    def scratch(self, *shapes: Shape) -> int:
        """That of the layer on all time steps at once."""
        batch, time, *step = shapes[0]
        inside: int = self.layer.scratch(((batch or 0) * (time or 0), *step))
        return inside

    def _in_turn(self, weights: Sequence[Array], x: Array, mask: Array | None) -> Array:
        """Every time step with the states that the one before left, as a stateful layer keeps them."""
        if not isinstance(self.layer, _Sequence):
            raise ValueError("states that are kept deeper inside than in the layer itself are not followed")
        layer, states, outputs = copy(self.layer), (), []
        layer.return_state = True
        for time in range(x.shape[1]):
            call = {"mask": mask[:, time]} if mask is not None else {}
            y, *states = layer.apply(weights, x[:, time], initial_state=tuple(states), **call)
            outputs.append(y)
        return np.stack(outputs, axis=1)


def _is_stateful(layer: Layer) -> bool:
    """Whether a layer, or one inside it, begins with the states that its last call left."""
    return bool(getattr(layer, "stateful", False)) or any(map(_is_stateful, layer.held))


class SpectralNormalization(Layer):
    """A layer whose kernel training keeps at a largest singular value of 1 (Miyato et al. 2018, arXiv:1802.05957).

    Inference uses the kernel as it stands.

    >>> SpectralNormalization(Dense(4)).on(3)
    (None, 4)  20 params  12 MACs
    """

    layer: Any = arg(t.layer, doc="the layer with the kernel, or the embeddings")
    power_iterations: int = arg(t.positive, default=1, doc="how often training improves the estimate, at each step")

    def check(self) -> None:
        """Axes can be followed where they can be through the layer inside."""
        self.moves_axes = self.layer.moves_axes

    @classmethod
    def ranks(cls) -> range:
        """Those of any layer with a kernel."""
        return range(2, 100)

    @property
    def is_channels_first(self) -> bool:
        """As the layer inside."""
        return bool(self.layer.is_channels_first)

    def infer(self, *shapes: Shape) -> Inferred:
        """What the layer makes of its input; to its weights comes the estimate of a singular vector."""
        inner = self.layer.infer(self.only(shapes))
        at = self._kernel(inner.weights)
        if at is None:
            help = "use one such as Dense(4), Conv2D(4, 3) or Embedding(10, 4)"
            raise _unfit("layer", "layer must have a kernel, or embeddings", help)
        kernel = inner.weights[at]
        dims = ("1", kernel.dims[-1])
        vector = Weight("vector_u", (1, kernel.shape[-1]), _SMALL, dims=dims, trainable=False, dtype=kernel.dtype)
        weights = list(scoped("layer", inner.weights))
        first = [] if _is_adapted(inner.weights) else [weights.pop(at)]
        return Inferred(inner.output, (*first, vector, *weights), inner.macs, inner.axes)

    def _kernel(self, weights: Sequence[Weight]) -> int | None:
        """Which of the layer's weights is its own kernel; None where that is in a part of it, such as a cell."""
        if isinstance(self.layer, _Sequence):
            return None
        own = "layer" if isinstance(self.layer, SpectralNormalization) else ""
        names = ("kernel", "embeddings")
        return next((at for at, one in enumerate(weights) if one.scope in ("", own) and one.name in names), None)

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Array:
        """The layer's output, in the dtype of the input."""
        (x,) = inputs
        inner = self.layer.infer(x.shape).weights
        if _is_adapted(inner):
            own = list(weights[1:])
        else:
            own = list(weights[2:])
            own.insert(self._kernel(inner) or 0, weights[0])
        y: Array = self.layer.apply(own, x)
        return y.astype(x.dtype, copy=False)

    def scratch(self, *shapes: Shape) -> int:
        """That of the layer."""
        inside: int = self.layer.scratch(*shapes)
        return inside


# Keras's initial estimate.
_SMALL = {"class_name": "TruncatedNormal", "config": {"mean": 0.0, "stddev": 0.02, "seed": None}}


def _is_adapted(weights: Sequence[Weight]) -> bool:
    """Whether the kernel is the sum of a weight and a low-rank product, which Keras does not list first."""
    return any(one.name.startswith("lora_") for one in weights)


def _unfit(argument: str, message: str, help: str) -> ArgumentError:
    return ArgumentError(message, code="unfit-layer", argument=argument, help=help)
