"""The kernel of a group of layers, with folded and packed weights."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from convcalc.compute.activations import ACTIVATIONS
from convcalc.compute.kernels import pooling
from convcalc.compute.kernels.choice import Case, Kernel, kernel, merged, needs
from convcalc.compute.kernels.elementwise import Sum
from convcalc.compute.kernels.finish import Finish
from convcalc.compute.kernels.pooling import Pool, Pooling
from convcalc.compute.kernels.product import Product
from convcalc.compute.kernels.team import Threads
from convcalc.compute.kernels.workspace import Workspace
from convcalc.compute.linear import Diagonal, Linear
from convcalc.compute.padding import pad
from convcalc.execute.plan.groups import Group, linears
from convcalc.execute.plan.steps import Step
from convcalc.execute.plan.streaming import Streaming
from convcalc.lazy import Array, np
from convcalc.sizes.shapes import zeroed
from convcalc.sizes.windows import Window

# A function that computes a group: it writes the output for the group's inputs into an array.
Compute = Callable[[Sequence[Array], Array], None]
Weights = Mapping[Step, Sequence[Array]]


class Kernels:
    """The maker of the kernels of a run, which share their working memory.

    ``once`` says that each kernel is called once. ``exact`` leaves out kernels that round more than a plain sum.
    ``team`` has the threads that share the work of each kernel.
    """

    def __init__(self, *, once: bool, exact: bool, team: Threads, streaming: Streaming | None = None) -> None:
        self.workspace = Workspace(team)
        self.streaming = streaming
        self.once = once
        self.exact = exact

    def make(self, group: Group, weights: Weights) -> Compute | None:
        """The group's kernel for the weights of its layers; None for a group without a kernel."""
        core = group.core
        if core is None:
            return None
        if core.simple.adds:
            return Sum(_finish(None, group.activation), self.workspace)
        if core.simple.pools:
            return Pooling(_pool(group, core), self.workspace)
        streamed = self.streaming.with_bias(group) if self.streaming else None
        chain = self._chain(group, core, [streamed] if streamed else _folded(group, core, weights))
        return _ChainKernel([kernel(*stage) for stage in chain.stages], chain, self.workspace)

    def needs(self, group: Group) -> dict[str, int] | None:
        """The bytes that the group's kernel takes besides inputs, output and weights, by name; None without a kernel.

        Kernels that run one after the other share the memory of a name. Values of weights are not read.
        """
        core = group.core
        if core is None or core.simple.adds or core.simple.scales:
            return None if core is None else {}
        if core.simple.pools:
            return pooling.needs(_pool(group, core))
        streamed = self.streaming.streamed(group) if self.streaming else None
        chain = self._chain(group, core, [streamed] if streamed else linears(core))
        total = {"between": sum(math.prod(case.y) for _, case in chain.stages[:-1]) * np.dtype(core.dtype).itemsize}
        total["padded whole"] = math.prod(core.shapes[0]) * np.dtype(core.dtype).itemsize if chain.pads else 0
        for stage in chain.stages:
            total |= {name: max(size, total.get(name, 0)) for name, size in needs(*stage).items()}
        return total

    def _chain(self, group: Group, core: Step, products: list[Linear]) -> _Chain:
        """The products with their shapes, and the padding, unless the first product can pad by itself."""
        pads = group.padding.simple.surrounds if group.padding else None
        inside = products[0].padded(pads) if pads else None
        if inside:
            products[0], pads = inside, None
        x, y = group.steps[0].shapes[0], zeroed(core.node.outputs[0])
        x = core.shapes[0] if pads else x
        stages = []
        for at, linear in enumerate(products):
            final = at == len(products) - 1
            after = y if final else (*y[:-1], products[at + 1].kernel.shape[-2])
            finish = _finish(linear.bias, group.activation if final else "linear")
            stages.append((linear, Case(finish, x, after, self.workspace, self.once, self.exact)))
            x = after
        return _Chain(pads, merged(stages))


class _Chain(NamedTuple):
    """Products, each on the output of the one before; ``pads`` is the padding of the first product's input."""

    pads: Sequence[tuple[int, int]] | None
    stages: list[tuple[Linear, Case]]


class _ChainKernel:
    """The kernel of a chain: one kernel after the other."""

    def __init__(self, kernels: Sequence[Kernel], chain: _Chain, workspace: Workspace) -> None:
        self.kernels = kernels
        self.pads = chain.pads
        self.between = [case.y for _, case in chain.stages[:-1]]
        self.workspace = workspace

    def __call__(self, xs: Sequence[Array], out: Array) -> None:
        x, *added = xs
        x = pad(x, self.pads) if self.pads else x
        for shape, compute in zip(self.between, self.kernels[:-1], strict=True):
            between = self.workspace.take("between", shape, out.dtype)
            compute(x, between)
            x = between
        if added:
            assert isinstance(self.kernels[-1], Product)
            self.kernels[-1].add(x, added[0], out)
        else:
            self.kernels[-1](x, out)


def _pool(group: Group, core: Step) -> Pool:
    x, y = group.steps[0].shapes[0], zeroed(core.node.outputs[0])
    windows = [axis for axis in core.inferred.axes if isinstance(axis, Window)]
    zeros = (group.padding and group.padding.simple.surrounds) or [(0, 0)] * len(windows)
    return Pool(windows, zeros, core.simple.pools == "mean", x, y, np.dtype(core.dtype))


def _finish(bias: Array | None, activation: str) -> Finish:
    return Finish(bias, activation, ACTIVATIONS[activation])


def _folded(group: Group, core: Step, weights: Weights) -> list[Linear]:
    """The core's products, where the scalings behind the core are folded into the last product."""
    scales, w = core.simple.scales, weights[core]
    parts = (Diagonal(*scales(w)),) if scales else core.layer.linear(w, core.shapes[0])
    *first, last = parts
    for step in group.following:
        if step.simple.scales:
            last = last.scaled(*step.simple.scales(weights[step]))
    return [*first, last]
