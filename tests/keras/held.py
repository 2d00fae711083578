"""Layers inside layers, for drawn configurations."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from convcalc.tools.catalog import construct

# Layers to hold, as calls; the sizes of inputs that suit them all overlap.
HELD = (
    *("LSTM(4)", "LSTM(3, return_sequences=True)", "LSTM(2, return_state=True)", "LSTM(2, go_backwards=True)"),
    *("GRU(3)", "GRU(2, return_sequences=True, return_state=True)", "GRU(4, go_backwards=True, trainable=False)"),
    *("SimpleRNN(4)", "GRU(2, stateful=True)", "SimpleRNN(3, go_backwards=True, use_bias=False)"),
    *("Dense(3)", "Dense(2, trainable=False, dtype='float64')", "Conv1D(2, 3)", "Flatten()", "Dropout(0.5)"),
    *("BatchNormalization()", "LayerNormalization()", "Conv1D(2, 3, data_format='channels_first')", "ReLU()"),
    *(
        "Bidirectional(GRU(2))",
        "ConvLSTM1D(2, 2)",
        "Bidirectional(LSTM(2), merge_mode=None)",
        "TimeDistributed(Dense(2))",
    ),
    *(
        "Reshape((-1,))",
        "GlobalMaxPooling1D()",
        "DepthwiseConv1D(2)",
        "Conv2D(2, 2)",
        "InputLayer((3,))",
        "Dense(2, activation=LeakyReLU())",
    ),
)


# Cells to hold, and what is none.
CELLS = (
    *("LSTMCell(4)", "LSTMCell(3, use_bias=False)", "LSTMCell(2, activation='relu', unit_forget_bias=False)"),
    *("GRUCell(3)", "GRUCell(2, reset_after=False)", "GRUCell(4, trainable=False)", "SimpleRNNCell(4)"),
    *("SimpleRNNCell(3, dtype='float64')", "StackedRNNCells([GRUCell(3), LSTMCell(2)])", "Dense(4)"),
)


class HeldLayer:
    """A layer as an argument: a call, that each side makes of its own kinds."""

    def __init__(self, text: str) -> None:
        self.text = text

    def make(self, find: Callable[[str], Any]) -> Any:
        """The layer, of the kinds that ``find`` knows by name."""
        return construct(ast.parse(self.text, mode="eval").body, find)

    def __repr__(self) -> str:
        return f"HeldLayer({self.text!r})"


def made(value: Any, find: Callable[[str], Any]) -> Any:
    """A layer for a held one, alone or in a list."""
    if isinstance(value, list | tuple) and any(isinstance(one, HeldLayer) for one in value):
        return type(value)(made(one, find) for one in value)
    return value.make(find) if isinstance(value, HeldLayer) else value
