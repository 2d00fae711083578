"""A plan made ready: which layers are computed together, by which kernels, and in which memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from convcalc.compute.kernels.choice import ARRANGED, COMMON
from convcalc.compute.kernels.team import Team
from convcalc.execute.plan import memory
from convcalc.execute.plan.buffers import Buffers
from convcalc.execute.plan.groups import Group, grouped
from convcalc.execute.plan.kernels import Compute, Kernels
from convcalc.execute.plan.need import Need, scratch
from convcalc.execute.plan.steps import Plan, Source, Step
from convcalc.execute.plan.streaming import Streaming
from convcalc.lazy import Array


class Program:
    """The groups of a plan in order.

    ``kept`` are the outputs that stay to the end, ``seen`` those that no group may hide. ``last`` has for every
    source of tensors the number of the last group that takes one, after which they go; ``peak`` is the `Need` of
    the group that takes most, None without layers.
    """

    def __init__(
        self,
        plan: Plan,
        kept: Collection[str] = (),
        seen: Collection[str] = (),
        *,
        once: bool = True,
        exact: bool = False,
        keep_weights: bool = False,
        team: Team | None = None,
        streaming: Streaming | None = None,
    ) -> None:
        self.plan = plan
        self.team = team or Team()
        self.groups = grouped(plan, {*kept, *seen})
        self.kernels = Kernels(once=once, exact=exact, team=self.team, streaming=streaming)
        self._made: dict[Group, Compute | None] = {}
        self.buffers = Buffers(self.groups, plan, kept)
        self.last: dict[Source, int] = {}
        for at, group in enumerate(self.groups):
            self.last.update((link.source, at) for link in group.inputs)
        self.last.update((link.source, len(self.groups)) for link in plan.outputs)
        self.peak = self._peak(kept, keep_weights=keep_weights)

    def kernel(self, group: Group, weights: Mapping[Step, Sequence[Array]]) -> Compute | None:
        """The group's kernel, made of the weights where there is none yet; None where it has none.

        In a program that runs more than once it stays.
        """
        if self.kernels.once:
            return self.kernels.make(group, weights)
        if group not in self._made:
            self._made[group] = self.kernels.make(group, weights)
        return self._made[group]

    def _peak(self, kept: Collection[str], *, keep_weights: bool) -> Need | None:
        peak: Need | None = None
        held = self.plan.input_bytes
        working: dict[str, int] = {}  # the kernels' working memory, by name
        begun: dict[int, int] = {}  # the buffers so far
        waiting: dict[Source, int] = {}  # outputs outside of them that a later group takes
        for at, group in enumerate(self.groups):
            needs = self.kernels.needs(group)
            for name, size in (needs or {}).items():
                stays = name in ARRANGED and not self.kernels.once
                working[name] = working.get(name, 0) + size if stays else max(size, working.get(name, 0))
            # Every thread has working memory of its own, if not of the weights; every process all but what is common.
            shared = sum(size for name, size in working.items() if name in ARRANGED + COMMON)
            own = sum(working.values()) - shared
            need = Need(group, scratch(group, needs) + shared + own * self.team.size)
            need.weights -= self.kernels.streaming.saved(group) if self.kernels.streaming else 0
            buffer = self.buffers.of.get(group)
            if buffer is not None:
                begun[buffer] = self.buffers.sizes[buffer]
            elif any(name in kept for name in group.last.names):
                held += need.y
            else:
                waiting[group.last.node] = need.y
            need.there = held + sum(waiting.values()) + sum(begun.values())
            peak = need if peak is None or need.total > peak.total else peak
            held += need.weights * keep_weights
            waiting = {source: size for source, size in waiting.items() if self.last.get(source, 0) > at}
        return peak

    @property
    def bytes(self) -> int:
        """The memory that a run takes at its peak."""
        return self.peak.total if self.peak else self.plan.input_bytes

    def check(self, *, force: bool) -> None:
        """Refuses a run that does not fit in memory."""
        memory.require(self.bytes, "the run", str(self.peak or "the input alone"), force=force)
