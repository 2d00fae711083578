"""IPython's own lines in code: magics, shell commands and help, rewritten as Python."""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterator

from convcalc.read.code.rewriting import Edit, Rewritten, Token, logical_line

# What stands in Python for a command whose result is not known.
_ASKED = "get_ipython()"
# Magics before a statement that is carried out as if they were not there.
_TIMING = {"time", "prun", "memit", "lprun", "mprun", "snakeviz", "pyinstrument", "scalene", "px", "notify"}
_HELP = re.compile(r"(%{0,2}(?!\d)[\w*]+(\.(?!\d)[\w*]+|\[-?[0-9]+\])*)(\?\??)$")
_PROMPT = re.compile(r"[ \t]*(?:>>>|(?:\[(?:nav|ins)\] )?In ?\[[\d ]*\]:)(?: |$)")
_MORE = re.compile(r"[ \t]*(?:\.\.\.(?: |$)|\.{3,}: ?)")
_MARGIN = re.compile(r"^[ \t]*(?=[^\s])", re.MULTILINE)
# What a command of IPython's begins with.
_COMMAND = re.compile(r"[ \t]*([%!?,;/])")
_PYLAB = "import numpy; import numpy as np; from matplotlib import pyplot as plt; from numpy import *"


def dedented(text: Rewritten) -> Rewritten:
    """The text without the blanks that all its lines begin with, else without the blanks of its first line."""
    margins = [one.span() for one in _MARGIN.finditer(text.text)]
    if not margins or margins[0][0] == margins[0][1]:
        return text
    first = text.text[slice(*margins[0])]
    common = os.path.commonprefix([text.text[start:end] for start, end in margins]) or first
    starts = (start for start, end in margins if text.text.startswith(common, start))
    return text.edited(Edit(start, start + len(common)) for start in starts)


def without_prompts(text: Rewritten) -> Rewritten:
    """The code of an interactive session: prompts are left out, and the outputs become comments."""
    lines = text.text.split("\n")
    first = next((line for line in lines if line.strip() and not line.lstrip().startswith("#")), "")
    if not _PROMPT.match(first):
        return text
    return text.edited(_unprompted(lines))


def _unprompted(lines: list[str]) -> Iterator[Edit]:
    at, is_code = 0, False
    for line in lines:
        prompt = _PROMPT.match(line) or (is_code and _MORE.match(line)) or None
        is_code = bool(prompt)
        if prompt:
            yield Edit(at, at + prompt.end())
        elif line.strip():
            yield Edit(at, at, "#")
        at += len(line) + 1


def without_magics(text: Rewritten) -> Rewritten:
    """The text with Python in the place of IPython's own lines."""
    return text.edited(_commands(text.text))


def _commands(text: str) -> Iterator[Edit]:
    """The edits of all commands in a text. Within brackets and texts of several lines there are none."""
    at = 0
    while at < len(text):
        command = _COMMAND.match(text, at)
        if command:
            begin = command.start(1)
            end = _continued(text, begin)
            yield from _escaped(text, begin, end)
            at = end + 1
            continue
        tokens, after = logical_line(text, at)
        edit = _assigned(text, tokens) or _asked(text, tokens)
        if edit:
            yield edit
            at = edit.end + 1
        else:
            at = after


def _continued(text: str, at: int) -> int:
    """Where the line that holds ``at`` ends; a backslash at its end joins the next line."""
    while True:
        end = text.find("\n", at)
        if end < 0:
            return len(text)
        if text[end - 1 : end] != "\\" or end == at:
            return end
        at = end + 1


def _filled(text: str, start: int, end: int, code: str) -> Edit:
    """Code in the place of a command, on as many lines."""
    return Edit(start, end, code + "\n" * text.count("\n", start, end))


def _escaped(text: str, start: int, end: int) -> Iterator[Edit]:
    """The edit of a command that begins with a mark of IPython's."""
    line = re.sub(r"[ \t]*\\\n", " ", text[start:end]).rstrip()
    mark, content = line[0], line[1:]
    name, _, rest = content.partition(" ")
    if mark == "%" and not _HELP.search(line):
        if name in _TIMING and rest.strip() and not rest.lstrip().startswith("-"):
            skipped = re.compile(r"%\w+\s*").match(text, start)
            assert skipped is not None
            yield Edit(start, skipped.end())
            return
        yield _filled(text, start, end, _of_magic(name, rest.strip()))
    elif mark in "%!?":
        yield _filled(text, start, end, "pass")
    elif mark != "/":
        words = '", "'.join(rest.split()) if mark == "," else rest
        yield _filled(text, start, end, f'{name}("{words}")')
    elif name:
        yield _filled(text, start, end, f"{name}({', '.join(rest.split())})")


def _of_magic(name: str, rest: str) -> str:
    """The Python that a line of a magic amounts to, as far as names are concerned."""
    words = rest.split()
    if name == "pylab":
        return _PYLAB if "--no-import-all" not in words else _PYLAB.rpartition(";")[0]
    if name == "run":
        file = next((word for word in words if not word.startswith("-")), "").strip("'\"")
        module = re.fullmatch(r"(?:\./)?((?:\w+/)*\w+)(\.py|\.ipynb)?", file)
        if module and module[2] != ".ipynb":
            return f"from {module[1].replace('/', '.')} import *"
    if name == "aimport" and rest.isidentifier():
        return f"import {rest}"
    if name == "store" and "-r" in words:
        names = [word for word in words if word.isidentifier()]
        return " = ".join([*names, _ASKED]) if names else "pass"
    return "pass"


def _assigned(text: str, tokens: list[Token]) -> Edit | None:
    """The edit of a command whose result gets a name: ``files = !ls``, ``result = %timeit -o f()``."""
    depth = 0
    for at, token in enumerate(tokens):
        if token.text == "=" and not depth:
            following = tokens[at + 1 : at + 3]
            mark = following[0].text if following else ""
            if mark == "!" or mark == "%" and len(following) > 1 and following[1].kind == "name":
                return _result(text, following)
            return None
        depth = max(depth + (token.kind == "open") - (token.kind == "close"), 0)
    return None


def _result(text: str, command: list[Token]) -> Edit:
    start = command[0].start
    name = command[1].text if len(command) > 1 else ""
    timed = re.compile(r"%time[ \t]+(?=[^-\s])").match(text, start) if name == "time" else None
    if timed:
        return Edit(start, timed.end())
    return _filled(text, start, _continued(text, start), _ASKED)


def _asked(text: str, tokens: list[Token]) -> Edit | None:
    """The edit of a question: ``keras.Model?``, ``Dense??``."""
    if len(tokens) < 2 or tokens[-1].text != "?":
        return None
    start, end = tokens[0].start, tokens[-1].end
    line = text[start : _continued(text, end)]
    if not _HELP.search(line.rstrip()):
        return None
    return _filled(text, start, start + len(line), "pass")
