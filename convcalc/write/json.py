"""A summary as one line of JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from convcalc.summary.figures import Summary
from convcalc.summary.rows import Row

# No argument of a layer has an empty name, and inside a JSON text two quotes never meet.
_MARK = ""
_MARKED = re.compile(r'"": (\d+)')
_BLOCK = 2000  # texts that are joined before they are handed on


def dumps(summary: Summary) -> str:
    """The JSON contract's object on one line; tuples become lists, unknown numbers ``null``."""
    return "".join(pieces(summary))


def pieces(summary: Summary) -> Iterator[str]:
    """The text of `dumps` bit by bit: for a large model it is many times the size of what it is made from.

    What equal layers have in common is put into text once: a hundred thousand layers take half a second.
    """
    numbers: dict[int, int] = {}
    texts: list[str] = []

    def mark(row: Row) -> dict[str, Any]:
        number = numbers.setdefault(id(row.totals), len(numbers))
        if number == len(texts):
            texts.append(json.dumps(row.facts(), allow_nan=False)[1:-1])
        return {_MARK: number}

    text = json.dumps(summary.to_dict(mark), allow_nan=False)
    block: list[str] = []
    done = 0
    for match in _MARKED.finditer(text):
        block += (text[done : match.start()], texts[int(match[1])])
        done = match.end()
        if len(block) > _BLOCK:
            yield "".join(block)
            block.clear()
    yield "".join([*block, text[done:]])
