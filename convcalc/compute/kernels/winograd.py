"""Convolutions of 3×3 and 5×5 taps by Winograd's minimal filtering, on tiles of 6×6.

A tile gives 4×4 outputs of 3×3 taps for 36 products instead of 144, or 2×2 of 5×5 taps for 36 instead of 100.
Lavin & Gray 2015, https://arxiv.org/abs/1509.09308, with the points 0, 1, -1, 2, -2 and infinity:
Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A, where Bᵀ is the same for both.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

from convcalc.compute.kernels.finish import Finish
from convcalc.compute.kernels.rows import copy_padded
from convcalc.compute.kernels.small import SMALL
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
# Bᵀ and Aᵀ: what a tile, and the products at the points, contribute.
_B = (
    (4, 0, -5, 0, 1, 0), (0, -4, -4, 1, 1, 0), (0, 4, -4, -1, 1, 0),
    (0, -2, -1, 2, 1, 0), (0, 2, -1, -2, 1, 0), (0, 4, 0, -5, 0, 1),
)  # fmt: skip
_A = {
    3: ((1, 1, 1, 1, 1, 0), (0, 1, -1, 2, -2, 0), (0, 1, 1, 4, 4, 0), (0, 1, -1, 8, -8, 1)),
    5: ((1, 1, 1, 1, 1, 0), (0, 1, -1, 2, -2, 1)),
}
# Bytes of transformed tiles in a block at the most: they and the products stay in the second-level cache.
_BLOCK = 1 << 21
# With so many weights that fewer tiles than this are a small product, the product is large: then the weights, which
# are read once for every block, should be read seldom.
_LEAST_TILES, _MANY_TILES = 32, 256
# Tiles in a block for a thread of its own at the least, and weights at a point that a tile there makes up for: every
# block reads them all.
_SHARED, _WEIGHTS_OF_TILE = 16, 1 << 10


class Winograd:
    """``x`` ``(images, height, width, channels)`` convolved with ``kernel`` ``(k, k, channels, filters)``, stride 1.

    A dilated convolution is one of each of its sub-images, which take every ``dilation``-th pixel.
    """

    def __init__(
        self,
        kernel: Array,
        finish: Finish,
        windows: Sequence[Window],
        y: Sequence[int],
        workspace: Workspace,
        *,
        once: bool = False,
    ) -> None:
        self.taps = kernel.shape[0]
        self.step = TILE - self.taps + 1  # outputs of a tile along an axis
        channels, filters = kernel.shape[2:]
        together = _together(y, self.step, kernel)
        shape = (TILE, TILE, filters // together, channels, together)
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
        several, rows, across = _block(out.shape, self.step, x.shape[-1], out.shape[-1], x.itemsize)
        if len(out) <= several:
            least = max(_SHARED, x.shape[-1] * out.shape[-1] // _WEIGHTS_OF_TILE)
            rows = self.workspace.share(-(-out.shape[1] // self.step), rows, -(-least // across))
        height = rows * self.step

        def compute(block: tuple[int, int]) -> None:
            image, row = block
            part = slice(image, image + several)
            self._tile_rows(x[part], row, before, across, out[part, row : row + height])

        blocks = product(range(0, len(out), several), range(0, out.shape[1], height))
        self.workspace.each(compute, blocks)

    def _tile_rows(self, x: Array, row: int, before: tuple[int, int], across: int, out: Array) -> None:
        """The rows of outputs from ``row`` on, as many as ``out`` has."""
        images, height, _, filters = out.shape
        down = -(-height // self.step)
        tiles = self._tiles(x, row - before[0], before[1], down, across)
        products = self.workspace.take("products", (TILE, TILE, images * down * across, filters), x.dtype)
        pieces = products.reshape(*tiles.shape[:3], len(self.weights[0, 0]), -1).swapaxes(2, 3)

        def multiply(points: slice) -> None:
            np.matmul(tiles[points, :, None], self.weights[points], out=pieces[points])

        # Large products are shared by points, each of which has its own weights.
        many = TILE if tiles.size * filters > SMALL * TILE**2 else 1
        self.workspace.each(multiply, [slice(at, at + TILE // many) for at in range(0, TILE, TILE // many)])
        if self.finish.bias is not None:
            products[1, 1] += self.finish.bias  # Aᵀ has only ones at the point 1
        places = self._outputs(products).reshape(self.step, self.step, images, down, across, filters)
        for i, j in product(range(self.step), repeat=2):
            target = out[:, i :: self.step, j :: self.step]
            # Tiles may reach over the edge.
            self.finish.activate(places[i, j, :, : target.shape[1], : target.shape[2]], target)

    def _tiles(self, x: Array, first: int, left: int, down: int, across: int) -> Array:
        """Bᵀ d B of every tile d: (points across, points down, tiles, channels)."""
        (images, _, _, channels), take, edge = x.shape, self.workspace.take, self.taps - 1
        height, width = down * self.step + edge, across * self.step + edge
        padded = take("padded", (images, height, width, channels), x.dtype)
        copy_padded(x, first, left, padded)
        # Down first, on whole rows: what neighbouring tiles share across is transformed once.
        half = take("half", (TILE, images, down, width * channels), x.dtype)
        rows = _overlapping(padded.reshape(images, height, -1), 1, self.step)
        _times(_B, rows, half.transpose(1, 2, 0, 3))
        columns = _overlapping(half.reshape(TILE, images, down, width, channels), 3, self.step)
        gathered = take("gathered", (TILE, TILE, images, down, across, channels), x.dtype)
        np.copyto(gathered, columns.transpose(4, 0, 1, 2, 3, 5))
        tiles = take("tiles", (TILE, TILE, images * down * across, channels), x.dtype)
        _times(_B, gathered.reshape(TILE, -1), tiles.reshape(TILE, -1))
        return tiles

    def _outputs(self, products: Array) -> Array:
        """Aᵀ P A of every tile's products P: (outputs down, outputs across, all values)."""
        values, take = products[0, 0].size, self.workspace.take
        half = take("half", (self.step, TILE, values), products.dtype)
        _times(_A[self.taps], products.reshape(TILE, TILE, -1), half.swapaxes(0, 1))
        places = take("gathered", (self.step, self.step, values), products.dtype)
        _times(_A[self.taps], half, places)
        return places


