"""The kernel of a group of layers, its weights folded and arranged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from convcalc.compute.activations import ACTIVATIONS
from convcalc.compute.kernels.choice import Case, Kernel, kernel
from convcalc.compute.kernels.finish import Finish
from convcalc.compute.kernels.values import Sum
from convcalc.compute.kernels.workspace import Workspace
from convcalc.compute.linear import Diagonal, Linear
from convcalc.compute.padding import pad
from convcalc.execute.joining import Group
from convcalc.execute.plan import Step
from convcalc.lazy import Array
from convcalc.shapes import Shape

# Computes a group: writes its output for the inputs of its first layer into an array.
Compute = Callable[[Sequence[Array], Array], None]
Weights = Mapping[Step, Sequence[Array]]


class Kernels:
    """Makes the kernels of one run, which share their working memory.

    ``once`` says that each is called once; ``exact`` leaves out those that round more than a plain sum does.
    """

    def __init__(self, *, once: bool, exact: bool) -> None:
        self.workspace = Workspace()
        self.once = once
        self.exact = exact

    def make(self, group: Group, weights: Weights) -> Compute | None:
        """The group's kernel for its layers' weights; None where its one layer is computed by itself."""
        core = group.core
        if core is None:
            return None
        if core.layer.adds:
            return Sum(_finish(None, group.activation))
        linears = _linears(group, core, weights)
        pads = group.before.layer.surrounds if group.before else None
        inside = linears[0].padded(pads) if pads else None
        if inside:
            linears[0], pads = inside, None
        x = group.steps[0].shapes[0]
        if len(linears) == 1:
            return _Single(self._kernel(linears[0], group.activation, x, core.node.outputs[0]), pads)
        between = (*core.node.outputs[0][:-1], linears[1].kernel.shape[-2])
        first = self._kernel(linears[0], "linear", x, between)
        second = self._kernel(linears[1], group.activation, between, core.node.outputs[0])
        return _Double(_Single(first, pads), second, between, self.workspace)

    def _kernel(self, linear: Linear, activation: str, x: Shape, y: Shape) -> Kernel:
        finish = _finish(linear.bias, activation)
        case = Case(finish, _known(x), _known(y), self.workspace, self.once, self.exact)
        return kernel(linear, case)


def _known(shape: Shape) -> tuple[int, ...]:
    return tuple(dim or 0 for dim in shape)


class _Single:
    """One kernel, on an input that may be padded first."""

    def __init__(self, kernel: Kernel, pads: Sequence[tuple[int, int]] | None) -> None:
        self.kernel = kernel
        self.pads = pads

    def __call__(self, xs: Sequence[Array], out: Array) -> None:
        (x,) = xs
        self.kernel(pad(x, self.pads) if self.pads else x, out)


class _Double:
    """Two kernels, one on the output of the other."""

    def __init__(self, first: _Single, second: Kernel, between: Shape, workspace: Workspace) -> None:
        self.first = first
        self.second = second
        self.between = [dim or 0 for dim in between]
        self.workspace = workspace

    def __call__(self, xs: Sequence[Array], out: Array) -> None:
        between = self.workspace.take("between", self.between, out.dtype)
        self.first(xs, between)
        self.second(between, out)


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
