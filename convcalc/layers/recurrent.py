"""Recurrent layers over sequences: SimpleRNN, LSTM, GRU, and RNN with any cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.weight import Weight
from convcalc.errors import ArgumentError
from convcalc.layers import _arguments as a
from convcalc.layers._cells import _Gru, _Lstm, _Simple
from convcalc.layers._sequence import _Sequence
from convcalc.layers.cells import StackedRNNCells


class SimpleRNN(_Sequence, _Simple):
    """A recurrent layer whose output at each time step is also its state.

    >>> SimpleRNN(4).on(5, 3)
    (None, 4)  32 params  140 MACs
    """

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


class LSTM(_Sequence, _Lstm):
    """Long short-term memory: a state, and a carry that gates write, keep and read.

    >>> LSTM(4).on(5, 3)
    (None, 4)  128 params  560 MACs
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


class GRU(_Sequence, _Gru):
    """A gated recurrent unit: one gate mixes the state with a new one, another resets it.

    >>> GRU(4).on(5, 3)
    (None, 4)  108 params  420 MACs
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
    def cell(self) -> Any:
        """The cell; of a list, the stack that Keras makes of it."""
        return StackedRNNCells(self.cell_) if isinstance(self.cell_, Sequence) else self.cell_

    def check(self) -> None:
        """Keras cannot list states that are nested deeper than those of cells in one stack."""
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
        stored: Weight = self.cell.stored(weight)
        return stored
