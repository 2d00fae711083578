"""A stack made ready to be computed again and again: planned once, its weights arranged once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcalc.execute import inputs as feeding
from convcalc.execute.forward import Values, compute, refuse_opaque
from convcalc.execute.masks import Masks
from convcalc.execute.plan import Plan, Step
from convcalc.execute.program import Program
from convcalc.execute.weights import Weights
from convcalc.lazy import Array, np
from convcalc.stack import Stack


class _Arrays(dict[Step, Sequence[Array]]):
    """The weights of steps that are held; those that kernels have arranged are made again if they are asked for."""

    def __init__(self, source: Weights) -> None:
        self._source = source

    def __missing__(self, step: Step) -> list[Array]:
        return self._source.of(step)


class Compiled:
    """What `compile` gives: call it on inputs.

    It holds the weights, and working memory for inputs of the shapes that it was last called on.
    """

    def __init__(self, stack: Stack, weights: Any, seed: int, *, exact: bool, threads: int, force: bool) -> None:
        self.stack = stack
        self._weights = weights
        self._seed = seed
        self._exact = exact
        self._threads = threads
        self._force = force
        self._shapes: list[tuple[int, ...]] | None = None
        self._program: Program
        self._arrays: _Arrays

    def __call__(self, x: Any = "ones") -> list[Array]:
        """The outputs for ``x``, given as for `run`; arrays of their own.

        The first call on inputs of new shapes plans for them. `RunError` for what does not fit the model.
        """
        feeds = feeding.feeds(x, self.stack.inputs, self._seed, force=self._force)
        shapes = [feed.shape for feed in feeds]
        if shapes != self._shapes:
            self._prepare(shapes, sum(feed.bytes for feed in feeds))
        program, masks = self._program, Masks()
        inputs = zip(program.plan.inputs, feeds, strict=True)
        values: Values = {one: (feed.make(),) for one, feed in inputs}
        with np.errstate(all="ignore"):
            for at, group in enumerate(program.groups):
                compute(program, group, self._arrays, values, masks)
                for over in [one for one in values if program.last.get(one, 0) <= at]:
                    del values[over]
        return [values[link.source][link.tensor] for link in program.plan.outputs]

    def _prepare(self, shapes: list[tuple[int, ...]], input_bytes: int) -> None:
        """Plans for inputs of these shapes, and arranges the weights for them."""
        plan = Plan(self.stack, shapes, input_bytes)
        self._program = Program(plan, once=False, exact=self._exact, keep_weights=True, threads=self._threads)
        self._program.check(force=self._force)
        self._arrays = _Arrays(Weights(plan.weighted, self._weights, self._seed, force=self._force))
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
    stack: Stack, *, weights: Any = "init", seed: int = 0, exact: bool = False, threads: int = 1, force: bool = False
) -> Compiled:
    """A stack as a function of its input, for many calls: ``compile(stack)(x)`` is a list of output arrays.

    Arguments are those of `run`. What follows from the shapes alone is settled at the first call, and holds for
    all further inputs of these shapes; `run` is quicker for a single one.
    """
    refuse_opaque(stack)
    return Compiled(stack, weights, seed, exact=exact, threads=threads, force=force)
