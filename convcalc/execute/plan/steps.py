"""The steps of a run: the layers to compute, in order, with nested models opened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from convcalc.declare.layer import Layer
from convcalc.declare.naming import matching
from convcalc.declare.signature import works_on
from convcalc.declare.traits import Simple
from convcalc.declare.weight import Inferred
from convcalc.errors import RunError, did_you_mean, one_of
from convcalc.sizes.shapes import show, zeroed
from convcalc.stack.graph import Link, Node, Source, Stack
from convcalc.stack.infer import infer
from convcalc.stack.wiring import Order

# The dtypes that layers may have, each with the dtype that NumPy computes in. NumPy has no fast half precision: float16
# is computed in float32, and the result is rounded.
WORKING = {"float16": "float32", "float32": "float32", "float64": "float64"}


class Step:
    """A layer to compute: its ``name``, which begins with the names of the models around it, its node and its inputs.

    ``names`` are all names of its output, which may also be the output of a nested model. ``repeated`` says that the
    layer was called before, with the same weights; ``training`` that it is called with ``training=True``.
    ``containers`` are the kinds of the nested models around the layer.
    """

    __slots__ = (
        "repeated",
        "inferred",
        "inputs",
        "layer",
        "name",
        "names",
        "node",
        "number",
        "shapes",
        "training",
        "containers",
    )

    def __init__(
        self, name: str, node: Node, layer: Layer, inputs: tuple[Link, ...], *, repeated: bool, training: bool
    ) -> None:
        if node.inferred is None:
            raise ValueError(f"{name} has no shape yet")
        self.name = name
        self.names = [name]
        self.node = node
        self.number = 0
        self.layer = layer
        self.inputs = inputs
        self.repeated = repeated
        self.training = training
        self.containers: tuple[str, ...] = ()
        self.shapes = tuple(map(zeroed, node.shapes))
        self.inferred: Inferred = node.inferred

    @property
    def where(self) -> str:
        """The layer's number, name, kind and input shapes, for messages."""
        return f"layer {self.number}, {self.name} ({self.node.kind}), on {' and '.join(map(show, self.node.shapes))}"

    @property
    def simple(self) -> Simple:
        """The one simple thing that the layer does here, empty where it does more."""
        return self.layer.simply(self.shapes[0])

    def check(self) -> None:
        """`RunError` for a layer that is called with ``training=True`` and acts differently in training."""
        if self.training and self.layer.acts_in_training:
            raise RunError(
                f"{self.name} is called with training=True",
                code="training",
                layer=self.where,
                span=self.node.call.place,
                why="a run is inference, and what the layer does in training is random or changes its weights",
                help="call it without training=True",
            )

    @property
    def dtype(self) -> str:
        """Keras's compute dtype of the layer."""
        return self.layer.computes_in

    @property
    def working_dtype(self) -> str:
        """The dtype that NumPy computes in; `RunError` where NumPy cannot compute in the layer's dtype."""
        if self.dtype not in WORKING:
            raise unsupported_dtype(self.dtype, self.where)
        return WORKING[self.dtype]


class Plan:
    """The steps of a stack for inputs of given shapes, batch included.

    ``in_weight_order`` has the first step of each layer, in the order of Keras's ``get_weights()``.
    """

    __slots__ = ("input_bytes", "inputs", "outputs", "steps", "in_weight_order")

    def __init__(self, stack: Stack, shapes: Sequence[tuple[int, ...]], input_bytes: int) -> None:
        copy = infer(stack, shapes)
        tensors: Tensors = {}
        self.inputs = copy.inputs
        self.steps = tuple(_steps(copy, tensors))
        self.outputs = tuple(resolved(link, tensors) for link in copy.outputs)
        for number, step in enumerate(self.steps, 1):
            step.number = number
            step.check()
        rank = {name: at for at, name in enumerate(_in_order(stack))}
        first_steps = (step for step in self.steps if not step.repeated)
        self.in_weight_order = sorted(first_steps, key=lambda step: rank[step.name])
        self.input_bytes = input_bytes

    @property
    def all_names(self) -> set[str]:
        """The names of all layers."""
        return {name for step in self.steps for name in step.names}

    def names(self, patterns: Iterable[str]) -> set[str]:
        """The layers' names that patterns such as ``conv2d*`` match; `RunError` for a pattern that matches none."""
        known = [name for step in self.steps for name in step.names]
        found: set[str] = set()
        for pattern in patterns:
            matched = matching(pattern, known)
            if not matched:
                hint = did_you_mean(pattern, known) or (f"the layers are {one_of(known[:10])}" if known else None)
                raise RunError(f"no layer is called {pattern!r}", code="unknown-name", help=hint)
            found.update(matched)
        return found


