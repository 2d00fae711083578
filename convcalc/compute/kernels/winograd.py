"""Convolutions of 3×3 and 5×5 taps by Winograd's minimal filtering, tile by tile.

A tile of 6×6 gives 4×4 outputs of 3×3 taps for 36 products instead of 144, or 2×2 of 5×5 taps for 36 instead of 100;
a tile of 4×4 gives 2×2 outputs of 3×3 taps for 16 instead of 36, with half the weights.
Lavin & Gray 2015, https://arxiv.org/abs/1509.09308: Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import product
from typing import Any, NamedTuple

from convcalc.compute.kernels.finish import Finish
from convcalc.compute.kernels.row_blocks import copy_padded, strided
from convcalc.compute.kernels.small import SMALL, Part, multiply, parts, piece
from convcalc.compute.kernels.workspace import Workspace
from convcalc.lazy import Array, np
from convcalc.sizes.windows import Window

# The points at which polynomials are multiplied, by the side of a tile; infinity comes last. Which ones are taken
# decides the rounding (Barabasz et al. 2020, https://arxiv.org/abs/1803.10986): with the usual 2 and -2 it is several
# times larger (tests/bench/bench_accuracy.py). The second must be 1.
_POINTS = {4: (0, 1, -1), 6: (0, 1, -1, 1 / 2, -3 / 2)}
# Tiles in an output at the least: where there are fewer, reading the transformed weights costs more than is saved.
# Tiles of 6×6 save most, and have four times the weights; those of 4×4 have less than twice as many.
_LEAST_TILES = 32
# Tiles in a block at the most, and bytes of them once transformed: every block reads all weights.
_MOST_TILES, _BLOCK = 400, 1 << 23
# Tiles in a block for a thread of its own at the least, and weights at a point that a tile there makes up for.
_SHARED, _WEIGHTS_OF_TILE = 16, 1 << 10


class Tiling(NamedTuple):
    """How outputs are cut.

    ``side`` of a tile and its ``step``, the outputs along an axis; in a block ``images``, ``down`` rows of tiles and
    the tiles ``across``; ``piece`` filters at once.
    """

    side: int
    step: int
    images: int
    down: int
    across: int
    piece: int


def tiling(kernel: Array, y: Sequence[int], windows: Sequence[Window]) -> Tiling | None:
    """The tiling for an output of shape ``y``; None where there are too few tiles to save anything."""
    taps, _, channels, filters = kernel.shape
    height, width = (-(-n // window.dilation) for n, window in zip(y[1:3], windows, strict=True))
    for side in (6, 4):
        step = side - taps + 1
        if step > 1 and y[0] * -(-height // step) * -(-width // step) >= _LEAST_TILES:
            break
    else:
        return None
    down, across = -(-height // step), -(-width // step)
    tiles = min(_BLOCK // (side**2 * max(channels, filters) * kernel.itemsize), _MOST_TILES)
    rows = min(max(tiles // across, 1), down)
    images = min(max(tiles // (across * down), 1), y[0]) if rows == down else 1
    return Tiling(side, step, images, rows, across, piece(channels, filters, kernel.itemsize))


class Winograd:
    """``x`` ``(images, height, width, channels)`` convolved with ``kernel`` ``(k, k, channels, filters)``, stride 1.

    A dilated convolution is one of each of its sub-images, which take every ``dilation``-th pixel.
    """

    def __init__(
        self,
        kernel: Array,
        finish: Finish,
        windows: Sequence[Window],
        tiling: Tiling,
        workspace: Workspace,
        *,
        once: bool = False,
    ) -> None:
        channels, filters = kernel.shape[2:]
        self.tiling = tiling
        self.taps = kernel.shape[0]
        shape = (tiling.side, tiling.side, filters // tiling.piece, channels, tiling.piece)
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
        _, step, images, rows, across, _ = self.tiling
        if len(out) <= images:
            least = max(_SHARED, x.shape[-1] * out.shape[-1] // _WEIGHTS_OF_TILE)
            rows = self.workspace.share(-(-out.shape[1] // step), rows, -(-least // across))

        blocks = product(range(0, len(out), images), range(0, out.shape[1], rows * step))

        def compute(block: tuple[tuple[int, int], Part]) -> None:
            (image, row), (weights, filters) = block
            part = slice(image, image + images)
            self._tile_rows(x[part], row, before, weights, filters, out[part, row : row + rows * step, :, filters])

        self.workspace.each(compute, product(blocks, self._parts(out.shape, rows)))

    def _parts(self, y: Sequence[int], rows: int) -> list[Part]:
        """The weights, in parts for the team where the tiles are one block; whole where the activation needs that."""
        side, step, images, _, across, _ = self.tiling
        if self.finish.by_value and y[0] <= images and y[1] <= rows * step:
            return parts(y[0] * rows * across * side**2, self.weights, self.workspace)
        return [Part(self.weights, slice(None))]

    def _tile_rows(
        self, x: Array, row: int, before: tuple[int, int], weights: Array, filters: slice, out: Array
    ) -> None:
        """The rows of outputs from ``row`` on, as many as ``out`` has, of some filters."""
        side, step = self.tiling.side, self.tiling.step
        images, height, width, count = out.shape
        down, across = -(-height // step), -(-width // step)
        tiles = self._tiles(x, row - before[0], before[1], down, across)
        # The tiles as they were gathered, the products and the outputs lie in one place, one after the other.
        products = self.workspace.take("gathered", (side, side, images * down * across, count), x.dtype)
        multiply(tiles, weights, products)
        if self.finish.bias is not None:
            products[1, 1] += self.finish.bias[filters]  # Aᵀ has only ones at the point 1
        places = self._outputs(products).reshape(step, step, images, down, across, count)
        if height == down * step and width == across * step:
            split = out.reshape(images, down, step, across, step, count)
            self.finish.activate(places, split.transpose(2, 4, 0, 1, 3, 5))
            return
        for i, j in product(range(step), repeat=2):  # tiles reach over the edge
            target = out[:, i::step, j::step]
            self.finish.activate(places[i, j, :, : target.shape[1], : target.shape[2]], target)

    def _tiles(self, x: Array, first: int, left: int, down: int, across: int) -> Array:
        """Bᵀ d B of every tile d: (points across, points down, tiles, channels)."""
        (images, _, _, channels), take = x.shape, self.workspace.take
        side, step = self.tiling.side, self.tiling.step
        height, width = (count * step + self.taps - 1 for count in (down, across))
        _, matrix, _ = _matrices(self.taps, side)
        padded = take("padded", (images, height, width, channels), x.dtype)
        copy_padded(x, first, left, padded)
        # Down first, on whole rows: what neighbouring tiles share across is transformed once.
        half = take("half", (side, images, down, width * channels), x.dtype)
        rows = _overlapping(padded.reshape(images, height, -1), 1, side, step)
        _times(matrix, rows, half.transpose(1, 2, 0, 3))
        columns = _overlapping(half.reshape(side, images, down, width, channels), 3, side, step)
        gathered = take("gathered", (side, side, images, down, across, channels), x.dtype)
        np.copyto(gathered, columns.transpose(4, 0, 1, 2, 3, 5))
        tiles = take("tiles", (side, side, images * down * across, channels), x.dtype)
        _times(matrix, gathered.reshape(side, -1), tiles.reshape(side, -1))
        return tiles

    def _outputs(self, products: Array) -> Array:
        """Aᵀ P A of every tile's products P: (outputs down, outputs across, all values)."""
        (side, step, *_), values, take = self.tiling, products[0, 0].size, self.workspace.take
        *_, matrix = _matrices(self.taps, side)
        half = take("half", (step, side, values), products.dtype)
        _times(matrix, products.reshape(side, side, -1), half.swapaxes(0, 1))
        places = take("gathered", (step, step, values), products.dtype)
        _times(matrix, half, places)
        return places


