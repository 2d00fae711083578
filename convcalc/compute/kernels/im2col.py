"""Convolutions as products: the patches of a block of outputs side by side, times the kernel as one matrix.

Chellapilla et al. 2006, "High performance convolutional neural networks for document processing"; here block by
block, so that the patches never leave the cache.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

from convcalc.compute.kernels.finish import Finish
from convcalc.compute.kernels.small import Part, arranged, copied, least_rows, multiply, shared
from convcalc.compute.kernels.workspace import Workspace
from convcalc.compute.padding import pad
from convcalc.lazy import Array, np
from convcalc.sizes.windows import Window

# Bytes of patches, or of outputs, in a block, and places in it at the least: below them the kernel is read more than it
# is used.
_BLOCK = 1 << 20
_LEAST_PLACES = 320
# Channels of a group at the least: smaller groups are computed together, with zeros between them.
_LEAST_CHANNELS = 32


class Columns:
    """``x`` ``(images, *spatial, channels)`` convolved with ``kernel`` ``(*taps, channels / groups, filters)``.

    There are about so many ``rows``, that is, places of outputs; `once` for weights that are used once.
    """

    def __init__(
        self,
        kernel: Array,
        finish: Finish,
        windows: Sequence[Window],
        rows: int,
        workspace: Workspace,
        groups: int = 1,
        *,
        once: bool = False,
    ) -> None:
        *self.taps, inside, filters = kernel.shape
        together = _together(groups, inside)
        self.groups = groups // together
        matrices = _by_group(kernel.reshape(-1, inside, filters), groups, together)
        self.matrices = matrices[:, None] if groups > 1 else [arranged(matrices[0], rows, workspace, once=once)]
        self.finish = finish
        self.windows = windows
        self.workspace = workspace

    def __call__(self, x: Array, out: Array) -> None:
        """Writes the convolution of ``x``, with bias and activation, into ``out``, which is contiguous."""
        spatial = x.shape[1:-1]
        padded = pad(x, [window.pads(n) or (0, 0) for window, n in zip(self.windows, spatial, strict=True)])
        patches = self._patches(padded, out.shape[1:-1])
        most = _rows(out.shape, x.shape[-1] * math.prod(self.taps), x.itemsize)
        places = max(math.prod(out.shape[2:-1]), 1)
        least = -(-least_rows(self.matrices[0], self.workspace) // places)
        rows = self.workspace.share(out.shape[1], most, least)
        count = min(rows, out.shape[1]) * places
        parts = [shared(count, pieces, self.workspace) for pieces in self.matrices]
        cut = len(parts[0]) > 1

        def compute(block: tuple[tuple[Array, Array], int, Sequence[Part]]) -> None:
            (x, y), start, part = block
            some = slice(start, start + rows)
            self._block(x[some], y[some], part)
            if not cut:
                self.finish(y[some])

        starts, pairs = range(0, out.shape[1], rows), zip(patches, out, strict=True)
        self.workspace.each(compute, product(pairs, starts, zip(*parts, strict=True)))
        if cut:  # an activation may look at all filters
            self.workspace.each(self.finish, out)

    def _patches(self, x: Array, lengths: Sequence[int]) -> Array:
        """A view (images, *output positions, groups, *taps, channels of a group)."""
        images, *steps, last = x.strides
        places = zip(steps, self.windows, strict=True)
        moves = [(step * window.stride, step * window.dilation) for step, window in places]
        inside = x.shape[-1] // self.groups
        shape = (x.shape[0], *lengths, self.groups, *self.taps, inside)
        strides = (images, *(move for move, _ in moves), last * inside, *(tap for _, tap in moves), last)
        return np.lib.stride_tricks.as_strided(x, shape, strides, writeable=False)

    def _block(self, patches: Array, out: Array, parts: Sequence[Part]) -> None:
        """Some places along the first axis: their patches and their outputs of some filters of each group."""
        columns = self.workspace.take("columns", patches.shape, patches.dtype)
        np.copyto(columns, patches)
        written = out.reshape(-1, self.groups, out.shape[-1] // self.groups)
        columns = columns.reshape(len(written), self.groups, -1)
        for group, (pieces, filters) in enumerate(parts):
            multiply(columns[:, group], pieces, written[:, group, filters])


def needs(
    kernel: Array, x: Sequence[int], y: Sequence[int], windows: Sequence[Window], groups: int, *, once: bool
) -> dict[str, int]:
    """Bytes that `Columns` takes, by name, for an input of shape ``x`` and an output of shape ``y``."""
    taps = math.prod(kernel.shape[:-2])
    padded = math.prod(window.full(n) for window, n in zip(windows, x[1:-1], strict=True)) * x[0]
    together = _together(groups, kernel.shape[-2])
    rows = min(_rows(y, x[-1] * taps, kernel.itemsize), y[1])
    values = {
        "columns": rows * math.prod(y[2:-1]) * x[-1] * taps,
        "padded whole": padded * x[-1] if padded > math.prod(x[:-1]) else 0,
        "matrices": math.prod(kernel.shape) * together if groups > 1 else 0,
    }
    if groups == 1:
        values["weights"] = copied((taps * x[-1], y[-1]), math.prod(y[:-1]), kernel.itemsize, once=once)
    return {name: count * kernel.itemsize for name, count in values.items()}


def _rows(y: Sequence[int], patch: int, itemsize: int) -> int:
    """Places along the first axis in one block, ``patch`` being the values that one output position sees."""
    places = _BLOCK // max(max(patch, y[-1]) * itemsize, 1)
    return max(places, _LEAST_PLACES) // max(math.prod(y[2:-1]), 1) or 1


def _together(groups: int, inside: int) -> int:
    """How many groups are computed as one: a divisor of ``groups``."""
    enough = -(-_LEAST_CHANNELS // inside) if groups > 1 else 1
    return max(divisor for divisor in range(1, min(enough, groups) + 1) if groups % divisor == 0)


def _by_group(kernel: Array, groups: int, together: int) -> Array:
    """(taps, channels of a group, filters) as a matrix for every group, ``together`` of them on its diagonal."""
    taps, inside, filters = kernel.shape
    if groups == 1:
        return kernel.reshape(1, -1, filters)
    each = filters // groups
    parts = kernel.reshape(taps, inside, groups // together, together, each)
    matrices = np.zeros((groups // together, taps, together, inside, together, each), kernel.dtype)
    for one in range(together):
        matrices[:, :, one, :, one] = parts[:, :, :, one].transpose(2, 0, 1, 3)
    return matrices.reshape(groups // together, taps * together * inside, together * each)
