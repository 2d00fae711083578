"""One engine in a process of its own: `worker.py ENGINE THREADS FOLDER…`, then a folder's number on each line.

Writes every network's output beside it as ``ENGINE.npy``, then for each line the seconds of a call: of the processor,
and by the clock.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from peers import ENGINES

# Seconds that are measured at least: a short call is repeated.
_LEAST = 0.03


def main() -> None:
    """Obeys the lines of the standard input."""
    engine, threads, *folders = sys.argv[1:]
    calls = [_prepared(engine, int(threads), Path(folder)) for folder in folders]
    print("ready", flush=True)
    for line in sys.stdin:
        call, times = calls[int(line)]
        processor, clock = time.process_time(), time.perf_counter()
        for _ in range(times):
            call()
        processor, clock = time.process_time() - processor, time.perf_counter() - clock
        print(processor / times, clock / times, flush=True)


def _prepared(engine: str, threads: int, folder: Path) -> tuple[Callable[[], Any], int]:
    """A network's call, warm, and how often it is repeated."""
    function, x = ENGINES[engine](folder, threads), np.load(folder / "x.npy")
    for _ in range(3):
        start = time.perf_counter()
        y = function(x)
        taken = time.perf_counter() - start
    np.save(folder / f"{engine}.npy", y)
    return lambda: function(x), max(1, round(_LEAST / taken))


def once(engine: str, folder: str) -> None:
    """Computes a network a single time, in one thread."""
    path = Path(folder)
    ENGINES[engine](path, 1)(np.load(path / "x.npy"))


if __name__ == "__main__":
    main()
