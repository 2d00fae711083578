"""A summary as comma-separated values (RFC 4180, lines ending in a line feed)."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from types import SimpleNamespace

from convcalc.summary.figures import Summary
from convcalc.write import wording
from convcalc.write.columns import DATA, plain, select


def dumps(
    summary: Summary,
    columns: Sequence[str] | None = None,
    *,
    expand_nested: bool = False,
    layer_range: Sequence[str] | None = None,
    model: str | None = None,
    header: bool = True,
) -> str:
    """A line of column names and a line for every row; an unknown number leaves its field empty.

    With the name of a ``model`` a first column has it; without ``header`` there are only rows, to stand below others.
    """
    chosen = select(columns or DATA)
    lines: list[str] = []
    # The writer quotes what contains a character of its line end: both of them, lest a reader split there.
    writer = csv.writer(SimpleNamespace(write=lines.append), lineterminator="\r\n")
    first = [] if model is None else [model]
    if header:
        writer.writerow([*(["model"] * len(first)), *(column.name for column in chosen)])
    for row in wording.listed(summary, expand_nested, layer_range):
        writer.writerow([*first, *(plain(column.value(row)) for column in chosen)])
    return "\n".join(line.removesuffix("\r\n") for line in lines)
