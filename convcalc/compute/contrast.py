"""The contrast of images."""

from __future__ import annotations

from convcalc.lazy import Array, np


def stretched(x: Array, low: float, high: float) -> Array:
    """(batch, height, width, channels): each channel of each image stretched to go from ``low`` to ``high``.

    As in Keras values go by way of 0 to 255, and a channel of one value keeps it.
    """
    y = (x - low) / (high - low) * 255
    least, most = y.min(axis=(1, 2), keepdims=True), y.max(axis=(1, 2), keepdims=True)
    flat = most == least
    scale = 255 / np.where(flat, 1, most - least)
    y = np.clip(y * scale - least * scale, 0, 255) / 255 * (high - low) + low
    return np.where(flat, x, y).astype(x.dtype)
