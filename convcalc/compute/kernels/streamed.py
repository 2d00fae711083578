"""The product of a few rows with a matrix that is drawn block by block, and never exists whole."""

from __future__ import annotations

import math
from collections.abc import Sequence

from convcalc.compute.kernels.finish import Finish
from convcalc.compute.kernels.workspace import Workspace
from convcalc.compute.linear import Streamed
from convcalc.lazy import Array, np

# Bytes of the matrix in a block.
_BLOCK = 1 << 20


class StreamedProduct:
    """The kernel of a `Streamed`, for inputs ``(…, channels)``; called once, as a block is used when it is drawn."""

    def __init__(self, linear: Streamed, finish: Finish, workspace: Workspace) -> None:
        self.linear = linear
        self.finish = finish
        self.workspace = workspace

    def __call__(self, x: Array, out: Array) -> None:
        """Writes the product, with bias and activation, into ``out``, which is contiguous."""
        channels, filters = self.linear.kernel.shape
        rows, y = x.reshape(-1, channels), out.reshape(-1, filters)
        count = _rows(self.linear.kernel)
        y[...] = 0
        for at in range(0, channels, count):
            part = rows[:, at : at + count]
            block = self.workspace.take("rows of weights", (part.shape[1], filters), out.dtype)
            self.linear.fill(block)
            product = self.workspace.take("part of a product", y.shape, out.dtype)
            y += np.matmul(part, block, out=product)
        self.finish(y)


def needs(kernel: Array, y: Sequence[int]) -> dict[str, int]:
    """Bytes that `StreamedProduct` takes, by name, for an output of shape ``y``."""
    row = kernel.shape[1] * kernel.itemsize
    return {"rows of weights": min(_rows(kernel), kernel.shape[0]) * row, "part of a product": math.prod(y[:-1]) * row}


def _rows(kernel: Array) -> int:
    """The number of rows in a block, even: two values of single precision are drawn at once."""
    pairs: int = max(_BLOCK // max(kernel.shape[1] * kernel.itemsize, 1) // 2, 1)
    return 2 * pairs
