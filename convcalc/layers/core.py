"""The layers at the heart of any model: the input, Dense, and what only passes values on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from convcalc.compute.linear import Linear, Matrix
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.layer import Layer
from convcalc.declare.traits import Masks, Simple
from convcalc.declare.weight import Weight, known
from convcalc.errors import ArgumentError
from convcalc.layers import _arguments as a
from convcalc.layers._lora import adapted, adapted_kernel, check_lora
from convcalc.lazy import Array
from convcalc.sizes.formula import Product, Step
from convcalc.sizes.shapes import Dim, Shape, product


class InputLayer(Layer):
    """A model's input.

    >>> InputLayer((10, 3)).on(10, 3)
    (None, 10, 3)  0 params  0 MACs
    """

    aliases = ("Input",)
    built_at_init = True
    renamed = {"input_shape": "shape", "batch_input_shape": "batch_shape"}
    shape: Shape | None = arg(t.dims, default=None, doc="sizes without the batch")
    batch_size: int | None = arg(t.natural, default=None, doc="number of samples in a batch")
    dtype: str = arg(t.dtype, default=None, doc="dtype of the input")
    sparse: bool | None = arg(t.flag, default=None, doc="whether the input is sparse")
    ragged: bool | None = arg(t.flag, default=None, doc="whether the input is ragged")
    batch_shape: Shape | None = arg(t.dims, default=None, doc="sizes with the batch first")
    input_tensor: Any = arg(t.anything, default=None, doc="a tensor to use instead")
    optional: bool = arg(t.flag, default=False, doc="whether it may be left out")

    def check(self) -> None:
        """One of shape and batch_shape, the batch only once, and no tensor."""
        if (self.shape is None) == (self.batch_shape is None):
            raise ArgumentError(
                "an input needs either shape or batch_shape",
                code="input-shape",
                help="write Input((10, 3)): the sizes without the batch",
            )
        if self.batch_shape is not None and self.batch_size is not None:
            raise ArgumentError("batch_shape already gives the batch size", code="input-shape", argument="batch_size")
        if self.batch_shape == ():
            raise ArgumentError("batch_shape lacks the batch", code="input-shape", argument="batch_shape")
        if self.sparse and self.ragged:
            raise ArgumentError("an input is either sparse or ragged", code="input-kind", argument="ragged")
        if self.input_tensor is not None:
            raise ArgumentError("a tensor cannot be given here", code="input-kind", argument="input_tensor")

    @property
    def sizes(self) -> Shape:
        """The shape without the batch."""
        return self.batch_shape[1:] if self.batch_shape is not None else self.shape or ()

    @property
    def batch(self) -> Dim:
        """The batch size; None when it is open."""
        return self.batch_shape[0] if self.batch_shape else self.batch_size


class Dense(Layer):
    """A weighted sum of all inputs for each unit, at every position by itself.

    >>> Dense(10).on(32)
    (None, 10)  330 params  320 MACs
    """

    masks = Masks(passes=True)
    units: int = arg(t.positive, doc="number of outputs")
    activation: Any = a.activation
    use_bias: bool = a.use_bias
    kernel_initializer: Any = a.initializer("kernel")
    bias_initializer: Any = a.initializer("bias", "zeros")
    kernel_regularizer: Any = a.regularizer("kernel")
    bias_regularizer: Any = a.regularizer("bias")
    activity_regularizer: Any = a.activity_regularizer
    kernel_constraint: Any = a.constraint("kernel")
    bias_constraint: Any = a.constraint("bias")
    lora_rank: int | None = a.lora_rank
    lora_alpha: float | None = a.lora_alpha
    quantization_config: Any = arg(t.anything, default=None, doc="how to quantize the weights later")

    def check(self) -> None:
        """A constrained kernel is not adapted."""
        check_lora(self)

    @classmethod
    def ranks(cls) -> range:
        """Any rank with a last axis beside the batch."""
        return range(2, 100)

    def output(self, x: Shape) -> Shape:
        """The last axis becomes ``units``."""
        return (*x[:-1], self.units)

    def weights(self, x: Shape) -> Iterator[Weight]:
        """Kernel ``(inputs, units)`` and bias ``(units,)``, adapted on demand."""
        shape = (known(x[-1], "the number of inputs"), self.units)
        kernel = Weight("kernel", shape, self.kernel_initializer, dims=("inputs", "units"))
        bias = Weight("bias", (self.units,), self.bias_initializer, dims=("units",))
        yield from adapted(self.lora_rank, kernel, bias if self.use_bias else None)

    def macs(self, x: Shape, y: Shape) -> Iterator[Product]:
        """Positions × inputs × units."""
        positions = [("positions", product(x[1:-1]))] if len(x) > 2 else []
        yield Product("kernel", *positions, ("inputs", x[-1]), ("units", self.units))

    def steps(self, x: Shape, y: Shape) -> Iterator[Step]:
        """The last axis becomes ``units``."""
        yield Step("shape", "units in place of the last axis", "", y)

    def linear(self, w: Sequence[Array], x: Shape) -> tuple[Linear, ...]:
        """The input · kernel + bias. Keras 3.15 forgets the lora_alpha of a Dense."""
        return (Matrix(adapted_kernel(self.lora_rank, w), w[1] if self.use_bias else None),)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The input · kernel + bias, then the activation."""
        (one,) = self.linear(w, x.shape)
        y = one.product(x)
        return self.activate(y if one.bias is None else y + one.bias)


class Activation(Layer):
    """An activation function as a layer.

    >>> Activation("relu").on(5, 3)
    (None, 5, 3)  0 params  0 MACs
    """

    built_at_init = True
    masks = Masks(passes=True)
    activation: Any = arg(t.activation, doc="function applied to the input")

    def simply(self, x: Shape) -> Simple:
        """The function, where it has a name."""
        return Simple(applies=self.activation if isinstance(self.activation, str) else None)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The activation of every value."""
        return self.activate(x)


class Identity(Layer):
    """The input itself.

    >>> Identity().on(5, 3)
    (None, 5, 3)  0 params  0 MACs
    """

    built_at_init = True
    masks = Masks(passes=True)
