"""Activations with options of their own: ReLU, LeakyReLU, PReLU, ELU, Softmax."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from convcalc.compute.activations import elu, leaky_relu, masked_softmax, relu, softmax
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.calls import Accepts
from convcalc.declare.layer import Layer
from convcalc.declare.weight import Weight, known
from convcalc.errors import ShapeError
from convcalc.layers import _arguments as a
from convcalc.lazy import Array
from convcalc.sizes.shapes import Shape, show


class ReLU(Layer):
    """What is above a threshold, up to a maximum; below it nothing, or a slope.

    >>> ReLU(6).on(5, 3)
    (None, 5, 3)  0 params  0 MACs
    """

    built_at_init = True
    supports_masking = True
    max_value: float | None = arg(t.non_negative, default=None, doc="largest output")
    negative_slope: float = arg(t.non_negative, default=0.0, doc="slope below the threshold")
    threshold: float = arg(t.non_negative, default=0.0, doc="value below which the slope applies")

    @property
    def applies(self) -> str | None:
        """``relu`` or ``relu6``, where its numbers are theirs."""
        known: dict[float | None, str] = {None: "relu", 6: "relu6"}
        return None if self.negative_slope or self.threshold else known.get(self.max_value)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """`relu` of every value."""
        return relu(x, self.negative_slope, self.max_value, self.threshold)


class LeakyReLU(Layer):
    """Positive values, and a part of the negative ones.

    >>> LeakyReLU(0.1).on(5, 3)
    (None, 5, 3)  0 params  0 MACs
    """

    built_at_init = True
    supports_masking = True
    renamed = {"alpha": "negative_slope"}
    negative_slope: float = arg(t.non_negative, default=0.3, doc="slope below zero")

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """`leaky_relu` of every value."""
        return leaky_relu(x, self.negative_slope)


class ELU(Layer):
    """Positive values, and negative ones bent towards -alpha.

    >>> ELU().on(5, 3)
    (None, 5, 3)  0 params  0 MACs
    """

    built_at_init = True
    supports_masking = True
    alpha: float = arg(t.number, default=1.0, doc="how far negative values reach")

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """`elu` of every value."""
        return elu(x, self.alpha)


class Softmax(Layer):
    """Shares that add up to 1 along an axis, or several together.

    >>> Softmax().on(5, 3)
    (None, 5, 3)  0 params  0 MACs
    """

    built_at_init = True
    supports_masking = True
    call = Accepts("inputs", tensors=("mask",))
    axis: tuple[int, ...] = a.axes("axes along which the outputs add up to 1")

    def apply(self, weights: Sequence[Array], *inputs: Array, mask: Array | None = None) -> Array:
        """`softmax` along ``axis`` over what the mask keeps; 0 elsewhere."""
        (x,) = inputs
        return softmax(x, self.axis) if mask is None else masked_softmax(x, mask, self.axis)


class PReLU(Layer):
    """Positive values, and a learned part of the negative ones.

    >>> PReLU(shared_axes=[1, 2]).on(5, 6, 3)
    (None, 5, 6, 3)  3 params  0 MACs
    """

    supports_masking = True
    alpha_initializer: Any = a.initializer("slopes", "Zeros")
    alpha_regularizer: Any = a.regularizer("slopes")
    alpha_constraint: Any = a.constraint("slopes")
    shared_axes: tuple[int, ...] | None = arg(t.indices, default=None, doc="axes along which the slope is the same")

    def weights(self, x: Shape) -> Iterator[Weight]:
        """``alpha``: one slope for each value of a sample, 1 along shared axes."""
        # Keras looks up axis i of the batch's shape at i - 1, so that axis 0 shares the last and -1 the one before.
        shared = {self._place(axis, x) for axis in self.shared_axes or ()}
        sizes = [1 if at in shared else known(n, f"axis {at + 1}") for at, n in enumerate(x[1:])]
        dims = tuple("1" if at in shared else f"axis {at + 1}" for at in range(len(sizes)))
        yield Weight("alpha", tuple(sizes), self.alpha_initializer, dims=dims)

    def _place(self, axis: int, x: Shape) -> int:
        rank = len(x) - 1
        if not -rank < axis <= rank:
            raise ShapeError(
                f"there is no axis {axis} to share",
                code="no-axis",
                argument="shared_axes",
                why=f"its input is {show(x)}, and the batch is axis 0",
                help=f"use axes from 1 to {rank}",
            )
        return (axis - 1) % rank

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The value above 0, ``alpha`` × the value below."""
        return leaky_relu(x, w[0])
