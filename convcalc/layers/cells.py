"""Cells: what a recurrent layer does at one time step. `RNN` repeats them; by themselves they take their states too."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from convcalc.compute import recurrence
from convcalc.compute.activations import function
from convcalc.compute.recurrence import States
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.layer import Layer
from convcalc.declare.naming import Numbering
from convcalc.declare.signature import Signature, check_count
from convcalc.declare.weight import Inferred, Weight, known, scoped
from convcalc.errors import ArgumentError, ShapeError
from convcalc.layers import _arguments as a
from convcalc.lazy import Array
from convcalc.sizes.formula import Product
from convcalc.sizes.shapes import Shape, show


def check_forget_bias(layer: Any) -> None:
    """Refuses an LSTM's bias whose other gates have no initializer: Keras asks it for their share."""
    if layer.use_bias and layer.unit_forget_bias and layer.bias_initializer is None:
        raise ArgumentError(
            "unit_forget_bias needs a bias_initializer for the other gates",
            code="bad-value",
            argument="bias_initializer",
            help="use 'zeros', or set unit_forget_bias=False",
        )


class Cell(ABC):
    """The rules of one time step, by the arguments of ``layer``: a cell by itself, or a layer that repeats the cell.

    At each step the input ``(batch, *inputs)`` and the states become an output and new states.
    """

    # How deep Keras nests the states: a stack's states are lists of its cells' states.
    depth: int

    def __init__(self, layer: Any) -> None:
        self.layer = layer

    @abstractmethod
    def output(self, x: Shape) -> Shape:
        """The shape of the output."""

    @abstractmethod
    def states(self, x: Shape) -> tuple[Shape, ...]:
        """The shapes of the states."""

    @abstractmethod
    def weights(self, x: Shape) -> Iterator[Weight]:
        """The weights, in Keras's order."""

    @abstractmethod
    def macs(self, x: Shape) -> Iterator[Product]:
        """Multiply-accumulates of one time step, for one sample."""

    @abstractmethod
    def project(self, w: Sequence[Array], x: Array) -> Array:
        """The part of the step that no state is needed for."""

    @abstractmethod
    def advance(self, w: Sequence[Array], z: Array, states: States) -> tuple[Array, States]:
        """The output and the states after one time step, whose input is projected."""

    def step(self, w: Sequence[Array], x: Array, states: States) -> tuple[Array, States]:
        """The output and the states after one time step."""
        return self.advance(w, self.project(w, x), states)


class Simple(Cell):
    """The cell of a `SimpleRNN`: the output is the state. The other cells of ``units`` have more gates."""

    # Blocks of ``units`` that the kernels make side by side, and the number of states.
    gates: ClassVar[int] = 1
    state_count: ClassVar[int] = 1
    depth = 0

    def output(self, x: Shape) -> Shape:
        """``(batch, units)``."""
        return (x[0], self.layer.units)

    def states(self, x: Shape) -> tuple[Shape, ...]:
        """As many states as the cell has, each as large as the output."""
        return (self.output(x),) * self.state_count

    @property
    def across(self) -> str:
        """The width of the kernels in words."""
        return f"{self.gates} × units" if self.gates > 1 else "units"

    def weights(self, x: Shape) -> Iterator[Weight]:
        """Kernel ``(inputs, gates × units)``, recurrent kernel ``(units, gates × units)``, bias."""
        units, wide = self.layer.units, self.gates * self.layer.units
        shape = (known(x[-1], "the number of inputs"), wide)
        yield Weight("kernel", shape, self.layer.kernel_initializer, dims=("inputs", self.across))
        shape = (units, wide)
        yield Weight("recurrent_kernel", shape, self.layer.recurrent_initializer, dims=("units", self.across))
        if self.layer.use_bias:
            yield self.bias()

    def bias(self) -> Weight:
        """The bias, one number for every unit of every gate."""
        return Weight("bias", (self.gates * self.layer.units,), self.layer.bias_initializer, dims=(self.across,))

    def macs(self, x: Shape) -> Iterator[Product]:
        """Both matrix products."""
        wide = (self.across, self.gates * self.layer.units)
        yield Product("kernel", ("inputs", x[-1]), wide)
        yield Product("recurrent_kernel", ("units", self.layer.units), wide)

    def project(self, w: Sequence[Array], x: Array) -> Array:
        """Input · kernel + bias, for all gates side by side."""
        z: Array = x @ w[0]
        if self.layer.use_bias:
            z += w[2]
        return z

    def advance(self, w: Sequence[Array], z: Array, states: States) -> tuple[Array, States]:
        """act(input · kernel + state · recurrent kernel + bias)."""
        y = recurrence.simple_rnn(z, states[0], w[1], function(self.layer.activation))
        return y, (y,)


