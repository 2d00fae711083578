"""Every number of a layer with the formula behind it: formula, numbers filled in, result."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from convcalc.declare.layer import Layer
from convcalc.declare.naming import matching, snake_case
from convcalc.declare.weight import Inferred
from convcalc.errors import ConvcalcError, did_you_mean
from convcalc.script import Call
from convcalc.sizes.formula import Pads, Result, Step
from convcalc.sizes.shapes import Dim, Shape, channels_last, show
from convcalc.sizes.windows import AXES, Window
from convcalc.stack.graph import Node, Stack
from convcalc.stack.opaque import Opaque
from convcalc.summary.metrics import ReceptiveField, follow


class Explanation:
    """A layer's shapes, and the steps that lead to its output shape, weights, MACs and receptive field.

    ``inputs`` is empty and ``output`` None where Python code hides the shapes.
    """

    __slots__ = ("inputs", "kind", "name", "output", "steps")

    def __init__(self, node: Node, output: Shape | None, steps: Sequence[Step]) -> None:
        self.name = node.name
        self.kind = node.kind
        self.inputs = node.shapes
        self.output = output
        self.steps = tuple(steps)

    @property
    def unknown(self) -> list[Step]:
        """The steps whose result is not known."""
        return [step for step in self.steps if step.result is None]

    def to_dict(self) -> dict[str, Any]:
        """The explanation as JSON has it."""
        return {
            "name": self.name,
            "class_name": self.kind,
            "input_shape": self.inputs[0] if len(self.inputs) == 1 else self.inputs or None,
            "output_shape": self.output,
            "steps": [
                {"what": step.what, "formula": step.formula, "numbers": step.numbers, "result": _figure(step.result)}
                for step in self.steps
            ],
        }

    def text(self) -> str:
        """The explanation as aligned lines."""
        inputs, output = " and ".join(map(show, self.inputs)) or "?", show(self.output) if self.output else "?"
        title = f"{self.name} ({self.kind}): {inputs} → {output}"
        width = max((len(step.what) for step in self.steps), default=0)
        return "\n".join([title, *(f"  {step.what:<{width}}  {_line(step)}" for step in self.steps)])


def _figure(result: Result) -> Any:
    """A result in JSON's types; pads are a list of the cells before and after."""
    return [result.before, result.after] if isinstance(result, Pads) else result


def explain(stack: Stack, names: Collection[str] = ()) -> list[Explanation]:
    """The explanation of every layer, or of the layers that ``names`` match, in order; nested models are opened.

    A name may be a pattern, ``conv2d*``.
    Raises `ConvcalcError` for an unknown name, or for a model without an input shape.
    """
    if stack.input.shape is None:
        raise ConvcalcError(
            "there is nothing to explain without an input shape",
            code="no-input-shape",
            help="give one with -s 10,3, or `input: [10, 3]` in the model",
        )
    known = [node.name for node in stack.leaves()]
    wanted = {name for pattern in names for name in _named(pattern, known)}
    told = [one for node, field in follow(stack) for one in _explain_all(node, field)]
    return [one for one in told if not names or one.name in wanted]


def _named(pattern: str, known: Sequence[str]) -> list[str]:
    """The names that a pattern matches; `ConvcalcError` where there are none."""
    found = matching(pattern, known)
    if not found:
        hint = did_you_mean(pattern, known) or f"the layers are {', '.join(known)}"
        raise ConvcalcError(f"no layer is called {pattern!r}", code="unknown-name", help=hint)
    return found


def explain_layer(layer: Layer, *shapes: Shape) -> Explanation:
    """The explanation of one layer on its inputs' shapes (batch first), by itself."""
    kind = type(layer).__name__
    node = Node(layer.name or snake_case(kind), False, Call(kind), layer, None)
    node.shapes, node.inferred = shapes, layer.infer(*shapes)
    return _explain(node, ReceptiveField(shapes[0]))


def _explain_all(node: Node, field: ReceptiveField) -> Iterator[Explanation]:
    """One layer, or all layers of a nested model; ``field`` is the receptive field of the node's input."""
    if node.inner is None:
        yield _explain(node, field)
        return
    # Inside a nested graph the way from the input is not followed.
    inside = ReceptiveField(None) if node.inner.functional else ReceptiveField.join([field])
    for inner in node.inner.nodes:
        yield from _explain_all(inner, inside)
        inside.after(inner)


