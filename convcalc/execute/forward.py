"""The forward pass: one group of layers after the other; weights exist while their layers are computed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from convcalc.compute import masking
from convcalc.compute.kernels.team import Threads
from convcalc.declare.layer import Layer, as_tuple
from convcalc.declare.signature import works_on
from convcalc.errors import RunError
from convcalc.execute.feed import inputs as feeding
from convcalc.execute.feed.saved import slots_of
from convcalc.execute.feed.weights import CachedWeights, Weights, key
from convcalc.execute.mask_flow import Masks, call_arguments
from convcalc.execute.plan import work
from convcalc.execute.plan.groups import Group
from convcalc.execute.plan.program import Program
from convcalc.execute.plan.steps import Plan, Step
from convcalc.execute.plan.streaming import Streaming
from convcalc.execute.trace import Trace
from convcalc.lazy import Array, np
from convcalc.sizes.dtypes import BITS
from convcalc.sizes.shapes import Shape
from convcalc.source import Place
from convcalc.stack.coded import Coded
from convcalc.stack.graph import Input, Node, Stack
from convcalc.stack.masks import after
from convcalc.stack.nested import Nested
from convcalc.stack.opaque import Opaque

Progress = Callable[[int, int, str], None]
Values = dict[Node | Input, tuple[Array, ...]]


def run(
    stack: Stack,
    x: Any = None,
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
    lists, or a list of one array; its shape is ``(batch, …)``, where the batch axis may be left out. None stands for
    the numbers that a script calls its layers on, and for ``ones`` where these are not known.
    ``weights``: ``init`` (each weight's own initializer), ``ones``, ``zeros``, ``random``, a file (``.npz``,
    ``.keras``, ``.h5``), arrays in the order of Keras's ``get_weights()``, or a mapping from ``layer/weight``.
    Values in a layer's call come before all of these. Every weight and every input is drawn from its own stream of
    random numbers, which depends on ``seed``, layer and weight.
    ``keep`` names the activations to keep, ``keep_all`` keeps all activations, ``keep_weights`` all weights.
    ``statistics`` describes every layer's output. A layer may be computed together with the layers before it, whose
    outputs are then neither kept nor described. ``exact`` leaves out algorithms that round more than a plain sum
    (Winograd's, within 2e-5 of the largest output). ``threads`` share the work of large layers. ``progress`` is called
    with (done, total, name) after each group of layers. ``expect`` is called with the estimated seconds before the run.

    `RunError` for values that do not fit the model, and for a run that does not fit in memory or takes hours
    (``force`` tries it anyway); `ShapeError` for an array whose sizes fit no layer.
    """
    refuse_opaque(stack)
    feeds = feeding.feeds(x, stack.inputs, seed, force=force)
    plan = Plan(stack, [feed.shape for feed in feeds], sum(feed.bytes for feed in feeds))
    kept = plan.all_names if keep_all else plan.names([keep] if isinstance(keep, str) else keep)
    visible = [name for step in plan.steps for name in step.names] if statistics else ()
    source = Weights(plan.in_weight_order, weights, seed, force=force)
    options: dict[str, Any] = {"exact": exact, "keep_weights": keep_weights, "team": Threads(threads)}
    program = Program(plan, kept, visible, **options, streaming=None if keep_weights else Streaming(source))
    program.check(force=force)
    expected = work.require(program, source, force=force)
    if expect:
        expect(expected)
    trace = Trace(stack.name, seed, (feeds[0].label, source.label))
    trace.memory = program.bytes
    with _out_of_memory(program), np.errstate(all="ignore"):
        trace.inputs = [feed.make() for feed in feeds]
        _forward(program, source, trace, kept, keep_weights, statistics, progress)
    names: dict[Node | Input, str] = {step.node: step.names[-1] for step in plan.steps}
    trace.output_names = [_tensor(names.get(link.source, link.source.name), link.tensor) for link in plan.outputs]
    return trace


def refuse_opaque(stack: Stack) -> None:
    """`RunError` for a model with layers whose meaning is Python code, or whose own order is Python code."""
    if stack.fixed and stack.own:
        raise _is_code(stack.name, stack.own, None)
    for node in stack.nodes:
        if node.inner is not None:
            refuse_opaque(node.inner)
        elif node.layer is not None and _has_code(node.layer, node.shapes):
            raise _is_code(node.name, node.kind, node.call.place)


def _has_code(layer: Layer, shapes: tuple[Shape, ...] = ()) -> bool:
    """Whether it is not known what a layer computes; of a script's own layer the operations may be known."""
    if isinstance(layer, Coded) and shapes:
        known = tuple(tuple(n or 1 for n in shape) for shape in shapes)
        return layer.operations(known, ("float32",) * len(known)) is None
    return isinstance(layer, Opaque | Coded) or any(map(_has_code, layer.held))


def _is_code(name: str, kind: str, place: Place | None) -> RunError:
    return RunError(
        f"{name} ({kind}) cannot be computed",
        code="opaque-layer",
        span=place,
        why="what it does is Python code, and nothing that is read is ever executed",
        help="put layers of Keras in its place, or in a script call on the tensors themselves what it calls",
    )


