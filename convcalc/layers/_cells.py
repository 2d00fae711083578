"""What happens at one time step: the rules of cells, shared by the layers that loop over them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from convcalc.compute import recurrence
from convcalc.compute.activations import function
from convcalc.declare.layer import Layer
from convcalc.declare.weight import Weight, known
from convcalc.errors import ArgumentError
from convcalc.lazy import Array
from convcalc.sizes.formula import Product
from convcalc.sizes.shapes import Shape


def check_forget_bias(layer: Any) -> None:
    """Refuses an LSTM's bias whose other gates have no initializer: Keras asks it for their share."""
    if layer.use_bias and layer.unit_forget_bias and layer.bias_initializer is None:
        raise ArgumentError(
            "unit_forget_bias needs a bias_initializer for the other gates",
            code="bad-value",
            argument="bias_initializer",
            help="use 'zeros', or set unit_forget_bias=False",
        )


class _Cell(Layer):
    """A cell: at each step, the input ``(batch, inputs)`` and its states become an output and new states.

    The first state is the output.
    """

    # Blocks of ``units`` that the kernels make side by side, and the number of states.
    gates: ClassVar[int] = 1
    state_count: ClassVar[int] = 1
    units: int
    recurrent_activation: Any
    use_bias: bool
    kernel_initializer: Any
    recurrent_initializer: Any
    bias_initializer: Any

    def step_output(self, x: Shape) -> Shape:
        """``(batch, units)``."""
        return (x[0], self.units)

    def step_states(self, x: Shape) -> tuple[Shape, ...]:
        """The shapes of the states."""
        return (self.step_output(x),) * self.state_count

    @property
    def across(self) -> str:
        """The width of the kernels in words."""
        return f"{self.gates} × units" if self.gates > 1 else "units"

    def step_weights(self, x: Shape) -> Iterator[Weight]:
        """Kernel ``(inputs, gates × units)``, recurrent kernel ``(units, gates × units)``, bias."""
        wide = self.gates * self.units
        shape = (known(x[-1], "the number of inputs"), wide)
        yield Weight("kernel", shape, self.kernel_initializer, dims=("inputs", self.across))
        shape = (self.units, wide)
        yield Weight("recurrent_kernel", shape, self.recurrent_initializer, dims=("units", self.across))
        if self.use_bias:
            yield self.bias()

    def bias(self) -> Weight:
        """The bias, one number for every unit of every gate."""
        return Weight("bias", (self.gates * self.units,), self.bias_initializer, dims=(self.across,))

    def step_macs(self, x: Shape) -> Iterator[Product]:
        """Both matrix products of one time step."""
        wide = (self.across, self.gates * self.units)
        yield Product("kernel", ("inputs", x[-1]), wide)
        yield Product("recurrent_kernel", ("units", self.units), wide)

    def project(self, w: Sequence[Array], x: Array) -> Array:
        """Input · kernel + bias, for all gates side by side."""
        z: Array = x @ w[0]
        if self.use_bias:
            z += w[2]
        return z

    def advance(self, w: Sequence[Array], z: Array, states: recurrence.States) -> tuple[Array, recurrence.States]:
        """The output and the states after one time step, whose input is projected."""
        raise NotImplementedError

    def step(self, w: Sequence[Array], x: Array, states: recurrence.States) -> tuple[Array, recurrence.States]:
        """The output and the states after one time step."""
        return self.advance(w, self.project(w, x), states)


class _Simple(_Cell):
    def advance(self, w: Sequence[Array], z: Array, states: recurrence.States) -> tuple[Array, recurrence.States]:
        """act(input · kernel + state · recurrent kernel + bias)."""
        y = recurrence.simple(z, states[0], w[1], function(self.activation))
        return y, (y,)


class _Lstm(_Cell):
    gates = 4
    state_count = 2
    unit_forget_bias: bool

    def check(self) -> None:
        """The bias needs an initializer beside the forget gate's."""
        check_forget_bias(self)

    def bias(self) -> Weight:
        """The bias; with ``unit_forget_bias`` the forget gate's begins at 1."""
        bias = super().bias()
        if self.unit_forget_bias:
            bias.ones = (self.units, 2 * self.units)
        return bias

    def advance(self, w: Sequence[Array], z: Array, states: recurrence.States) -> tuple[Array, recurrence.States]:
        """Both products and the bias, then the gates."""
        z = z + states[0] @ w[1]
        after = recurrence.lstm(z, states[1], function(self.activation), function(self.recurrent_activation))
        return after[0], after


class _Gru(_Cell):
    gates = 3
    reset_after: bool

    def bias(self) -> Weight:
        """The bias; with ``reset_after`` one row for the input and one for the state."""
        bias = super().bias()
        if self.reset_after:
            bias.shape, bias.dims = (2, *bias.shape), ("input and state", *bias.dims)
        return bias

    def project(self, w: Sequence[Array], x: Array) -> Array:
        """Input · kernel + the bias of the input, for all gates side by side."""
        return super().project([*w[:2], w[2][0]] if self.use_bias and self.reset_after else w, x)

    def advance(self, w: Sequence[Array], z: Array, states: recurrence.States) -> tuple[Array, recurrence.States]:
        """The gates, in the order that ``reset_after`` says."""
        h, act, gate = states[0], function(self.activation), function(self.recurrent_activation)
        if self.reset_after:
            y = recurrence.gru(z, h, w[1], w[2][1] if self.use_bias else 0.0, act, gate)
        else:
            y = recurrence.gru_reset_before(z, h, w[1], act, gate)
        return y, (y,)
