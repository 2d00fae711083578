"""How much memory there is, and the refusal of what would not fit in it."""

from __future__ import annotations

import os
from collections.abc import Iterator

from convcalc.errors import RunError

# Files of a control group, by kernel interface: folder, limit, use, and the reclaimable part of that use.
_GROUPS = {
    2: ("sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"),
    1: ("sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
}


def require(need: int, what: str, why: str, *, force: bool) -> None:
    """Refuses ``what`` when it needs more bytes than are available; ``force`` lets it pass.

    An unknown amount of memory refuses nothing.
    """
    there = None if force else available()
    if there is not None and need > there:
        raise RunError(
            f"{what} needs {show(need)} of memory, and {show(there)} are available",
            code="too-large",
            why=why,
            help="make the input or the batch smaller; --force (force=True) tries all the same",
        )


def show(size: float) -> str:
    """Bytes in the unit that suits them, 1024 to the step: ``9.1 TB``."""
    for unit in ("bytes", "KB", "MB", "GB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:,.1f} TB"


def available(root: str = "/") -> int | None:
    """Bytes that can be allocated now; None where the system does not say.

    On Linux the kernel's own estimate, or less where a control group (a container) allows less.
    """
    free = _table(os.path.join(root, "proc/meminfo")).get("MemAvailable:")
    if free is None:
        return _from_sysconf()
    return max(min([free * 1024, *_group_rooms(root)]), 0)


def _from_sysconf() -> int | None:
    """Free pages; where they are not counted (macOS), all pages."""
    for name in ("SC_AVPHYS_PAGES", "SC_PHYS_PAGES"):
        try:
            pages = os.sysconf(name)
        except (AttributeError, ValueError, OSError):
            continue
        if pages > 0:
            return pages * os.sysconf("SC_PAGE_SIZE")
    return None


def _group_rooms(root: str) -> Iterator[int]:
    """Bytes left in each control group that this process is in, parent groups included."""
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
    """Limit less use, where both are set: the kernel drops cached files before it refuses memory."""
    most = _lines(os.path.join(folder, limit))
    now = _lines(os.path.join(folder, used))
    if most and now and most[0].isdigit() and now[0].isdigit():
        cached = _table(os.path.join(folder, "memory.stat")).get(reclaimable, 0)
        yield int(most[0]) - int(now[0]) + cached


def _table(path: str) -> dict[str, int]:
    """Lines of ``key number`` as a mapping."""
    rows = [line.split() for line in _lines(path)]
    return {row[0]: int(row[1]) for row in rows if len(row) > 1 and row[1].isdigit()}


def _lines(path: str) -> list[str]:
    """The lines of a file; none when it cannot be read."""
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read().splitlines()
    except OSError:
        return []
