"""The memory of outputs: each is written where another one lay that nobody needs any more."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from convcalc.execute.plan.groups import Group
from convcalc.execute.plan.steps import Plan, Source
from convcalc.lazy import Array, np


class Buffers:
    """Which memory each group with a kernel writes its output to: decided before any is allocated.

    ``of`` has each group's buffer, ``sizes`` the buffers' bytes. The model's outputs and what is kept have memory
    of their own.
    """

    def __init__(self, groups: Sequence[Group], plan: Plan, kept: Collection[str]) -> None:
        self.sizes: list[int] = []
        self.of: dict[Group, int] = {}
        self._arrays: dict[int, Array] = {}
        self._views: dict[Group, Array] = {}
        ends = _ends(groups, plan, kept)
        free: set[int] = set()
        busy: dict[int, int] = {}  # each buffer in use, and the last group that needs it
        for at, group in enumerate(groups):
            free |= {buffer for buffer, end in busy.items() if end < at}
            busy = {buffer: end for buffer, end in busy.items() if end >= at}
            end = ends[group.last.node]
            if group.core and end < len(groups):
                buffer = self.of[group] = self._choose(free, _bytes(group))
                busy[buffer] = end

    def _choose(self, free: set[int], size: int) -> int:
        """The free buffer that grows least, and of those the smallest; a new one where none is free."""
        if not free:
            self.sizes.append(size)
            return len(self.sizes) - 1
        best = min(free, key=lambda buffer: (max(size - self.sizes[buffer], 0), self.sizes[buffer]))
        free.remove(best)
        self.sizes[best] = max(self.sizes[best], size)
        return best

    def take(self, group: Group) -> Array:
        """The array for a group's output."""
        if group not in self.of:
            return np.empty(_shape(group), group.last.dtype)
        if group not in self._views:
            self._views[group] = self._view(group, self.of[group])
        return self._views[group]

    def _view(self, group: Group, buffer: int) -> Array:
        if buffer not in self._arrays:
            self._arrays[buffer] = np.empty(self.sizes[buffer], np.uint8)
        return self._arrays[buffer][: _bytes(group)].view(group.last.dtype).reshape(_shape(group))


def _shape(group: Group) -> tuple[int, ...]:
    return tuple(dim or 0 for dim in group.last.node.outputs[0])


def _bytes(group: Group) -> int:
    return math.prod(_shape(group)) * np.dtype(group.last.dtype).itemsize


def _ends(groups: Sequence[Group], plan: Plan, kept: Collection[str]) -> dict[Source, int]:
    """The last group that needs each source's output; their number for what stays to the end.

    A layer without a kernel may hand on a part of its input, such as a flattened view: what it takes must stay
    in place as long as what it gives.
    """
    ends: dict[Source, int] = {link.source: len(groups) for link in plan.outputs}
    for at, group in reversed(list(enumerate(groups))):
        last = group.last
        if any(name in kept for name in last.names):
            ends[last.node] = len(groups)
        end = ends.setdefault(last.node, at)
        for link in group.inputs:
            ends[link.source] = max(ends.get(link.source, 0), at if group.core else end)
    return ends
