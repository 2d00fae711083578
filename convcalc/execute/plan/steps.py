"""What a run will compute, in which order, and the memory that it takes: known before any is allocated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from convcalc.declare.calls import works_on
from convcalc.declare.layer import Layer
from convcalc.declare.naming import matching
from convcalc.declare.weight import Inferred
from convcalc.errors import RunError, did_you_mean, one_of
from convcalc.sizes.shapes import show
from convcalc.stack.graph import Input, Link, Node, Stack
from convcalc.stack.infer import infer
from convcalc.stack.wiring import Order

Source = Node | Input

# The dtypes that layers compute in. NumPy has no fast half precision: like most processors it computes
# float16 in float32, and the result is rounded.
WORKING = {"float16": "float32", "float32": "float32", "float64": "float64"}


class Step:
    """A layer to compute: ``name``, with the names of nested models before it, its node and its inputs.

    ``names`` are all that its output goes by: a nested model's output is that of its last layer. ``again`` says
    that the layer was called before, with the same weights, ``training`` that it is called as in training. ``within``
    are the kinds of the nested models around.
    """

    __slots__ = (
        "again",
        "inferred",
        "inputs",
        "layer",
        "name",
        "names",
        "node",
        "number",
        "shapes",
        "training",
        "within",
    )

    def __init__(
        self, name: str, node: Node, layer: Layer, inputs: tuple[Link, ...], *, again: bool, training: bool
    ) -> None:
        if node.inferred is None:
            raise ValueError(f"{name} has no shape yet")
        self.name = name
        self.names = [name]
        self.node = node
        self.number = 0
        self.layer = layer
        self.inputs = inputs
        self.again = again
        self.training = training
        self.within: tuple[str, ...] = ()
        self.shapes = tuple(map(_known, node.shapes))
        self.inferred: Inferred = node.inferred

    @property
    def where(self) -> str:
        """The layer as messages name it."""
        return f"layer {self.number}, {self.name} ({self.node.kind}), on {' and '.join(map(show, self.node.shapes))}"

    def check(self) -> None:
        """`RunError` for a layer that is called as in training, and computes something else there."""
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
        """Keras's compute dtype."""
        return self.layer.computes_in

    @property
    def working_dtype(self) -> str:
        """The dtype of the computation itself; `RunError` where NumPy has none."""
        if self.dtype not in WORKING:
            raise unsupported_dtype(self.dtype, self.where)
        return WORKING[self.dtype]


class Plan:
    """The steps of a stack on inputs of some shapes.

    ``weighted`` are the first steps of all layers, in the order of Keras's ``get_weights()``.
    """

    __slots__ = ("input_bytes", "inputs", "outputs", "steps", "weighted")

    def __init__(self, stack: Stack, shapes: Sequence[tuple[int, ...]], input_bytes: int) -> None:
        copy = _copied(stack, shapes)
        infer(copy.nodes, shapes[0])
        given: Tensors = {}
        self.inputs = copy.inputs
        self.steps = tuple(_steps(copy, given))
        self.outputs = tuple(settled(link, given) for link in copy.outputs)
        for number, step in enumerate(self.steps, 1):
            step.number = number
            step.check()
        rank = {name: at for at, name in enumerate(_in_order(stack))}
        self.weighted = sorted((step for step in self.steps if not step.again), key=lambda step: rank[step.name])
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
    """The refusal of a dtype that NumPy cannot compute in."""
    return RunError(
        f"a run cannot compute in {dtype}",
        code="unsupported-dtype",
        layer=where,
        help=f"set dtype to {one_of(WORKING)}; shapes and counts work with every dtype",
    )


def _copied(stack: Stack, shapes: Sequence[tuple[int, ...]]) -> Stack:
    """The stack anew on inputs of these shapes, to be inferred while it stays as it is."""
    copy = stack.copied()
    for one, shape in zip(copy.inputs, shapes, strict=True):
        one.shape = shape
    return copy


def _in_order(stack: Stack, path: str = "") -> Iterator[str]:
    """The names of all layers as Keras lists them: those of graphs in their order, those of nested models in place."""
    listed = [calls[0] for calls in Order(stack).layers] if stack.functional else stack.nodes
    for node in listed:
        if isinstance(node, Node) and node.inner is not None:
            yield from _in_order(node.inner, f"{path}{node.name}/")
        else:
            yield path + node.name


Tensors = dict[Source, tuple[Link, ...]]


def _steps(
    stack: Stack, given: Tensors, path: str = "", again: bool = False, training: bool | None = None
) -> Iterator[Step]:
    """The layers in order, nested models opened: a layer's name begins with theirs, as it may occur in several.

    ``given`` has the tensors that stand for a nested model's inputs, and gets those of its outputs; ``again``
    says that the model around has been called before, and ``training`` whether it was called in training.
    """
    above: Source = stack.inputs[0]
    # The order matters where a layer takes off the masks of what others work on, too.
    for node in Order(stack).calls if stack.functional else stack.nodes:
        links = (Link(above),) if node.inputs is None else node.inputs
        inputs = tuple(settled(link, given) for link in links)
        repeated = again or node.first is not None
        said = node.calling.training if node.calling else None
        said = training if said is None else said
        if node.layer is not None:
            yield Step(path + node.name, node, node.layer, inputs, again=repeated, training=bool(said))
        elif node.inner is not None:
            _refuse_mask(node)
            main = works_on(node.calling, inputs)
            given.update((own, (link,)) for own, link in zip(node.inner.inputs, main, strict=True))
            inside = list(_steps(node.inner, given, f"{path}{node.name}/", repeated, said))
            for step in inside:
                step.within = (node.kind, *step.within)
            given[node] = tuple(settled(link, given) for link in node.inner.outputs)
            for step in inside:
                if step.node is given[node][0].source:
                    step.names.append(path + node.name)
            yield from inside
        above = node


def _refuse_mask(node: Node) -> None:
    """`RunError` for a mask that is given to a nested model, unless Keras wrote it down: that one comes by itself."""
    links = [node.inputs[at] for at in node.calling.named.get("mask", ())] if node.calling and node.inputs else []
    layers = [link.source.layer if isinstance(link.source, Node) else None for link in links]
    if not all(layer and layer.prefix for layer in layers):
        message = f"{node.name} is called with a mask, which a run does not hand to a nested model"
        raise RunError(message, code="nested-mask", span=node.call.place, help="give it to the layers inside")


def settled(link: Link, given: Tensors) -> Link:
    """The tensor of a layer or of an input of the whole model that a link means."""
    stands = given.get(link.source)
    return stands[link.tensor] if stands else link


def _known(shape: Iterable[int | None]) -> tuple[int, ...]:
    return tuple(dim or 0 for dim in shape)
