"""Recurrent layers over sequences: SimpleRNN, LSTM, GRU, and RNN with any cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, ClassVar

from convcalc.compute.recurrence import PROJECT_ROWS, States, scan, zero_states
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.layer import Layer
from convcalc.declare.signature import Signature
from convcalc.declare.traits import Masks, Positions
from convcalc.declare.weight import Weight
from convcalc.errors import ArgumentError, ShapeError
from convcalc.layers import _arguments as a
from convcalc.layers.cells import Cell, Gru, Lstm, Simple, StackedRNNCells, check_forget_bias
from convcalc.lazy import Array
from convcalc.sizes.formula import Product, Step
from convcalc.sizes.shapes import Shape, product, show, zeroed


class _Sequence(Layer):
    """A recurrent layer: its cell at every time step, with the states that the time step before left.

    Inputs are ``(batch, time, *step)``. MACs are the cell's matrix products times the time steps; gates, which
    multiply element by element, do not count.
    """

    return_sequences: bool
    return_state: bool
    go_backwards: bool
    stateful: bool
    positions = Positions(see_all=True)
    masks = Masks(passes=True)
    signature = Signature("sequences", tensors=("initial_state", "mask"), lists=("initial_state",))
    zero_output_for_mask: bool
    unroll: bool
    # Keras takes it by keyword, and writes it into its configs.
    extras = {"zero_output_for_mask": a.zero_output_for_mask}

    rules: ClassVar[type[Cell]]

    @property
    def cell(self) -> Cell:
        """The rules of one time step."""
        return self.rules(self)

    @classmethod
    def ranks(cls) -> range:
        """Batch, time and the inputs of one step."""
        return range(3, 4)

    def output(self, x: Shape) -> Shape:
        """``(batch, units)``, with ``return_sequences`` ``(batch, time, units)``."""
        if self.stateful and x[0] is None:
            raise ShapeError(
                "a stateful layer needs to know the batch size",
                code="unknown-size",
                argument="stateful",
                why="it keeps a state for every sample of a batch",
                help="give a batch size (--batch-size, `batch_size:`), or set stateful=False",
            )
        batch, *step = self.cell.output(_step(x))
        return (batch, x[1], *step) if self.return_sequences else (batch, *step)

    def more(self, x: Shape, y: Shape) -> tuple[Shape, ...]:
        """With ``return_state``, the last states."""
        return tuple(self.cell.states(_step(x))) if self.return_state else ()

    def weights(self, x: Shape) -> Iterator[Weight]:
        """The cell's weights: the same ones at every time step."""
        yield from self.cell.weights(_step(x))

    def macs(self, x: Shape, y: Shape) -> Iterator[Product]:
        """Time steps × the cell's products."""
        for one in self.cell.macs(_step(x)):
            yield Product(one.name, ("time steps", x[1]), *one.factors)

    def steps(self, x: Shape, y: Shape) -> Iterator[Step]:
        """All time steps, or the last one."""
        yield Step("shape", "units at every time step" if self.return_sequences else "units", "", y)

    def mask(self, ops: Any, inputs: Sequence[Any], masks: Sequence[Any]) -> Any:
        """The mask of the time steps, where the time steps stay."""
        return masks[0] if self.return_sequences else None

    def apply(self, weights: Sequence[Array], *inputs: Array, **call: Any) -> Any:
        """The outputs at inference, as `forward` has them."""
        (x,) = inputs
        return self.forward(weights, x, **call)

    def forward(self, w: Sequence[Array], x: Array, initial_state: States = (), mask: Array | None = None) -> Any:
        """The cell from ``initial_state`` on, or from zeros; with ``return_state`` the output and the last states."""
        states = tuple(initial_state) or zero_states([*map(zeroed, self.cell.states(_step(x.shape)))], x)
        self.check_states(x, states)
        y, states = scan(
            partial(self.cell.project, w),
            partial(self.cell.advance, w),
            x,
            states,
            backwards=self.go_backwards,
            sequences=self.return_sequences,
            mask=mask,
            zero_output=self.zero_output_for_mask,
            unrolled=self.unroll,
        )
        return (y, *states) if self.return_state else y

    def scratch(self, *shapes: Shape) -> int:
        """The values of one time step: inputs and states as the products take them, gates before and after activations.

        Every time step that is projected together with it takes as much.
        """
        step = _step(shapes[0])
        kernels = [weight for weight in self.cell.weights(step) if weight.name.endswith("kernel")]
        rows: int = sum((product(weight.shape[:-1]) or 0) + 4 * weight.shape[-1] for weight in kernels)
        positions: int = product(self.cell.output(step)[:-1]) or 0
        return rows * max(positions, min(PROJECT_ROWS, positions * (shapes[0][1] or 0)))

    def check_states(self, x: Array, states: States) -> None:
        """`ValueError` for initial states that are not the cell's."""
        given, needed = [state.shape for state in states], list(self.cell.states(_step(x.shape)))
        if given != needed:
            raise ValueError(
                f"initial_state has {' and '.join(map(show, given))}, not {' and '.join(map(show, needed))}"
            )


