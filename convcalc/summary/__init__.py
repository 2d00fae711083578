"""A model in numbers: totals, rows, metrics. No text is made here."""
