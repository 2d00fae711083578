"""Kernels for what is computed value by value: sums of arrays, and channels scaled and shifted."""

from __future__ import annotations

from collections.abc import Sequence

from convcalc.compute.kernels.finish import Finish
from convcalc.compute.kernels.workspace import Workspace
from convcalc.lazy import Array, np

# Bytes of output in a block, which is finished while it is in the second-level cache.
_BLOCK = 1 << 19
# Bytes of output in a block for a thread of its own at the least.
_SHARED = 1 << 20


class Sum:
    """The sum of arrays of one shape."""

    def __init__(self, finish: Finish, workspace: Workspace) -> None:
        self.finish = finish
        self.workspace = workspace

    def __call__(self, xs: Sequence[Array], out: Array) -> None:
        """Writes the sum, with the activation, into ``out``, which is contiguous."""
        rows = [x.reshape(-1, x.shape[-1]) for x in (*xs, out)]
        self.workspace.each(self._block, _blocks(rows, self.workspace))

    def _block(self, arrays: tuple[Array, ...]) -> None:
        """Some rows of the inputs, and of the output."""
        *values, written = arrays
        np.add(values[0], values[1], out=written)
        for value in values[2:]:
            written += value
        self.finish(written)


class Scale:
    """``x × scale``, then the finish, whose bias is the shift."""

    def __init__(self, scale: Array, finish: Finish, workspace: Workspace) -> None:
        self.scale = scale
        self.finish = finish
        self.workspace = workspace

    def __call__(self, x: Array, out: Array) -> None:
        """Writes the scaled and finished ``x`` into ``out``, which is contiguous."""
        rows = [one.reshape(-1, one.shape[-1]) for one in (x, out)]
        self.workspace.each(self._block, _blocks(rows, self.workspace))

    def _block(self, arrays: tuple[Array, ...]) -> None:
        """Some rows of the input, and of the output."""
        value, written = arrays
        np.multiply(value, self.scale, out=written)
        self.finish(written)


def _blocks(arrays: Sequence[Array], workspace: Workspace) -> list[tuple[Array, ...]]:
    """The arrays, of one shape ``(rows, channels)``, in blocks of rows."""
    last = arrays[-1]
    most, least = (max(size // max(last.shape[-1] * last.itemsize, 1), 1) for size in (_BLOCK, _SHARED))
    rows = workspace.share(len(last), most, least)
    return [tuple(one[at : at + rows] for one in arrays) for at in range(0, len(last), rows)]
