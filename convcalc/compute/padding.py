"""Padding and cropping of the spatial axes, any number of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.lazy import Array, np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    Pads: TypeAlias = Sequence[tuple[int, int]]  # (before, after) of each spatial axis


def pad(x: Array, pads: Pads, fill: float = 0.0) -> Array:
    """(batch, *n, channels) → (batch, *(n + before + after), channels), the new cells holding ``fill``."""
    if not any(map(any, pads)):
        return x
    return np.pad(x, [(0, 0), *pads, (0, 0)], constant_values=fill)


def crop(x: Array, pads: Pads) -> Array:
    """(batch, *n, channels) → (batch, *(n - before - after), channels), a view; the inverse of `pad`."""
    spatial = (slice(before, size - after) for size, (before, after) in zip(x.shape[1:-1], pads, strict=True))
    return x[(slice(None), *spatial)]
