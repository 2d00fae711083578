"""Measures calls, and commands from cold, in turn, so that a busy machine slows both sides alike."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

_ROUNDS = 5
# Seconds that are measured at least: a short call is repeated.
_LEAST = 0.005

# A child's peak counts the process that it was forked from, so that the measuring one has to be small.
_LAUNCHER = """
import os, sys, time
null = os.open(os.devnull, os.O_WRONLY)
start = time.perf_counter()
to_null = [(os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)]
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=to_null)
_, status, usage = os.wait4(pid, 0)
print(time.perf_counter() - start, usage.ru_maxrss, status)
"""


def in_turn(*calls: Callable[[], Any]) -> list[float]:
    """Median seconds of processor time of each."""
    seconds: list[list[float]] = [[] for _ in calls]
    for _ in range(_ROUNDS):
        for call, taken in zip(calls, seconds, strict=True):
            taken.append(timed(call))
    return [statistics.median(taken) for taken in seconds]


def timed(call: Callable[[], Any]) -> float:
    """Seconds of processor time of a call, made once before."""
    times = max(1, round(_LEAST / _timed(call, 1)))
    return _timed(call, times)


def _timed(call: Callable[[], Any], times: int) -> float:
    start = time.process_time()
    for _ in range(times):
        call()
    return max((time.process_time() - start) / times, 1e-6)


def cold(commands: dict[str, Sequence[str]], rounds: int) -> dict[str, tuple[float, float]]:
    """Median seconds and peak megabytes resident of each command, run ``rounds`` times in turn."""
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    peaks: dict[str, float] = {}
    for _ in range(rounds):
        for name, command in commands.items():
            launched = [sys.executable, "-I", "-S", "-c", _LAUNCHER, *command]
            taken, peak, status = map(float, subprocess.check_output(launched).split())
            if status:
                sys.exit(f"{name} failed: {' '.join(command)}")
            seconds[name].append(taken)
            # Linux counts in KiB, macOS in bytes.
            peaks[name] = peak / (2**20 if sys.platform == "darwin" else 2**10)
    return {name: (statistics.median(taken), peaks[name]) for name, taken in seconds.items()}


def table(results: dict[str, tuple[float, float]], base: str) -> str:
    """The results as lines, each with its ratios to ``base``."""
    width = max(map(len, results))
    seconds, most = results[base]
    lines = [f"{'':<{width}}   seconds   ratio   MiB   ratio"]
    for name, (taken, peak) in results.items():
        lines.append(f"{name:<{width}}  {taken:8.3f}  {taken / seconds:6.2f}  {peak:5.0f}  {peak / most:6.2f}")
    return "\n".join(lines)
