"""The forward pass: one layer after the other, each with its weights for as long as it needs them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from convcalc.compute import masking
from convcalc.compute.kernels.team import Threads
from convcalc.declare.calls import works_on
from convcalc.declare.layer import as_tuple
from convcalc.errors import RunError
from convcalc.execute.feed import inputs as feeding
from convcalc.execute.feed.saved import slots_of
from convcalc.execute.feed.weights import Made, Weights, key
from convcalc.execute.mask_flow import Masks, arguments
from convcalc.execute.plan import work
from convcalc.execute.plan.groups import Group
from convcalc.execute.plan.program import Program
from convcalc.execute.plan.steps import Plan, Step
from convcalc.execute.plan.streaming import Streaming
from convcalc.execute.trace import Trace
from convcalc.lazy import Array, np
from convcalc.stack.graph import Input, Node, Stack
from convcalc.stack.masks import after
from convcalc.stack.nested import Nested

Progress = Callable[[int, int, str], None]
Values = dict[Node | Input, tuple[Array, ...]]


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
    exact: bool = False,
    threads: int = 1,
    progress: Progress | None = None,
    expect: Callable[[float], None] | None = None,
) -> Trace:
    """The outputs of a stack at inference, as Keras computes them with ``training=False``.

    ``x``: ``ones``, ``zeros``, ``random``, ``arange``, a ``.npy``, ``.npz`` or ``.json`` file, an array, nested
    lists, or a list of one array; shape (batch, …), where the batch axis may be left out.
    ``weights``: ``init`` (each weight's own initializer), ``ones``, ``zeros``, ``random``, a file (``.npz``,
    ``.keras``, ``.h5``), arrays in the order of Keras's ``get_weights()``, or a mapping from ``layer/weight``.
    Explicit values of a layer's call win. Every weight and input draws from a stream of its own, keyed by
    ``seed``, layer and weight.
    ``keep`` names activations to keep, ``keep_all`` keeps them all, ``keep_weights`` all weights;
    ``statistics`` describes every layer's output. Layers whose outputs are neither kept nor described are computed
    together with those before them; ``exact`` leaves out algorithms that round more than a plain sum does
    (Winograd's, within 2e-5 of the largest output). ``threads`` share the work of large layers. ``progress`` is
    called with (done, total, name) after each, ``expect`` with about how many seconds the run takes, before it starts.

    `RunError` for what does not fit the model, for what would not fit in memory, and for what would take hours
    (``force`` tries all the same); `ShapeError` where a given array's sizes suit no layer.
    """
    refuse_opaque(stack)
    feeds = feeding.feeds(x, stack.inputs, seed, force=force)
    plan = Plan(stack, [feed.shape for feed in feeds], sum(feed.bytes for feed in feeds))
    kept = plan.all_names if keep_all else plan.names([keep] if isinstance(keep, str) else keep)
    seen = [name for step in plan.steps for name in step.names] if statistics else ()
    source = Weights(plan.weighted, weights, seed, force=force)
    how: dict[str, Any] = {"exact": exact, "keep_weights": keep_weights, "team": Threads(threads)}
    program = Program(plan, kept, seen, **how, streaming=None if keep_weights else Streaming(source))
    program.check(force=force)
    expected = work.require(program, source, force=force)
    if expect:
        expect(expected)
    trace = Trace(stack.name, seed, (feeds[0].what, source.what))
    trace.memory = program.bytes
    with _out_of_memory(program), np.errstate(all="ignore"):
        trace.inputs = [feed.make() for feed in feeds]
        _forward(program, source, trace, kept, keep_weights, statistics, progress)
    names: dict[Node | Input, str] = {step.node: step.names[-1] for step in plan.steps}
    trace.output_names = [_tensor(names.get(link.source, link.source.name), link.tensor) for link in plan.outputs]
    return trace


def refuse_opaque(stack: Stack) -> None:
    """Refuses a model with layers whose meaning is Python code."""
    for node in stack.leaves():
        if node.layer is not None and node.layer.is_opaque:
            raise RunError(
                f"{node.name} ({node.kind}) cannot be computed",
                code="opaque-layer",
                span=node.call.place,
                why="what it does is Python code, and nothing that is read is ever executed",
                help="put layers of Keras in its place",
            )


def _tensor(name: str, number: int) -> str:
    """How one of a layer's outputs is called: ``lstm``, ``lstm:1``."""
    return f"{name}:{number}" if number else name


def _forward(
    program: Program,
    source: Weights,
    trace: Trace,
    kept: set[str],
    keep_weights: bool,
    with_statistics: bool,
    progress: Progress | None,
) -> None:
    """Fills in the trace, group by group."""
    plan, masks = program.plan, Masks()
    values: Values = {one: (x,) for one, x in zip(plan.inputs, trace.inputs, strict=True)}
    done = 0
    for at, group in enumerate(program.groups):
        weights = Made(source)
        if not (program.kernels.streaming and program.kernels.streaming.saved(group)):
            weights.update((step, source.of(step)) for step in group.steps)
        start = time.perf_counter()
        ys = compute(program, group, weights, values, masks)
        trace.add(group.steps, ys[0], time.perf_counter() - start, with_statistics=with_statistics)
        trace.activations.update((name, ys[0]) for name in group.last.names if name in kept)
        if keep_weights:
            trace.weights.update(_named(weights))
        del weights  # before the next group's are made
        for over in [one for one in values if program.last.get(one, 0) <= at]:
            del values[over]
        done += len(group.steps)
        if progress:
            progress(done, len(plan.steps), group.last.name)
    trace.outputs = [values[link.source][link.tensor] for link in plan.outputs]


def compute(
    program: Program, group: Group, weights: Mapping[Step, Sequence[Array]], values: Values, masks: Masks
) -> tuple[Array, ...]:
    """A group's outputs, put among the ``values``: by its kernel, or each layer's own.

    Kernels know no masks, no arguments of calls and no shapes but the planned ones, from which what an
    EinsumDense computes may differ.
    """
    links = group.inputs
    xs = [values[link.source][link.tensor] for link in links] if group.core else []
    masked = group.called or any(masks.beside(link) is not None for link in links)
    planned = not masked and [x.shape for x in xs] == group.shapes
    kernel = program.kernel(group, weights) if planned else None
    if kernel is None:
        return [_apply(step, weights[step], values, masks) for step in group.steps][-1]
    out = program.buffers.take(group)
    kernel([np.asarray(x, out.dtype) for x in xs], out)
    values[group.last.node] = (out,)
    return (out,)


def _named(weights: Mapping[Step, Sequence[Array]]) -> Iterator[tuple[str, Array]]:
    """Weights by their names."""
    for step, values in weights.items():
        yield from zip((key(step, weight) for weight in step.inferred.weights), values, strict=True)


def _apply(step: Step, weights: Sequence[Array], values: Values, masks: Masks) -> tuple[Array, ...]:
    """One layer's outputs, in its own dtype: floating-point inputs and weights are cast to it by Keras's autocast.

    They are put among the ``values``, their masks among the ``masks``.
    """
    layer, calling, dtype = step.layer, step.node.calling, np.dtype(step.working_dtype)

    def own(value: Array) -> Array:
        return value.astype(step.dtype, copy=False).astype(dtype, copy=False)

    casts = getattr(layer, "autocast", True)
    inputs = [values[link.source][link.tensor] for link in step.inputs]
    xs = [own(x) if casts and x.dtype.kind == "f" else x for x in inputs]
    beside = [masks.beside(link) for link in step.inputs]
    main, given = works_on(calling, xs), arguments(layer, calling, xs, beside)
    apply: Any = layer.apply  # which takes what its kind declares
    try:
        y = apply([own(weight) if casts else weight for weight in weights], *main, **given)
    except ValueError as error:
        message = f"{step.node.kind} cannot be computed: {error}"
        raise RunError(message, code="cannot-run", layer=step.where, span=step.node.call.place) from error
    ys = tuple(one.astype(step.dtype, copy=False) if one.dtype.kind == "f" else one for one in as_tuple(y))
    values[step.node] = ys
    if layer.takes_masks_off:
        masks.take_off(main, values)
    masks.keep(step.node, after(layer, calling, main, beside, given, masking), values)
    return ys


def outputs_of(
    stack: Stack, weights: Mapping[str, Array], inputs: Sequence[Array], mask: Array | None
) -> tuple[Array, ...]:
    """The outputs of a model that a layer holds: its weights by where Keras's files have them in the model."""
    plan, masks = Plan(stack, [x.shape for x in inputs], 0), Masks()
    slots = {step.name: slot for step, slot in zip(plan.weighted, slots_of(plan.weighted), strict=True)}
    values: Values = {one: (x,) for one, x in zip(plan.inputs, inputs, strict=True)}
    masks.keep(plan.inputs[0], [mask], values)
    for step in plan.steps:
        _apply(step, [weights[f"{slots[step.name]}/{weight.path}"] for weight in step.inferred.weights], values, masks)
    return tuple(values[link.source][link.tensor] for link in plan.outputs)


Nested.compute = staticmethod(outputs_of)


@contextmanager
def _out_of_memory(program: Program) -> Iterator[None]:
    """Says what was to be allocated when an allocation fails."""
    try:
        yield
    except MemoryError as error:
        raise RunError(
            f"the memory did not suffice: {error}" if str(error) else "the memory did not suffice",
            code="too-large",
            why=str(program.peak) if program.peak else None,
            help="make the input or the batch smaller",
        ) from None
