"""Inferring shapes gives new nodes, and leaves what it infers from as it is."""

from __future__ import annotations

import pytest

import convcalc
from convcalc.errors import WiringError
from convcalc.stack.graph import Stack
from convcalc.stack.infer import infer
from convcalc.stack.nested import Nested

# A nested graph whose LSTM takes, as Keras writes it down, the mask that the Embedding makes.
TWICE = {
    "inputs": {"a": {"shape": [6], "dtype": "int32"}, "b": {"shape": [9], "dtype": "int32"}},
    "layers": [
        {
            "Sequential": {
                "name": "inner",
                "layers": [
                    {"InputLayer": {"shape": [None], "dtype": "int32"}, "name": "x"},
                    {"Embedding": {"input_dim": 9, "output_dim": 4, "mask_zero": True}, "from": "x"},
                    {"LSTM": 3},
                ],
            },
            "from": "a",
        },
        {"Dense": 2, "name": "one"},
        {"use": "inner", "from": "b"},
        {"Dense": 2, "name": "two"},
        {"Add": {}, "from": ["one", "two"]},
    ],
}


def shapes(stack: Stack) -> list[object]:
    """The input shapes and the results of all nodes, nested ones too."""
    inside = [shapes(node.inner) for node in stack.nodes if node.inner]
    return [[one.shape for one in stack.inputs], [(node.shapes, node.inferred) for node in stack.nodes], inside]


def test_a_stack_stays_as_it_is() -> None:
    """A model of a chain, with a model inside, has the same shapes after inferring on another input, and a run."""
    stack = convcalc.load("Input((8, 8, 3)) | Sequential([Conv2D(2, 3), Flatten()]) | Dense(3)")
    before = shapes(stack)
    other = infer(stack, [(4, 8, 8, 3)])
    convcalc.run(stack)
    assert shapes(stack) == before
    assert other.output_shape == (4, 3)
    assert other.nodes[1] is not stack.nodes[1]


def test_a_model_inside_a_layer_stays_as_it_is() -> None:
    """A layer that holds a model infers each shape by itself, whatever was inferred before."""
    layer = convcalc.load("Input((5, 4)) | TimeDistributed(Sequential([Dense(3), Dense(2)]))").nodes[0].layer
    assert layer is not None
    (held,) = [one for one in layer.held if isinstance(one, Nested)]
    before = shapes(held.stack)
    assert layer.infer((None, 7, 6)).params == 6 * 3 + 3 + 3 * 2 + 2
    assert layer.infer((None, 7, 4)).params == 4 * 3 + 3 + 3 * 2 + 2
    assert shapes(held.stack) == before
    assert [one.shape for one in held.stack.inputs] == [None]


def test_each_call_of_a_nested_model_has_its_own_shapes() -> None:
    """A model that is called on inputs of two sizes has the shapes of each call in the same layers."""
    stack = convcalc.load(TWICE)
    first, second = (node for node in stack.nodes if node.inner)
    assert second.first is first
    assert first.inner
    assert second.inner
    assert [node.inner.nodes[0].shape for node in (first, second) if node.inner] == [(None, 6), (None, 9)]
    names = [node.name for node in first.inner.nodes]
    assert "not_equal" in names
    assert names == [node.name for node in second.inner.nodes]


def test_a_chain_has_one_input() -> None:
    """A second Input in a chain is refused, with its place."""
    with pytest.raises(WiringError, match="input_layer_1 is a second input, and a chain has one") as caught:
        convcalc.load("Input((3,)) | Input((4,)) | Dense(3)")
    assert caught.value.code == "which-input"
