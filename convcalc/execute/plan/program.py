"""A program: the groups of a plan with their kernels, their buffers, and the memory that they need."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from convcalc.compute.kernels.choice import COMMON, PACKED
from convcalc.compute.kernels.team import Threads
from convcalc.execute.plan import memory
from convcalc.execute.plan.buffers import Buffers
from convcalc.execute.plan.groups import Group, grouped
from convcalc.execute.plan.kernels import Compute, Kernels
from convcalc.execute.plan.need import Need, scratch
from convcalc.execute.plan.steps import Plan, Step
from convcalc.execute.plan.streaming import Streaming
from convcalc.lazy import Array
from convcalc.stack.graph import Source


class Program:
    """The groups of a plan in order.

    ``kept`` names outputs that are kept to the end, ``visible`` outputs that must be computed as arrays. ``last_use``
    has for every source the number of the last group that takes its outputs. ``peak`` is the `Need` of the group that
    needs most memory, None without layers.
    """

    def __init__(
        self,
        plan: Plan,
        kept: Collection[str] = (),
        visible: Collection[str] = (),
        *,
        once: bool = True,
        exact: bool = False,
        keep_weights: bool = False,
        team: Threads | None = None,
        streaming: Streaming | None = None,
    ) -> None:
        self.plan = plan
        self.team = team or Threads()
        self.groups = grouped(plan, {*kept, *visible})
        self.kernels = Kernels(once=once, exact=exact, team=self.team, streaming=streaming)
        self._kernels: dict[Group, Compute | None] = {}
        self.buffers = Buffers(self.groups, plan, kept)
        self.last_use: dict[Source, int] = {}
        for at, group in enumerate(self.groups):
            self.last_use.update((link.source, at) for link in group.inputs)
        self.last_use.update((link.source, len(self.groups)) for link in plan.outputs)
        self.peak = self._peak(kept, keep_weights=keep_weights)

    def kernel(self, group: Group, weights: Mapping[Step, Sequence[Array]]) -> Compute | None:
        """The group's kernel for these weights; None for a group without a kernel.

        A program that runs more than once keeps its kernels.
        """
        if self.kernels.once:
            return self.kernels.make(group, weights)
        if group not in self._kernels:
            self._kernels[group] = self.kernels.make(group, weights)
        return self._kernels[group]

    def release(self, values: dict[Source, tuple[Array, ...]], at: int) -> None:
        """Drops the values that no group behind group number ``at`` takes."""
        for source in [source for source in values if self.last_use.get(source, 0) <= at]:
            del values[source]

    def _peak(self, kept: Collection[str], *, keep_weights: bool) -> Need | None:
        """The `Need` of the group that needs most memory; None without groups."""
        peak: Need | None = None
        kept_bytes = self.plan.input_bytes
        working: dict[str, int] = {}  # the kernels' working memory, by name
        allocated: dict[int, int] = {}  # bytes of the buffers so far
        waiting: dict[Source, int] = {}  # bytes of outputs outside the buffers that a later group takes
        for at, group in enumerate(self.groups):
            needs = self.kernels.needs(group)
            for name, size in (needs or {}).items():
                lasts = name in PACKED and not self.kernels.once
                working[name] = working.get(name, 0) + size if lasts else max(size, working.get(name, 0))
            # Threads share packed weights and the memory between kernels; each has the rest for itself.
            shared = sum(size for name, size in working.items() if name in PACKED + COMMON)
            of_thread = sum(working.values()) - shared
            need = Need(group, scratch(group, needs) + shared + of_thread * self.team.size)
            need.weights -= self.kernels.streaming.saved_bytes(group) if self.kernels.streaming else 0
            buffer = self.buffers.assigned.get(group)
            if buffer is not None:
                allocated[buffer] = self.buffers.sizes[buffer]
            elif any(name in kept for name in group.last.names):
                kept_bytes += need.y
            else:
                waiting[group.last.node] = need.y
            need.live = kept_bytes + sum(waiting.values()) + sum(allocated.values())
            peak = need if peak is None or need.total > peak.total else peak
            kept_bytes += need.weights * keep_weights
            waiting = {source: size for source, size in waiting.items() if self.last_use.get(source, 0) > at}
        return peak

    @property
    def bytes(self) -> int:
        """The bytes of memory that a run takes at its peak."""
        return self.peak.total if self.peak else self.plan.input_bytes

    def check(self, *, force: bool) -> None:
        """`RunError` for a run that does not fit in memory."""
        memory.require(self.bytes, "the run", str(self.peak or "the input alone"), force=force)
