"""Pooling axis by axis, a block of output rows at a time, so that what lies between two axes stays in the cache."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from convcalc.compute.kernels.workspace import Workspace
from convcalc.lazy import Array, np
from convcalc.sizes.windows import Window

# Bytes that a block has between two axes: they and the input that it sees fit in the second-level cache.
_BLOCK = 1 << 19
# Bytes in a block for a thread of its own at the least.
_SHARED = 1 << 19


class Pool(NamedTuple):
    """The maximum, or the ``mean``, of each window: inputs of shape ``x`` to outputs of shape ``y``.

    ``zeros`` around the input count as cells, the windows' own padding does not. Shapes are
    ``(images, *spatial, channels)``.
    """

    windows: Sequence[Window]
    zeros: Sequence[tuple[int, int]]
    mean: bool
    x: tuple[int, ...]
    y: tuple[int, ...]
    dtype: np.dtype

    @property
    def between(self) -> list[tuple[int, ...]]:
        """The shapes of a row of outputs after each axis but the last: those to come have the input's lengths."""
        return [(*self.y[2 : at + 1], *self.x[at + 1 :]) for at in range(1, len(self.windows))]

    @property
    def row(self) -> int:
        """Bytes of a row of outputs, or of what it is made from if that is more."""
        return max(map(math.prod, (*self.between, self.y[2:]))) * self.dtype.itemsize

    @property
    def most(self) -> int:
        """Rows of outputs in a block."""
        return max(_BLOCK // max(self.row, 1), 1)


class Pooling:
    """Computes a `Pool`."""

    def __init__(self, pool: Pool, workspace: Workspace) -> None:
        self.pool = pool
        self.workspace = workspace
        images, count = pool.y[:2]
        least = _SHARED // max(pool.row, 1) + 1
        places = workspace.share(images * count, pool.most, least)
        rows, some = max(min(places, count), 1), max(places // max(count, 1), 1)
        self.down = [
            (slice(at, at + rows), _Along(pool, 1, range(count)[at : at + rows])) for at in range(0, count, rows)
        ]
        self.across = [_Along(pool, axis, range(pool.y[axis])) for axis in range(2, len(pool.y) - 1)]
        self.images = [slice(at, at + some) for at in range(0, images, some)]

    def __call__(self, xs: Sequence[Array], out: Array) -> None:
        """Writes the pooled input into ``out``."""
        (x,) = xs

        def compute(block: tuple[slice, slice, _Along]) -> None:
            images, rows, down = block
            self._block(x[images], out[images, rows], [down, *self.across])

        self.workspace.each(compute, ((images, *down) for images in self.images for down in self.down))

    def _block(self, x: Array, out: Array, axes: Sequence[_Along]) -> None:
        """Some rows of some images."""
        for number, shape in enumerate(self.pool.between):
            y = self.workspace.take(f"pooled {number}", (*out.shape[:2], *shape), x.dtype)
            axes[number](x, y)
            x = y
        axes[-1](x, out)
        if self.pool.mean:
            out /= math.prod(window.size for window in self.pool.windows)


def needs(pool: Pool) -> dict[str, int]:
    """Bytes that `Pooling` takes, by name."""
    rows = min(pool.most, pool.y[0] * pool.y[1])
    return {
        f"pooled {number}": rows * math.prod(shape) * pool.dtype.itemsize for number, shape in enumerate(pool.between)
    }


class _Along:
    """Some windows along an axis: those within the input all at once, those over its edges one by one."""

    def __init__(self, pool: Pool, axis: int, places: range) -> None:
        window, (before, after), n = pool.windows[axis - 1], pool.zeros[axis - 1], pool.x[axis]
        own, _ = window.pads(n + before + after) or (0, 0)
        self.mean, self.size, self.axis = pool.mean, window.size, axis
        starts = [place * window.stride - own - before for place in places]
        inside = [at for at, start in enumerate(starts) if 0 <= start <= n - self.size]
        self.taps: list[tuple[slice, ...]] = []
        if inside:
            first, last = starts[inside[0]], starts[inside[-1]]
            self.written = self._slice(inside[0], inside[-1] + 1)
            self.taps = [self._slice(first + tap, last + tap + 1, window.stride) for tap in range(self.size)]
        self.edges = [
            (self._slice(at, at + 1), range(max(start, -before), min(start + self.size, n + after)))
            for at, start in enumerate(starts)
            if at not in inside
        ]

    def _slice(self, *ends: int) -> tuple[slice, ...]:
        """A part of the axis."""
        return (*(slice(None),) * self.axis, slice(*ends))

    def __call__(self, x: Array, out: Array) -> None:
        """Writes the maximum of each window, or its sum, scaled to that of a whole one where it has fewer cells."""
        combine = np.add if self.mean else np.maximum
        if self.taps:
            first, *others = (x[tap] for tap in self.taps)
            written = out[self.written]
            # The first two at once: one pass less than a copy of the first.
            combine(first, others[0], out=written) if others else np.copyto(written, first)
            for tap in others[1:]:
                combine(written, tap, out=written)
        for at, cells in self.edges:
            there = self._slice(max(cells.start, 0), max(cells.stop, 0))
            self._edge(x[there], len(cells), out[at])

    def _edge(self, x: Array, cells: int, out: Array) -> None:
        """A window of so many cells, of which those that are not in ``x`` are zeros."""
        if self.mean:
            np.add.reduce(x, axis=self.axis, out=out, keepdims=True)
            out *= self.size
            out /= cells
        else:
            least = -np.inf if x.shape[self.axis] == cells else 0
            np.maximum.reduce(x, axis=self.axis, initial=least, out=out, keepdims=True)
