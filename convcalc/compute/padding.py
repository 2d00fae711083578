"""Padding and cropping of any number of spatial axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.lazy import Array, np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    Pads: TypeAlias = Sequence[tuple[int, int]]  # (before, after) of each spatial axis


def pad(x: Array, pads: Pads, fill: float = 0.0) -> Array:
    """`x` with cells of ``fill`` around it: (batch, *n, channels) → (batch, *(n + before + after), channels)."""
    if not any(map(any, pads)):
        return x
    return np.pad(x, [(0, 0), *pads, (0, 0)], constant_values=fill)


def crop(x: Array, pads: Pads) -> Array:
    """A view of the middle of ``x``, the inverse of `pad`: (batch, *n, c) → (batch, *(n - before - after), c)."""
    spatial = (slice(before, size - after) for size, (before, after) in zip(x.shape[1:-1], pads, strict=True))
    return x[(slice(None), *spatial)]
