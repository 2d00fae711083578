"""Convolution as a matrix product (im2col): the patches of a block of outputs, times the kernel as one matrix.

Chellapilla et al. 2006, "High performance convolutional neural networks for document processing". Here patches are
copied block by block, so that they never leave the cache.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

from convcalc.compute.kernels.finish import Finish
from convcalc.compute.kernels.panels import Part, multiply, packed, packed_size, rows_worth_sharing, split_few_rows
from convcalc.compute.kernels.workspace import Workspace
from convcalc.compute.padding import pad
from convcalc.lazy import Array, np
from convcalc.sizes.windows import Window

# Bytes of patches, or of outputs, in a block.
_BLOCK = 1 << 20
# Output positions in a block at the least: with fewer, reading the kernel takes longer than multiplying with it.
_LEAST_PLACES = 320
# Channels of a group at the least: several smaller groups become one product, whose matrix is block-diagonal.
_LEAST_CHANNELS = 32


class Im2col:
    """The kernel of a convolution of any rank.

    Inputs are ``(images, *spatial, channels)``, ``kernel`` is ``(*taps, channels / groups, filters)``. ``rows`` is
    about the number of output positions; ``once`` says that the weights are used once.
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
        together = _groups_per_product(groups, inside)
        self.groups = groups // together
        matrices = _group_matrices(kernel.reshape(-1, inside, filters), groups, together)
        self.matrices = matrices[:, None] if groups > 1 else [packed(matrices[0], rows, workspace, once=once)]
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
        least = -(-rows_worth_sharing(self.matrices[0], self.workspace) // places)
        rows = self.workspace.block_size(out.shape[1], most, least)
        count = min(rows, out.shape[1]) * places
        parts = [split_few_rows(count, panels, self.workspace) for panels in self.matrices]
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
        """The patches of ``x``, a view ``(images, *output positions, groups, *taps, channels of a group)``."""
        images, *steps, last = x.strides
        places = zip(steps, self.windows, strict=True)
        moves = [(step * window.stride, step * window.dilation) for step, window in places]
        inside = x.shape[-1] // self.groups
        shape = (x.shape[0], *lengths, self.groups, *self.taps, inside)
        strides = (images, *(move for move, _ in moves), last * inside, *(tap for _, tap in moves), last)
        return np.lib.stride_tricks.as_strided(x, shape, strides, writeable=False)

    def _block(self, patches: Array, out: Array, parts: Sequence[Part]) -> None:
        """Multiplies a block of patches with some filters of each group, into the block's outputs."""
        columns = self.workspace.take("columns", patches.shape, patches.dtype)
        np.copyto(columns, patches)
        y = out.reshape(-1, self.groups, out.shape[-1] // self.groups)
        columns = columns.reshape(len(y), self.groups, -1)
        for group, (panels, filters) in enumerate(parts):
            multiply(columns[:, group], panels, y[:, group, filters])


def needs(
    kernel: Array, x: Sequence[int], y: Sequence[int], windows: Sequence[Window], groups: int, *, once: bool
) -> dict[str, int]:
    """Bytes that `Im2col` takes, by name, for an input of shape ``x`` and an output of shape ``y``."""
    taps = math.prod(kernel.shape[:-2])
    padded = math.prod(window.full(n) for window, n in zip(windows, x[1:-1], strict=True)) * x[0]
    together = _groups_per_product(groups, kernel.shape[-2])
    rows = min(_rows(y, x[-1] * taps, kernel.itemsize), y[1])
    values = {
        "columns": rows * math.prod(y[2:-1]) * x[-1] * taps,
        "padded whole": padded * x[-1] if padded > math.prod(x[:-1]) else 0,
        "matrices": math.prod(kernel.shape) * together if groups > 1 else 0,
    }
    if groups == 1:
        values["weights"] = packed_size((taps * x[-1], y[-1]), math.prod(y[:-1]), kernel.itemsize, once=once)
    return {name: count * kernel.itemsize for name, count in values.items()}


def _rows(y: Sequence[int], patch: int, itemsize: int) -> int:
    """Positions along the first axis in one block; ``patch`` is the number of values that an output position sees."""
    places = _BLOCK // max(max(patch, y[-1]) * itemsize, 1)
    return max(places, _LEAST_PLACES) // max(math.prod(y[2:-1]), 1) or 1


def _groups_per_product(groups: int, inside: int) -> int:
    """The number of groups that become one product, a divisor of ``groups``."""
    enough = -(-_LEAST_CHANNELS // inside) if groups > 1 else 1
    return max(divisor for divisor in range(1, min(enough, groups) + 1) if groups % divisor == 0)


def _group_matrices(kernel: Array, groups: int, together: int) -> Array:
    """The kernel ``(taps, channels of a group, filters)`` as matrices, with ``together`` groups on each diagonal."""
    taps, inside, filters = kernel.shape
    if groups == 1:
        return kernel.reshape(1, -1, filters)
    each = filters // groups
    parts = kernel.reshape(taps, inside, groups // together, together, each)
    matrices = np.zeros((groups // together, taps, together, inside, together, each), kernel.dtype)
    for group in range(together):
        matrices[:, :, group, :, group] = parts[:, :, :, group].transpose(2, 0, 1, 3)
    return matrices.reshape(groups // together, taps * together * inside, together * each)
