"""Processes that compute a stack together: copies of the one that calls, which share what kernels write."""

from __future__ import annotations

import os
import signal
import time
import weakref
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NoReturn, TypeVar

from convcalc.compute.kernels.team import Team
from convcalc.errors import RunError
from convcalc.execute.blas import one_thread
from convcalc.lazy import Array, np

if TYPE_CHECKING:
    from multiprocessing.synchronize import Semaphore

T = TypeVar("T")

# Seconds that a process looks for the others before it sleeps, and sleeps before it looks whether they live.
_SPINNING, _SLEEPING = 2e-4, 0.25
# Calls that the caller computes alone after one that took longer than that: the others had no processor.
_ALONE = 16
# Bytes for what a worker says when it fails.
_LAST_WORDS = 1000


def memory(size: int) -> Array:
    """Zeros, as bytes, that the processes made from now on share."""
    from mmap import mmap

    return np.frombuffer(mmap(-1, max(size, 1)), np.uint8, size)


class Workers(Team):
    """``size`` processes, all of which run the same program: the one that calls, number 0, and its workers.

    Each does its share of the blocks, then waits for the others. What a block writes for others must lie in shared
    `memory`. `RunError` where processes cannot be copied.
    """

    apart = True

    def __init__(self, size: int) -> None:
        if not hasattr(os, "fork"):
            raise RunError(
                f"there are no {size} workers here",
                code="no-workers",
                why="they are copies of the process that calls, which this system does not make",
                help=f"use threads={size}",
            )
        self.size = size
        self.number = 0
        self._caller = os.getpid()
        self._within = False
        self._alone = 0
        self._waited = 0.0
        self._doors: list[Semaphore] = []
        self._pids: list[int] = []
        self._words = memory(_LAST_WORDS)

    @property
    def copied(self) -> bool:
        """Whether this process is a copy, made by others, of the one that called."""
        return os.getpid() != self._caller

    def run(self, work: Callable[[], T]) -> T:
        """What ``work`` gives here, while each worker does it too: the same at every call.

        On a busy machine the caller does it alone, by the same blocks: with the same result.
        """
        with one_thread():
            if self._alone:
                result = work()
                self._alone -= 1
                return result
            try:
                return self._together(work)
            except BaseException:
                self.stop()
                raise

    def _together(self, work: Callable[[], T]) -> T:
        new = not self._pids
        if new:
            self._start(work)
        start, self._waited = time.perf_counter(), 0.0
        self.meet()
        result = work()
        self.meet()
        taken = time.perf_counter() - start
        slower = taken > (taken - self._waited) * self.size  # than all that it did here, for everybody
        self._alone = _ALONE if slower and not new else 0
        return result

    def each(self, work: Callable[[T], None], blocks: Iterable[T]) -> None:
        """Does every ``size``-th block; a block that shares out work does it by itself."""
        if self._within or self._alone:
            super().each(work, blocks)
            return
        self._within = True
        super().each(work, list(blocks)[self.number :: self.size])
        self._within = False
        self.meet()

    def worth(self, size: int) -> int:
        """They need not wake each other up."""
        return size // 32

    def meet(self) -> None:
        """Goes on when all processes have come so far; what they wrote before is there."""
        if self._alone:
            return
        start, own = time.perf_counter(), self._doors[self.number]
        for door in self._doors:
            if door is not own:
                door.release()
        for _ in range(self.size - 1):
            if not own.acquire(block=False) and not _soon(own):
                while not own.acquire(timeout=_SLEEPING):
                    self._check()
        self._waited += time.perf_counter() - start

    def stop(self) -> None:
        """Ends the workers, at once."""
        _end(self._pids, self._caller)
        self._pids = []

    def _start(self, work: Callable[[], object]) -> None:
        from multiprocessing import get_context

        semaphore = get_context("fork").Semaphore
        self._doors = [semaphore(0) for _ in range(self.size)]
        self._within = False
        self._words[:] = 0
        self._caller = os.getpid()
        weakref.finalize(self, _end, self._pids, self._caller)
        for number in range(1, self.size):
            pid = os.fork()
            if pid == 0:
                self.number = number
                self._serve(work)
            self._pids.append(pid)

    def _serve(self, work: Callable[[], object]) -> NoReturn:
        """A worker's life: it ends with the process that calls, whatever happens."""
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # the caller ends its workers
            while True:
                self.meet()
                work()
                self.meet()
        except BaseException as error:
            words = f"{type(error).__name__}: {error}".encode()[:_LAST_WORDS]
            self._words[: len(words)] = np.frombuffer(words, np.uint8)
        finally:
            os._exit(1)

    def _check(self) -> None:
        """Ends a worker without caller; `RunError` for a caller with a dead worker."""
        if self.number:
            if os.getppid() != self._caller:
                os._exit(1)
            return
        dead = [pid for pid in self._pids if _is_dead(pid)]
        if dead:
            self._pids[:] = [pid for pid in self._pids if pid not in dead]
            words = self._words.tobytes().rstrip(b"\0").decode(errors="ignore")
            raise RunError(
                "a worker process died",
                code="worker-died",
                why=words or "something ended it: the system does where memory is short",
                help="the next call starts new ones; fewer workers need less memory",
            )


def _soon(door: Semaphore) -> bool:
    """Whether it opens in the time that waking up would take."""
    end = time.perf_counter() + _SPINNING
    while time.perf_counter() < end:
        for _ in range(20):
            if door.acquire(block=False):
                return True
    return False


def _is_dead(pid: int) -> bool:
    """Whether a worker has ended; forgets it then."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:  # somebody else waited for it
        return True


def _end(pids: list[int], caller: int) -> None:
    """Ends the processes and forgets them; does nothing in copies of the caller."""
    while os.getpid() == caller and pids:
        pid = pids.pop()
        try:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        except (ProcessLookupError, ChildProcessError):  # gone already
            pass
