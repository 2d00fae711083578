"""Who computes the blocks of a kernel: one alone, or several threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

from convcalc.lazy import np

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

T = TypeVar("T")


class Team:
    """``size`` that share work, here one."""

    size = 1

    def each(self, work: Callable[[T], None], blocks: Iterable[T]) -> None:
        """Does the work on every block; the first error ends it."""
        for block in blocks:
            work(block)


class Threads(Team):
    """The thread that asks, and ``size - 1`` others."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._pool: ThreadPoolExecutor | None = None

    def each(self, work: Callable[[T], None], blocks: Iterable[T]) -> None:
        """Does the work on every block; the first error ends it.

        The thread that asks takes blocks like the others, and waits for none that has not begun: on a busy machine
        it does all of them.
        """
        if self.size == 1:
            super().each(work, blocks)
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
