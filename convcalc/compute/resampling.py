"""Resampling of the spatial axes, one axis after the other.

Every interpolation but ``nearest`` is one rule with its own kernel: output cell o looks at the input from
(o + ½) · n / m - ½ (half-pixel centres), and weighs each input cell by the kernel of its distance. Cells
outside the input do not exist: the weights of the others are scaled up to sum to 1. This is TensorFlow's
`tf.image.resize`, which Keras calls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.lazy import Array, np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


# TensorFlow reads the cubic from a table with this many steps per cell; the rounding shows from factor 3 on.
_CUBIC_STEPS = 1024


def upsample(x: Array, sizes: Sequence[int], interpolation: str = "nearest") -> Array:
    """(batch, *n, channels) → (batch, *(n · size), channels), by a name in `INTERPOLATIONS`."""
    return resize(x, [n * size for n, size in zip(x.shape[1:-1], sizes, strict=True)], interpolation)


def resize(x: Array, sizes: Sequence[int], interpolation: str = "bilinear", *, antialias: bool = False) -> Array:
    """(batch, *n, channels) → (batch, *sizes, channels), by a name in `INTERPOLATIONS`.

    ``antialias`` widens the kernel of an axis that shrinks to the step between output cells; ``nearest`` has none.
    """
    for axis, size in enumerate(sizes, start=1):
        n, kernel = x.shape[axis], INTERPOLATIONS[interpolation]
        if kernel is None:
            x = np.take(x, _nearest(n, size), axis)
        else:
            x = _resampled(x, axis, _weights(kernel, n, size, antialias).astype(x.dtype))
    return x


def _step(n: int, size: int) -> np.float32:
    """Input cells for each output cell, in TensorFlow's float32, as are all places."""
    return np.float32(n / max(size, 1))


def _centres(size: int) -> Array:
    centres: Array = np.arange(size, dtype="float32") + np.float32(0.5)
    return centres


def _nearest(n: int, size: int) -> Array:
    """The input cell under each output cell's centre."""
    cells: Array = np.minimum((_centres(size) * _step(n, size)).astype("int64"), n - 1)
    return cells


def _resampled(x: Array, axis: int, weights: Array) -> Array:
    """One matrix product for each cell of the axes before ``axis``: no axis has to move."""
    before, after = x.shape[:axis], x.shape[axis + 1 :]
    resampled: Array = np.matmul(weights, x.reshape(*before, x.shape[axis], -1))
    return resampled.reshape(*before, len(weights), *after)


def _weights(kernel: Callable[[Array], Array], n: int, size: int, antialias: bool) -> Array:
    """Share of every input cell in every output cell; shape (size, n), rows sum to 1."""
    seen_from = _centres(size) * _step(n, size) - np.float32(0.5)
    distance = np.abs(np.arange(n) - seen_from[:, None].astype("float64"))
    if antialias:
        distance /= max(float(_step(n, size)), 1.0)
    elif kernel is _cubic:
        distance = np.rint(distance * _CUBIC_STEPS) / _CUBIC_STEPS
    weights = kernel(distance)
    weights /= weights.sum(axis=1, keepdims=True)
    return weights


def _triangle(distance: Array) -> Array:
    return np.maximum(1.0 - distance, 0.0)


def _cubic(d: Array) -> Array:
    """Keys 1981, https://doi.org/10.1109/TASSP.1981.1163711, with a = -½."""
    near = (1.5 * d - 2.5) * d * d + 1.0
    far = ((-0.5 * d + 2.5) * d - 4.0) * d + 2.0
    return np.where(d <= 1, near, np.where(d < 2, far, 0.0))


def _lanczos(radius: int) -> Callable[[Array], Array]:
    """sinc(d) · sinc(d / radius) within the radius. Duchon 1979."""

    def kernel(distance: Array) -> Array:
        return np.where(distance <= radius, np.sinc(distance) * np.sinc(distance / radius), 0.0)

    return kernel


# The weight of an input cell by its distance from where an output cell looks; nearest takes one cell whole.
INTERPOLATIONS: dict[str, Callable[[Array], Array] | None] = {
    "nearest": None,
    "bilinear": _triangle,
    "bicubic": _cubic,
    "lanczos3": _lanczos(3),
    "lanczos5": _lanczos(5),
}

# Input cells that an output cell looks at, along each axis.
CELLS = {"nearest": 1, "bilinear": 2, "bicubic": 4, "lanczos3": 6, "lanczos5": 10}
