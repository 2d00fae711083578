"""Upsampling of the spatial axes by whole factors, one axis after the other.

Every interpolation but ``nearest`` is one rule with its own kernel: output cell o looks at the input from
(o + ½) / factor - ½ (half-pixel centres), and weighs each input cell by the kernel of its distance. Cells
outside the input do not exist: the weights of the others are scaled up to sum to 1. This is TensorFlow's
`tf.image.resize` without antialiasing, which Keras calls.
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
    along = INTERPOLATIONS[interpolation]
    for axis, size in enumerate(sizes, start=1):
        x = along(x, axis, size)
    return x


def _repeat(x: Array, axis: int, factor: int) -> Array:
    return np.repeat(x, factor, axis=axis)


def _resampled(kernel: Callable[[Array], Array]) -> Callable[[Array, int, int], Array]:
    def along(x: Array, axis: int, factor: int) -> Array:
        before, after = x.shape[:axis], x.shape[axis + 1 :]
        weights = _weights(kernel, x.shape[axis], factor).astype(x.dtype)
        # One matrix product for each cell of the axes before: no axis has to move.
        rows = x.reshape(*before, x.shape[axis], -1)
        resampled: Array = np.matmul(weights, rows)
        return resampled.reshape(*before, len(weights), *after)

    return along


def _weights(kernel: Callable[[Array], Array], size: int, factor: int) -> Array:
    """Share of every input cell in every output cell; shape (size · factor, size), rows sum to 1."""
    seen_from = (np.arange(size * factor) + 0.5) / factor - 0.5
    weights = kernel(np.abs(np.arange(size) - seen_from[:, None]))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights


def _triangle(distance: Array) -> Array:
    return np.maximum(1.0 - distance, 0.0)


def _cubic(distance: Array) -> Array:
    """Keys 1981, https://doi.org/10.1109/TASSP.1981.1163711, with a = -½."""
    d = np.rint(distance * _CUBIC_STEPS) / _CUBIC_STEPS
    near = (1.5 * d - 2.5) * d * d + 1.0
    far = ((-0.5 * d + 2.5) * d - 4.0) * d + 2.0
    return np.where(d <= 1, near, np.where(d < 2, far, 0.0))


def _lanczos(radius: int) -> Callable[[Array], Array]:
    """sinc(d) · sinc(d / radius) within the radius. Duchon 1979."""

    def kernel(distance: Array) -> Array:
        return np.where(distance <= radius, np.sinc(distance) * np.sinc(distance / radius), 0.0)

    return kernel


INTERPOLATIONS: dict[str, Callable[[Array, int, int], Array]] = {
    "nearest": _repeat,
    "bilinear": _resampled(_triangle),
    "bicubic": _resampled(_cubic),
    "lanczos3": _resampled(_lanczos(3)),
    "lanczos5": _resampled(_lanczos(5)),
}

# Input cells that an output cell looks at, along each axis.
CELLS = {"nearest": 1, "bilinear": 2, "bicubic": 4, "lanczos3": 6, "lanczos5": 10}