def needs(kernel: Array, tiling: Tiling) -> dict[str, int]:
    """Bytes that `Winograd` takes from its workspace, by name."""
    side, step, images, down, across, _ = tiling
    taps, _, channels, filters = kernel.shape
    tiles = images * down * across
    height, width = (count * step + taps - 1 for count in (down, across))
    values = {
        "padded": images * height * width * channels,
        "half": max(side * images * down * width * channels, step * side * tiles * filters),
        "gathered": side**2 * tiles * max(channels, filters),
        "tiles": side**2 * tiles * channels,
        "weights": side**2 * channels * filters,
        "arranged kernel": kernel.size,
        "half weights": side * taps * channels * filters,
    }
    return {name: count * kernel.itemsize for name, count in values.items()}


@cache
def _matrices(taps: int, side: int) -> tuple[Array, Array, Array]:
    """G, Bᵀ and Aᵀ: what taps, a tile, and the products contribute at each point (Toom-Cook)."""
    points = np.array(_POINTS[side], float)
    others = [np.delete(points, at) for at in range(len(points))]
    distances = [np.prod(point - rest) for point, rest in zip(points, others, strict=True)]
    b = [*(np.append(np.poly(rest)[::-1], 0) for rest in others), np.poly(points)[::-1]]
    return _powers(points, taps, distances), np.array(b), _powers(points, side - taps + 1, 1).T


