"""Keras 3's table."""

from __future__ import annotations

from typing import Any

import pytest

from convcalc import write
from tests.write.models import golden, summary


@pytest.mark.parametrize(("model", "options", "expected"), golden("keras3"))
def test_keras3_prints_what_keras_prints(model: dict[str, Any], options: dict[str, Any], expected: str) -> None:
    """The style ``keras3`` is Keras's text to the last character."""
    assert write.text(summary(model), style="keras3", **options) == expected


@pytest.mark.parametrize(("model", "options", "expected"), golden("keras"))
def test_keras_widens_what_keras_would_cut(model: dict[str, Any], options: dict[str, Any], expected: str) -> None:
    """The style ``keras`` is Keras's table in columns just wide enough that nothing is cut."""
    assert write.text(summary(model), style="keras", **options) == expected
