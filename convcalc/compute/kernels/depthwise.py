"""Convolutions of each channel by itself: every output row is one sum over the taps, without copies of the patches."""

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
# Values of a row that are computed as one: the filters, repeated over them, and what they see stay in the first-level
# cache.
_PIECE = 1 << 10
# Values that taps are multiplied with, in a block for a thread of its own at the least.
_SHARED = 2_000_000


class Depthwise:
    """``x`` ``(images, height, width, channels)`` with ``kernel`` ``(*taps, channels)``: a filter for every channel.

    ``width`` is that of the output.
    """

    def __init__(
        self, kernel: Array, finish: Finish, windows: Sequence[Window], width: int, workspace: Workspace
    ) -> None:
        self.kernel = kernel
        # Without a stride columns and channels are one long axis, along which the filters repeat.
        self.repeated = np.tile(kernel, (1, 1, _together(width, kernel.shape[-1]))) if windows[1].stride == 1 else None
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
        """The image, and the rows of outputs, of each block of outputs of shape ``y``."""
        images, count, *rest = y
        most = block_rows(self.kernel, y, self.windows)
        work = math.prod(rest) * math.prod(self.kernel.shape[:2])
        rows = self.workspace.share(count, most, _SHARED // max(work, 1) + 1)
        return product(range(images), [slice(at, at + rows) for at in range(0, count, rows)])

    def rows(self, x: Array, start: int, out: Array) -> None:
        """Some output rows of one image ``x`` ``(1, height, width, channels)``, from ``start`` on."""
        down, across = self.windows
        above, left = ((window.pads(n) or (0, 0))[0] for window, n in zip(self.windows, x.shape[1:3], strict=True))
        height, width = ((n - 1) * one.stride + one.span for one, n in zip(self.windows, out.shape, strict=False))
        padded = self.workspace.take("padded", (1, height, width, x.shape[-1]), x.dtype)
        copy_padded(x, start * down.stride - above, left, padded)
        self._block(padded[0], out)
        self.finish(out)

    def _block(self, x: Array, out: Array) -> None:
        """Some output rows of one image, from as many padded rows of the input as they see."""
        (down, across), (line, column, item) = self.windows, x.strides
        rows, width, channels = out.shape
        taps = self.kernel.shape[:2]
        strides = (line * down.stride, line * down.dilation, column * across.dilation)
        if self.repeated is None:
            seen = strided(x, (rows, *taps, width, channels), (*strides, column * across.stride, item))
            np.einsum("hijwc,ijc->hwc", seen, self.kernel, out=out)
        else:
            piece = self.repeated.shape[-1]
            pieces = width * channels // piece
            seen = strided(x, (rows, pieces, *taps, piece), (strides[0], piece * item, *strides[1:], item))
            np.einsum("hwijn,ijn->hwn", seen, self.repeated, out=out.reshape(rows, pieces, piece))


def needs(kernel: Array, y: Sequence[int], windows: Sequence[Window]) -> dict[str, int]:
    """Bytes that `Depthwise` takes, by name, for an output of shape ``y``."""
    down, across = windows
    rows, channels = block_rows(kernel, y, windows), kernel.shape[2]
    height, width = ((n - 1) * one.stride + one.span for one, n in zip(windows, (rows, y[2]), strict=True))
    tiled = math.prod(kernel.shape[:2]) * _together(y[2], channels) if across.stride == 1 else 0
    return {"padded": height * width * channels * kernel.itemsize, "rows": tiled * channels * kernel.itemsize}


def _together(width: int, channels: int) -> int:
    """Output columns that are computed as one piece: a divisor of ``width``."""
    return max(part for part in range(1, width + 1) if width % part == 0 and part * channels <= max(_PIECE, channels))


def block_rows(kernel: Array, y: Sequence[int], windows: Sequence[Window]) -> int:
    """Output rows in a block, for an output of shape ``y``: blocks are as equal as can be."""
    down, across = windows
    row = ((y[2] - 1) * across.stride + across.span) * kernel.shape[2] * kernel.itemsize
    most: int = max((_BLOCK // max(row, 1) - down.span) // down.stride + 1, 1)
    blocks = max(-(-y[1] // most), 1)
    return -(-y[1] // blocks)
