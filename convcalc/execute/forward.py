"""The forward pass: one layer after the other, each with its weights for as long as it needs them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from convcalc.errors import RunError
from convcalc.execute import inputs
from convcalc.execute.plan import Plan, Step, unsupported_dtype
from convcalc.execute.trace import LayerTrace, Trace
from convcalc.execute.weights import Weights, key
from convcalc.lazy import Array, np
from convcalc.stack import Stack

Progress = Callable[[int, int, str], None]


def run(
    stack: Stack,
    x: Any = "ones",
    *,
    weights: Any = "init",
    seed: int = 0,
    keep: Sequence[str] = (),
    keep_all: bool = False,
    keep_weights: bool = False,
    statistics: bool = False,
    force: bool = False,
    progress: Progress | None = None,
) -> Trace:
    """The outputs of a stack at inference, as Keras computes them with ``training=False``.

    ``x``: ``ones``, ``zeros``, ``random``, ``arange``, a ``.npy``, ``.npz`` or ``.json`` file, an array, nested
    lists, or a list of one array; shape (batch, …), where the batch axis may be left out.
    ``weights``: ``init`` (each weight's own initializer), ``ones``, ``zeros``, ``random``, a ``.npz`` file, arrays
    in the order of Keras's ``get_weights()``, or a mapping from ``layer/weight``. Explicit values of a layer's
    call win. Every weight and input draws from a stream of its own, keyed by ``seed``, layer and weight.
    ``keep`` names activations to keep, ``keep_all`` keeps them all, ``keep_weights`` all weights;
    ``statistics`` describes every layer's output. ``progress`` is called with (done, total, name) after each.

    `RunError` for what does not fit the model, and for what would not fit in memory (``force`` tries all
    the same); `ShapeError` where a given array's sizes suit no layer.
    """
    if stack.input.dtype not in inputs.DTYPES:
        raise unsupported_dtype(stack.input.dtype, f"the input, {stack.input.name}")
    feed = inputs.feed(x, stack.input, seed, force=force)
    plan = Plan(stack, feed.shape, feed.bytes)
    kept = {name for step in plan.steps for name in step.names} if keep_all else _names(keep)
    plan.check_names(kept)
    plan.weigh(kept, keep_weights=keep_weights)
    source = Weights(plan.steps, weights, seed, force=force)
    plan.check(force=force)
    trace = Trace(stack.name, seed, (feed.what, source.what))
    with _out_of_memory(plan), np.errstate(all="ignore"):
        trace.inputs = [feed.make()]
        _forward(plan, source, trace, kept, keep_weights, statistics, progress)
    trace.output_names = [plan.steps[-1].names[-1] if plan.steps else stack.input.name]
    return trace


def _names(keep: Sequence[str]) -> set[str]:
    return {keep} if isinstance(keep, str) else set(keep)


def _forward(
    plan: Plan,
    source: Weights,
    trace: Trace,
    kept: set[str],
    keep_weights: bool,
    with_statistics: bool,
    progress: Progress | None,
) -> None:
    """Fills in the trace, step by step."""
    x = trace.inputs[0]
    for done, step in enumerate(plan.steps, 1):
        weights = source.of(step)
        start = time.perf_counter()
        x = _apply(step, weights, x)
        seconds = time.perf_counter() - start
        trace.layers.append(LayerTrace(step.name, step.node.kind, x, seconds, with_statistics=with_statistics))
        trace.activations.update((name, x) for name in step.names if name in kept)
        if keep_weights:
            trace.weights.update(zip((key(step, w) for w in step.inferred.weights), weights, strict=True))
        del weights  # before the next layer's are made
        if progress:
            progress(done, len(plan.steps), step.name)
    trace.outputs = [x]


def _apply(step: Step, weights: Sequence[Array], x: Array) -> Array:
    """One layer, in its own dtype: floating-point input and weights are cast to it, as Keras's autocast does."""
    dtype = np.dtype(step.working_dtype)
    if x.dtype.kind == "f" and getattr(step.layer, "autocast", True):
        x = x.astype(step.dtype, copy=False).astype(dtype, copy=False)
    cast = [weight.astype(step.dtype, copy=False).astype(dtype, copy=False) for weight in weights]
    try:
        y = step.layer.apply(cast, x)
    except ValueError as error:
        message = f"{step.node.kind} cannot be computed: {error}"
        raise RunError(message, code="cannot-run", layer=step.where, span=step.node.call.place) from error
    return y.astype(step.dtype, copy=False) if y.dtype.kind == "f" else y


@contextmanager
def _out_of_memory(plan: Plan) -> Iterator[None]:
    """Says what was to be allocated when an allocation fails."""
    try:
        yield
    except MemoryError as error:
        raise RunError(
            f"the memory did not suffice: {error}" if str(error) else "the memory did not suffice",
            code="too-large",
            why=str(plan.peak) if plan.peak else None,
            help="make the input or the batch smaller",
        ) from None
