"""Cells: what a recurrent layer does at one time step. `RNN` repeats them; by themselves they take their states too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from convcalc.compute.recurrence import States
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.calls import Accepts
from convcalc.declare.layer import MANY
from convcalc.declare.naming import Numbering
from convcalc.declare.weight import Inferred, Weight, scoped
from convcalc.errors import ShapeError
from convcalc.layers import _arguments as a
from convcalc.layers._cells import _Cell, _Gru, _Lstm, _Simple
from convcalc.lazy import Array
from convcalc.sizes.formula import Product
from convcalc.sizes.shapes import Shape, show


class _Alone(_Cell):
    """A cell as a layer: inputs ``(batch, inputs)`` and the states before; outputs the output and the states after."""

    is_cell = True
    call = Accepts("inputs", "states", lists=("states",))
    takes = range(2, MANY)

    @classmethod
    def ranks(cls) -> range:
        """Batch and inputs."""
        return range(2, 3)

    @property
    def depth(self) -> int:
        """How deep Keras nests its states: a stack's are lists of its cells'."""
        return int(self.state_count > 1)

    def infer(self, *shapes: Shape) -> Inferred:
        """One time step; `ShapeError` for states that are not the cell's own."""
        x, *given = shapes
        inputs = 1 + len(self.step_states(x))
        self.count(shapes, range(inputs, inputs + 1))
        if len(x) not in self.ranks():
            raise self.wrong_rank(x)
        x = (next((shape[0] for shape in shapes if shape and shape[0]), None), x[1])
        states = self.step_states(x)
        for number, (one, own) in enumerate(zip(given, states, strict=True), 1):
            if one not in (own, (None, *own[1:])):
                message = f"state {number} is {show(one)}, and the cell's is {show(own)}"
                raise ShapeError(message, code="state", why=f"the cell's input is {show(x)}")
        weights = tuple(map(self.stored, self.step_weights(x)))
        return Inferred(self.step_output(x), weights, tuple(self.step_macs(x)), (), states)

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Any:
        """The output, and the states after the step."""
        x, *states = inputs
        y, after = self.step(weights, x, tuple(states))
        return (y, *after)


class SimpleRNNCell(_Alone, _Simple):
    """One time step of a `SimpleRNN`.

    >>> SimpleRNNCell(4).infer((None, 3), (None, 4))
    (None, 4)  32 params  28 MACs
    """

    call = Accepts("sequence", *_Alone.call.inputs[1:], lists=_Alone.call.lists)
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


class LSTMCell(_Alone, _Lstm):
    """One time step of an `LSTM`; its states are the output and the carry.

    >>> LSTMCell(4).infer((None, 3), (None, 4), (None, 4))
    (None, 4)  128 params  112 MACs
    """

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


class GRUCell(_Alone, _Gru):
    """One time step of a `GRU`.

    >>> GRUCell(4).infer((None, 3), (None, 4))
    (None, 4)  108 params  84 MACs
    """

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

    cells: Any = arg(t.cells, doc="the cells, the first one first")

    @property
    def depth(self) -> int:
        """One more than the deepest of its cells."""
        deepest: int = max(cell.depth for cell in self.cells)
        return deepest + 1

    @property
    def output_dtype(self) -> str:
        """That of the last cell."""
        dtype: str = self.cells[-1].output_dtype
        return dtype

    def _chain(self, x: Shape) -> Iterator[tuple[_Cell, str, Shape]]:
        """Every cell, its place, and the shape of its input. Keras's files number the places by their kinds."""
        numbering = Numbering()
        for cell in self.cells:
            yield cell, f"cells/{numbering.next(type(cell).__name__)}", x
            x = cell.step_output(x)

    def step_output(self, x: Shape) -> Shape:
        """The last cell's."""
        for cell in self.cells:
            x = cell.step_output(x)
        return x

    def step_states(self, x: Shape) -> tuple[Shape, ...]:
        """Those of all cells."""
        return tuple(state for cell, _, own in self._chain(x) for state in cell.step_states(own))

    def step_weights(self, x: Shape) -> Iterator[Weight]:
        """Those of all cells."""
        for cell, place, own in self._chain(x):
            yield from scoped(place, map(cell.stored, cell.step_weights(own)))

    def stored(self, weight: Weight) -> Weight:
        """The weight as it is: stored by its cell, whether or not the stack is frozen."""
        return weight

    def step_macs(self, x: Shape) -> Iterator[Product]:
        """Those of all cells."""
        for cell, place, own in self._chain(x):
            for product in cell.step_macs(own):
                yield Product(f"{place}/{product.name}", *product.factors)

    def project(self, w: Sequence[Array], x: Array) -> Array:
        """The input: the cells project theirs."""
        return x

    def advance(self, w: Sequence[Array], x: Array, states: States) -> tuple[Array, States]:
        """The step of every cell, each with its own weights and states."""
        after: States = ()
        for cell, _, shape in self._chain(x.shape):
            own, kept = len([*cell.step_weights(shape)]), len(cell.step_states(shape))
            x, states_after = cell.step(w[:own], x, states[:kept])
            w, states, after = w[own:], states[kept:], (*after, *states_after)
        return x, after
