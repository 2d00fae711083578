"""The operations that Keras's ``compute_mask`` uses, on arrays, by Keras's names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.lazy import Array, np

if TYPE_CHECKING:
    from collections.abc import Sequence


def not_equal(x: Array, y: Array | float) -> Array:
    """True where ``x`` and ``y`` differ."""
    other: Array = np.not_equal(x, y)
    return other


def logical_or(x: Array, y: Array) -> Array:
    """True where ``x`` or ``y`` is true, broadcast."""
    either: Array = np.logical_or(x, y)
    return either


def any(x: Array, axis: int = -1, keepdims: bool = False) -> Array:
    """True where any value along ``axis`` is true."""
    found: Array = np.any(x, axis=axis, keepdims=keepdims)
    return found


def expand_dims(x: Array, axis: int | tuple[int, ...] = -1) -> Array:
    """`x` with new axes of size 1."""
    return np.expand_dims(x, axis)


def zeros_like(x: Array) -> Array:
    """False everywhere, in the shape of ``x``."""
    return np.zeros(x.shape, bool)


def ones_like(x: Array) -> Array:
    """True everywhere, in the shape of ``x``."""
    return np.ones(x.shape, bool)


def convert_to_tensor(x: Array) -> Array:
    """`x` itself: an array is a tensor already."""
    return x


def concatenate(xs: Sequence[Array], axis: int) -> Array:
    """The arrays joined along ``axis``."""
    return np.concatenate(xs, axis)
