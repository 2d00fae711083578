"""Products of many rows with one matrix: layers of one tap, and dense ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

from convcalc.compute.kernels.finish import Finish
from convcalc.compute.kernels.small import Part, arranged, copied, least_rows, multiply, shared
from convcalc.compute.kernels.workspace import Workspace
from convcalc.lazy import Array, np

# Bytes of output in a block, which is finished while it is in the second-level cache.
_BLOCK = 1 << 20
# Rows in a block at the least: below them the matrix is read more than it is used.
_LEAST_ROWS = 64


class Product:
    """``x`` ``(images, *spatial, channels)`` times ``matrix`` ``(channels, filters)``, at every ``strides``-th.

    There are about so many ``rows``; `once` for weights that are used once.
    """

    def __init__(
        self,
        matrix: Array,
        finish: Finish,
        workspace: Workspace,
        rows: int,
        strides: Sequence[int] = (),
        *,
        once: bool = False,
    ) -> None:
        self.pieces = arranged(matrix, rows, workspace, once=once)
        self.finish = finish
        self.workspace = workspace
        self.places = (slice(None), *(slice(None, None, stride) for stride in strides))

    def __call__(self, x: Array, out: Array) -> None:
        """Writes the product, with bias and activation, into ``out``, which is contiguous."""
        self.add(x, None, out)

    def add(self, x: Array, added: Array | None, out: Array) -> None:
        """The same, with what is ``added`` before the activation, of the shape of ``out``."""
        beside = None if added is None else added.reshape(-1, out.shape[-1])
        rows = x[self.places].reshape(-1, x.shape[-1])
        written = out.reshape(-1, out.shape[-1])
        most = max(_BLOCK // (out.shape[-1] * out.itemsize), _LEAST_ROWS)
        count = self.workspace.share(len(rows), most, least_rows(self.pieces, self.workspace))
        parts = shared(len(rows), self.pieces, self.workspace)

        def compute(block: tuple[int, Part]) -> None:
            start, (pieces, filters) = block
            some = slice(start, start + count)
            multiply(rows[some], pieces, written[some, filters])
            if len(parts) == 1:
                finish(some)

        def finish(some: slice) -> None:
            if beside is not None:
                np.add(written[some], beside[some], out=written[some])
            self.finish(written[some])

        self.workspace.each(compute, product(range(0, len(rows), count), parts))
        if len(parts) > 1:  # an activation may look at all filters
            self.workspace.each(finish, [slice(None)])

    def rows(self, x: Array, out: Array) -> None:
        """Some rows ``(rows, channels)`` of the input, to the same of the output."""
        multiply(x, self.pieces, out)
        self.finish(out)


def needs(matrix: Array, x: Sequence[int], y: Sequence[int], strides: Sequence[int], *, once: bool) -> dict[str, int]:
    """Bytes that `Product` takes, by name: the matrix in pieces, and the rows of the places that a stride leaves."""
    rows = math.prod(y[:-1])
    places = rows * x[-1] if max(strides, default=1) > 1 else 0
    pieces = copied((x[-1], y[-1]), rows, matrix.itemsize, once=once)
    return {"weights": pieces * matrix.itemsize, "rows of places": places * matrix.itemsize}
