"""What is known of libraries for data: one table of the tables of several files."""

from __future__ import annotations

from convcalc.read.code.library import Table, corpora, downloads, feeds, frames, pictures, preparing, scikit, texts

TABLE = Table()
for _part in (corpora, downloads, feeds, frames, pictures, preparing, scikit, texts):
    TABLE.functions.update(_part.TABLE.functions)
    TABLE.constants.update(_part.TABLE.constants)
