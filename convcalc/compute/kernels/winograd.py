"""Convolution with 3×3 or 5×5 taps by Winograd's minimal filtering, tile by tile.

With 3×3 taps a tile of 6×6 inputs gives 4×4 outputs for 36 products instead of 144, and a tile of 4×4 inputs gives
2×2 outputs for 16 products instead of 36. With 5×5 taps a tile of 6×6 gives 2×2 outputs for 36 instead of 100.
Lavin & Gray 2015, https://arxiv.org/abs/1509.09308: Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import product
from typing import Any, NamedTuple

from convcalc.compute.kernels.finish import Finish
from convcalc.compute.kernels.panels import SMALL, Part, multiply, panel_width, split_filters
from convcalc.compute.kernels.row_blocks import copy_padded, strided
from convcalc.compute.kernels.workspace import Workspace
from convcalc.lazy import Array, np
from convcalc.sizes.windows import Window

# The points at which polynomials are multiplied, by the side of a tile; the point infinity is added last. The points
# decide the rounding (Barabasz et al. 2020, https://arxiv.org/abs/1803.10986): the usual points 2 and -2 make it
# several times larger (tests/bench/bench_accuracy.py). The second point must be 1.
_POINTS = {4: (0, 1, -1), 6: (0, 1, -1, 1 / 2, -3 / 2)}
# Tiles in an output at the least: with fewer, reading the transformed weights costs more than the tiles save.
# Tiles of 6×6 save most and have four times the weights of 3×3 taps; tiles of 4×4 have less than twice as many.
_LEAST_TILES = 32
# Tiles in a block at the most, and their bytes once transformed. Every block reads all weights.
_MOST_TILES, _BLOCK = 400, 1 << 23
# Tiles in a block at the least, when a thread of its own computes the block; and the number of weights of a point for
# which there must be one tile more.
_SHARED, _WEIGHTS_OF_TILE = 16, 1 << 10


class Tiling(NamedTuple):
    """The cut of an output into tiles, and of the tiles into blocks.

    A tile has ``side`` inputs and ``step`` outputs along each axis. A block has ``images``, each with ``down`` rows of
    ``across`` tiles. ``panel_width`` filters are computed at once.
    """

    side: int
    step: int
    images: int
    down: int
    across: int
    panel_width: int


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
    return Tiling(side, step, images, rows, across, panel_width(channels, filters, kernel.itemsize))


class Winograd:
    """The kernel of a convolution with stride 1.

    Inputs are ``(images, height, width, channels)``, ``kernel`` is ``(k, k, channels, filters)``. A dilated
    convolution is computed as undilated ones of its sub-images, which take every ``dilation``-th pixel.
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
        shape = (tiling.side, tiling.side, filters // tiling.panel_width, channels, tiling.panel_width)
        # Weights that are used once share their memory with the weights of other layers.
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
        """Writes one undilated convolution, with ``before`` cells of padding above and to the left."""
        _, step, images, rows, across, _ = self.tiling
        if len(out) <= images:
            least = max(_SHARED, x.shape[-1] * out.shape[-1] // _WEIGHTS_OF_TILE)
            rows = self.workspace.block_size(-(-out.shape[1] // step), rows, -(-least // across))

        blocks = product(range(0, len(out), images), range(0, out.shape[1], rows * step))

        def compute(block: tuple[tuple[int, int], Part]) -> None:
            (image, row), (weights, filters) = block
            part = slice(image, image + images)
            self._tile_rows(x[part], row, before, weights, filters, out[part, row : row + rows * step, :, filters])

        self.workspace.each(compute, product(blocks, self._parts(out.shape, rows)))

    def _parts(self, y: Sequence[int], rows: int) -> list[Part]:
        """The weights: in parts for the threads where all tiles are one block and the activation is elementwise."""
        side, step, images, _, across, _ = self.tiling
        if self.finish.is_elementwise and y[0] <= images and y[1] <= rows * step:
            return split_filters(y[0] * rows * across * side**2, self.weights, self.workspace)
        return [Part(self.weights, slice(None))]

    def _tile_rows(
        self, x: Array, row: int, before: tuple[int, int], weights: Array, filters: slice, out: Array
    ) -> None:
        """Writes rows of outputs from ``row`` on, as many as ``out`` has, of some filters."""
        side, step = self.tiling.side, self.tiling.step
        images, height, width, count = out.shape
        down, across = -(-height // step), -(-width // step)
        tiles = self._tiles(x, row - before[0], before[1], down, across)
        # The gathered tiles, the products and the outputs use the same memory, one after the other.
        products = self.workspace.take("gathered", (side, side, images * down * across, count), x.dtype)
        multiply(tiles, weights, products)
        if self.finish.bias is not None:
            products[1, 1] += self.finish.bias[filters]  # Aᵀ has only ones at the point 1
        y = self._outputs(products).reshape(step, step, images, down, across, count)
        if height == down * step and width == across * step:
            split = out.reshape(images, down, step, across, step, count)
            self.finish.activate(y, split.transpose(2, 4, 0, 1, 3, 5))
            return
        for i, j in product(range(step), repeat=2):  # tiles reach over the edge
            target = out[:, i::step, j::step]
            self.finish.activate(y[i, j, :, : target.shape[1], : target.shape[2]], target)

    def _tiles(self, x: Array, first: int, left: int, down: int, across: int) -> Array:
        """Bᵀ d B of every tile d, ``(points across, points down, tiles, channels)``."""
        (images, _, _, channels), take = x.shape, self.workspace.take
        side, step = self.tiling.side, self.tiling.step
        height, width = (count * step + self.taps - 1 for count in (down, across))
        _, matrix, _ = _matrices(self.taps, side)
        padded = take("padded", (images, height, width, channels), x.dtype)
        copy_padded(x, first, left, padded)
        # Down first, on whole rows: neighbours in a row share cells, which so are transformed once.
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
        """Aᵀ P A of every tile's products P, ``(outputs down, outputs across, all values)``."""
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
        "packed kernel": kernel.size,
        "half weights": side * taps * channels * filters,
    }
    return {name: count * kernel.itemsize for name, count in values.items()}


@cache
def _matrices(taps: int, side: int) -> tuple[Array, Array, Array]:
    """The matrices G, Bᵀ and Aᵀ, which transform taps, tiles and products (Toom-Cook)."""
    points = np.array(_POINTS[side], float)
    others = [np.delete(points, at) for at in range(len(points))]
    distances = [np.prod(point - rest) for point, rest in zip(points, others, strict=True)]
    b = [*(np.append(np.poly(rest)[::-1], 0) for rest in others), np.poly(points)[::-1]]
    return _powers(points, taps, distances), np.array(b), _powers(points, side - taps + 1, 1).T


def _powers(points: Array, count: int, distances: Any) -> Array:
    """The first ``count`` powers of every point over the point's distance; of infinity the last power alone."""
    return np.vstack([points[:, None] ** np.arange(count) / np.reshape(distances, (-1, 1)), np.eye(count)[-1]])


def _transform(kernel: Array, out: Array, workspace: Workspace) -> None:
    """Writes G g Gᵀ of every kernel g.

    ``out`` is ``(points across, points down, panels, channels, filters of a panel)``.
    """
    taps, (side, _, panels, channels, piece) = len(kernel), out.shape
    matrix, _, _ = _matrices(taps, side)
    if panels > 1:
        packed = workspace.take("packed kernel", (taps, taps, panels, channels, piece), kernel.dtype)
        np.copyto(packed, kernel.reshape(taps, taps, channels, panels, piece).swapaxes(2, 3))
        kernel = packed
    down = workspace.take("half weights", (taps, side, kernel.size // taps**2), kernel.dtype)
    _times(matrix, kernel.reshape(taps, taps, -1).swapaxes(0, 1), down)
    _times(matrix, down.reshape(taps, -1), out.reshape(side, -1))


def _overlapping(x: Array, axis: int, side: int, step: int) -> Array:
    """A view of windows of ``side`` cells along ``axis``, ``step`` apart; the cells are a new axis behind it."""
    shape, strides = list(x.shape), list(x.strides)
    shape[axis : axis + 1] = [(x.shape[axis] - side) // step + 1, side]
    strides[axis : axis + 1] = [x.strides[axis] * step, x.strides[axis]]
    return strided(x, shape, strides)


def _times(matrix: Array, x: Array, out: Array) -> None:
    """Writes ``matrix`` times ``x`` ``(…, points, values)`` into ``out``, in pieces that are small products."""
    values = x.shape[-1]
    pieces = next(n for n in range(-(-values // (SMALL // matrix.size)), values + 1) if values % n == 0)
    parts = [array.reshape(*array.shape[:-1], pieces, -1).swapaxes(-2, -3) for array in (x, out)]
    np.matmul(matrix.astype(x.dtype), parts[0], out=parts[1])


def _phases(window: Window, n: int) -> list[tuple[slice, int, slice]]:
    """For each sub-image of a dilated axis: its cells, the number of padding cells before them, and its outputs."""
    before, step = (window.pads(n) or (0, 0))[0], window.dilation
    phases = []
    for phase in range(min(step, window.out(n) or 0)):
        padding = max(-(-(before - phase) // step), 0)
        phases.append((slice(step * padding + phase - before, None, step), padding, slice(phase, None, step)))
    return phases
