"""The contrast of images."""

from __future__ import annotations

from convcalc.lazy import Array, np


def auto_contrast(x: Array, low: float, high: float) -> Array:
    """Images ``(batch, height, width, channels)`` with each channel stretched to the range ``low`` to ``high``.

    As in Keras, values are scaled to 0 to 255 on the way; a channel with a single value keeps the value.
    """
    y = (x - low) / (high - low) * 255
    least, most = y.min(axis=(1, 2), keepdims=True), y.max(axis=(1, 2), keepdims=True)
    flat = most == least
    scale = 255 / np.where(flat, 1, most - least)
    y = np.clip(y * scale - least * scale, 0, 255) / 255 * (high - low) + low
    return np.where(flat, x, y).astype(x.dtype)


def clahe(x: Array, clip_limit: float, grid: tuple[int, int]) -> Array:
    """Images ``(batch, height, width, channels)``, values 0 to 255, after adaptive histogram equalization.

    Contrast limited adaptive histogram equalization (Zuiderveld 1994, Graphics Gems IV, p. 474): each of ``grid`` tiles
    has its own curve, and a pixel's value is interpolated between the four nearest tiles. `ValueError` for an image
    that is too small for the tiles, also with its mirror image.
    """
    tile = tuple(-(-size // tiles) for size, tiles in zip(x.shape[1:3], grid, strict=True))
    beyond = [size * tiles - n for size, tiles, n in zip(tile, grid, x.shape[1:3], strict=True)]
    if any(more > n for more, n in zip(beyond, x.shape[1:3], strict=True)):
        raise ValueError(f"an image of {x.shape[1]}x{x.shape[2]} is too small for {grid[0]}x{grid[1]} tiles")
    padded = np.pad(x, [(0, 0), *((0, more) for more in beyond), (0, 0)], mode="symmetric")
    pixels = np.clip(padded, 0, 255).astype(np.int32)
    curves = _tile_curves(pixels, tile, grid, clip_limit)
    rows, columns = (_nearest_tiles(size, tiles) for size, tiles in zip(tile, grid, strict=True))
    total = np.zeros(padded.shape, np.float32)
    samples, channels = np.arange(x.shape[0])[:, None, None, None], np.arange(x.shape[3])
    for row, height in rows:
        for column, width in columns:
            tiled = curves[samples, row[:, None, None], column[:, None], channels, pixels]
            total += tiled * height[:, None, None] * width[:, None]
    whole: Array = total[:, : x.shape[1], : x.shape[2]]
    return whole


def _tile_curves(pixels: Array, tile: tuple[int, ...], grid: tuple[int, int], clip_limit: float) -> Array:
    """The curve of each tile ``(batch, *grid, channels, 256)``: the new value of each value."""
    batch, channels, size = pixels.shape[0], pixels.shape[3], tile[0] * tile[1]
    tiles = pixels.reshape(batch, grid[0], tile[0], grid[1], tile[1], channels).transpose(0, 1, 3, 5, 2, 4)
    numbered = tiles.reshape(-1, size) + 256 * np.arange(tiles.size // size)[:, None]
    counts = np.bincount(numbered.ravel(), minlength=256 * (tiles.size // size)).astype(np.float32)
    counts = counts.reshape(*tiles.shape[:4], 256)
    if clip_limit > 0:
        clipped = np.minimum(counts, np.float32(clip_limit * size / 256))
        counts = clipped + (counts - clipped).sum(axis=-1, keepdims=True) / 256
    rising = np.cumsum(counts, axis=-1)
    least = rising.min(axis=-1, keepdims=True)
    span = size - least
    curves: Array = np.clip((rising - least) * 255 / np.where(span == 0, 1, span), 0, 255)
    return curves


def _nearest_tiles(size: int, tiles: int) -> list[tuple[Array, Array]]:
    """For each cell along an axis: the two nearest tiles and their shares, at the ends the same tile twice."""
    at = (np.arange(size * tiles, dtype=np.float32) - size / 2) / size
    low = np.floor(at)
    return [
        (np.clip(near, 0, tiles - 1).astype(np.int32), share)
        for near, share in ((low, 1 - at + low), (low + 1, at - low))
    ]
