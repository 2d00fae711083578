"""Programs executed with real Keras, and read by convcalc: what differs, and the smallest that still differs."""

from __future__ import annotations

import ast
import contextlib
import io
import sys
import tempfile
import time
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
            # Keras counts what is not built as nothing; convcalc says that there is more.
            return summarize(load(path)).text(style="keras3").rstrip("\n").replace(", at least", "")
        except ConvcalcError as error:
            return f"error: {str(error).replace(folder, '')}"


def difference(text: str) -> tuple[str, str] | None:
    """Keras's answer and convcalc's, where the answers differ."""
    theirs = executed(text)
    ours = "" if theirs is None else read(text)
    return None if theirs is None or theirs == ours else (theirs, ours)


def shrunk(text: str, differs: Callable[[str], bool], *, seconds: float = 90) -> str:
    """The smallest program found that still differs, by leaving statements out; many at a time while that works."""
    end = time.monotonic() + seconds
    share = _count(text) // 2
    while share >= 1:
        at = 0
        while at < _count(text) and time.monotonic() < end:
            smaller = next((one for one in _smaller(text, at, share) if differs(one)), None)
            if smaller is None:
                at += share
            else:
                text = smaller
        share //= 2
    return text


def _blocks(tree: ast.AST) -> Iterator[tuple[ast.AST, str, list[ast.stmt]]]:
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                yield node, name, block


def _count(text: str) -> int:
    return sum(len(block) for *_, block in _blocks(ast.parse(text)))


def _smaller(text: str, at: int, share: int) -> Iterator[str]:
    """The program without some statements, or with what is inside one in its place."""
    tree = ast.parse(text)
    places = [(block, one) for *_, block in _blocks(tree) for one in block][at : at + share]
    for block, one in places:
        block.remove(one)
    for node, name, block in _blocks(tree):
        if not block and name == "body" and not isinstance(node, ast.Module):
            block.append(ast.Pass())
    yield ast.unparse(tree) + "\n"
    one = places[0][1]
    inner = getattr(one, "body", None)
    if share == 1 and inner and not isinstance(one, ast.FunctionDef | ast.ClassDef):
        tree = ast.parse(text)
        block, one = [(block, one) for *_, block in _blocks(tree) for one in block][at]
        place = block.index(one)
        block[place : place + 1] = one.body  # type: ignore[attr-defined]
        yield ast.unparse(tree) + "\n"


def sort_of(ours: str) -> str:
    """What sort of difference this is: an error by its code, or another answer."""
    return ours.rpartition("[")[2].partition("]")[0] if ours.startswith("error") else "answer"


if __name__ == "__main__":
    from tests.keras.programs import draw

    program = draw(int(sys.argv[1]))
    print(program)
    print(difference(program) or executed(program))