class Lstm(Simple):
    """The cell of an `LSTM`; its states are the output and the carry."""

    gates = 4
    state_count = 2
    depth = 1

    def bias(self) -> Weight:
        """The bias; with ``unit_forget_bias`` the forget gate's begins at 1."""
        bias, units = super().bias(), self.layer.units
        if self.layer.unit_forget_bias:
            bias.ones = (units, 2 * units)
        return bias

    def advance(self, w: Sequence[Array], z: Array, states: States) -> tuple[Array, States]:
        """Both products and the bias, then the gates."""
        z, layer = z + states[0] @ w[1], self.layer
        after = recurrence.lstm(z, states[1], function(layer.activation), function(layer.recurrent_activation))
        return after[0], after


class Gru(Simple):
    """The cell of a `GRU`; its state is the output."""

    gates = 3

    def bias(self) -> Weight:
        """The bias; with ``reset_after`` one row for the input and one for the state."""
        bias = super().bias()
        if self.layer.reset_after:
            bias.shape, bias.dims = (2, *bias.shape), ("input and state", *bias.dims)
        return bias

    def project(self, w: Sequence[Array], x: Array) -> Array:
        """Input · kernel + the bias of the input, for all gates side by side."""
        return super().project([*w[:2], w[2][0]] if self.layer.use_bias and self.layer.reset_after else w, x)

    def advance(self, w: Sequence[Array], z: Array, states: States) -> tuple[Array, States]:
        """The gates, in the order that ``reset_after`` says."""
        h, act, gate = states[0], function(self.layer.activation), function(self.layer.recurrent_activation)
        if self.layer.reset_after:
            y = recurrence.gru(z, h, w[1], w[2][1] if self.layer.use_bias else 0.0, act, gate)
        else:
            y = recurrence.gru_reset_before(z, h, w[1], act, gate)
        return y, (y,)


class Stacked(Cell):
    """Cells one after the other as one cell: each takes the output of the cell before."""

    @property
    def depth(self) -> int:  # type: ignore[override]
        """One more than the deepest of the cells."""
        deepest: int = max(one.cell.depth for one in self.layer.cells)
        return deepest + 1

    def _chain(self, x: Shape) -> Iterator[tuple[Any, Cell, str, Shape]]:
        """Every layer and its cell, their place, and the shape of the input. Keras's files number places by kinds."""
        numbering = Numbering()
        for layer in self.layer.cells:
            yield layer, layer.cell, f"cells/{numbering.next(type(layer).__name__)}", x
            x = layer.cell.output(x)

    def output(self, x: Shape) -> Shape:
        """The output of the last cell."""
        for layer in self.layer.cells:
            x = layer.cell.output(x)
        return x

    def states(self, x: Shape) -> tuple[Shape, ...]:
        """The states of all cells."""
        return tuple(state for _, cell, _, own in self._chain(x) for state in cell.states(own))

    def weights(self, x: Shape) -> Iterator[Weight]:
        """The weights of all cells."""
        for layer, cell, place, own in self._chain(x):
            yield from scoped(place, map(layer.stored, cell.weights(own)))

    def macs(self, x: Shape) -> Iterator[Product]:
        """The products of all cells."""
        for _, cell, place, own in self._chain(x):
            for product in cell.macs(own):
                yield Product(f"{place}/{product.name}", *product.factors)

    def project(self, w: Sequence[Array], x: Array) -> Array:
        """The input as it is: each cell projects its own input."""
        return x

    def advance(self, w: Sequence[Array], z: Array, states: States) -> tuple[Array, States]:
        """The step of every cell, each with its own weights and states."""
        after: States = ()
        for _, cell, _, shape in self._chain(z.shape):
            own, kept = len([*cell.weights(shape)]), len(cell.states(shape))
            z, states_after = cell.step(w[:own], z, states[:kept])
            w, states, after = w[own:], states[kept:], (*after, *states_after)
        return z, after


