"""What tells Python text from stacks and YAML."""

from __future__ import annotations

import ast
import re

from convcalc.read.code.chunks import cells, statements
from convcalc.source import Source

MOST_CHARACTERS = 4_000_000
# How code begins that Python cannot parse, behind comments and a text about it.
_BEGIN = re.compile(
    r"(?:\s+|#[^\n]*\n|\"\"\".*?\"\"\"|'''.*?''')*"
    r"(?:(?:import|from|for|if|with|def|class)[ \t]+\w|[\w.,]+[ \t]*=[^=]|%\w|![a-z]|>>> )",
    re.DOTALL,
)
_SIMPLE = (ast.Expr, ast.AnnAssign, ast.Pass)


def is_code(text: str) -> bool:
    """Whether a text is a Python script rather than a stack of layers or YAML."""
    if len(text) > MOST_CHARACTERS:
        return False
    try:
        body = statements(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return bool(_BEGIN.match(text))
    return _acts(body)


def is_all_code(text: str) -> bool:
    """Whether all of a text is Python, with IPython's commands and Python 2 among it."""
    try:
        cell = cells(Source("", text))[0]
    except (ValueError, RecursionError, MemoryError):
        return False
    return cell.error is None and _acts(cell.body)


def _acts(body: list[ast.stmt]) -> bool:
    return any(not isinstance(one, _SIMPLE) or _added(one) for one in body)


def _added(statement: ast.stmt) -> bool:
    call = getattr(statement, "value", None)
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "add"
