"""Elementwise kernels: the sum of arrays, and the scaling of channels."""

from __future__ import annotations

from collections.abc import Sequence

from convcalc.compute.kernels.finish import Finish
from convcalc.compute.kernels.workspace import Workspace
from convcalc.lazy import Array, np

# Bytes of output in a block: its activation is applied while the block is in the second-level cache.
_BLOCK = 1 << 19
# Bytes of output in a block at the least, when a thread of its own computes the block.
_SHARED = 1 << 20


class Sum:
    """The kernel that adds arrays of one shape."""

    def __init__(self, finish: Finish, workspace: Workspace) -> None:
        self.finish = finish
        self.workspace = workspace

    def __call__(self, xs: Sequence[Array], out: Array) -> None:
        """Writes the sum, with the activation, into ``out``, which is contiguous."""
        rows = [x.reshape(-1, x.shape[-1]) for x in (*xs, out)]
        self.workspace.each(self._block, _blocks(rows, self.workspace))

    def _block(self, arrays: tuple[Array, ...]) -> None:
        """Adds rows of the inputs; the last array is the output."""
        *inputs, out = arrays
        np.add(inputs[0], inputs[1], out=out)
        for x in inputs[2:]:
            out += x
        self.finish(out)


class Scale:
    """The kernel that multiplies each channel by its ``scale`` ``(channels,)``; the bias of ``finish`` is the shift."""

    def __init__(self, scale: Array, finish: Finish, workspace: Workspace) -> None:
        self.scale = scale
        self.finish = finish
        self.workspace = workspace

    def __call__(self, x: Array, out: Array) -> None:
        """Writes ``x × scale``, with shift and activation, into ``out``, which is contiguous."""
        rows = [array.reshape(-1, array.shape[-1]) for array in (x, out)]
        self.workspace.each(self._block, _blocks(rows, self.workspace))

    def _block(self, arrays: tuple[Array, ...]) -> None:
        """Scales rows of the input, the first array, into the output, the second."""
        x, out = arrays
        np.multiply(x, self.scale, out=out)
        self.finish(out)


def _blocks(arrays: Sequence[Array], workspace: Workspace) -> list[tuple[Array, ...]]:
    """The arrays, all of one shape ``(rows, channels)``, in blocks of rows."""
    last = arrays[-1]
    most, least = (max(size // max(last.shape[-1] * last.itemsize, 1), 1) for size in (_BLOCK, _SHARED))
    rows = workspace.block_size(len(last), most, least)
    return [tuple(array[at : at + rows] for array in arrays) for at in range(0, len(last), rows)]
