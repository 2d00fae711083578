"""Large matrices that a run uses once, on a few rows: drawn a block at a time, they never take memory of their own."""

from __future__ import annotations

import math

from convcalc.compute.linear import Matrix, Streamed
from convcalc.execute.feed.weights import Weights
from convcalc.execute.plan.groups import Group, weightless

# Bytes of a matrix that are worth it, and rows that it is used on at the most.
_LEAST, _MOST_ROWS = 1 << 25, 16


class Streaming:
    """Which matrices are drawn so, where ``source`` has the run's weights."""

    def __init__(self, source: Weights) -> None:
        self.source = source

    def planned(self, group: Group) -> Streamed | None:
        """A group's matrix, its bias without values yet; None where it is made whole."""
        core = group.core
        if core is None or not core.layer.is_linear or group.added or not core.inferred.weights:
            return None
        weights = weightless(core)
        if weights[0].nbytes < _LEAST or math.prod(group.shapes[0][:-1]) > _MOST_ROWS:  # of most, told at once
            return None
        if any(step.layer.scales(step.shapes[0]) for step in group.after):
            return None
        one, *more = core.layer.linear(weights, core.shapes[0])
        if more or type(one) is not Matrix or one.kernel is not weights[0] or one.bias is not (*weights, None)[1]:
            return None
        fill = self.source.rows(core, core.inferred.weights[0])
        return Streamed(one.kernel, one.bias, fill) if fill else None

    def made(self, group: Group) -> Streamed | None:
        """The same, ready to be computed."""
        matrix, core = self.planned(group), group.core
        if matrix and core and matrix.bias is not None:
            matrix.bias = self.source.of_weight(core, core.inferred.weights[1])
        return matrix

    def saved(self, group: Group) -> int:
        """The bytes that the group's matrix does not take."""
        matrix = self.planned(group)
        return matrix.kernel.nbytes if matrix else 0
