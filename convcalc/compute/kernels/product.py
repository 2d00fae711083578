"""Products of many rows with one matrix: layers of one tap, and dense ones."""

from __future__ import annotations

from collections.abc import Sequence

from convcalc.compute.kernels.finish import Finish
from convcalc.compute.kernels.small import least_rows, multiply
from convcalc.compute.kernels.workspace import Workspace
from convcalc.lazy import Array

# Bytes of output in a block, which is finished while it is in the second-level cache.
_BLOCK = 1 << 19
# Rows in a block at the least: below them the matrix is read more than it is used.
_LEAST_ROWS = 64


class Product:
    """``x`` ``(images, *spatial, channels)`` times ``matrix`` ``(channels, filters)``, at every ``strides``-th."""

    def __init__(self, matrix: Array, finish: Finish, workspace: Workspace, strides: Sequence[int] = ()) -> None:
        self.matrix = matrix
        self.finish = finish
        self.workspace = workspace
        self.places = (slice(None), *(slice(None, None, stride) for stride in strides))

    def __call__(self, x: Array, out: Array) -> None:
        """Writes the product, with bias and activation, into ``out``, which is contiguous."""
        rows = x[self.places].reshape(-1, x.shape[-1])
        written = out.reshape(-1, out.shape[-1])
        most = max(_BLOCK // (out.shape[-1] * out.itemsize), _LEAST_ROWS)
        block = self.workspace.share(len(rows), most, least_rows(self.matrix))

        def compute(start: int) -> None:
            part = written[start : start + block]
            multiply(rows[start : start + block], self.matrix, part, self.workspace)
            self.finish(part)

        self.workspace.each(compute, range(0, len(rows), block))
