"""Files are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from convcalc.errors import ConvcalcError
from convcalc.files.whole import writing


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Writes a text as `writing` does."""
    with writing(path) as file:
        file.write(text.encode())


def test_a_file_appears_whole(tmp_path: Path) -> None:
    """Nothing is there until the end, and no draft is left after it."""
    with writing(tmp_path / "a.txt") as file:
        file.write(b"text")
        assert not (tmp_path / "a.txt").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_bytes() == b"text"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_failure_leaves_the_old_file(error: type[BaseException], tmp_path: Path) -> None:
    """An error or Ctrl-C on the way leaves what was there, and no draft."""
    write_text(tmp_path / "a.txt", "old")

    def fail() -> None:
        with writing(tmp_path / "a.txt") as file:
            file.write(b"new")
            raise error

    with pytest.raises(error):
        fail()
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "old"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_permissions_stay(tmp_path: Path) -> None:
    """A file written over keeps its permissions; a new one has those of any new file."""
    (tmp_path / "old").touch()
    (tmp_path / "old").chmod(0o640)
    (tmp_path / "plain").touch()
    for name in ("old", "new"):
        write_text(tmp_path / name, "")
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert (modes["old"], modes["new"]) == (0o640, modes["plain"])


def test_a_symbolic_link_stays(tmp_path: Path) -> None:
    """The file that a link points to is written, not the link."""
    write_text(tmp_path / "real", "old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_text(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_a_device_is_written_to(tmp_path: Path) -> None:
    """What is no regular file is not replaced by one."""
    write_text(os.devnull, "text")
    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize("name", ["no/such/folder/a.txt", "."])
def test_what_cannot_be_written_is_an_error(name: str, tmp_path: Path) -> None:
    """The error names the file and the system's reason."""
    with pytest.raises(ConvcalcError, match="cannot be written: ") as caught:
        write_text(tmp_path / name, "text")
    assert caught.value.code == "cannot-write"
