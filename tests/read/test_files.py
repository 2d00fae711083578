"""Files: limits, encodings, and what is not a file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from convcalc.errors import ReadError
from convcalc.read import read_script
from convcalc.read.contents import MOST_BYTES


def test_too_large(tmp_path: Path) -> None:
    """A file beyond the limit is refused by its size, unread."""
    path = tmp_path / "model.yaml"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(ReadError, match=f"larger than the {MOST_BYTES:,} bytes") as caught:
        read_script(path)
    assert caught.value.code == "too-large"


@pytest.mark.parametrize(("name", "text"), [("m.yaml", "- Flatten"), ("m.JSON", '["Flatten"]'), ("m", "Flatten()")])
def test_byte_order_mark(tmp_path: Path, name: str, text: str) -> None:
    """A byte order mark is no part of the text, in any format."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8-sig")
    assert repr(read_script(path).layers) == "[Flatten()]"


def test_endless_file() -> None:
    """A device that never ends is read up to the limit."""
    with pytest.raises(ReadError) as caught:
        read_script("/dev/zero") if os.path.exists("/dev/zero") else pytest.skip("no such device")
    assert caught.value.code == "too-large"


@pytest.mark.parametrize("path", ["a\0b.yaml", "x" * 5000 + ".yaml"])
def test_impossible_paths(path: str) -> None:
    """A path that no system accepts is an error like any other."""
    with pytest.raises(ReadError):
        read_script(path)
