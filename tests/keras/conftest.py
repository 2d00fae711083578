"""The live comparison costs an import of TensorFlow, so it is collected with ``-m keras`` only."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leaves this folder alone unless the marker is asked for."""
    asked = "keras" in config.option.markexpr and "not keras" not in config.option.markexpr
    return None if asked else True


def pytest_configure(config: pytest.Config) -> None:
    """Knows the mark of Keras's own tests, whose arguments are compared."""
    config.addinivalue_line("markers", "requires_trainable_backend: a mark of Keras's own tests")
