"""The memory that is available, and the refusal of a run that does not fit in it."""

from __future__ import annotations

import os
from collections.abc import Iterator

from convcalc.errors import RunError

# Files of a control group, by version: folder, limit, use, and the part of the use that the kernel can reclaim.
_GROUPS = {
    2: ("sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"),
    1: ("sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
}


def require(need: int, what: str, why: str, *, force: bool) -> None:
    """`RunError` where ``what`` needs more bytes than are available; not with ``force``, and not if that is unknown."""
    free = None if force else available()
    if free is not None and need > free:
        raise RunError(
            f"{what} needs {show(need)} of memory, and {show(free)} are available",
            code="too-large",
            why=why,
            help="make the input or the batch smaller; --force (force=True) tries all the same",
        )


def show(size: float) -> str:
    """A number of bytes with its unit, a power of 1024: ``9.1 TB``."""
    for unit in ("bytes", "KB", "MB", "GB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:,.1f} TB"


def available(root: str = "/") -> int | None:
    """The number of bytes that can be allocated now; None where the system does not say.

    On Linux this is the kernel's estimate, or less where a control group (a container) allows less.
    """
    free = _table(os.path.join(root, "proc/meminfo")).get("MemAvailable:")
    if free is None:
        return _from_sysconf()
    return max(min([free * 1024, *_group_rooms(root)]), 0)


def _from_sysconf() -> int | None:
    """The bytes of free pages; of all pages where free pages are not counted (macOS)."""
    for name in ("SC_AVPHYS_PAGES", "SC_PHYS_PAGES"):
        try:
            pages = os.sysconf(name)
        except (AttributeError, ValueError, OSError):
            continue
        if pages > 0:
            return pages * os.sysconf("SC_PAGE_SIZE")
    return None


def _group_rooms(root: str) -> Iterator[int]:
    """The bytes that are left in each control group of this process, and in the groups' parents."""
    for line in _lines(os.path.join(root, "proc/self/cgroup")):
        _, controllers, path = line.split(":", 2)
        version = 2 if not controllers else 1 if "memory" in controllers.split(",") else None
        if version is None:
            continue
        base, *names = _GROUPS[version]
        parts = [part for part in path.split("/") if part]
        for depth in range(len(parts) + 1):
            yield from _room(os.path.join(root, base, *parts[:depth]), *names)


def _room(folder: str, limit: str, used: str, reclaimable: str) -> Iterator[int]:
    """The limit minus the use, where both are set; cached files do not count, as the kernel drops them first."""
    most = _lines(os.path.join(folder, limit))
    now = _lines(os.path.join(folder, used))
    if most and now and most[0].isdigit() and now[0].isdigit():
        cached = _table(os.path.join(folder, "memory.stat")).get(reclaimable, 0)
        yield int(most[0]) - int(now[0]) + cached


def _table(path: str) -> dict[str, int]:
    """The lines ``key number`` of a file as a mapping."""
    rows = [line.split() for line in _lines(path)]
    return {row[0]: int(row[1]) for row in rows if len(row) > 1 and row[1].isdigit()}


def _lines(path: str) -> list[str]:
    """The lines of a file; an empty list where the file cannot be read."""
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read().splitlines()
    except OSError:
        return []
