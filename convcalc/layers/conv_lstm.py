"""Convolutional LSTMs (Shi et al. 2015, https://arxiv.org/abs/1506.04214): ConvLSTM1D, ConvLSTM2D, ConvLSTM3D."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from convcalc.compute.activations import function, linear
from convcalc.compute.kernels.choice import Case, kernel, needs
from convcalc.compute.kernels.finish import Finish
from convcalc.compute.kernels.workspace import Workspace
from convcalc.compute.linear import Convolution
from convcalc.compute.recurrence import Function, States, lstm
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.weight import Inferred, Weight, known
from convcalc.layers import _arguments as a
from convcalc.layers._cells import check_forget_bias
from convcalc.layers._sequence import _Sequence
from convcalc.layers._spatial import _Spatial
from convcalc.layers.conv import refuse_strided_dilation
from convcalc.lazy import Array, np
from convcalc.sizes.formula import Product
from convcalc.sizes.shapes import Shape, product
from convcalc.sizes.windows import Window


class _ConvLSTM(_Sequence, _Spatial):
    """Inputs are ``(batch, time, *spatial, channels)``; the state is convolved with "same" padding.

    MACs are those of both convolutions, times the time steps.
    """

    sees_all = False
    moves_axes = True
    extras = {**_Sequence.extras, "unroll": a.unroll}
    filters: int = arg(t.natural, doc="number of output channels")
    kernel_size: tuple[int, ...] = a.kernel_size
    strides: tuple[int, ...] = a.strides
    padding: str = a.padding
    data_format: str = a.data_format
    dilation_rate: tuple[int, ...] = a.dilation_rate
    activation: Any = a.tanh
    recurrent_activation: Any = a.recurrent_activation
    use_bias: bool = a.use_bias
    kernel_initializer: Any = a.initializer("kernel")
    recurrent_initializer: Any = a.initializer("recurrent kernel", "orthogonal")
    bias_initializer: Any = a.initializer("bias", "zeros")
    unit_forget_bias: bool = a.unit_forget_bias
    kernel_regularizer: Any = a.regularizer("kernel")
    recurrent_regularizer: Any = a.regularizer("recurrent kernel")
    bias_regularizer: Any = a.regularizer("bias")
    activity_regularizer: Any = a.activity_regularizer
    kernel_constraint: Any = a.constraint("kernel")
    recurrent_constraint: Any = a.constraint("recurrent kernel")
    bias_constraint: Any = a.constraint("bias")
    dropout: float = a.dropout
    recurrent_dropout: float = a.recurrent_dropout
    seed: int | None = a.seed
    return_sequences: bool = a.return_sequences
    return_state: bool = a.return_state
    go_backwards: bool = a.go_backwards
    stateful: bool = a.stateful

    def check(self) -> None:
        """Stride and dilation exclude each other; the bias needs an initializer."""
        refuse_strided_dilation(self.strides, self.dilation_rate)
        check_forget_bias(self)

    @classmethod
    def ranks(cls) -> range:
        """Batch, time, the spatial axes and the channels."""
        return range(cls.rank + 3, cls.rank + 4)

    def infer(self, *shapes: Shape) -> Inferred:
        """The rules on ``(batch, time, *spatial, channels)``; without axes, as time is not walked by windows."""
        shape = self.only(shapes)
        if len(shape) not in self.ranks():
            raise self.wrong_rank(shape)
        x = self._channels_last(shape)
        y = self.output(x)
        weights = tuple(self.stored(weight) for weight in self.weights(x))
        more = tuple(map(self._as_stored, self.more(x, y)))
        return Inferred(self._as_stored(y), weights, tuple(self.macs(x, y)), (), more)

    def stored(self, weight: Weight) -> Weight:
        """The weight as stored by the cell that Keras makes: it trains, whether or not this layer is frozen."""
        weight = super().stored(weight)
        weight.trainable = True
        return weight

    def _channels_last(self, x: Shape) -> Shape:
        """The input's shape as the rules take it."""
        return (*x[:2], *x[3:], x[2]) if self.is_channels_first else x

    def _as_stored(self, y: Shape) -> Shape:
        """An output's shape in the layer's data format; the channels follow the batch, and time where it is kept."""
        at = len(y) - self.rank - 1
        return (*y[:at], y[-1], *y[at:-1]) if self.is_channels_first else y

    def apply(self, weights: Sequence[Array], *inputs: Array, **call: Any) -> Any:
        """The outputs at inference."""
        (x,) = inputs
        if not self.is_channels_first:
            return self.forward(weights, x, **call)
        call["initial_state"] = tuple(np.moveaxis(state, 1, -1) for state in call.get("initial_state", ()))
        outputs = self.forward(weights, np.moveaxis(x, 2, -1), **call)
        turned = [np.moveaxis(y, -1, y.ndim - self.rank - 1) for y in (outputs if self.return_state else [outputs])]
        return tuple(turned) if self.return_state else turned[0]

    def axes(self, x: Shape) -> tuple[Window, ...]:
        """One window for every spatial axis of a time step."""
        sizes = zip(self.kernel_size, self.strides, self.dilation_rate, strict=True)
        return tuple(Window(size, stride, dilation, self.padding) for size, stride, dilation in sizes)

    def step_output(self, x: Shape) -> Shape:
        """``(batch, *lengths, filters)`` of ``(batch, *spatial, channels)``."""
        for size in x[1:-1]:
            known(size, "the length of a spatial axis")
        return (x[0], *self.lengths(x), self.filters)

    def step_states(self, x: Shape) -> tuple[Shape, ...]:
        """State and carry, as large as the output."""
        return (self.step_output(x),) * 2

    def step_weights(self, x: Shape) -> Iterator[Weight]:
        """Kernels ``(*kernel_size, channels, 4 × filters)`` and ``(*kernel_size, filters, 4 × filters)``, bias."""
        taps = tuple(f"kernel_size[{axis}]" for axis in range(self.rank))
        channels, wide = known(x[-1], "the number of channels"), 4 * self.filters
        shape, dims = (*self.kernel_size, channels, wide), (*taps, "channels", "4 × filters")
        yield Weight("kernel", shape, self.kernel_initializer, dims=dims)
        shape, dims = (*self.kernel_size, self.filters, wide), (*taps, "filters", "4 × filters")
        yield Weight("recurrent_kernel", shape, self.recurrent_initializer, dims=dims)
        if self.use_bias:
            ones = (self.filters, 2 * self.filters) if self.unit_forget_bias else (0, 0)
            yield Weight("bias", (wide,), self.bias_initializer, dims=("4 × filters",), ones=ones)

    def step_macs(self, x: Shape) -> Iterator[Product]:
        """Both convolutions of one time step; taps on padding count."""
        positions = ("output positions", product(self.lengths(x)))
        wide, taps = ("4 × filters", 4 * self.filters), ("taps", product(self.kernel_size))
        yield Product("kernel", positions, wide, ("channels", x[-1]), taps)
        yield Product("recurrent_kernel", positions, wide, ("filters", self.filters), taps)

    def scratch(self, *shapes: Shape) -> int:
        """One time step, and what its kernels hold."""
        x = self._channels_last(shapes[0])
        step = (x[0], *x[2:])
        ends = (step, self.axes(step)), (self.step_output(step), self._again)
        zero = np.zeros((), np.float32)
        values = 0
        for weight, (shape, windows) in zip(self.step_weights(step), ends, strict=False):
            conv = Convolution(np.broadcast_to(zero, weight.shape), None, windows)
            values += sum(needs(conv, _case(conv, shape)).values()) // zero.itemsize
        return super().scratch(x) + values

    @property
    def _again(self) -> tuple[Window, ...]:
        """The windows over the state."""
        return tuple(Window(size, padding="same") for size in self.kernel_size)

    def project(self, w: Sequence[Array], x: Array) -> Array:
        """The input's convolution, plus the bias."""
        return _convolved(Convolution(w[0], w[2] if self.use_bias else None, self.axes(x.shape)), x)

    def advance(self, w: Sequence[Array], z: Array, states: States) -> tuple[Array, States]:
        """Both convolutions and the bias, then the gates."""
        z = z + _convolved(Convolution(w[1], None, self._again), states[0])
        after = lstm(z, states[1], self._along(self.activation), self._along(self.recurrent_activation))
        return after[0], after

    def _along(self, activation: Any) -> Function:
        """The activation, along the last axis as stored."""
        act = function(activation)
        if not self.is_channels_first:
            return act
        return lambda y: np.moveaxis(act(np.moveaxis(y, -1, 1)), 1, -1)


