"""What a layer settles for all kinds: defaults in force, initial values, frozen weights."""

from __future__ import annotations

import pytest

from convcalc.declare.settings import default_data_format
from convcalc.errors import ShapeError, WiringError
from convcalc.layers import find


def test_default_data_format_is_the_one_in_force() -> None:
    """A layer without a data_format takes the default of the moment, not of the kind's first use."""
    conv = find("Conv1D")
    assert conv(2, 3).config["data_format"] == "channels_last"
    with default_data_format("channels_first"):
        assert conv(2, 3).infer((None, 4, 9)).output == (None, 2, 7)
        assert conv(2, 3, data_format="channels_last").infer((None, 9, 4)).output == (None, 7, 2)
    assert conv(2, 3).infer((None, 9, 4)).output == (None, 7, 2)


def test_weight_without_an_initializer_gets_keras_default() -> None:
    """Keras's ``add_weight`` fills what has no initializer by Glorot's rule, or with zeros if it holds integers."""
    dense = find("Dense")
    weights = dense(2, kernel_initializer=None, bias_initializer=None).infer((None, 3)).weights
    assert [weight.initializer for weight in weights] == ["glorot_uniform", "glorot_uniform"]
    (kernel,) = dense(2, use_bias=False, kernel_initializer=None, dtype="int32").infer((None, 3)).weights
    assert kernel.initializer == "zeros"


def test_one_input_is_not_two() -> None:
    """A layer of one input refuses two by their number."""
    with pytest.raises(WiringError, match="Dense takes 1 input, got 2"):
        find("Dense")(2).infer((None, 3), (None, 3))


def test_what_does_not_merge_says_why() -> None:
    """Sizes that do not go together are both named, with all shapes."""
    with pytest.raises(ShapeError, match=r"Add cannot merge \(5, 3\) and \(4, 3\)") as caught:
        find("Add")().infer((None, 5, 3), (None, 4, 3))
    assert caught.value.why == "sizes must be equal or 1, and 5 meets 4"
    with pytest.raises(ShapeError, match="Concatenate cannot merge"):
        find("Concatenate")(axis=1).infer((None, 5, 3), (None, 5, 4))
    with pytest.raises(ShapeError) as caught:
        find("Dot")(0).infer((None, 5), (None, 5))
    assert caught.value.why == "axis 0 is the batch, which is not summed over"
