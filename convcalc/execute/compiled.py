"""A stack made ready to be computed again and again: planned once, its weights arranged once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Self

from convcalc.compute.kernels.team import Threads
from convcalc.errors import RunError
from convcalc.execute.feed import inputs as feeding
from convcalc.execute.feed.weights import Made, Weights
from convcalc.execute.forward import Values, compute, refuse_opaque
from convcalc.execute.mask_flow import Masks
from convcalc.execute.plan.program import Program
from convcalc.execute.plan.steps import Plan
from convcalc.execute.workers import Workers, memory
from convcalc.lazy import Array, np
from convcalc.sizes import dtypes
from convcalc.stack.graph import Input, Stack


class Compiled:
    """What `compile` gives: call it on inputs.

    It holds the weights, and working memory for inputs of the shapes that it was last called on. As a context it
    closes itself.
    """

    def __init__(
        self, stack: Stack, weights: Any, seed: int, *, exact: bool, team: Threads | Workers, force: bool
    ) -> None:
        self.stack = stack
        self._weights = weights
        self._seed = seed
        self._exact = exact
        self._team = team
        self._workers = team if isinstance(team, Workers) else None
        self._force = force
        self._shapes: list[tuple[int, ...]] | None = None
        self._inputs: list[Array] = []
        self._program: Program
        self._arrays: Made

    def __call__(self, x: Any = "ones") -> list[Array]:
        """The outputs for ``x``, given as for `run`; arrays of their own.

        The first call on inputs of new shapes plans for them. `RunError` for what does not fit the model.
        """
        feeds = feeding.feeds(x, self.stack.inputs, self._seed, force=self._force)
        shapes = [feed.shape for feed in feeds]
        workers = self._workers
        if shapes != self._shapes or (workers and workers.copied):
            self._prepare(shapes, sum(feed.bytes for feed in feeds))
        if not workers:
            return self._compute([feed.make() for feed in feeds])
        for common, feed in zip(self._inputs, feeds, strict=True):
            np.copyto(common, feed.make())
        return [y.copy() for y in workers.run(lambda: self._compute(self._inputs))]

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
        self.close()
        plan = Plan(self.stack, shapes, input_bytes)
        self._program = Program(plan, once=False, exact=self._exact, keep_weights=True, team=self._team)
        self._program.check(force=self._force)
        self._arrays = Made(Weights(plan.weighted, self._weights, self._seed, force=self._force))
        for group in self._program.groups:
            weights = {step: self._arrays[step] for step in group.steps}
            if self._program.kernel(group, weights) is None:
                self._arrays.update(weights)
        self._program.kernels.workspace.buffers.clear()  # calls need none of what arranging weights took
        if self._workers:
            self._program.allocate(memory)
            self._inputs = [_common(one, shape) for one, shape in zip(plan.inputs, shapes, strict=True)]
        self._shapes = shapes

    def close(self) -> None:
        """Ends the workers; a further call starts new ones."""
        if self._workers:
            self._workers.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @property
    def bytes(self) -> int:
        """The memory that a call takes at its peak, in all processes together; 0 before the first."""
        return self._program.bytes if self._shapes else 0


def compile(
    stack: Stack,
    *,
    weights: Any = "init",
    seed: int = 0,
    exact: bool = False,
    threads: int = 1,
    workers: int = 1,
    force: bool = False,
) -> Compiled:
    """A stack as a function of its input, for many calls: ``compile(stack)(x)`` is a list of output arrays.

    Arguments are those of `run`, and ``workers``: the processes that share the work, where there are no ``threads``.
    What follows from the shapes alone is settled at the first call, and holds for all further inputs of these shapes;
    `run` is quicker for a single one.

    Processes share it better than threads, which wait for Python's lock; while a busy machine keeps them waiting, the
    caller computes alone. A single run, as of the command line, wins nothing: making them takes what they save.
    They are copies of the calling process, made by the first call, which hold the weights in common; they end with
    `Compiled.close`, with the object, and with the calling process. `RunError` for workers and threads together, and
    where a system does not copy processes.
    """
    refuse_opaque(stack)
    team = _workers(stack, workers, threads) if workers > 1 else Threads(threads)
    return Compiled(stack, weights, seed, exact=exact, team=team, force=force)


def _workers(stack: Stack, size: int, threads: int) -> Workers:
    """A team of processes; `RunError` where they cannot compute the stack."""
    if threads > 1:
        raise RunError(
            f"workers={size} and threads={threads} do not go together",
            code="workers-and-threads",
            why="each worker is one thread",
            help="give one of them",
        )
    texts = [one.name for one in stack.inputs if one.dtype == dtypes.TEXT]
    if texts:
        why = f"the input {texts[0]} is text, which has no fixed size to share"
        raise RunError("the stack cannot be shared among workers", code="no-workers", why=why, help="leave them out")
    return Workers(size)


def _common(model: Input, shape: Sequence[int]) -> Array:
    """An input's memory, which all workers see."""
    dtype = np.dtype(model.dtype)
    return memory(math.prod(shape) * dtype.itemsize).view(dtype).reshape(shape)
