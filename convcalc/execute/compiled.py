"""A stack that is prepared for many calls: planned once, its weights packed once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcalc.compute.kernels.team import Threads
from convcalc.execute.feed import inputs as feeding
from convcalc.execute.feed.weights import CachedWeights, Weights
from convcalc.execute.forward import Values, compute, refuse_opaque
from convcalc.execute.mask_flow import Masks
from convcalc.execute.plan.program import Program
from convcalc.execute.plan.steps import Plan
from convcalc.lazy import Array, np
from convcalc.stack.graph import Stack


class Compiled:
    """The result of `compile`: a function of inputs.

    It keeps the weights, and the working memory for inputs of the shapes of the last call.
    """

    def __init__(self, stack: Stack, weights: Any, seed: int, *, exact: bool, team: Threads, force: bool) -> None:
        self.stack = stack
        self._weights = weights
        self._seed = seed
        self._exact = exact
        self._team = team
        self._force = force
        self._shapes: list[tuple[int, ...]] | None = None
        self._program: Program
        self._arrays: CachedWeights

    def __call__(self, x: Any = None) -> list[Array]:
        """The outputs for ``x``, which is given as for `run`. Later calls do not change these arrays.

        The first call on inputs of new shapes plans for them. `RunError` for inputs that do not fit the model.
        """
        feeds = feeding.feeds(x, self.stack.inputs, self._seed, force=self._force)
        shapes = [feed.shape for feed in feeds]
        if shapes != self._shapes:
            self._prepare(shapes, sum(feed.bytes for feed in feeds))
        return self._compute([feed.make() for feed in feeds])

    def _compute(self, inputs: Sequence[Array]) -> list[Array]:
        """The outputs for arrays of the planned shapes."""
        program, masks = self._program, Masks()
        values: Values = {given: (x,) for given, x in zip(program.plan.inputs, inputs, strict=True)}
        with np.errstate(all="ignore"):
            for at, group in enumerate(program.groups):
                compute(program, group, self._arrays, values, masks)
                program.release(values, at)
        return [values[link.source][link.tensor] for link in program.plan.outputs]

    def _prepare(self, shapes: list[tuple[int, ...]], input_bytes: int) -> None:
        """Plans for inputs of these shapes, and packs the weights."""
        plan = Plan(self.stack, shapes, input_bytes)
        self._program = Program(plan, once=False, exact=self._exact, keep_weights=True, team=self._team)
        self._program.check(force=self._force)
        self._arrays = CachedWeights(Weights(plan.in_weight_order, self._weights, self._seed, force=self._force))
        for group in self._program.groups:
            weights = {step: self._arrays[step] for step in group.steps}
            if self._program.kernel(group, weights) is None:
                self._arrays.update(weights)
        self._program.kernels.workspace.buffers.clear()  # the memory that packing took
        self._shapes = shapes

    @property
    def bytes(self) -> int:
        """The bytes of memory that a call takes at its peak; 0 before the first call."""
        return self._program.bytes if self._shapes else 0


def compile(
    stack: Stack,
    *,
    weights: Any = "init",
    seed: int = 0,
    exact: bool = False,
    threads: int = 1,
    force: bool = False,
) -> Compiled:
    """A stack as a function of its input, for many calls: ``compile(stack)(x)`` is a list of output arrays.

    The arguments are the arguments of `run`. The first call plans for the shapes of its inputs; later calls on the
    same shapes use this plan. `run` is faster for a single input.
    """
    refuse_opaque(stack)
    return Compiled(stack, weights, seed, exact=exact, team=Threads(threads), force=force)
