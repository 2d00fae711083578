"""What is known of ``numpy``: one table of the tables of several files."""

from __future__ import annotations

from convcalc.read.code.library import Table, arranging, calculating, creating

TABLE = Table()
for _part in (creating, arranging, calculating):
    TABLE.functions.update(_part.TABLE.functions)
    TABLE.constants.update(_part.TABLE.constants)
