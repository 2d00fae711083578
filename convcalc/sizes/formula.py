"""Numbers that can say how they came about: factors, products, and the steps of an explanation."""

from __future__ import annotations

from convcalc.sizes.shapes import Dim, product


class Step:
    """One line of an explanation: ``what``: ``formula`` = ``numbers`` = ``result``."""

    __slots__ = ("formula", "numbers", "result", "what")

    def __init__(self, what: str, formula: str, numbers: str, result: str) -> None:
        self.what = what
        self.formula = formula
        self.numbers = numbers
        self.result = result


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
        return Step(what, names, numbers, "?" if self.value is None else f"{self.value:,}")


# What cannot be counted.
UNKNOWN = Product("unknown", ("unknown", None))