def _explain(node: Node, field: ReceptiveField) -> Explanation:
    """One layer; ``field`` is the receptive field of the layer's input."""
    layer, inferred, shape = node.layer, node.inferred, node.shape
    if layer is None or inferred is None or shape is None or isinstance(layer, Opaque):
        return Explanation(node, inferred.output if inferred else None, [*_hidden_steps(node)])
    steps = [*_shape_steps(layer, inferred, shape), *_weight_steps(inferred), *_macs_steps(inferred)]
    steps += _reach_steps(inferred, field)
    return Explanation(node, inferred.output, steps)


def _hidden_steps(node: Node) -> Iterator[Step]:
    """The steps of a layer that is Python code or behind Python code: which numbers are unknown, and why."""
    why = "behind an unknown output" if node.is_behind else "what it does is Python code"
    yield Step("shape", why, "", None if node.inferred is None else "as the file states")
    yield Step("parameters", "", "", 0 if node.is_counted else None)


def _shape_steps(layer: Layer, inferred: Inferred, shape: Shape) -> Iterator[Step]:
    """The output shape: a step for every spatial axis, or the steps of the layer's own kind."""
    x, y = (channels_last(s) if layer.is_channels_first and len(s) > 2 else s for s in (shape, inferred.output))
    for name, axis, n in zip(AXES.get(len(inferred.axes), ()), inferred.axes, x[1:-1], strict=False):
        span = axis.span_step(f"{name} span")
        yield from (span,) if span else ()
        yield axis.padding_step(f"{name} {axis.edge}", n)
        yield axis.step(name, n)
    if not inferred.axes:
        own = layer.steps(x, y)
        yield from own or [Step("shape", "unchanged" if x == y else "", "", inferred.output)]


def _weight_steps(inferred: Inferred) -> Iterator[Step]:
    """Each weight's shape and size, and their sum."""
    for weight in inferred.weights:
        numbers = " × ".join(map(str, weight.shape))
        frozen = "" if weight.trainable else ", not trained"
        yield Step(
            f"{weight.path} {weight.shape}{frozen}", " × ".join(weight.dims), numbers, weight.params, counts=True
        )
    names = " + ".join(weight.path for weight in inferred.weights)
    numbers = " + ".join(f"{weight.params:,}" for weight in inferred.weights)
    yield Step("parameters", names, numbers, inferred.params, counts=True)


def _macs_steps(inferred: Inferred) -> Iterator[Step]:
    """Each product of multiply-accumulates, and their sum where there are several."""
    several = len(inferred.macs) > 1
    for product in inferred.macs:
        yield product.step(f"{product.name} MACs" if several else "MACs")
    if several:
        total = inferred.total_macs
        names = " + ".join(product.name for product in inferred.macs)
        numbers = " + ".join(_count(product.value) for product in inferred.macs)
        yield Step("MACs", names, numbers, total, counts=True)


def _reach_steps(inferred: Inferred, field: ReceptiveField) -> Iterator[Step]:
    """The receptive field along every axis that the layer walks."""
    reaches = field.reaches or ()
    if field.is_all or len(reaches) != len(inferred.axes):
        return
    for name, axis, reach in zip(AXES.get(len(reaches), ()), inferred.axes, reaches, strict=False):
        what, size = f"{name} receptive field", reach.after(axis).size
        if isinstance(axis, Window) and reach.jump:
            numbers = f"{reach.size} + ({axis.span} - 1) × {reach.jump}"
            yield Step(what, "size + (span - 1) × jump", numbers, size)
        else:
            yield Step(what, "followed back through upsampling", "", size)


def _count(value: Dim) -> str:
    return "?" if value is None else f"{value:,}"


def _line(step: Step) -> str:
    """``formula = numbers = result``, each part where it says something new."""
    parts = [part for part in (step.formula, step.numbers, step.shown) if part]
    return " = ".join(part for at, part in enumerate(parts) if at == 0 or part != parts[at - 1])
