"""Convolutions of 3×3 and 5×5 taps by Winograd's minimal filtering, on tiles of 6×6.

A tile gives 4×4 outputs of 3×3 taps for 36 products instead of 144, or 2×2 of 5×5 taps for 36 instead of 100.
Lavin & Gray 2015, https://arxiv.org/abs/1509.09308, with the points 0, 1, -1, 2, -2 and infinity:
Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A, where Bᵀ is the same for both.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from convcalc.compute.kernels.finish import Finish
from convcalc.compute.kernels.rows import copy_padded
from convcalc.compute.kernels.workspace import Workspace
from convcalc.lazy import Array, np
from convcalc.windows import Window

TILE = 6
# G: how the taps are seen at the points. A row of powers of the point, over the product of its distances.
_G = {
    3: ((1 / 4, 0, 0), (-1 / 6, -1 / 6, -1 / 6), (-1 / 6, 1 / 6, -1 / 6),
        (1 / 24, 1 / 12, 1 / 6), (1 / 24, -1 / 12, 1 / 6), (0, 0, 1)),
    5: ((1 / 4, 0, 0, 0, 0), (-1 / 6,) * 5, (-1 / 6, 1 / 6, -1 / 6, 1 / 6, -1 / 6),
        (1 / 24, 1 / 12, 1 / 6, 1 / 3, 2 / 3), (1 / 24, -1 / 12, 1 / 6, -1 / 3, 2 / 3), (0, 0, 0, 0, 1)),
}  # fmt: skip
# Bytes of transformed tiles in a block: they and the products stay in the second-level cache.
_BLOCK = 1 << 20
# Tiles in a block at the least: below them the weights are read more often than they are used.
_LEAST_TILES = 32


class Winograd:
    """``x`` ``(images, height, width, channels)`` convolved with ``kernel`` ``(k, k, channels, filters)``, stride 1.

    A dilated convolution is one of each of its sub-images, which take every ``dilation``-th pixel.
    """

    def __init__(
        self, kernel: Array, finish: Finish, windows: Sequence[Window], workspace: Workspace, *, once: bool = False
    ) -> None:
        self.taps = kernel.shape[0]
        self.step = TILE - self.taps + 1  # outputs of a tile along an axis
        shape = (TILE, TILE, *kernel.shape[2:])
        # Weights that are used once share their memory with those of other layers.
        self.weights = workspace.take("weights", shape, kernel.dtype) if once else np.empty(shape, kernel.dtype)
        _transform(kernel, self.weights, workspace)
        self.finish = finish
        self.windows = windows
        self.workspace = workspace

    def __call__(self, x: Array, out: Array) -> None:
        """Writes the convolution of ``x``, with bias and activation, into ``out``."""
        rows, columns = (_phases(window, n) for window, n in zip(self.windows, x.shape[1:3], strict=True))
        for row, above, row_out in rows:
            for column, left, column_out in columns:
                self._image(x[:, row, column], (above, left), out[:, row_out, column_out])

    def _image(self, x: Array, before: tuple[int, int], out: Array) -> None:
        """One undilated convolution, ``before`` cells of padding above and to the left."""
        several, rows, across = _block(out.shape, self.step, x.shape[-1] * x.itemsize)
        height = rows * self.step

        def compute(block: tuple[int, int]) -> None:
            image, row = block
            part = slice(image, image + several)
            self._tile_rows(x[part], row, before, across, out[part, row : row + height])

        blocks = itertools.product(range(0, len(out), several), range(0, out.shape[1], height))
        self.workspace.each(compute, blocks)

    def _tile_rows(self, x: Array, row: int, before: tuple[int, int], across: int, out: Array) -> None:
        """The rows of outputs from ``row`` on, as many as ``out`` has."""
        images, height, _, filters = out.shape
        down = -(-height // self.step)
        tiles = self._tiles(x, row - before[0], before[1], down, across)
        shape = (TILE, TILE, images, down, across, filters)
        products = self.workspace.take("products", shape, x.dtype)
        np.matmul(tiles, self.weights, out=products.reshape(TILE, TILE, -1, filters))
        if self.finish.bias is not None:
            products[1, 1] += self.finish.bias  # Aᵀ has only ones at the point 1
        self._outputs(products, out)
        self.finish.activate(out)

    def _tiles(self, x: Array, first: int, left: int, down: int, across: int) -> Array:
        """Bᵀ d B of every tile d: (points across, points down, tiles, channels)."""
        (images, _, _, channels), take = x.shape, self.workspace.take
        edge = self.taps - 1
        padded = take("padded", (images, down * self.step + edge, across * self.step + edge, channels), x.dtype)
        copy_padded(x, first, left, padded)
        # Down first, on whole rows: what neighbouring tiles share across is transformed once.
        rows = _overlapping(padded, 1, self.step)
        half = take("half", rows.shape, x.dtype)
        _enter(rows, half, take("entering", (2, *rows.shape[1:]), x.dtype))
        columns = _overlapping(half, 3, self.step)
        gathered = take("gathered", columns.shape, x.dtype)
        np.copyto(gathered, columns)
        tiles = take("tiles", columns.shape, x.dtype)
        _enter(gathered, tiles, take("entering", (2, *columns.shape[1:]), x.dtype))
        return tiles.reshape(TILE, TILE, -1, channels)

    def _outputs(self, products: Array, out: Array) -> None:
        """Aᵀ P A of every tile's products P, written where they belong in ``out``."""
        (_, _, images, down, across, filters), take = products.shape, self.workspace.take
        half = take("half", (self.step, TILE, images, down, across, filters), products.dtype)
        _LEAVE[self.taps](products.swapaxes(0, 1), half, take("entering", (2, *half.shape[1:]), products.dtype))
        # Tiles that reach over the edge are finished beside the output, and cut.
        fits = out.shape[1] == down * self.step and out.shape[2] == across * self.step
        whole = (images, down * self.step, across * self.step, filters)
        target = out if fits and out.flags.c_contiguous else take("padded", whole, out.dtype)
        grid = target.reshape(images, down, self.step, across, self.step, filters).transpose(4, 2, 0, 1, 3, 5)
        scratch = take("entering", (2, *grid.shape[1:]), out.dtype)
        _LEAVE[self.taps](half.swapaxes(0, 1), grid, scratch)
        if target is not out:
            np.copyto(out, target[:, : out.shape[1], : out.shape[2]])


