"""Teams of threads, which compute the blocks of a kernel."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

from convcalc.lazy import np

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

T = TypeVar("T")


class Threads:
    """A team of ``size`` threads: the calling thread, and others that it starts."""

    def __init__(self, size: int = 1) -> None:
        self.size = size
        self._pool: ThreadPoolExecutor | None = None

    def each(self, work: Callable[[T], None], blocks: Iterable[T]) -> None:
        """Does the work on every block; the first error ends it.

        The calling thread takes blocks like the others, and does not wait for a thread that has not begun: on a busy
        machine the calling thread does all blocks.
        """
        if self.size == 1:
            for block in blocks:
                work(block)
            return
        listed = list(blocks)
        remaining = iter(listed)

        def some() -> None:
            with np.errstate(all="ignore"):  # threads do not inherit it
                try:
                    for block in remaining:
                        work(block)
                finally:
                    for _ in remaining:  # after an error no thread goes on
                        pass

        others = [self._submit(some) for _ in range(min(self.size, len(listed)) - 1)]
        try:
            some()
        finally:
            running = [other for other in others if not other.cancel()]
            for other in running:
                other.result()

    def _submit(self, work: Callable[[], None]) -> Future[None]:
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor

            self._pool = ThreadPoolExecutor(self.size - 1)
        return self._pool.submit(work)
