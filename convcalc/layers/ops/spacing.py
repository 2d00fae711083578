"""Numbers between tensors: so many of them, at equal distances or with equal ratios."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.signature import Signature
from convcalc.declare.traits import Positions
from convcalc.layers.ops.operands import DTYPE, Operation, place
from convcalc.lazy import Array, np
from convcalc.sizes import dtypes
from convcalc.sizes.shapes import Shape


class _Spaced(Operation):
    """So many numbers between two."""

    positions = Positions(move=True)
    signature = Signature("start", "stop", least=1, most=2)
    start: Any = arg(t.operand, default=None, doc="the first number, where it is no tensor")
    stop: Any = arg(t.operand, default=None, doc="the last number, where it is no tensor")
    num: int = arg(t.natural, default=50, doc="how many numbers")
    endpoint: bool = arg(t.flag, default=True, doc="whether the last one is among them")

    def joined(self, *shapes: Shape) -> Shape:
        """Both broadcast, with so many along an axis."""
        y = super().joined(*shapes)
        at = place(self.config["axis"], (*y, 1))
        return (*y[:at], self.num, *y[at:])

    def typed(self, given: Sequence[str], output: int = 0) -> str:
        """The dtype that is said, or the first number's, with a fraction."""
        first = super().typed(given, output)
        return dtypes.fraction(self.config["dtype"] or first)

    def work(self, *operands: Array) -> Array:
        """The numbers."""
        options = {name: self.config[name] for name in ("num", "endpoint", "axis", "base") if name in self.config}
        y: Array = getattr(np, self.kind.lower())(*operands, **options)
        return y


class Linspace(_Spaced):
    """So many numbers between two, at equal distances."""

    retstep: bool = arg(t.flag, default=False, doc="whether the distance is asked for")
    dtype_: Any = arg(DTYPE, default=None, doc="dtype of the output")
    axis: int = arg(t.whole, default=0, doc="where they stand")


class Logspace(_Spaced):
    """So many powers between two."""

    base: float = arg(t.number, default=10, doc="what is raised to the powers")
    dtype_: Any = arg(DTYPE, default=None, doc="dtype of the output")
    axis: int = arg(t.whole, default=0, doc="where they stand")


class Geomspace(_Spaced):
    """So many numbers between two, with equal ratios."""

    dtype_: Any = arg(DTYPE, default=None, doc="dtype of the output")
    axis: int = arg(t.whole, default=0, doc="where they stand")