class _Alone(Layer):
    """A cell as a layer: inputs ``(batch, inputs)`` and the states before; outputs the output and the states after."""

    signature = Signature("inputs", "states", least=2, most=None, lists=("states",))
    rules: ClassVar[type[Cell]]

    @property
    def cell(self) -> Cell:
        """The rules of the time step."""
        return self.rules(self)

    @classmethod
    def ranks(cls) -> range:
        """Batch and inputs."""
        return range(2, 3)

    def infer(self, *shapes: Shape) -> Inferred:
        """One time step; `ShapeError` for states that are not the cell's own."""
        (x, *given), cell = shapes, self.cell
        inputs = 1 + len(cell.states(x))
        check_count(self.kind, len(shapes), inputs, inputs)
        if len(x) not in self.ranks():
            raise self.wrong_rank(x)
        x = (next((shape[0] for shape in shapes if shape and shape[0]), None), x[1])
        states = cell.states(x)
        for number, (one, own) in enumerate(zip(given, states, strict=True), 1):
            if one not in (own, (None, *own[1:])):
                message = f"state {number} is {show(one)}, and the cell's is {show(own)}"
                raise ShapeError(message, code="state", why=f"the cell's input is {show(x)}")
        weights = tuple(map(self.stored, cell.weights(x)))
        return Inferred(cell.output(x), weights, tuple(cell.macs(x)), (), states)

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Any:
        """The output, and the states after the step."""
        x, *states = inputs
        y, after = self.cell.step(weights, x, tuple(states))
        return (y, *after)


class SimpleRNNCell(_Alone):
    """One time step of a `SimpleRNN`.

    >>> SimpleRNNCell(4).infer((None, 3), (None, 4))
    (None, 4)  32 params  28 MACs
    """

    signature = Signature("sequence", "states", least=2, most=None, lists=("states",))
    rules = Simple
    units: int = a.units
    activation: Any = a.tanh
    use_bias: bool = a.use_bias
    kernel_initializer: Any = a.initializer("kernel")
    recurrent_initializer: Any = a.initializer("recurrent kernel", "orthogonal")
    bias_initializer: Any = a.initializer("bias", "zeros")
    kernel_regularizer: Any = a.regularizer("kernel")
    recurrent_regularizer: Any = a.regularizer("recurrent kernel")
    bias_regularizer: Any = a.regularizer("bias")
    kernel_constraint: Any = a.constraint("kernel")
    recurrent_constraint: Any = a.constraint("recurrent kernel")
    bias_constraint: Any = a.constraint("bias")
    dropout: float = a.dropout
    recurrent_dropout: float = a.recurrent_dropout
    seed: int | None = a.seed


class LSTMCell(_Alone):
    """One time step of an `LSTM`; its states are the output and the carry.

    >>> LSTMCell(4).infer((None, 3), (None, 4), (None, 4))
    (None, 4)  128 params  112 MACs
    """

    rules = Lstm
    units: int = a.units
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
    kernel_constraint: Any = a.constraint("kernel")
    recurrent_constraint: Any = a.constraint("recurrent kernel")
    bias_constraint: Any = a.constraint("bias")
    dropout: float = a.dropout
    recurrent_dropout: float = a.recurrent_dropout
    seed: int | None = a.seed
    extras = {"implementation": a.implementation}

    def check(self) -> None:
        """The bias needs an initializer beside the forget gate's."""
        check_forget_bias(self)


class GRUCell(_Alone):
    """One time step of a `GRU`.

    >>> GRUCell(4).infer((None, 3), (None, 4))
    (None, 4)  108 params  84 MACs
    """

    rules = Gru
    units: int = a.units
    activation: Any = a.tanh
    recurrent_activation: Any = a.recurrent_activation
    use_bias: bool = a.use_bias
    kernel_initializer: Any = a.initializer("kernel")
    recurrent_initializer: Any = a.initializer("recurrent kernel", "orthogonal")
    bias_initializer: Any = a.initializer("bias", "zeros")
    kernel_regularizer: Any = a.regularizer("kernel")
    recurrent_regularizer: Any = a.regularizer("recurrent kernel")
    bias_regularizer: Any = a.regularizer("bias")
    kernel_constraint: Any = a.constraint("kernel")
    recurrent_constraint: Any = a.constraint("recurrent kernel")
    bias_constraint: Any = a.constraint("bias")
    dropout: float = a.dropout
    recurrent_dropout: float = a.recurrent_dropout
    reset_after: bool = a.reset_after
    seed: int | None = a.seed
    extras = {"implementation": a.implementation}


class StackedRNNCells(_Alone):
    """Cells one after the other as one cell: each takes the output of the one before.

    >>> StackedRNNCells([LSTMCell(4), GRUCell(2)]).infer((None, 3), (None, 4), (None, 4), (None, 2))
    (None, 2)  176 params  148 MACs
    """

    rules = Stacked
    cells: Any = arg(t.cells, doc="the cells, the first one first")

    @property
    def output_dtype(self) -> str:
        """The dtype of the last cell's output."""
        dtype: str = self.cells[-1].output_dtype
        return dtype

    def stored(self, weight: Weight) -> Weight:
        """The weight as it is: stored by its cell, whether or not the stack is frozen."""
        return weight
