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