def _step(x: Any) -> Any:
    """The shape of one time step."""
    return (x[0], *x[2:])


class SimpleRNN(_Sequence):
    """A recurrent layer whose output at each time step is also its state.

    >>> SimpleRNN(4).on(5, 3)
    (None, 4)  32 params  140 MACs
    """

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
    activity_regularizer: Any = a.activity_regularizer
    kernel_constraint: Any = a.constraint("kernel")
    recurrent_constraint: Any = a.constraint("recurrent kernel")
    bias_constraint: Any = a.constraint("bias")
    dropout: float = a.dropout
    recurrent_dropout: float = a.recurrent_dropout
    return_sequences: bool = a.return_sequences
    return_state: bool = a.return_state
    go_backwards: bool = a.go_backwards
    stateful: bool = a.stateful
    unroll: bool = a.unroll
    seed: int | None = a.seed


class LSTM(_Sequence):
    """Long short-term memory: a state, and a carry that gates write, keep and read.

    >>> LSTM(4).on(5, 3)
    (None, 4)  128 params  560 MACs
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
    unroll: bool = a.unroll
    use_cudnn: Any = a.use_cudnn
    extras = {**_Sequence.extras, "implementation": a.implementation}

    def check(self) -> None:
        """The bias needs an initializer beside the forget gate's."""
        check_forget_bias(self)


class GRU(_Sequence):
    """A gated recurrent unit: one gate mixes the state with a new one, another resets it.

    >>> GRU(4).on(5, 3)
    (None, 4)  108 params  420 MACs
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
    unroll: bool = a.unroll
    reset_after: bool = a.reset_after
    use_cudnn: Any = a.use_cudnn
    extras = {**_Sequence.extras, "implementation": a.implementation}


class RNN(_Sequence):
    """A cell, or a stack of cells, moved along the time steps of a sequence.

    >>> RNN([LSTMCell(4), GRUCell(2)]).on(5, 3)
    (None, 2)  176 params  740 MACs
    """

    cell_: Any = arg(t.cell, doc="what happens at one time step")
    return_sequences: bool = a.return_sequences
    return_state: bool = a.return_state
    go_backwards: bool = a.go_backwards
    stateful: bool = a.stateful
    unroll: bool = a.unroll
    zero_output_for_mask: bool = a.zero_output_for_mask
    extras = {}

    @property
    def cell(self) -> Cell:
        """The rules of the cell; of a list, the rules of the stack that Keras makes of the list."""
        layer = StackedRNNCells(self.cell_) if isinstance(self.cell_, Sequence) else self.cell_
        cell: Cell = layer.cell
        return cell

    def check(self) -> None:
        """Keras cannot list states that are nested deeper than the states of cells in one stack."""
        if self.return_state and self.cell.depth > 2:
            raise ArgumentError(
                "return_state needs cells that are no stacks themselves",
                code="unfit-layer",
                argument="return_state",
                help="put all cells into one list",
            )

    def makes(self, named: bool) -> tuple[str, ...]:
        """The cells, and the stack that a list becomes."""
        stack = ("StackedRNNCells",) if isinstance(self.cell_, Sequence) else ()
        return (*super().makes(named), *stack)

    def stored(self, weight: Weight) -> Weight:
        """The weight as the cell stores it: whether it trains, and its dtype, are the cell's."""
        stored: Weight = self.cell.layer.stored(weight)
        return stored
