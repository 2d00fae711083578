"""Working memory that the kernels share, and the threads that they share their work among."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from convcalc.lazy import Array, np

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

T = TypeVar("T")


class Workspace:
    """Arrays by name, each thread its own, valid until the thread takes the next one of that name.

    Memory that has been written before is faster to write than fresh memory, whose pages the system must first
    find and clear.
    """

    def __init__(self, threads: int = 1) -> None:
        self.threads = threads
        self._of_thread = threading.local()
        self._pool: ThreadPoolExecutor | None = None

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
        """How many of ``count`` places make a block: ``most``, or fewer where threads then have equal work.

        Blocks of fewer than ``least`` take less time than handing them to a thread.
        """
        blocks = -(-count // max(most, 1))
        size = -(-count // max(-(-blocks // self.threads) * self.threads, 1))
        return size if self.threads > 1 and size >= least else most

    def each(self, work: Callable[[T], None], blocks: Iterable[T]) -> None:
        """Does the work on every block, by as many threads as there are; the first error ends it.

        The thread that asks takes blocks like the others, and waits for none that has not begun: on a busy machine
        it does all of them.
        """
        if self.threads == 1:
            for block in blocks:
                work(block)
            return
        listed = list(blocks)
        remaining = iter(listed)

        def some() -> None:
            with np.errstate(all="ignore"):  # which threads do not inherit
                try:
                    for block in remaining:
                        work(block)
                finally:
                    for _ in remaining:  # after an error: nobody goes on
                        pass

        others = [self._submit(some) for _ in range(min(self.threads, len(listed)) - 1)]
        try:
            some()
        finally:
            running = [other for other in others if not other.cancel()]
            for other in running:
                other.result()

    def _submit(self, work: Callable[[], None]) -> Future[None]:
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor

            self._pool = ThreadPoolExecutor(self.threads - 1)
        return self._pool.submit(work)
