"""The configs in Keras's files: ``.keras`` archives and HDF5."""

from __future__ import annotations

import json

from convcalc.errors import ReadError, shown
from convcalc.files import archive
from convcalc.read.contents import decoded, opening
from convcalc.read.document.mapping import parse_json
from convcalc.read.keras.config import is_config, read_config
from convcalc.script import Script
from convcalc.source import Source


def read_archive(path: str) -> Script:
    """The script of a ``.keras`` archive's ``config.json``; its weights are not looked at."""
    with opening(path):
        source = decoded(f"{path}/{archive.CONFIG}", archive.member(path, archive.CONFIG, archive.MOST_CONFIG))
        metadata = archive.member(path, archive.METADATA, archive.MOST_CONFIG)
    return _script(source, _version(metadata))


def read_hdf5(path: str) -> Script:
    """The script of the config that a whole model in HDF5 has as an attribute; `ReadError` for weights alone."""
    with opening(path), archive.hdf5(path) as file:
        attributes = {name: archive.text(file.attrs[name]) for name in _ATTRIBUTES if name in file.attrs}
    if "model_config" not in attributes:
        raise ReadError(
            f"{shown(path)} has no model in it",
            code="no-config",
            why="only whole models have the attribute model_config; this file may be of weights alone",
            help="give the model itself, and this file as --weights of convcalc run",
        )
    return _script(Source(f"{path}/model_config", attributes["model_config"]), attributes.get("keras_version"))


_ATTRIBUTES = ("model_config", "keras_version")


def _version(metadata: bytes) -> str | None:
    """The version of the Keras that wrote an archive."""
    try:
        return str(json.loads(metadata)["keras_version"])
    except (ValueError, KeyError, TypeError):
        return None


def _script(source: Source, version: str | None) -> Script:
    root = parse_json(source)
    if not is_config(root.value):
        raise ReadError("this is not a Keras config", code="bad-config", span=root.place)
    return read_config(root.value, root.place, version)
