"""The kernel of a group of layers, its weights folded and arranged."""

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
from convcalc.compute.kernels.team import Team
from convcalc.compute.kernels.workspace import Workspace
from convcalc.compute.linear import Diagonal, Linear
from convcalc.compute.padding import pad
from convcalc.execute.plan.groups import Group, products
from convcalc.execute.plan.steps import Step
from convcalc.execute.plan.streaming import Streaming
from convcalc.lazy import Array, np
from convcalc.sizes.shapes import Shape
from convcalc.sizes.windows import Window

# Computes a group: writes its output for the inputs of its first layer into an array.
Compute = Callable[[Sequence[Array], Array], None]
Weights = Mapping[Step, Sequence[Array]]


class Kernels:
    """Makes the kernels of one run, which share their working memory.

    ``once`` says that each is called once; ``exact`` leaves out those that round more than a plain sum does;
    ``team`` shares the work of each.
    """

    def __init__(self, *, once: bool, exact: bool, team: Team, streaming: Streaming | None = None) -> None:
        self.workspace = Workspace(team)
        self.streaming = streaming
        self.once = once
        self.exact = exact

    def make(self, group: Group, weights: Weights) -> Compute | None:
        """The group's kernel for its layers' weights; None where its one layer is computed by itself."""
        core = group.core
        if core is None:
            return None
        if core.layer.adds:
            return Sum(_finish(None, group.activation), self.workspace)
        if core.layer.pools:
            return Pooling(_pool(group, core), self.workspace)
        drawn = self.streaming.made(group) if self.streaming else None
        chain = self._chain(group, core, [drawn] if drawn else _linears(group, core, weights))
        return _Chained([kernel(*stage) for stage in chain.stages], chain, self.workspace)

    def needs(self, group: Group) -> dict[str, int] | None:
        """The bytes that its kernel takes beside inputs, output and weights, by name; None where it has none.

        Memory of one name serves one kernel after the other. No values are looked at.
        """
        core = group.core
        if core is None or core.layer.adds or core.layer.scales(core.shapes[0]):
            return None if core is None else {}
        if core.layer.pools:
            return pooling.needs(_pool(group, core))
        drawn = self.streaming.planned(group) if self.streaming else None
        chain = self._chain(group, core, [drawn] if drawn else products(core))
        total = {"between": sum(math.prod(case.y) for _, case in chain.stages[:-1]) * np.dtype(core.dtype).itemsize}
        total["padded whole"] = math.prod(core.shapes[0]) * np.dtype(core.dtype).itemsize if chain.pads else 0
        for stage in chain.stages:
            total |= {name: max(size, total.get(name, 0)) for name, size in needs(*stage).items()}
        return total

    def _chain(self, group: Group, core: Step, linears: list[Linear]) -> _Chain:
        """The products with the shapes between them, and the padding that the first cannot take in."""
        pads = group.before.layer.surrounds if group.before else None
        inside = linears[0].padded(pads) if pads else None
        if inside:
            linears[0], pads = inside, None
        x, y = group.steps[0].shapes[0], _known(core.node.outputs[0])
        x = core.shapes[0] if pads else x
        stages = []
        for at, linear in enumerate(linears):
            final = at == len(linears) - 1
            after = y if final else (*y[:-1], linears[at + 1].kernel.shape[-2])
            finish = _finish(linear.bias, group.activation if final else "linear")
            stages.append((linear, Case(finish, x, after, self.workspace, self.once, self.exact)))
            x = after
        return _Chain(pads, merged(stages))


class _Chain(NamedTuple):
    """Products one on the output of the other, the first on an input that is padded first."""

    pads: Sequence[tuple[int, int]] | None
    stages: list[tuple[Linear, Case]]


class _Chained:
    """The kernels of a chain."""

    def __init__(self, kernels: Sequence[Kernel], chain: _Chain, workspace: Workspace) -> None:
        self.kernels = kernels
        self.pads = chain.pads
        self.between = [case.y for _, case in chain.stages[:-1]]
        self.workspace = workspace

    def __call__(self, xs: Sequence[Array], out: Array) -> None:
        x, *added = xs
        x = pad(x, self.pads) if self.pads else x
        for shape, one in zip(self.between, self.kernels[:-1], strict=True):
            between = self.workspace.take("between", shape, out.dtype)
            one(x, between)
            x = between
        if added:
            assert isinstance(self.kernels[-1], Product)
            self.kernels[-1].add(x, added[0], out)
        else:
            self.kernels[-1](x, out)


def _pool(group: Group, core: Step) -> Pool:
    x, y = group.steps[0].shapes[0], _known(core.node.outputs[0])
    windows = [axis for axis in core.inferred.axes if isinstance(axis, Window)]
    zeros = (group.before and group.before.layer.surrounds) or [(0, 0)] * len(windows)
    return Pool(windows, zeros, core.layer.pools == "mean", x, y, np.dtype(core.dtype))


def _known(shape: Shape) -> tuple[int, ...]:
    return tuple(dim or 0 for dim in shape)


def _finish(bias: Array | None, activation: str) -> Finish:
    return Finish(bias, activation, ACTIVATIONS[activation])


def _linears(group: Group, core: Step, weights: Weights) -> list[Linear]:
    """The core's products, the scalings behind them folded into the last."""
    layer, x = core.layer, core.shapes[0]
    parts = (Diagonal(*layer.scale_and_shift(weights[core])),) if layer.scales(x) else layer.linear(weights[core], x)
    *first, last = parts
    for step in group.after:
        if step.layer.scales(step.shapes[0]):
            last = last.scaled(*step.layer.scale_and_shift(weights[step]))
    return [*first, last]