def needs(kernel: Array, y: Sequence[int]) -> dict[str, int]:
    """Bytes that `Winograd` takes from its workspace, by name, for an output of shape ``y``."""
    channels, filters = kernel.shape[-2:]
    step = TILE - len(kernel) + 1
    images, down, across = _block(y, step, channels, filters, kernel.itemsize)
    tiles = images * down * across
    height, width = (count * step + TILE - step for count in (down, across))
    values = {
        "padded": images * height * width * channels,
        "half": max(TILE * images * down * width * channels, step * TILE * tiles * filters),
        "gathered": max(TILE * TILE * tiles * channels, step * step * tiles * filters),
        "tiles": TILE * TILE * tiles * channels,
        "products": TILE * TILE * tiles * filters,
        "weights": TILE * TILE * channels * filters,
        "arranged kernel": kernel.size,
        "half weights": TILE * len(kernel) * channels * filters,
    }
    return {name: count * kernel.itemsize for name, count in values.items()}


def _block(y: Sequence[int], step: int, channels: int, filters: int, itemsize: int) -> tuple[int, int, int]:
    """Images, rows of tiles, and tiles in a row of one block."""
    images, height, width, _ = y
    down, across = -(-height // step), -(-width // step)
    tiles = min(_BLOCK // (TILE**2 * max(channels, filters) * itemsize), SMALL // (channels * filters))
    tiles = tiles if tiles >= _LEAST_TILES else _MANY_TILES
    rows = min(max(tiles // across, 1), down)
    return (min(max(tiles // (across * down), 1), images) if rows == down else 1), rows, across


def _together(y: Sequence[int], step: int, kernel: Array) -> int:
    """Filters that are computed in one product: as many as make it a small one, where a vector or more do."""
    channels, filters = kernel.shape[-2:]
    tiles = math.prod(_block(y, step, channels, filters, kernel.itemsize))
    fitting = (part for part in (128, 64, 32) if filters % part == 0 and tiles * channels * part <= SMALL)
    return filters if tiles * channels * filters <= SMALL else next(fitting, filters)


def _transform(kernel: Array, out: Array, workspace: Workspace) -> None:
    """G g Gᵀ of every kernel g, into ``out`` (points across, points down, pieces, channels, filters of a piece)."""
    taps = len(kernel)
    _, _, pieces, channels, together = out.shape
    if pieces > 1:
        arranged = workspace.take("arranged kernel", (taps, taps, pieces, channels, together), kernel.dtype)
        np.copyto(arranged, kernel.reshape(taps, taps, channels, pieces, together).swapaxes(2, 3))
        kernel = arranged
    down = workspace.take("half weights", (taps, TILE, kernel.size // taps**2), kernel.dtype)
    _times(_G[taps], kernel.reshape(taps, taps, -1).swapaxes(0, 1), down)
    _times(_G[taps], down.reshape(taps, -1), out.reshape(TILE, -1))


def _overlapping(x: Array, axis: int, step: int) -> Array:
    """A view of windows of `TILE` along ``axis``, ``step`` apart; the places in the window come behind it."""
    shape, strides = list(x.shape), list(x.strides)
    shape[axis : axis + 1] = [(x.shape[axis] - TILE) // step + 1, TILE]
    strides[axis : axis + 1] = [x.strides[axis] * step, x.strides[axis]]
    return np.lib.stride_tricks.as_strided(x, shape, strides, writeable=False)


def _times(matrix: Sequence[Sequence[float]], x: Array, out: Array) -> None:
    """``matrix`` times each of ``x`` ``(…, points, values)``, in pieces that are small products."""
    values = x.shape[-1]
    pieces = next(n for n in range(-(-values // (SMALL // TILE**2)), values + 1) if values % n == 0)
    parts = [one.reshape(*one.shape[:-1], pieces, -1).swapaxes(-2, -3) for one in (x, out)]
    np.matmul(np.array(matrix, x.dtype), parts[0], out=parts[1])


def _phases(window: Window, n: int) -> list[tuple[slice, int, slice]]:
    """For each sub-image of a dilated axis: its cells, the padding before them, and its outputs."""
    before, step = (window.pads(n) or (0, 0))[0], window.dilation
    phases = []
    for phase in range(min(step, window.out(n) or 0)):
        padding = max(-(-(before - phase) // step), 0)
        phases.append((slice(step * padding + phase - before, None, step), padding, slice(phase, None, step)))
    return phases
