"""Large matrices that a run uses once, on a few rows: they are drawn block by block, and never exist whole."""

from __future__ import annotations

import math

from convcalc.compute.linear import Matrix, Streamed
from convcalc.execute.feed.weights import Weights
from convcalc.execute.plan.groups import Group, valueless_weights

# Bytes of a matrix at the least, and rows that are multiplied with it at the most.
_LEAST, _MOST_ROWS = 1 << 25, 16


class Streaming:
    """The choice of the matrices that are drawn block by block; ``source`` has the run's weights."""

    def __init__(self, source: Weights) -> None:
        self.source = source

    def streamed(self, group: Group) -> Streamed | None:
        """A group's matrix, with a bias without values; None where the matrix is not drawn block by block."""
        core = group.core
        if core is None or not core.layer.is_linear or group.addend or not core.inferred.weights:
            return None
        weights = valueless_weights(core)
        if weights[0].nbytes < _LEAST or math.prod(group.shapes[0][:-1]) > _MOST_ROWS:  # most groups end here, quickly
            return None
        if any(step.simple.scales for step in group.following):
            return None
        first, *more = core.layer.linear(weights, core.shapes[0])
        if more or type(first) is not Matrix or first.kernel is not weights[0] or first.bias is not (*weights, None)[1]:
            return None
        fill = self.source.row_filler(core, core.inferred.weights[0])
        return Streamed(first.kernel, first.bias, fill) if fill else None

    def with_bias(self, group: Group) -> Streamed | None:
        """A group's matrix with its bias, ready to be computed; None where it is not drawn block by block."""
        matrix, core = self.streamed(group), group.core
        if matrix and core and matrix.bias is not None:
            matrix.bias = self.source.of_weight(core, core.inferred.weights[1])
        return matrix

    def saved_bytes(self, group: Group) -> int:
        """The bytes of the group's matrix that need no memory: 0 where it is not drawn block by block."""
        matrix = self.streamed(group)
        return matrix.kernel.nbytes if matrix else 0
