"""A summary as a table in GitHub's Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from convcalc.summary.figures import Summary
from convcalc.write import wording
from convcalc.write.columns import KERAS, select

# What would end the cell or start a format; an underscore inside a word does neither.
_SPECIAL = re.compile(r"[\\`*|<>\[\]~&]|(?<![^\W_])_|_(?![^\W_])")


def dumps(
    summary: Summary,
    columns: Sequence[str] | None = None,
    *,
    expand_nested: bool = False,
    layer_range: Sequence[str] | None = None,
) -> str:
    """The table, and a line of totals below it."""
    chosen = select(columns or KERAS)
    rows = wording.listed(summary, expand_nested, layer_range)
    lines = [
        _line(column.heading for column in chosen),
        _line("---:" if column.number else "---" for column in chosen),
        *(_line(_escaped(column.text(row)) for column in chosen) for row in rows),
        "",
        "; ".join(f"{label}: {count}{size}" for label, count, size in wording.totals(summary)),
    ]
    return "\n".join(lines)


def _line(texts: Iterable[str]) -> str:
    return f"| {' | '.join(texts)} |"


def _escaped(text: str) -> str:
    """A text that shows as it is inside a cell; line breaks and indents are HTML, which cells allow."""
    safe = _SPECIAL.sub(r"\\\g<0>", text).replace("   ", "&nbsp;" * 3)
    return "<br>".join(safe.splitlines())
