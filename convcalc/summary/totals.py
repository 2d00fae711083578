"""What adds up over the layers of a model: weights, bytes, multiply-accumulates."""

from __future__ import annotations

from collections.abc import Iterable

from convcalc.declare.weight import Weight
from convcalc.sizes import dtypes
from convcalc.stack.graph import Node
from convcalc.summary import metrics


class Counted:
    """What has totals: a layer, or a whole model. Numbers of weights are None where some weights are unknown."""

    __slots__ = ("totals",)

    def __init__(self, totals: Totals) -> None:
        self.totals = totals

    @property
    def params(self) -> int | None:
        """Values in all weights."""
        return self.totals.params if self.totals.is_counted else None

    @property
    def trainable_params(self) -> int | None:
        """Values in the weights that training changes."""
        return self.totals.trainable if self.totals.is_counted else None

    @property
    def non_trainable_params(self) -> int | None:
        """Values in the weights that training leaves alone."""
        return self.totals.non_trainable if self.totals.is_counted else None

    @property
    def bytes(self) -> int | None:
        """Bytes of all weights, each in its own dtype."""
        return self.totals.bytes if self.totals.is_counted else None

    @property
    def macs(self) -> int | None:
        """Multiply-accumulates for one sample; None where a layer's are unknown."""
        return self.totals.macs


class Totals:
    """What adds up over the layers: weights, each counted once, their bits, and the MACs of one sample.

    Unless ``is_counted``, there are more weights than the numbers say.
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
        totals.add_weights(node.weights)
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

    def add_weights(self, weights: Iterable[Weight]) -> None:
        """Adds weights."""
        groups: tuple[list[Weight], list[Weight]] = ([], [])
        for weight in weights:
            groups[0 if weight.trainable else 1].append(weight)
        self.trainable += sum(weight.params for weight in groups[0])
        self.non_trainable += sum(weight.params for weight in groups[1])
        self.trainable_bits += metrics.weight_bits(groups[0])
        self.non_trainable_bits += metrics.weight_bits(groups[1])

    def recount(self, weights: Iterable[Weight]) -> None:
        """Counts these weights instead."""
        self.trainable = self.non_trainable = self.trainable_bits = self.non_trainable_bits = 0
        self.add_weights(weights)

    def freeze(self) -> None:
        """Counts all weights as not trainable."""
        self.non_trainable += self.trainable
        self.non_trainable_bits += self.trainable_bits
        self.trainable = self.trainable_bits = 0

    def add(self, part: Totals) -> None:
        """Adds the totals of another layer; one unknown number of MACs makes the sum unknown."""
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
