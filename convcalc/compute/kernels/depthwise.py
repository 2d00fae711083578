"""Convolutions of each channel by itself: every output row is one sum over the taps, without copies of the patches."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from convcalc.compute.kernels.finish import Finish
from convcalc.compute.kernels.rows import copy_padded, strided
from convcalc.compute.kernels.workspace import Workspace
from convcalc.lazy import Array, np
from convcalc.windows import Window

# Bytes of padded input in a block.
_BLOCK = 1 << 19
# Values of a row that are computed as one: the filters, repeated over them, and what they see stay in the first-level
# cache.
_PIECE = 1 << 10
# Values that taps are multiplied with, in a block for a thread of its own at the least.
_SHARED = 500_000


class Depthwise:
    """``x`` ``(images, height, width, channels)`` with ``kernel`` ``(*taps, channels)``: a filter for every channel.

    ``width`` is that of the output.
    """

    def __init__(
        self, kernel: Array, finish: Finish, windows: Sequence[Window], width: int, workspace: Workspace
    ) -> None:
        self.kernel = kernel
        # Without a stride columns and channels are one long axis, along which the filters repeat.
        self.rows = np.tile(kernel, (1, 1, _together(width, kernel.shape[-1]))) if windows[1].stride == 1 else None
        self.finish = finish
        self.windows = windows
        self.workspace = workspace

    def __call__(self, x: Array, out: Array) -> None:
        """Writes the convolution of ``x``, with bias and activation, into ``out``, which is contiguous."""
        down, across = self.windows
        width = (out.shape[2] - 1) * across.stride + across.span
        above, left = ((window.pads(n) or (0, 0))[0] for window, n in zip(self.windows, x.shape[1:3], strict=True))
        most = _rows(down, width * x.shape[-1] * x.itemsize)
        row = math.prod(out.shape[2:]) * math.prod(self.kernel.shape[:2])
        rows = self.workspace.share(out.shape[1], most, self.workspace.team.worth(_SHARED) // max(row, 1) + 1)

        def compute(block: tuple[int, int]) -> None:
            image, start = block
            part = out[image, start : start + rows]
            shape = (1, (len(part) - 1) * down.stride + down.span, width, x.shape[-1])
            padded = self.workspace.take("padded", shape, x.dtype)
            copy_padded(x[image : image + 1], start * down.stride - above, left, padded)
            self._block(padded[0], part)
            self.finish(part)

        self.workspace.each(compute, itertools.product(range(len(x)), range(0, out.shape[1], rows)))

    def _block(self, x: Array, out: Array) -> None:
        """Some output rows of one image, from as many padded rows of the input as they see."""
        (down, across), (line, column, item) = self.windows, x.strides
        rows, width, channels = out.shape
        taps = self.kernel.shape[:2]
        strides = (line * down.stride, line * down.dilation, column * across.dilation)
        if self.rows is None:
            seen = strided(x, (rows, *taps, width, channels), (*strides, column * across.stride, item))
            np.einsum("hijwc,ijc->hwc", seen, self.kernel, out=out)
        else:
            piece = self.rows.shape[-1]
            pieces = width * channels // piece
            seen = strided(x, (rows, pieces, *taps, piece), (strides[0], piece * item, *strides[1:], item))
            np.einsum("hwijn,ijn->hwn", seen, self.rows, out=out.reshape(rows, pieces, piece))


def needs(kernel: Array, y: Sequence[int], windows: Sequence[Window]) -> dict[str, int]:
    """Bytes that `Depthwise` takes, by name, for an output of shape ``y``."""
    down, across = windows
    row = ((y[2] - 1) * across.stride + across.span) * y[-1] * kernel.itemsize
    rows = min(_rows(down, row), y[1])
    tiled = math.prod(kernel.shape[:2]) * _together(y[2], y[-1]) * y[-1] * kernel.itemsize
    return {"padded": ((rows - 1) * down.stride + down.span) * row, "rows": tiled if across.stride == 1 else 0}


def _together(width: int, channels: int) -> int:
    """Output columns that are computed as one piece: a divisor of ``width``."""
    return max(part for part in range(1, width + 1) if width % part == 0 and part * channels <= max(_PIECE, channels))


def _rows(down: Window, row: int) -> int:
    """Output rows in one block, ``row`` being the bytes of one padded row of the input."""
    return max((_BLOCK // max(row, 1) - down.span) // down.stride + 1, 1)
