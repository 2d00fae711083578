"""Products that keep their factors, and the steps of an explanation."""

from __future__ import annotations

from convcalc.sizes.shapes import Dim, Shape, product


class Pads:
    """Cells before and after an axis: added cells, or cut cells."""

    __slots__ = ("after", "before")

    def __init__(self, before: int, after: int) -> None:
        self.before = before
        self.after = after

    def __str__(self) -> str:
        return f"{self.before + self.after}: {self.before} before, {self.after} after"


# A size, a count, a shape, pads, or a sentence; None is an unknown number.
Result = int | Shape | Pads | str | None


class Step:
    """One line of an explanation: ``what``: ``formula`` = ``numbers`` = ``result``.

    ``counts`` says that the result is a count, which is written with commas.
    """

    __slots__ = ("counts", "formula", "numbers", "result", "what")

    def __init__(self, what: str, formula: str, numbers: str, result: Result, *, counts: bool = False) -> None:
        self.what = what
        self.formula = formula
        self.numbers = numbers
        self.result = result
        self.counts = counts

    @property
    def shown(self) -> str:
        """The result as text."""
        if self.result is None:
            return "?"
        return f"{self.result:,}" if self.counts else str(self.result)


class Product:
    """A product of named factors, such as the MACs of one convolution."""

    __slots__ = ("factors", "name")

    def __init__(self, name: str, *factors: tuple[str, Dim]) -> None:
        self.name = name
        self.factors = factors

    @property
    def value(self) -> Dim:
        """The product; None when a factor is unknown."""
        return product(value for _, value in self.factors)

    def step(self, what: str) -> Step:
        """The product as a line of an explanation."""
        names = " × ".join(name for name, _ in self.factors)
        numbers = " × ".join("?" if value is None else f"{value:,}" for _, value in self.factors)
        return Step(what, names, numbers, self.value, counts=True)


# The product whose value is not known.
UNKNOWN = Product("unknown", ("unknown", None))
