"""Models in Keras's files, against what Keras says of them (``saved/regenerate.py``), and files that are none."""

from __future__ import annotations

import json
import random
import sys
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from convcalc import summarize
from convcalc.errors import ConvcalcError, ReadError
from convcalc.files import archive
from convcalc.read import load, read_script

FOLDER = Path(__file__).parent / "saved"
EXPECTED = json.loads((FOLDER / "expected.golden").read_text())


def check(path: Path) -> None:
    """A file's rows are those of the model that was saved in it."""
    stack = load(path)
    expected = EXPECTED[path.stem]
    assert stack.name == "saved"
    assert [[row.name, row.params] for row in summarize(stack).top_rows()] == expected["rows"]
    assert [list(stack.input.shape or ()), list(stack.output_shape or ())] == [expected["input"], expected["output"]]


@pytest.mark.parametrize("name", EXPECTED)
def test_archive_needs_no_h5py(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The model of a ``.keras`` file is read with the standard library."""
    monkeypatch.setitem(sys.modules, "h5py", None)
    check(FOLDER / f"{name}.keras")


@pytest.mark.parametrize("name", EXPECTED)
def test_hdf5(name: str) -> None:
    """The model of a ``.h5`` file is the one that was saved."""
    pytest.importorskip("h5py", reason="the extra convcalc[h5] is not installed")
    check(FOLDER / f"{name}.h5")


def test_hdf5_without_h5py(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where h5py is missing, the error says how to get it."""
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(ReadError, match=r"convcalc\[h5\]") as caught:
        read_script(FOLDER / "keras3.h5")
    assert caught.value.code == "needs-h5py"


def test_weights_alone_are_no_model() -> None:
    """A file of weights is refused as a model, with what it is for."""
    pytest.importorskip("h5py", reason="the extra convcalc[h5] is not installed")
    with pytest.raises(ReadError, match="--weights") as caught:
        read_script(FOLDER / "keras3.weights.h5")
    assert caught.value.code == "no-config"


def test_not_hdf5(tmp_path: Path) -> None:
    """What is no HDF5 is refused."""
    pytest.importorskip("h5py", reason="the extra convcalc[h5] is not installed")
    (tmp_path / "m.h5").write_text("no")
    with pytest.raises(ReadError) as caught:
        read_script(tmp_path / "m.h5")
    assert caught.value.code == "bad-archive"


def archived(path: Path, **members: str) -> Path:
    """A zip file with these members, their underscores as points."""
    with zipfile.ZipFile(path, "w") as file:
        for name, text in members.items():
            file.writestr(name.replace("_", "."), text)
    return path


def test_not_an_archive(tmp_path: Path) -> None:
    """What is no zip, or one without a config, is refused by its name."""
    (tmp_path / "m.keras").write_text("no")
    with pytest.raises(ReadError, match="m.keras.* is not a Keras file") as caught:
        read_script(tmp_path / "m.keras")
    assert caught.value.code == "bad-archive"
    with pytest.raises(ReadError, match="it has no config.json"):
        read_script(archived(tmp_path / "m.keras", metadata_json="{}"))


def test_config_is_wrong(tmp_path: Path) -> None:
    """An error in an archive's config has its place in the config."""
    layer = '{"class_name": "Dense", "config": {"units": 0}}'
    config = f'{{"class_name": "Sequential", "config": {{"layers": [{layer}]}}}}'
    with pytest.raises(ConvcalcError, match=r"m.keras/config.json:\$.config.layers\[0\].config.units: error: units"):
        load(archived(tmp_path / "m.keras", config_json=config, metadata_json="{}"))
    with pytest.raises(ReadError, match="not a Keras config"):
        load(archived(tmp_path / "m.keras", config_json="[]", metadata_json="{}"))


def test_large_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A config beyond the stated size is not unpacked."""
    monkeypatch.setattr(archive, "MOST_CONFIG", 100)
    path = archived(tmp_path / "m.keras", config_json=" " * 101, metadata_json="{}")
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("it was unpacked"))
    with pytest.raises(ReadError, match="larger than the 100 bytes") as caught:
        read_script(path)
    assert caught.value.code == "too-large"


def test_damaged_archives(tmp_path: Path) -> None:
    """An archive with bytes changed or missing is read or refused; nothing else happens."""
    data = (FOLDER / "keras3.keras").read_bytes()
    rng = random.Random(1)
    for _ in range(100):
        damaged = bytearray(data[: rng.randrange(len(data)) if rng.random() < 0.2 else None])
        for _ in range(rng.randrange(1, 20)):
            # The end holds the archive's directory; the rest is mostly weights, which are not read here.
            damaged[-rng.randrange(1, min(len(damaged), 400))] = rng.randrange(256)
        (tmp_path / "m.keras").write_bytes(damaged)
        with suppress(ConvcalcError):
            load(tmp_path / "m.keras")
