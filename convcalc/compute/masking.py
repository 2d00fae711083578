"""What masks are made of: the operations of Keras's ``compute_mask``, by Keras's names, on arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.lazy import Array, np

if TYPE_CHECKING:
    from collections.abc import Sequence


def not_equal(x: Array, y: Array | float) -> Array:
    """True where ``x`` is not ``y``."""
    other: Array = np.not_equal(x, y)
    return other


def logical_or(x: Array, y: Array) -> Array:
    """True where either is, broadcast."""
    either: Array = np.logical_or(x, y)
    return either


def any(x: Array, axis: int = -1, keepdims: bool = False) -> Array:
    """True where any value along an axis is."""
    found: Array = np.any(x, axis=axis, keepdims=keepdims)
    return found


def expand_dims(x: Array, axis: int | tuple[int, ...] = -1) -> Array:
    """More axes, of size 1."""
    return np.expand_dims(x, axis)


def zeros_like(x: Array) -> Array:
    """False everywhere."""
    return np.zeros(x.shape, bool)


def ones_like(x: Array) -> Array:
    """True everywhere."""
    return np.ones(x.shape, bool)


def convert_to_tensor(x: Array) -> Array:
    """What is a tensor already."""
    return x


def concatenate(xs: Sequence[Array], axis: int) -> Array:
    """Side by side along an axis."""
    return np.concatenate(xs, axis)
