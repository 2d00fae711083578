"""Jupyter notebooks: the cells of code as one text."""

from __future__ import annotations

import json
import re
from typing import Any

from convcalc.errors import ReadError, shown
from convcalc.source import PartedSource, Source, Span

_PYTHON = re.compile(r"i?py(thon)?[\d.]*$", re.IGNORECASE)
_SURROGATES = re.compile("[\ud800-\udfff]")
_BETWEEN = "\n\n"


def read_notebook(source: Source) -> PartedSource:
    """The code of a notebook, whose cells count from 1 as Jupyter counts them: text between them does not count.

    `ReadError` for a file that is no notebook, and for a notebook in another language.
    """
    book = _json(source)
    found = book.get("cells")
    if found is None:  # before nbformat 4
        sheets = _list(source, book.get("worksheets"))
        found = [one for sheet in sheets for one in _list(source, _mapping(source, sheet).get("cells"))]
    language = _language(book)
    if language and not _PYTHON.match(language):
        message = f"{source.name} is a notebook in {language}, which is not Python"
        raise ReadError(message, code="bad-syntax", help="give a notebook whose code is Python")
    codes = [one for one in _list(source, found) if _mapping(source, one).get("cell_type") == "code"]
    return _joined(source.name, [_text(source, one) for one in codes])


def _joined(name: str, texts: list[str]) -> PartedSource:
    """The texts of cells as one text with parts."""
    parts, at = [], 0
    for text in texts:
        parts.append((at, at + len(text)))
        at += len(text) + len(_BETWEEN)
    return PartedSource(name, _BETWEEN.join(texts) + "\n", parts, are_cells=True)


def _json(source: Source) -> dict[str, Any]:
    """The mapping that a notebook's file holds."""
    try:
        book = json.loads(source.text)
    except json.JSONDecodeError as error:
        span = Span(source, error.pos, error.pos + 1)
        why = "a notebook is a file in JSON"
        raise ReadError(f"this is not JSON: {error.msg}", code="bad-json", span=span, why=why) from None
    except (ValueError, RecursionError) as error:  # an integer of thousands of digits; too many brackets
        raise _no_notebook(source, str(error)) from None
    if not isinstance(book, dict) or not ("cells" in book or "worksheets" in book):
        raise _no_notebook(source, "it has no cells")
    return book


def _no_notebook(source: Source, why: str) -> ReadError:
    message = f"{source.name} is not a Jupyter notebook"
    return ReadError(message, code="bad-json", why=why, help="save it again from Jupyter, Colab or VS Code")


def _list(source: Source, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _no_notebook(source, f"{shown(value)} stands where a list of cells must stand")
    return value


def _mapping(source: Source, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _no_notebook(source, f"{shown(value)} stands where a cell must stand")
    return value


def _language(book: dict[str, Any]) -> str:
    """The language that a notebook says it is in; empty where it says none."""
    about = book.get("metadata")
    found = [_at(about, "language_info", "name"), _at(about, "kernelspec", "language"), _at(about, "language")]
    return next((one for one in found if isinstance(one, str)), "")


def _at(value: Any, *keys: str) -> Any:
    """What stands in mappings within each other; None where it is missing."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _text(source: Source, cell: dict[str, Any]) -> str:
    """The code of a cell; empty where the cell is in another language."""
    said = [
        cell.get("language"),
        _at(cell, "metadata", "vscode", "languageId"),
        _at(cell, "metadata", "dotnet_interactive", "language"),
        _at(cell, "metadata", "polyglot_notebook", "kernelName"),
    ]
    if any(isinstance(one, str) and not _PYTHON.match(one) for one in said):
        return ""
    text = cell.get("source", cell.get("input", ""))
    if isinstance(text, list):
        lines = [one for one in text if isinstance(one, str)]
        broken = any(one.endswith("\n") for one in lines[:-1])
        text = ("" if broken else "\n").join(lines)
    if not isinstance(text, str):
        raise _no_notebook(source, f"{shown(text)} stands where the code of a cell must stand")
    return _SURROGATES.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
