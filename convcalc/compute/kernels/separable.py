"""Separable convolution: depthwise, then a product at every position. Chollet 2016, https://arxiv.org/abs/1610.02357."""

from __future__ import annotations

from collections.abc import Sequence

from convcalc.compute.kernels import depthwise, product
from convcalc.compute.kernels.depthwise import Depthwise
from convcalc.compute.kernels.product import Product
from convcalc.compute.kernels.workspace import Workspace
from convcalc.compute.linear import Separable
from convcalc.lazy import Array

# Bytes of the matrix at the most: every block reads the matrix, which must stay in the cache beside the block.
_CACHED = 1 << 18


class Separated:
    """The kernel of a `Separable`: both kernels on each block, so that the array between them stays in the cache."""

    def __init__(self, first: Depthwise, second: Product, workspace: Workspace) -> None:
        self.first = first
        self.second = second
        self.workspace = workspace

    def __call__(self, x: Array, out: Array) -> None:
        """Writes the output for ``x`` ``(images, height, width, channels)`` into ``out``, which is contiguous."""

        def compute(block: tuple[int, slice]) -> None:
            image, rows = block
            y = out[image, rows]
            between = self.workspace.take("block between", (*y.shape[:-1], x.shape[-1]), x.dtype)
            self.first.rows(x[image : image + 1], rows.start, between)
            self.second.rows(between.reshape(-1, x.shape[-1]), y.reshape(-1, out.shape[-1]))

        self.workspace.each(compute, self.first.blocks((*out.shape[:-1], x.shape[-1])))


def needs(linear: Separable, y: Sequence[int], *, once: bool) -> dict[str, int]:
    """Bytes that `Separated` takes, by name, for an output of shape ``y``."""
    kernel, windows = linear.first.kernel, linear.first.windows
    between = (*y[:-1], kernel.shape[2])
    rows = depthwise.block_rows(kernel, between, windows)
    of_first = depthwise.needs(kernel, between, windows)
    of_second = product.needs(linear.kernel, between, y, (), once=once)
    return {**of_first, **of_second, "block between": rows * between[2] * between[3] * kernel.itemsize}


def fits_in_cache(matrix: Array) -> bool:
    """Whether the matrix stays in the cache beside a block."""
    return matrix.nbytes <= _CACHED
