"""Working memory that the kernels share, and the team that they share their work among."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from convcalc.compute.kernels.team import Team
from convcalc.lazy import Array, np

T = TypeVar("T")


class Workspace:
    """Arrays by name, each thread its own, valid until the thread takes the next one of that name.

    Memory that has been written before is faster to write than fresh memory, whose pages the system must first
    find and clear.
    """

    def __init__(self, team: Team | None = None) -> None:
        self.team = team or Team()
        self._of_thread = threading.local()

    @property
    def buffers(self) -> dict[str, Array]:
        """The memory of the thread that asks, by name, as bytes."""
        found: dict[str, Array] = self._of_thread.__dict__
        return found

    def take(self, name: str, shape: Sequence[int], dtype: np.dtype) -> Array:
        """An array of this shape, its contents undefined."""
        size = math.prod(shape) * dtype.itemsize
        buffers = self.buffers
        if name not in buffers or buffers[name].size < size:
            buffers.pop(name, None)  # before the larger one is there
            buffers[name] = np.empty(size, np.uint8)
        return buffers[name][:size].view(dtype).reshape(shape)

    def share(self, count: int, most: int, least: int) -> int:
        """How many of ``count`` places make a block: ``most``, or fewer where all of the team then have equal work.

        Blocks of fewer than ``least`` take less time than handing them over.
        """
        team = self.team
        blocks = -(-count // max(most, 1))
        size = -(-count // max(-(-blocks // team.size) * team.size, 1))
        return size if team.size > 1 and size >= least else most

    def each(self, work: Callable[[T], None], blocks: Iterable[T]) -> None:
        """Does the work on every block, by as many as there are in the team; the first error ends it."""
        self.team.each(work, blocks)
