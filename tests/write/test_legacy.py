"""The tables of earlier Keras."""

from __future__ import annotations

from typing import Any

import pytest

from convcalc import write
from tests.write.models import golden, summary


@pytest.mark.parametrize(("model", "options", "expected"), golden("keras2"))
def test_keras2_prints_what_tf_keras_prints(model: dict[str, Any], options: dict[str, Any], expected: str) -> None:
    """The style ``keras2`` is tf_keras's text to the last character."""
    assert write.text(summary(model), style="keras2", **options) == expected
