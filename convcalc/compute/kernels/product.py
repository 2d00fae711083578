"""The product of many rows with one matrix: dense layers, and convolutions of one tap."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

from convcalc.compute.kernels.finish import Finish
from convcalc.compute.kernels.panels import Part, multiply, packed, packed_size, rows_worth_sharing, split_few_rows
from convcalc.compute.kernels.workspace import Workspace
from convcalc.lazy import Array, np

# Bytes of output in a block: bias and activation are applied while the block is in the second-level cache.
_BLOCK = 1 << 20
# Rows in a block at the least: with fewer, reading the matrix takes longer than multiplying with it.
_LEAST_ROWS = 64


class Product:
    """The kernel that multiplies every position with ``matrix`` ``(channels, filters)``.

    Inputs are ``(images, *spatial, channels)``, of which ``strides`` take every n-th position along each axis.
    ``rows`` is about the number of output positions; ``once`` says that the weights are used once.
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
        self.panels = packed(matrix, rows, workspace, once=once)
        self.finish = finish
        self.workspace = workspace
        self.places = (slice(None), *(slice(None, None, stride) for stride in strides))

    def __call__(self, x: Array, out: Array) -> None:
        """Writes the product, with bias and activation, into ``out``, which is contiguous."""
        self.add(x, None, out)

    def add(self, x: Array, added: Array | None, out: Array) -> None:
        """Writes the product plus ``added``, of the shape of ``out``, with bias and activation, into ``out``."""
        addend = None if added is None else added.reshape(-1, out.shape[-1])
        rows = x[self.places].reshape(-1, x.shape[-1])
        y = out.reshape(-1, out.shape[-1])
        most = max(_BLOCK // (out.shape[-1] * out.itemsize), _LEAST_ROWS)
        count = self.workspace.block_size(len(rows), most, rows_worth_sharing(self.panels, self.workspace))
        parts = split_few_rows(len(rows), self.panels, self.workspace)

        def compute(block: tuple[int, Part]) -> None:
            start, (panels, filters) = block
            some = slice(start, start + count)
            multiply(rows[some], panels, y[some, filters])
            if len(parts) == 1:
                finish(some)

        def finish(some: slice) -> None:
            if addend is not None:
                np.add(y[some], addend[some], out=y[some])
            self.finish(y[some])

        self.workspace.each(compute, product(range(0, len(rows), count), parts))
        if len(parts) > 1:  # an activation may look at all filters
            self.workspace.each(finish, [slice(None)])

    def rows(self, x: Array, out: Array) -> None:
        """Writes the product of rows ``x`` ``(rows, channels)`` into ``out`` ``(rows, filters)``, in this thread."""
        multiply(x, self.panels, out)
        self.finish(out)


def needs(matrix: Array, x: Sequence[int], y: Sequence[int], strides: Sequence[int], *, once: bool) -> dict[str, int]:
    """Bytes that `Product` takes, by name: the packed matrix, and the positions that a stride leaves."""
    rows = math.prod(y[:-1])
    places = rows * x[-1] if max(strides, default=1) > 1 else 0
    panels = packed_size((x[-1], y[-1]), rows, matrix.itemsize, once=once)
    return {"weights": panels * matrix.itemsize, "rows of places": places * matrix.itemsize}
