"""The receptive field in closed form is what impulses on the NumPy core show."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import convcalc
from convcalc.sizes.windows import Upsampler
from convcalc.stack.graph import Stack
from convcalc.summary.metrics import ReceptiveField

LENGTH, LONG = 96, 10_000
FEW, SOME, PADDING = st.integers(1, 3), st.integers(1, 5), st.sampled_from(["valid", "same"])
LAYERS = st.one_of(
    st.builds("Conv1D(1, {}, dilation_rate={}, padding={!r})".format, SOME, FEW, PADDING | st.just("causal")),
    st.builds("Conv1D(1, {}, strides={}, padding={!r})".format, SOME, FEW, PADDING),
    st.builds("AveragePooling1D({}, {}, {!r})".format, FEW, FEW, PADDING),
    st.builds("Conv1DTranspose(1, {}, strides={}, padding={!r})".format, SOME, FEW, PADDING),
    st.builds("UpSampling1D({})".format, FEW),
    st.builds("ZeroPadding1D({})".format, FEW),
)
TRANSPOSED = ("Conv1DTranspose(1, 5, strides=2)", "Conv1DTranspose(1, 4, strides=3, padding='same')")


def seen(stack: Stack) -> int:
    """The largest extent of input cells that one output cell depends on: every input cell is lit alone, once."""
    (_, length, _) = stack.inputs[0].shape or ()
    lit = np.eye(length or 0)[..., None]
    y = convcalc.run(stack, lit, weights="ones").outputs[0][..., 0]
    # Padding and strides after an upsampling may leave zeros alone: no cell sees anything.
    return max((int(np.ptp(np.flatnonzero(column))) + 1 for column in y.T if column.any()), default=0)


def summarized(layers: list[str], length: int) -> tuple[Stack, convcalc.Summary, int]:
    """A chain on an input of a length, and how many input cells its last layer sees."""
    stack = convcalc.load(" | ".join(layers), input_shape=(length, 1), no_bias=True)
    summary = convcalc.summarize(stack)
    (size,) = summary.rows[-1].receptive_field or ()
    return stack, summary, size


@settings(max_examples=150, deadline=None)
@given(st.lists(LAYERS, min_size=1, max_size=4))
def test_impulses_show_the_receptive_field(layers: list[str]) -> None:
    """No output cell of a chain sees further than the receptive field says; without upsampling some sees that far."""
    _, summary, size = summarized(layers, LONG)
    step = LONG // (summary.rows[-1].output_shape[1] or LONG) + 1
    stack, _, size = summarized(layers, 3 * size + 2 * step)  # so that the edges leave room for a whole one
    # An upsampled axis has phases, and what follows may meet only some of them: the closed form is a bound.
    upsampled = any(isinstance(axis, Upsampler) for node in stack.nodes for axis in node.inferred.axes)
    assert seen(stack) <= size if upsampled else seen(stack) == size


@pytest.mark.parametrize(
    "layer", ["Conv1DTranspose(1, 5, strides=2)", "Conv1DTranspose(1, 4, strides=3, padding='same')"]
)
def test_an_upsampled_axis_alone_is_exact(layer: str) -> None:
    """One transposed convolution sees as far as it says."""
    stack = convcalc.load(layer, input_shape=(LENGTH, 1), no_bias=True)
    assert [seen(stack)] == convcalc.summarize(stack).rows[0].receptive_field


def test_a_fresh_field_is_one_cell() -> None:
    """Before any layer a value sees itself."""
    assert ReceptiveField((None, 9, 9, 3)).sizes == [1, 1]
