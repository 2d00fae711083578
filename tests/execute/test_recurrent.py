"""Recurrent layers in a run: several outputs, initial biases, and a chain that cannot take them."""

from __future__ import annotations

import numpy as np
import pytest

from convcalc.errors import RunError, WiringError
from convcalc.execute import run
from convcalc.script import Given, Script
from convcalc.stack.build import build
from tests.execute.stacks import call, stack
from tests.tolerance import allowed


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


def test_parts_of_a_bias_are_drawn_apart() -> None:
    """Keras asks an initializer for what is before and behind the forget gate's ones, each with fans of its own."""
    model = stack(call("LSTM", units=500, bias_initializer="glorot_uniform"), shape=(5, 3))
    bias = run(model, keep_weights=True).weights["lstm/bias"]
    assert (bias[500:1000] == 1).all()
    most = [np.abs(part).max() for part in (bias[:500], bias[1000:])]
    np.testing.assert_allclose(most, [(6 / 1000) ** 0.5, (6 / 2000) ** 0.5], rtol=0.05)  # Glorot & Bengio 2010


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_a_stateful_layer_goes_on_at_the_next_time_step(kind: str) -> None:
    """In TimeDistributed it sees one long sequence, and gives its output at the end of each piece."""
    random = np.random.default_rng(0)
    x = random.normal(size=(2, 4, 3, 5)).astype("float32")
    inside = call(kind, units=2, stateful=True)
    pieces = build(Script([call("TimeDistributed", layer=inside)], batch_size=Given(2)), input_shape=(4, 3, 5))
    whole = stack(call(kind, units=2, return_sequences=True), shape=(12, 5))
    trace = run(whole, x.reshape(2, 12, 5), weights="random", keep_weights=True)
    weights = [*trace.weights.values()]
    y = run(pieces, x, weights=weights).outputs[0]
    error = allowed(lambda weights: run(pieces, x, weights=weights).outputs, weights, sides=2)
    np.testing.assert_allclose(y, trace.outputs[0][:, 2::3], rtol=0, atol=error[0])


def test_states_deeper_inside_are_refused() -> None:
    """States that would have to be handed through a layer between are an error, and no wrong value."""
    inside = call("TimeDistributed", layer=call("LSTM", units=2, stateful=True))
    model = build(Script([call("TimeDistributed", layer=inside)], batch_size=Given(2)), input_shape=(2, 2, 3, 5))
    with pytest.raises(RunError, match="deeper inside"):
        run(model)
