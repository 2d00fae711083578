"""Recurrent layers over sequences: SimpleRNN, LSTM, GRU."""

from __future__ import annotations

from typing import Any

from convcalc.layers import _arguments as a
from convcalc.layers._cells import _Gru, _Lstm, _Simple
from convcalc.layers._sequence import _Sequence


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
