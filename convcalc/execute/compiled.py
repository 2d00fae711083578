"""A stack made ready to be computed again and again: planned once, its weights arranged once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcalc.compute.kernels.team import Team, Threads
from convcalc.execute.feed import inputs as feeding
from convcalc.execute.feed.weights import Made, Weights
from convcalc.execute.forward import Values, compute, refuse_opaque
from convcalc.execute.mask_flow import Masks
from convcalc.execute.plan.program import Program
from convcalc.execute.plan.steps import Plan
from convcalc.lazy import Array, np
from convcalc.stack.graph import Stack


class Compiled:
    """What `compile` gives: call it on inputs.

    It holds the weights, and working memory for inputs of the shapes that it was last called on.
    """

    def __init__(self, stack: Stack, weights: Any, seed: int, *, exact: bool, team: Team, force: bool) -> None:
        self.stack = stack
        self._weights = weights
        self._seed = seed
        self._exact = exact
        self._team = team
        self._force = force
        self._shapes: list[tuple[int, ...]] | None = None
        self._program: Program
        self._arrays: Made

    def __call__(self, x: Any = "ones") -> list[Array]:
        """The outputs for ``x``, given as for `run`; arrays of their own.

        The first call on inputs of new shapes plans for them. `RunError` for what does not fit the model.
        """
        feeds = feeding.feeds(x, self.stack.inputs, self._seed, force=self._force)
        shapes = [feed.shape for feed in feeds]
        if shapes != self._shapes:
            self._prepare(shapes, sum(feed.bytes for feed in feeds))
        return self._compute([feed.make() for feed in feeds])

    def _compute(self, inputs: Sequence[Array]) -> list[Array]:
        """The outputs for arrays of the planned shapes."""
        program, masks = self._program, Masks()
        values: Values = {one: (x,) for one, x in zip(program.plan.inputs, inputs, strict=True)}
        with np.errstate(all="ignore"):
            for at, group in enumerate(program.groups):
                compute(program, group, self._arrays, values, masks)
                for over in [one for one in values if program.last.get(one, 0) <= at]:
                    del values[over]
        return [values[link.source][link.tensor] for link in program.plan.outputs]

    def _prepare(self, shapes: list[tuple[int, ...]], input_bytes: int) -> None:
        """Plans for inputs of these shapes, and arranges the weights for them."""
        plan = Plan(self.stack, shapes, input_bytes)
        self._program = Program(plan, once=False, exact=self._exact, keep_weights=True, team=self._team)
        self._program.check(force=self._force)
        self._arrays = Made(Weights(plan.weighted, self._weights, self._seed, force=self._force))
        for group in self._program.groups:
            weights = {step: self._arrays[step] for step in group.steps}
            if self._program.kernel(group, weights) is None:
                self._arrays.update(weights)
        self._program.kernels.workspace.buffers.clear()  # calls need none of what arranging weights took
        self._shapes = shapes

    @property
    def bytes(self) -> int:
        """The memory that a call takes at its peak; 0 before the first."""
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

    The arguments are the arguments of `run`. What follows from the shapes alone is settled at the first call, and
    holds for all further inputs of these shapes; `run` is quicker for a single input.
    """
    refuse_opaque(stack)
    return Compiled(stack, weights, seed, exact=exact, team=Threads(threads), force=force)