def needs(kernel: Array, y: Sequence[int]) -> dict[str, int]:
    """Bytes that `Winograd` takes from its workspace, by name, for an output of shape ``y``."""
    channels, filters = kernel.shape[-2:]
    step = TILE - len(kernel) + 1
    images, down, across = _block(y, step, channels * kernel.itemsize)
    tiles = images * down * across
    height, width = (count * step + TILE - step for count in (down, across))
    values = {
        "padded": images * max(height * width * channels, down * step * across * step * filters),
        "half": max(TILE * images * down * width * channels, step * TILE * tiles * filters),
        "entering": max(2 * images * down * width * channels, 2 * TILE * tiles * max(channels, filters)),
        "gathered": TILE * TILE * tiles * channels,
        "tiles": TILE * TILE * tiles * channels,
        "products": TILE * TILE * tiles * filters,
        "weights": TILE * TILE * channels * filters,
        "half weights": TILE * len(kernel) * channels * filters,
    }
    return {name: count * kernel.itemsize for name, count in values.items()}


def _block(y: Sequence[int], step: int, pixel: int) -> tuple[int, int, int]:
    """Images, rows of tiles, and tiles in a row of one block, ``pixel`` being the bytes of a pixel of the input."""
    images, height, width, _ = y
    down, across = -(-height // step), -(-width // step)
    tiles = max(_BLOCK // (TILE * TILE * pixel), _LEAST_TILES)
    rows = min(max(tiles // across, 1), down)
    return (min(max(tiles // (across * down), 1), images) if rows == down else 1), rows, across


def _transform(kernel: Array, out: Array, workspace: Workspace) -> None:
    """G g Gᵀ of every kernel g, into ``out`` (points across, points down, channels, filters)."""
    taps = len(kernel)
    g = np.asarray(_G[taps], kernel.dtype)
    down = workspace.take("half weights", (taps, TILE, kernel.size // taps**2), kernel.dtype)
    np.matmul(g, kernel.reshape(taps, taps, -1).swapaxes(0, 1), out=down)
    np.matmul(g, down.reshape(taps, -1), out=out.reshape(TILE, -1))


def _overlapping(x: Array, axis: int, step: int) -> Array:
    """A view of windows of `TILE` along ``axis``, ``step`` apart; the places in the window come first."""
    view = np.lib.stride_tricks.sliding_window_view(x, TILE, axis)
    places = (slice(None),) * axis + (slice(None, None, step),)
    return np.moveaxis(view[places], -1, 0)


def _enter(d: Array, out: Array, scratch: Array) -> None:
    """Bᵀ d along the first axis, with the sums that its rows share made once."""
    p, q = scratch
    np.multiply(d[2], -4, out=p)
    p += d[4]
    np.multiply(d[1], -4, out=q)
    q += d[3]
    np.add(p, q, out=out[1])  # -4 d1 - 4 d2 + d3 + d4
    np.subtract(p, q, out=out[2])  # 4 d1 - 4 d2 - d3 + d4
    np.subtract(d[4], d[2], out=p)
    np.subtract(d[3], d[1], out=q)
    q *= 2
    np.add(p, q, out=out[3])  # -2 d1 - d2 + 2 d3 + d4
    np.subtract(p, q, out=out[4])  # 2 d1 - d2 - 2 d3 + d4
    np.subtract(d[0], d[2], out=out[0])
    out[0] *= 4
    out[0] += p  # 4 d0 - 5 d2 + d4
    np.subtract(d[5], d[3], out=out[5])
    q *= 2
    out[5] -= q  # 4 d1 - 5 d3 + d5


def _leave_3(m: Array, out: Array, scratch: Array) -> None:
    """Aᵀ m along the first axis for 3 taps: 6 points to 4 outputs."""
    near, far = scratch
    np.add(m[1], m[2], out=near)
    np.add(m[3], m[4], out=far)
    np.add(near, far, out=out[0])
    out[0] += m[0]
    far *= 4
    np.add(near, far, out=out[2])
    np.subtract(m[1], m[2], out=near)
    np.subtract(m[3], m[4], out=far)
    far *= 2
    np.add(near, far, out=out[1])
    far *= 4
    np.add(near, far, out=out[3])
    out[3] += m[5]


def _leave_5(m: Array, out: Array, scratch: Array) -> None:
    """Aᵀ m along the first axis for 5 taps: 6 points to 2 outputs."""
    near, far = scratch
    np.add(m[1], m[2], out=near)
    np.add(m[3], m[4], out=far)
    near += far
    np.add(near, m[0], out=out[0])
    np.subtract(m[1], m[2], out=near)
    np.subtract(m[3], m[4], out=far)
    far *= 2
    near += far
    np.add(near, m[5], out=out[1])


_LEAVE = {3: _leave_3, 5: _leave_5}


def _phases(window: Window, n: int) -> list[tuple[slice, int, slice]]:
    """For each sub-image of a dilated axis: its cells, the padding before them, and its outputs."""
    before, step = (window.pads(n) or (0, 0))[0], window.dilation
    phases = []
    for phase in range(min(step, window.out(n) or 0)):
        padding = max(-(-(before - phase) // step), 0)
        phases.append((slice(step * padding + phase - before, None, step), padding, slice(phase, None, step)))
    return phases
