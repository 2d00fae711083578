"""Working memory that the kernels share: allocated once, used by one layer after the other."""

from __future__ import annotations

import math
from collections.abc import Sequence

from convcalc.lazy import Array, np


class Workspace:
    """Arrays by name, each valid until the next that is taken under its name.

    Memory that has been written before is faster to write than fresh memory, whose pages the system must first
    find and clear.
    """

    def __init__(self) -> None:
        self._buffers: dict[str, Array] = {}

    def take(self, name: str, shape: Sequence[int], dtype: np.dtype) -> Array:
        """An array of this shape, its contents undefined."""
        size = math.prod(shape) * dtype.itemsize
        if name not in self._buffers or self._buffers[name].size < size:
            self._buffers.pop(name, None)  # before the larger one is there
            self._buffers[name] = np.empty(size, np.uint8)
        return self._buffers[name][:size].view(dtype).reshape(shape)
