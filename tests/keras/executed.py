"""Programs executed with real Keras, and read by convcalc: what differs, and the smallest program that still differs."""

from __future__ import annotations

import ast
import contextlib
import io
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import keras

from convcalc import load, summarize
from convcalc.errors import ConvcalcError

_summary, _fit = keras.Model.summary, keras.Model.fit


def _shown(model: keras.Model) -> str:
    """What a summary shows without a terminal, of a model that is not compiled."""
    lines: list[str] = []
    optimizer = getattr(model, "optimizer", None)
    if optimizer is not None:
        model.optimizer = None
    _summary(model, print_fn=lambda line, **_: lines.append(line))
    if optimizer is not None:
        model.optimizer = optimizer
    return "\n".join(lines).rstrip("\n")


def executed(text: str) -> str | None:
    """What the last ``summary()`` of a program prints with real Keras; None where the program fails."""
    texts: list[str] = []

    def fit(self: Any, *args: Any, **named: Any) -> Any:
        self.run_eagerly = True
        return _fit(self, *args, **named)

    keras.utils.clear_session(free_memory=False)
    shown = patch.object(keras.Model, "summary", lambda self, **_: texts.append(_shown(self)))
    with shown, patch.object(keras.Model, "fit", fit), contextlib.redirect_stdout(io.StringIO()):
        try:
            exec(compile(text, "program.py", "exec"), {"__name__": "__main__"})
        except Exception as error:  # whatever Python or Keras raises
            executed.error = f"{type(error).__name__}: {error}"  # type: ignore[attr-defined]
            return None
    return texts[-1] if texts else None


def read(text: str) -> str:
    """What convcalc prints for a program, or its error."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "program.py")
        path.write_text(text, encoding="utf-8")
        try:
            return summarize(load(path)).text(style="keras3").rstrip("\n")
        except ConvcalcError as error:
            return f"error: {str(error).replace(folder, '')}"


def difference(text: str) -> tuple[str, str] | None:
    """Keras's answer and convcalc's, where the answers differ."""
    theirs = executed(text)
    ours = "" if theirs is None else read(text)
    return None if theirs is None or theirs == ours else (theirs, ours)


def shrunk(text: str, differs: Callable[[str], bool]) -> str:
    """The smallest program found that still differs, by leaving statements out."""
    again = True
    while again:
        again = False
        for smaller in _smaller(text):
            if differs(smaller):
                text, again = smaller, True
                break
    return text


def _smaller(text: str) -> Iterator[str]:
    """The program with one statement less, or with a statement in place of the block around it."""
    count = sum(len(getattr(node, name)) for node in ast.walk(ast.parse(text)) for name in ("body", "orelse", "finalbody")
                if isinstance(getattr(node, name, None), list))  # fmt: skip
    for number in range(count):
        for inline in (False, True):
            tree = ast.parse(text)
            if _without(tree, number, inline):
                yield ast.unparse(tree) + "\n"


def _without(tree: ast.AST, number: int, inline: bool) -> bool:
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            body = getattr(node, name, None)
            if not isinstance(body, list):
                continue
            if number < len(body):
                inner = getattr(body[number], "body", []) if inline else []
                if inline and (not inner or isinstance(body[number], ast.FunctionDef | ast.ClassDef)):
                    return False
                body[number : number + 1] = inner
                if not body and name == "body" and not isinstance(node, ast.Module):
                    body.append(ast.Pass())
                return True
            number -= len(body)
    return False


def sort_of(ours: str) -> str:
    """What sort of difference this is: an error by its code, or another answer."""
    return ours.rpartition("[")[2].partition("]")[0] if ours.startswith("error") else "answer"


if __name__ == "__main__":
    from tests.keras.programs import draw

    program = draw(int(sys.argv[1]))
    print(program)
    print(difference(program) or executed(program))
