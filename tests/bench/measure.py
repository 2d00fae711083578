"""Measures commands from cold, in turn, so that a busy machine slows both sides alike."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence


def cold(commands: dict[str, Sequence[str]], rounds: int) -> dict[str, tuple[float, float]]:
    """Median seconds and peak megabytes resident of each command, run ``rounds`` times in turn."""
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    peaks: dict[str, float] = {}
    for _ in range(rounds):
        for name, command in commands.items():
            start = time.perf_counter()
            # A child's peak counts the process it was forked from: a shell, which is smaller than any of these.
            shell = ["/bin/sh", "-c", '"$@"; exit $?', "sh", *command]
            process = subprocess.Popen(shell, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            seconds[name].append(time.perf_counter() - start)
            if status:
                sys.exit(f"{name} failed: {' '.join(command)}")
            # Linux counts in KiB, macOS in bytes.
            peaks[name] = usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return {name: (statistics.median(taken), peaks[name]) for name, taken in seconds.items()}


def table(results: dict[str, tuple[float, float]], base: str) -> str:
    """The results as lines, each with its ratio to ``base``."""
    width = max(map(len, results))
    reference = results[base][0]
    lines = [f"{'':<{width}}   seconds   ratio   MiB"]
    for name, (taken, peak) in results.items():
        lines.append(f"{name:<{width}}  {taken:8.3f}  {taken / reference:6.2f}  {peak:5.0f}")
    return "\n".join(lines)
