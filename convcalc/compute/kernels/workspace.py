"""The working memory that kernels share, and the team of threads that computes their blocks."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from convcalc.compute.kernels.team import Threads
from convcalc.lazy import Array, np

T = TypeVar("T")


class Workspace:
    """Arrays by name, for each thread its own. An array is valid until its thread takes the next array of the name.

    Memory that has been written before is faster to write than fresh memory, whose pages the system must first
    find and clear.
    """

    def __init__(self, team: Threads | None = None) -> None:
        self.team = team or Threads()
        self._local = threading.local()

    @property
    def buffers(self) -> dict[str, Array]:
        """The memory of the calling thread, by name, as bytes."""
        found: dict[str, Array] = self._local.__dict__
        return found

    def take(self, name: str, shape: Sequence[int], dtype: np.dtype) -> Array:
        """An array of this shape with undefined values."""
        size = math.prod(shape) * dtype.itemsize
        buffers = self.buffers
        if name not in buffers or buffers[name].size < size:
            buffers.pop(name, None)  # freed before the larger buffer is made
            buffers[name] = np.empty(size, np.uint8)
        return buffers[name][:size].view(dtype).reshape(shape)

    def block_size(self, count: int, most: int, least: int) -> int:
        """How many of ``count`` items make a block: ``most``, or fewer where all threads then have equal work.

        A block of fewer than ``least`` items takes less time than handing it to a thread.
        """
        team = self.team
        blocks = -(-count // max(most, 1))
        size = -(-count // max(-(-blocks // team.size) * team.size, 1))
        return size if team.size > 1 and size >= least else most

    def each(self, work: Callable[[T], None], blocks: Iterable[T]) -> None:
        """Does the work on every block, by all threads of the team; the first error ends it."""
        self.team.each(work, blocks)
