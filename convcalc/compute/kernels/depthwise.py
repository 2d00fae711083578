"""Depthwise convolution in two dimensions: every output row is one sum over the taps, without copies of patches."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import product

from convcalc.compute.kernels.finish import Finish
from convcalc.compute.kernels.row_blocks import copy_padded, strided
from convcalc.compute.kernels.workspace import Workspace
from convcalc.lazy import Array, np
from convcalc.sizes.windows import Window

# Bytes of padded input in a block.
_BLOCK = 1 << 20
# Values of a row that are computed at once: they, the input that they see and the tiled kernel fit in the first-level
# cache.
_PIECE = 1 << 10
# Multiplications in a block at the least, when a thread of its own computes the block.
_SHARED = 2_000_000


class Depthwise:
    """The kernel of a depthwise convolution with one filter for each channel.

    Inputs are ``(images, height, width, channels)``, ``kernel`` is ``(*taps, channels)``; ``width`` is the output's.
    """

    def __init__(
        self, kernel: Array, finish: Finish, windows: Sequence[Window], width: int, workspace: Workspace
    ) -> None:
        self.kernel = kernel
        # Without a stride, columns and channels are one long axis, along which the kernel repeats.
        columns = _columns_per_piece(width, kernel.shape[-1])
        self.tiled_kernel = np.tile(kernel, (1, 1, columns)) if windows[1].stride == 1 else None
        self.finish = finish
        self.windows = windows
        self.workspace = workspace

    def __call__(self, x: Array, out: Array) -> None:
        """Writes the convolution of ``x``, with bias and activation, into ``out``, which is contiguous."""

        def compute(block: tuple[int, slice]) -> None:
            image, rows = block
            self.rows(x[image : image + 1], rows.start, out[image, rows])

        self.workspace.each(compute, self.blocks(out.shape))

    def blocks(self, y: Sequence[int]) -> Iterator[tuple[int, slice]]:
        """The blocks of an output of shape ``y``, each as an image's number and a slice of its rows."""
        images, count, *rest = y
        most = block_rows(self.kernel, y, self.windows)
        work = math.prod(rest) * math.prod(self.kernel.shape[:2])
        rows = self.workspace.block_size(count, most, _SHARED // max(work, 1) + 1)
        return product(range(images), [slice(at, at + rows) for at in range(0, count, rows)])

    def rows(self, x: Array, start: int, out: Array) -> None:
        """Writes output rows of one image ``x`` ``(1, height, width, channels)``, from ``start`` on, into ``out``."""
        down, across = self.windows
        above, left = ((window.pads(n) or (0, 0))[0] for window, n in zip(self.windows, x.shape[1:3], strict=True))
        height, width = (
            (n - 1) * window.stride + window.span for window, n in zip(self.windows, out.shape, strict=False)
        )
        padded = self.workspace.take("padded", (1, height, width, x.shape[-1]), x.dtype)
        copy_padded(x, start * down.stride - above, left, padded)
        self._block(padded[0], out)
        self.finish(out)

    def _block(self, x: Array, out: Array) -> None:
        """Writes output rows of one image; ``x`` has the padded input rows that these output rows see."""
        (down, across), (line, column, item) = self.windows, x.strides
        rows, width, channels = out.shape
        taps = self.kernel.shape[:2]
        strides = (line * down.stride, line * down.dilation, column * across.dilation)
        if self.tiled_kernel is None:
            seen = strided(x, (rows, *taps, width, channels), (*strides, column * across.stride, item))
            np.einsum("hijwc,ijc->hwc", seen, self.kernel, out=out)
        else:
            piece = self.tiled_kernel.shape[-1]
            pieces = width * channels // piece
            seen = strided(x, (rows, pieces, *taps, piece), (strides[0], piece * item, *strides[1:], item))
            np.einsum("hwijn,ijn->hwn", seen, self.tiled_kernel, out=out.reshape(rows, pieces, piece))


def needs(kernel: Array, y: Sequence[int], windows: Sequence[Window]) -> dict[str, int]:
    """Bytes that `Depthwise` takes, by name, for an output of shape ``y``."""
    down, across = windows
    rows, channels = block_rows(kernel, y, windows), kernel.shape[2]
    height, width = ((n - 1) * window.stride + window.span for window, n in zip(windows, (rows, y[2]), strict=True))
    tiled = math.prod(kernel.shape[:2]) * _columns_per_piece(y[2], channels) if across.stride == 1 else 0
    return {"padded": height * width * channels * kernel.itemsize, "rows": tiled * channels * kernel.itemsize}


def _columns_per_piece(width: int, channels: int) -> int:
    """The number of output columns that are computed at once, a divisor of ``width``."""
    return max(part for part in range(1, width + 1) if width % part == 0 and part * channels <= max(_PIECE, channels))


def block_rows(kernel: Array, y: Sequence[int], windows: Sequence[Window]) -> int:
    """The number of output rows in a block, for an output of shape ``y``; blocks are as equal as possible."""
    down, across = windows
    row = ((y[2] - 1) * across.stride + across.span) * kernel.shape[2] * kernel.itemsize
    most: int = max((_BLOCK // max(row, 1) - down.span) // down.stride + 1, 1)
    blocks = max(-(-y[1] // most), 1)
    return -(-y[1] // blocks)