def _powers(points: Array, count: int, distances: Any) -> Array:
    """The first powers of every point, over its distances from the others, and what infinity sees: the last power."""
    return np.vstack([points[:, None] ** np.arange(count) / np.reshape(distances, (-1, 1)), np.eye(count)[-1]])


def _transform(kernel: Array, out: Array, workspace: Workspace) -> None:
    """G g Gᵀ of every kernel g, into ``out`` (points across, points down, pieces, channels, filters of a piece)."""
    taps, (side, _, pieces, channels, piece) = len(kernel), out.shape
    matrix, _, _ = _matrices(taps, side)
    if pieces > 1:
        arranged = workspace.take("arranged kernel", (taps, taps, pieces, channels, piece), kernel.dtype)
        np.copyto(arranged, kernel.reshape(taps, taps, channels, pieces, piece).swapaxes(2, 3))
        kernel = arranged
    down = workspace.take("half weights", (taps, side, kernel.size // taps**2), kernel.dtype)
    _times(matrix, kernel.reshape(taps, taps, -1).swapaxes(0, 1), down)
    _times(matrix, down.reshape(taps, -1), out.reshape(side, -1))


def _overlapping(x: Array, axis: int, side: int, step: int) -> Array:
    """A view of windows of ``side`` along ``axis``, ``step`` apart; the places in the window come behind it."""
    shape, strides = list(x.shape), list(x.strides)
    shape[axis : axis + 1] = [(x.shape[axis] - side) // step + 1, side]
    strides[axis : axis + 1] = [x.strides[axis] * step, x.strides[axis]]
    return strided(x, shape, strides)


def _times(matrix: Array, x: Array, out: Array) -> None:
    """``matrix`` times each of ``x`` ``(…, points, values)``, in pieces that are small products."""
    values = x.shape[-1]
    pieces = next(n for n in range(-(-values // (SMALL // matrix.size)), values + 1) if values % n == 0)
    parts = [one.reshape(*one.shape[:-1], pieces, -1).swapaxes(-2, -3) for one in (x, out)]
    np.matmul(matrix.astype(x.dtype), parts[0], out=parts[1])


def _phases(window: Window, n: int) -> list[tuple[slice, int, slice]]:
    """For each sub-image of a dilated axis: its cells, the padding before them, and its outputs."""
    before, step = (window.pads(n) or (0, 0))[0], window.dilation
    phases = []
    for phase in range(min(step, window.out(n) or 0)):
        padding = max(-(-(before - phase) // step), 0)
        phases.append((slice(step * padding + phase - before, None, step), padding, slice(phase, None, step)))
    return phases
