"""What adds up over the layers of a model: weights, bytes, multiply-accumulates."""

from __future__ import annotations

from collections.abc import Iterable

from convcalc.declare.weight import Weight
from convcalc.sizes import dtypes
from convcalc.stack.graph import Node
from convcalc.summary import metrics


class Totals:
    """What adds up over the layers: weights, each counted once, their bits, and the MACs of one sample.

    Unless ``is_counted`` there are more weights than those that are known.
    """

    __slots__ = ("is_counted", "macs", "non_trainable", "non_trainable_bits", "trainable", "trainable_bits")

    def __init__(self) -> None:
        self.trainable = 0
        self.non_trainable = 0
        self.trainable_bits = 0
        self.non_trainable_bits = 0
        self.macs: int | None = 0
        self.is_counted = True

    @classmethod
    def of(cls, node: Node) -> Totals:
        """The totals of a layer."""
        totals = cls()
        groups: tuple[list[Weight], list[Weight]] = ([], [])
        for weight in node.weights:
            groups[0 if weight.trainable else 1].append(weight)
        totals.trainable, totals.non_trainable = (sum(weight.params for weight in group) for group in groups)
        totals.trainable_bits, totals.non_trainable_bits = map(metrics.weight_bits, groups)
        totals.macs = node.inferred.total_macs if node.inferred else None
        totals.is_counted = node.is_counted
        return totals

    @classmethod
    def of_calls(cls, calls: Iterable[Node]) -> Totals:
        """The totals of a layer that is called several times: its weights count once, its MACs each time."""
        first, *others = map(cls.of, calls)
        for other in others:
            first.macs = None if first.macs is None or other.macs is None else first.macs + other.macs
        return first

    def freeze(self) -> None:
        """Counts all weights as not trainable."""
        self.non_trainable += self.trainable
        self.non_trainable_bits += self.trainable_bits
        self.trainable = self.trainable_bits = 0

    def add(self, part: Totals) -> None:
        """Counts another layer in; one unknown number of MACs makes the whole unknown."""
        self.trainable += part.trainable
        self.non_trainable += part.non_trainable
        self.trainable_bits += part.trainable_bits
        self.non_trainable_bits += part.non_trainable_bits
        self.is_counted = self.is_counted and part.is_counted
        self.macs = None if self.macs is None or part.macs is None else self.macs + part.macs

    @property
    def params(self) -> int:
        """Values in all weights."""
        return self.trainable + self.non_trainable

    @property
    def bytes(self) -> int:
        """Bytes of all weights."""
        return dtypes.whole_bytes(self.trainable_bits + self.non_trainable_bits)