def _convolved(conv: Convolution, x: Array) -> Array:
    """The convolution, by a kernel."""
    case = _case(conv, x.shape)
    y = np.empty(case.y, x.dtype)
    kernel(conv, case)(x, y)
    return y


def _case(conv: Convolution, x: Shape) -> Case:
    """The kernel's: of those that add rounding to that of a plain sum, none, as errors grow over the time steps."""
    lengths = (window.out(n) for window, n in zip(conv.windows, x[1:-1], strict=True))
    known_x, y = (tuple(n or 0 for n in shape) for shape in (x, (x[0], *lengths, conv.kernel.shape[-1])))
    return Case(Finish(conv.bias, "linear", linear), known_x, y, Workspace(), exact=True)


class ConvLSTM1D(_ConvLSTM):
    """An LSTM over sequences of sequences, convolutions in place of its products.

    >>> ConvLSTM1D(2, 3).on(4, 8, 3)
    (None, 6, 2)  128 params  2,880 MACs
    """

    rank = 1


class ConvLSTM2D(_ConvLSTM):
    """An LSTM over sequences of images, convolutions in place of its products.

    >>> ConvLSTM2D(2, 3).on(4, 8, 9, 3)
    (None, 6, 7, 2)  368 params  60,480 MACs
    """

    rank = 2


class ConvLSTM3D(_ConvLSTM):
    """An LSTM over sequences of volumes, convolutions in place of its products.

    >>> ConvLSTM3D(2, 2).on(2, 4, 4, 4, 3)
    (None, 3, 3, 3, 2)  328 params  17,280 MACs
    """

    rank = 3
