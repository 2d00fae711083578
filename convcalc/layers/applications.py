"""Layers that Keras's applications have of their own: scales of a residual branch, and its dropping in training."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.layer import Layer
from convcalc.declare.signature import Signature
from convcalc.declare.traits import Home
from convcalc.declare.weight import Inferred, Weight
from convcalc.layers.ops.operands import together
from convcalc.lazy import Array
from convcalc.sizes.formula import Step
from convcalc.sizes.shapes import Shape


class LayerScale(Layer):
    """A learned factor for every channel, in ConvNeXt (Touvron et al. 2021, arXiv:2103.17239).

    >>> LayerScale(1e-6, 3).on(5, 6, 3)
    (None, 5, 6, 3)  3 params  0 MACs
    """

    home = Home("keras.src.applications.convnext")
    signature = Signature("x")
    init_values: float = arg(t.number, doc="the factors before training")
    projection_dim: int = arg(t.positive, doc="number of channels")

    def output(self, x: Shape) -> Shape:
        """The input's shape, broadcast with the channels."""
        return together(x, (self.projection_dim,))

    def weights(self, x: Shape) -> Iterator[Weight]:
        """The factors, to which Keras gives no name."""
        initializer = {"class_name": "Constant", "config": {"value": self.init_values}}
        yield Weight("variable", (self.projection_dim,), initializer, dims=("channels",))

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The input × the factors."""
        y: Array = x * w[0]
        return y


class StochasticDepth(Layer):
    """Whole samples of a residual branch dropped at random, in training (Huang et al. 2016, arXiv:1603.09382).

    >>> StochasticDepth(0.1).on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    home = Home("keras.src.applications.convnext")
    signature = Signature("x")
    drop_path_rate: Any = arg(t.anything, doc="share of the samples dropped, in training")


class CustomScaleLayer(Layer):
    """Its first input plus its second times a factor, in InceptionResNetV2.

    >>> CustomScaleLayer(0.17).infer((None, 5, 6, 3), (None, 5, 6, 3))
    (None, 5, 6, 3)  0 params  0 MACs
    """

    home = Home("keras.src.applications.inception_resnet_v2")
    # Keras takes more inputs than two, and looks at the first two.
    signature = Signature("inputs", least=2, most=None, in_list=True)
    scale: float = arg(t.number, doc="factor of the second input")

    def infer(self, *shapes: Shape) -> Inferred:
        """The first two inputs broadcast; `ShapeError` where they do not go together."""
        self.count(shapes)
        return Inferred(together(*shapes[:2]), (), (), ())

    def steps(self, x: Shape, y: Shape) -> Iterable[Step]:
        """The inputs broadcast."""
        yield Step("shape", "the inputs broadcast", "", y)

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Array:
        """First input + second × scale."""
        y: Array = inputs[0] + inputs[1] * self.scale
        return y
