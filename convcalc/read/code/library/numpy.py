"""What is known of ``numpy``: one table of the tables of several files."""

from __future__ import annotations

from convcalc.read.code.library import Table, arranging, creating, elementwise

TABLE = Table()
for _part in (creating, arranging, elementwise):
    TABLE.functions.update(_part.TABLE.functions)
    TABLE.constants.update(_part.TABLE.constants)
