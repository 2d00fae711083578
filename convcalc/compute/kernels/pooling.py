"""Pooling axis by axis, a block of output rows at a time, so that partial results stay in the cache."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from convcalc.compute.kernels.workspace import Workspace
from convcalc.lazy import Array, np
from convcalc.sizes.windows import Window

# Bytes of a block's partial results: they fit in the second-level cache, with the input that the block sees.
_BLOCK = 1 << 19
# Bytes in a block at the least, when a thread of its own computes the block.
_SHARED = 1 << 19


class Pool(NamedTuple):
    """A pooling: the maximum, or the ``mean``, of each window.

    ``x`` and ``y`` are the shapes of input and output, ``(images, *spatial, channels)``. ``zeros`` are cells of zeros
    before and after each spatial axis; they count as cells, and the windows' own padding does not.
    """

    windows: Sequence[Window]
    zeros: Sequence[tuple[int, int]]
    mean: bool
    x: tuple[int, ...]
    y: tuple[int, ...]
    dtype: np.dtype

    @property
    def partial_shapes(self) -> list[tuple[int, ...]]:
        """The shape of a row of outputs after each axis but the last; axes that follow have the input's lengths."""
        return [(*self.y[2 : at + 1], *self.x[at + 1 :]) for at in range(1, len(self.windows))]

    @property
    def row_bytes(self) -> int:
        """Bytes of a row of outputs, or of its largest partial result."""
        return max(map(math.prod, (*self.partial_shapes, self.y[2:]))) * self.dtype.itemsize

    @property
    def block_rows(self) -> int:
        """The number of rows of outputs in a block."""
        return max(_BLOCK // max(self.row_bytes, 1), 1)


class Pooling:
    """The kernel of a `Pool`."""

    def __init__(self, pool: Pool, workspace: Workspace) -> None:
        self.pool = pool
        self.workspace = workspace
        images, count = pool.y[:2]
        least = _SHARED // max(pool.row_bytes, 1) + 1
        places = workspace.block_size(images * count, pool.block_rows, least)
        rows, some = max(min(places, count), 1), max(places // max(count, 1), 1)
        self.down = [
            (slice(at, at + rows), _AxisPooling(pool, 1, range(count)[at : at + rows])) for at in range(0, count, rows)
        ]
        self.across = [_AxisPooling(pool, axis, range(pool.y[axis])) for axis in range(2, len(pool.y) - 1)]
        self.images = [slice(at, at + some) for at in range(0, images, some)]

    def __call__(self, xs: Sequence[Array], out: Array) -> None:
        """Writes the pooled input, the one array of ``xs``, into ``out``."""
        (x,) = xs

        def compute(block: tuple[slice, slice, _AxisPooling]) -> None:
            images, rows, down = block
            self._block(x[images], out[images, rows], [down, *self.across])

        self.workspace.each(compute, ((images, *down) for images in self.images for down in self.down))

    def _block(self, x: Array, out: Array, axes: Sequence[_AxisPooling]) -> None:
        """Pools images along all axes, into some of their output rows."""
        for number, shape in enumerate(self.pool.partial_shapes):
            y = self.workspace.take(f"pooled {number}", (*out.shape[:2], *shape), x.dtype)
            axes[number](x, y)
            x = y
        axes[-1](x, out)
        if self.pool.mean:
            out /= math.prod(window.size for window in self.pool.windows)


def needs(pool: Pool) -> dict[str, int]:
    """Bytes that `Pooling` takes, by name."""
    rows = min(pool.block_rows, pool.y[0] * pool.y[1])
    return {
        f"pooled {number}": rows * math.prod(shape) * pool.dtype.itemsize
        for number, shape in enumerate(pool.partial_shapes)
    }


class _AxisPooling:
    """The pooling along one axis, for a range of output ``places``.

    Windows inside the input are computed all at once, windows across an edge one by one.
    """

    def __init__(self, pool: Pool, axis: int, places: range) -> None:
        window, (before, after), n = pool.windows[axis - 1], pool.zeros[axis - 1], pool.x[axis]
        padding, _ = window.pads(n + before + after) or (0, 0)
        self.mean, self.size, self.axis = pool.mean, window.size, axis
        starts = [place * window.stride - padding - before for place in places]
        inside = [at for at, start in enumerate(starts) if 0 <= start <= n - self.size]
        self.taps: list[tuple[slice, ...]] = []
        if inside:
            first, last = starts[inside[0]], starts[inside[-1]]
            self.inside = self._slice(inside[0], inside[-1] + 1)
            self.taps = [self._slice(first + tap, last + tap + 1, window.stride) for tap in range(self.size)]
        self.edges = [
            (self._slice(at, at + 1), range(max(start, -before), min(start + self.size, n + after)))
            for at, start in enumerate(starts)
            if at not in inside
        ]

    def _slice(self, *ends: int) -> tuple[slice, ...]:
        """The index of a part of the axis."""
        return (*(slice(None),) * self.axis, slice(*ends))

    def __call__(self, x: Array, out: Array) -> None:
        """Writes each window's maximum, or its sum; the sum of fewer cells is scaled to the sum of a whole window."""
        combine = np.add if self.mean else np.maximum
        if self.taps:
            first, *others = (x[tap] for tap in self.taps)
            middle = out[self.inside]
            # Combining the first two taps saves the pass that copies the first.
            combine(first, others[0], out=middle) if others else np.copyto(middle, first)
            for tap in others[1:]:
                combine(middle, tap, out=middle)
        for at, cells in self.edges:
            real = self._slice(max(cells.start, 0), max(cells.stop, 0))
            self._edge(x[real], len(cells), out[at])

    def _edge(self, x: Array, cells: int, out: Array) -> None:
        """Writes the result of a window of ``cells`` cells; cells that are not in ``x`` are zeros."""
        if self.mean:
            np.add.reduce(x, axis=self.axis, out=out, keepdims=True)
            out *= self.size
            out /= cells
        else:
            least = -np.inf if x.shape[self.axis] == cells else 0
            np.maximum.reduce(x, axis=self.axis, initial=least, out=out, keepdims=True)