def unsupported_dtype(dtype: str, where: str) -> RunError:
    """The error for a dtype that NumPy cannot compute in."""
    return RunError(
        f"a run cannot compute in {dtype}",
        code="unsupported-dtype",
        layer=where,
        help=f"set dtype to {one_of(WORKING)}; shapes and counts work with every dtype",
    )


def _in_order(stack: Stack, path: str = "") -> Iterator[str]:
    """The names of all layers in Keras's order, where the layers of a nested model take the model's place."""
    listed = [calls[0] for calls in Order(stack).layers] if stack.functional else stack.nodes
    for node in listed:
        if isinstance(node, Node) and node.inner is not None:
            yield from _in_order(node.inner, f"{path}{node.name}/")
        else:
            yield path + node.name


Tensors = dict[Source, tuple[Link, ...]]


def _steps(
    stack: Stack, tensors: Tensors, path: str = "", in_repeated: bool = False, training: bool | None = None
) -> Iterator[Step]:
    """The layers in order; nested models are opened, and a layer's name begins with the names of the models around it.

    ``tensors`` has the tensors that are the inputs of nested models; their outputs are added to it. ``in_repeated``
    says that the model around was called before, ``training`` whether it was called with ``training=True``.
    """
    above: Source = stack.inputs[0]
    # The order of calls matters where a layer takes the mask off a tensor that other layers use, too.
    for node in Order(stack).calls if stack.functional else stack.nodes:
        links = (Link(above),) if node.inputs is None else node.inputs
        inputs = tuple(resolved(link, tensors) for link in links)
        repeated = in_repeated or node.first is not None
        explicit = node.binding.training if node.binding else None
        in_training = training if explicit is None else explicit
        if node.layer is not None:
            yield Step(path + node.name, node, node.layer, inputs, repeated=repeated, training=bool(in_training))
        elif node.inner is not None:
            _refuse_mask(node)
            main = works_on(node.binding, inputs)
            tensors.update((given, (link,)) for given, link in zip(node.inner.inputs, main, strict=True))
            inside = list(_steps(node.inner, tensors, f"{path}{node.name}/", repeated, in_training))
            for step in inside:
                step.containers = (node.kind, *step.containers)
            tensors[node] = tuple(resolved(link, tensors) for link in node.inner.outputs)
            for step in inside:
                if step.node is tensors[node][0].source:
                    step.names.append(path + node.name)
            yield from inside
        above = node


def _refuse_mask(node: Node) -> None:
    """`RunError` for a mask that is given to a nested model, unless Keras added it: such a mask comes by itself."""
    links = [node.inputs[at] for at in node.binding.named.get("mask", ())] if node.binding and node.inputs else []
    layers = [link.source.layer if isinstance(link.source, Node) else None for link in links]
    if not all(layer and layer.home.prefix for layer in layers):
        message = f"{node.name} is called with a mask, which a run does not hand to a nested model"
        raise RunError(message, code="nested-mask", span=node.call.place, help="give it to the layers inside")


def resolved(link: Link, tensors: Tensors) -> Link:
    """The link to the layer, or to the input of the whole model, that makes the tensor of a link."""
    links = tensors.get(link.source)
    return links[link.tensor] if links else link
