"""Plain English: what a second-language reader has to read twice is kept out of docstrings, messages and pages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [path for path in ROOT.rglob("*.md") if not {".venv", ".git", ".pytest_cache"} & {*path.parts}]
CODE = sorted((ROOT / "convcalc").rglob("*.py"))
# A noun is named again rather than pointed at; the subject stands before its verb.
RIDDLES = re.compile(
    r"\b(that of|those of|those that|be it|be they|needs? it not|it is\.|whether of|where it is but|is said what)"
    r"(?![\w-])",
    re.IGNORECASE,
)


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """The strings and comments of a file of code, each with its line."""
    text = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, " ".join(node.value.split())
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#"):
            yield number, line


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_code_speaks_plainly(path: Path) -> None:
    """No docstring, message or comment has a riddling phrase."""
    assert not [(line, match[0], text) for line, text in texts(path) for match in RIDDLES.finditer(text)]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_pages_speak_plainly(path: Path) -> None:
    """No page has a riddling phrase."""
    assert not [match[0] for match in RIDDLES.finditer(" ".join(path.read_text(encoding="utf-8").split()))]
