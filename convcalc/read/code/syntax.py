"""Python text as `ast`'s statements, and what tells it from stacks and YAML."""

from __future__ import annotations

import ast
import re
import warnings

MOST_CHARACTERS = 4_000_000
# How code begins that Python cannot parse.
_BEGIN = re.compile(r"\s*((import|from|for|if|with|def|class)[ \t]+\w|[\w.,]+[ \t]*=[^=])")
_SIMPLE = (ast.Expr, ast.AnnAssign, ast.Pass)
# Lines of notebooks that are no Python.
_MAGIC = re.compile(r"^([ \t]*)[%!]", re.MULTILINE)


def is_code(text: str) -> bool:
    """Whether a text is a Python script rather than a stack of layers or YAML."""
    if len(text) > MOST_CHARACTERS:
        return False
    try:
        body = parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return bool(_BEGIN.match(text))
    return any(not isinstance(one, _SIMPLE) or _added(one) for one in body)


def _added(statement: ast.stmt) -> bool:
    call = getattr(statement, "value", None)
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "add"


def parse(text: str) -> ast.Module:
    """The statements of a script, notebooks' magic lines left out; `SyntaxError` where it is no Python."""
    with warnings.catch_warnings(action="ignore"):  # Python's own, on odd literals
        try:
            return ast.parse(text)
        except SyntaxError:
            if not _MAGIC.search(text):
                raise
            return ast.parse(_MAGIC.sub(r"\1#", text))
