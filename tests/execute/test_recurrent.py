"""Recurrent layers in a run: several outputs, initial biases, and a chain that cannot take them."""

from __future__ import annotations

import numpy as np
import pytest

from convcalc.errors import RunError, WiringError
from convcalc.execute import run
from tests.execute.stacks import call, stack


def test_every_output_of_the_last_layer_is_kept() -> None:
    """States follow the output, each under the layer's name with its number."""
    trace = run(stack(call("LSTM", units=2, return_sequences=True, return_state=True), shape=(5, 3)), "random")
    assert trace.output_names == ["lstm", "lstm:1", "lstm:2"]
    assert [y.shape for y in trace.outputs] == [(1, 5, 2), (1, 2), (1, 2)]
    np.testing.assert_array_equal(trace.outputs[0][:, -1], trace.outputs[1])


@pytest.mark.parametrize(("forget", "first"), [(True, 1.0), (False, 0.0)])
def test_forget_gate_begins_open(forget: bool, first: float) -> None:
    """``unit_forget_bias`` fills the second quarter of an LSTM's bias with ones."""
    model = stack(call("LSTM", units=2, unit_forget_bias=forget), shape=(5, 3))
    bias = run(model, keep_weights=True).weights["lstm/bias"]
    assert bias.tolist() == [0, 0, first, first, 0, 0, 0, 0]


def test_several_outputs_go_into_the_next_layer() -> None:
    """A layer of one input refuses an output with its states, as in Keras."""
    with pytest.raises(WiringError, match="Dense takes 1 input, got 3"):
        stack(call("LSTM", units=2, return_state=True), call("Dense", units=2), shape=(5, 3))


def test_no_time_step_is_an_error_of_the_run() -> None:
    """Shapes know a sequence without any step; there is no output to compute."""
    with pytest.raises(RunError, match="there is no time step"):
        run(stack(call("GRU", units=2), shape=(0, 3)))