def _tensor(name: str, number: int) -> str:
    """The name of one of a layer's outputs: ``lstm``, ``lstm:1``."""
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
    values: Values = {given: (x,) for given, x in zip(plan.inputs, trace.inputs, strict=True)}
    done = 0
    for at, group in enumerate(program.groups):
        weights = CachedWeights(source)
        if not (program.kernels.streaming and program.kernels.streaming.saved_bytes(group)):
            weights.update((step, source.of_step(step)) for step in group.steps)
        start = time.perf_counter()
        ys = compute(program, group, weights, values, masks)
        trace.add(group.steps, ys[0], time.perf_counter() - start, with_statistics=with_statistics)
        trace.activations.update((name, ys[0]) for name in group.last.names if name in kept)
        if keep_weights:
            trace.weights.update(_named(weights))
        del weights  # before the weights of the next group are made
        program.release(values, at)
        done += len(group.steps)
        if progress:
            progress(done, len(plan.steps), group.last.name)
    trace.outputs = [values[link.source][link.tensor] for link in plan.outputs]


def compute(
    program: Program, group: Group, weights: Mapping[Step, Sequence[Array]], values: Values, masks: Masks
) -> tuple[Array, ...]:
    """The outputs of a group, which are also added to ``values``: by its kernel, or layer by layer.

    Kernels know no masks and no arguments of calls, and only the planned shapes. The actual shapes may differ, for
    example behind an EinsumDense.
    """
    links = group.inputs
    xs = [values[link.source][link.tensor] for link in links] if group.core else []
    masked = group.has_arguments or any(masks.of(link) is not None for link in links)
    planned = not masked and [x.shape for x in xs] == group.shapes
    kernel = program.kernel(group, weights) if planned else None
    if kernel is None:
        return [_apply(step, weights[step], values, masks) for step in group.steps][-1]
    out = program.buffers.take(group)
    kernel([np.asarray(x, out.dtype) for x in xs], out)
    values[group.last.node] = (out,)
    return (out,)


def _named(weights: Mapping[Step, Sequence[Array]]) -> Iterator[tuple[str, Array]]:
    """The weights of all steps, each with its name, ``layer/weight``."""
    for step, values in weights.items():
        yield from zip((key(step, weight) for weight in step.inferred.weights), values, strict=True)


def _apply(step: Step, weights: Sequence[Array], values: Values, masks: Masks) -> tuple[Array, ...]:
    """The outputs of one layer, which are also added to ``values``, and their masks to ``masks``.

    They have the layer's dtype, to which floating-point inputs and weights are cast, as by Keras's autocast.
    """
    layer, binding, dtype = step.layer, step.node.binding, np.dtype(step.working_dtype)

    def cast(value: Array) -> Array:
        return value.astype(step.dtype, copy=False).astype(dtype, copy=False)

    casts = layer.casts
    inputs = [values[link.source][link.tensor] for link in step.inputs]
    xs = [cast(x) if casts and x.dtype.kind == "f" else _widened(x) for x in inputs]
    input_masks = [masks.of(link) for link in step.inputs]
    main, given = works_on(binding, xs), call_arguments(layer, binding, xs, input_masks)
    apply: Any = layer.apply  # whose parameters differ from kind to kind
    try:
        y = apply([cast(weight) if casts else weight for weight in weights], *main, **given)
    except ValueError as error:
        message = f"{step.node.kind} cannot be computed: {error}"
        raise RunError(message, code="cannot-run", layer=step.where, span=step.node.call.place) from error
    types = [str(x.dtype) for x in works_on(binding, inputs)]
    ys = tuple(_typed(step, out, types, at) for at, out in enumerate(as_tuple(y)))
    values[step.node] = ys
    if layer.masks.takes_off:
        masks.remove(main, values)
    masks.record(step.node, after(layer, binding, main, input_masks, given, masking), values)
    return ys


def _widened(x: Array) -> Array:
    """The input of an operation as NumPy computes with it: half precision is rounded at the end only."""
    return x.astype("float32") if x.dtype == "float16" else x


def _typed(step: Step, y: Array, given: Sequence[str], output: int) -> Array:
    """An output in the layer's dtype; of an operation, in the dtype that follows from the inputs' ``given`` ones."""
    dtype = step.layer.typed(given, output) if step.layer.follows_dtype else step.dtype
    if dtype not in BITS or dtype == "bfloat16" or y.dtype.kind not in ("biuf" if step.layer.follows_dtype else "f"):
        return y
    return y.astype(dtype, copy=False)


def outputs_of(
    stack: Stack, weights: Mapping[str, Array], inputs: Sequence[Array], mask: Array | None
) -> tuple[Array, ...]:
    """The outputs of a model inside a layer; ``weights`` are named by their places in Keras's files."""
    plan, masks = Plan(stack, [x.shape for x in inputs], 0), Masks()
    slots = {step.name: slot for step, slot in zip(plan.in_weight_order, slots_of(plan.in_weight_order), strict=True)}
    values: Values = {given: (x,) for given, x in zip(plan.inputs, inputs, strict=True)}
    masks.record(plan.inputs[0], [mask], values)
    for step in plan.steps:
        _apply(step, [weights[f"{slots[step.name]}/{weight.path}"] for weight in step.inferred.weights], values, masks)
    return tuple(values[link.source][link.tensor] for link in plan.outputs)


Nested.compute = staticmethod(outputs_of)


@contextmanager
def _out_of_memory(program: Program) -> Iterator[None]:
    """A context in which a failed allocation is a `RunError` that says what the memory was for."""
    try:
        yield
    except MemoryError as error:
        raise RunError(
            f"the memory did not suffice: {error}" if str(error) else "the memory did not suffice",
            code="too-large",
            why=str(program.peak) if program.peak else None,
            help="make the input or the batch smaller",
        ) from None
