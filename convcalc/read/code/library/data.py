"""What is known of libraries for data: one table of the tables of several files."""

from __future__ import annotations

from convcalc.read.code.library import Table, corpora, downloads, feeds, frames, learning, pictures, preparing, texts

TABLE = Table()
for _part in (corpora, downloads, feeds, frames, learning, pictures, preparing, texts):
    TABLE.functions.update(_part.TABLE.functions)
    TABLE.constants.update(_part.TABLE.constants)
