"""Where a model comes from: a file by its extension, inline text by a call in it, other text by its content."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from convcalc.errors import ReadError
from convcalc.read.common import HOW_LAYERS
from convcalc.read.contents import is_piped, read_file, read_stdin
from convcalc.script import Code, Script
from convcalc.source import PartedSource, Source

if TYPE_CHECKING:
    from convcalc.read.document.mapping import DataNode

DEFAULT_FILE = "model.yaml"
INLINE = "<stack>"
WAYS = """give one of
          'Conv1D(2, 4) | Flatten | Dense(10)'   layers in Python's call syntax
          model.yaml                             a stack in YAML
          model.py, model.ipynb                  code that makes a model with Keras; also .md, .rst, .txt
          model.json                             the same in JSON, or Keras's model.to_json()
          model.keras, model.h5                  a model that Keras has saved
          -                                      any of these on standard input"""

# A text rather than a path: it holds a call, begins with a bracket, or has several lines.
_TEXT = re.compile(r"[^\W\d]\w*[ \t]*\(|\A\s*[\[{]|\n")
_JSON = re.compile(r'\s*(\{\s*["}]|\[\s*["\[{\]])')
# The first line that is not blank is a YAML key, item, bracket, comment or mark.
_YAML = re.compile(r"""\s*(-\s|[\w"']+\s*:(\s|$)|[\[{&%#]|---)""", re.MULTILINE)
# A statement, which every script has somewhere, and few stacks and YAML texts have.
_STATEMENT = re.compile(r"\bimport\b|\.add\(|^[ \t]*[\w.,() \t]+=[^=]", re.MULTILINE)
# Lines that only a document has, or a session with Python; and a notebook.
_DOCUMENT = re.compile(r'^[ \t]*(?:`{3}|~{3}|>>> |In ?\[\d*\]: )|\A\s*\{(?s:.)*"nbformat"', re.MULTILINE)
_FORMATS = {".yaml": "yaml", ".yml": "yaml", ".json": "json", ".py": "code"}
# Texts with code in them.
_BOOKS = (".ipynb", ".md", ".rst", ".txt")
# A script, and what in it is meant: ``train.py:build(3)``.
_NAMED = re.compile(r"(.*\.(?:py|ipynb)):\s*((?:[A-Za-z_][\w.]*\s*(?:\(.*\))?)?)\s*", re.DOTALL)
_SAVED = {".keras": "archive", ".h5": "hdf5", ".hdf5": "hdf5"}


def read_path_or_text(model: str) -> Script | Code:
    """The script of a path, of ``-`` (standard input), or of inline text."""
    if model == "-":
        return read_text(read_stdin())
    if known_ending(model):
        return read_path(model)
    named = _NAMED.fullmatch(model)
    if named:
        found = read_path(named[1])
        assert isinstance(found, Code)
        return Code(found.source, found.path, named[2].strip())
    if is_text(model) or _is_network(model):
        return read_text(Source(INLINE, model))
    return read_path(model)


def _is_network(model: str) -> bool:
    """Whether a word is the name of a published network, and not of a file."""
    from convcalc.applications import APPLICATIONS

    return model in APPLICATIONS and not os.path.exists(model)


def known_ending(path: str) -> bool:
    """Whether a path ends as the files do that models are read from."""
    return _extension(path) in (*_FORMATS, *_SAVED, *_BOOKS)


def is_text(model: str) -> bool:
    """Whether a word is the text of a model rather than its path."""
    return bool(_TEXT.search(model))


def read_path(path: str) -> Script | Code:
    """The script of a file: by its extension, else by its content."""
    saved = _SAVED.get(_extension(path))
    if saved:
        from convcalc.read.keras.container import read_archive, read_hdf5

        return read_hdf5(path) if saved == "hdf5" else read_archive(path)
    source = read_file(path)
    if _extension(path) in _BOOKS:
        from convcalc.read.code.pasted import as_code

        source = as_code(source, _extension(path))
    found = read_text(source, _FORMATS.get(_extension(path)))
    return Code(found.source, path) if isinstance(found, Code) else found


def read_text(source: Source, format: str | None = None) -> Script | Code:
    """The script of a text in a format (``yaml``, ``json``, ``code`` or ``inline``), told by the text when None."""
    if not format and not isinstance(source, PartedSource) and _DOCUMENT.search(source.text):
        from convcalc.read.code.pasted import as_code

        source = as_code(source)
    format = "code" if isinstance(source, PartedSource) else format or _by_content(source.text)
    if format == "json":
        from convcalc.read.document.mapping import parse_json

        return read_data(parse_json(source))
    if format == "yaml":
        return _yaml(source)
    if format == "code":
        return Code(source)
    from convcalc.read.inline.chain import read_script

    return read_script(source)


def _yaml(source: Source) -> Script | Code:
    from convcalc.read.document.document import read_document
    from convcalc.read.document.yaml import parse

    root = parse(source)
    if root is None:
        raise ReadError(f"{source.name} is empty", code="no-layers", help=HOW_LAYERS)
    return read_document(root)


def read_data(root: DataNode) -> Script | Code:
    """The script of a mapping or a list: a Keras config, or a model in the format of the YAML."""
    from convcalc.read.document.document import read_document
    from convcalc.read.keras.config import is_config, read_config

    return read_config(root.value, root.place) if is_config(root.value) else read_document(root)


def _by_content(text: str) -> str:
    """``json``, ``code``, ``yaml`` or ``inline``: by how the text begins, and by its statements."""
    if _JSON.match(text):
        return "json"
    if _STATEMENT.search(text):
        from convcalc.read.code.syntax import is_code

        if is_code(text):
            return "code"
    return "yaml" if _YAML.match(text) or not text.strip() else "inline"


def _extension(path: str) -> str:
    return os.path.splitext(path)[1].lower()


def default_model() -> str:
    """The model when none is named: piped standard input, else ``model.yaml`` here.

    Raises a `ReadError` that shows all the ways to give one.
    """
    if is_piped():
        return "-"
    if os.path.exists(DEFAULT_FILE):
        return DEFAULT_FILE
    raise ReadError("no model is given", code="no-model", why=f"there is no {DEFAULT_FILE} here", help=WAYS)
