"""Texts and other categories against real Keras: the cases of golden/texts.json, by make_texts.py."""

from __future__ import annotations

import json

import numpy as np
import pytest

from convcalc.layers import find
from tests.samples import GOLDEN
from tests.texts import sample

ANSWERS = json.loads((GOLDEN / "texts.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("text", ANSWERS)
def test_values_are_keras(text: str) -> None:
    """Bins, numbers, vectors and words are Keras's, and refused is what Keras computes no value of."""
    one, inputs = sample(text)
    layer, expected = one.make(find), ANSWERS[text]
    if expected is None:
        with pytest.raises(ValueError, match=r"\w"):
            layer.apply([], *inputs)
        return
    y = layer.apply([], *inputs)
    assert y.dtype.kind == np.asarray(expected).dtype.kind or y.dtype == layer.output_dtype == "float32"
    np.testing.assert_array_equal(y, np.asarray(expected, y.dtype))
