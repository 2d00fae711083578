"""Graphs: which tensors the layers of a model are called on, by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from convcalc.errors import WiringError, did_you_mean
from convcalc.layer import Layer
from convcalc.script import Call, Ref
from convcalc.shapes import Dim, Shape
from convcalc.stack import Input, Link, Node


def is_graph(layers: Sequence[Call], outputs: Sequence[Ref] | None) -> bool:
    """Whether of some layer it is said what it is called on, or which are the outputs."""
    return outputs is not None or any(call.inputs is not None or call.use or call.options for call in layers)


def needed(outputs: Sequence[Link]) -> set[Node | Input]:
    """What the outputs follow from: as in Keras the rest is no part of the model."""
    found: set[Node | Input] = set()
    todo = [link.source for link in outputs]
    while todo:
        source = todo.pop()
        if source not in found:
            found.add(source)
            todo += [link.source for link in source.inputs or ()] if isinstance(source, Node) else []
    return found


class Wiring:
    """The inputs, the calls in order, and the outputs of a graph.

    ``inputs`` are those that are known before; InputLayers among the ``nodes`` become further ones, with
    the batch size ``batch``. Without ``outputs`` the last node's first stands for all of its. A ``shape`` from the
    caller cannot be given to several inputs; ``shapes`` are sizes from the caller by the inputs' names.
    """

    def __init__(
        self,
        inputs: Sequence[Input],
        nodes: Sequence[Node],
        outputs: Sequence[Ref] | None,
        shape: Shape | None,
        batch: Dim,
        shapes: Mapping[str, Shape] | None = None,
    ) -> None:
        self._shapes = shapes or {}
        self.inputs = list(inputs)
        self.nodes: list[Node] = []
        self._by_name: dict[str, list[Node | Input]] = {one.name: [one] for one in inputs}
        self._by_call: dict[int, Node | Input] = {}
        self._above: Node | Input | None = self.inputs[-1] if inputs else None
        for node in nodes:
            is_input = node.layer is not None and node.kind == "InputLayer"
            made = self._input(node, node.layer, batch) if is_input and node.layer else self._call(node)
            self._by_name.setdefault(made.name, []).append(made)
            self._by_call[id(node.call)] = self._above = made
        if shape is not None and len(self.inputs) > 1:
            raise _which_input(self.inputs)
        last = () if self._above is None else (Link(self._above),)
        self.outputs = last if outputs is None else tuple(map(self._link, outputs))
        kept = needed(self.outputs)
        self.nodes = [node for node in self.nodes if node in kept]

    def _input(self, node: Node, layer: Layer, batch: Dim) -> Input:
        own, *sizes = layer.config["batch_shape"] or (layer.config["batch_size"], *layer.config["shape"])
        sizes = list(self._shapes.get(node.name, sizes))
        self.inputs.append(Input(node.name, (own if batch is None else batch, *sizes), layer.dtype, node.named))
        return self.inputs[-1]

    def _call(self, node: Node) -> Node:
        refs = (Ref(""),) if node.call.inputs is None else node.call.inputs
        if self._above is None and any(ref.layer == "" for ref in refs):
            help = "write an input first: `inputs: {image: [28, 28, 1]}`"
            raise WiringError(f"{node.name} has no input", code="no-input", span=node.call.place, help=help)
        order = node.calling.order if node.calling else range(len(refs))
        node.inputs = tuple(self._link(refs[at]) for at in order)
        number = node.call.number
        node.number = len(self._by_name.get(node.name, ())) if number is None else number
        self.nodes.append(node)
        return node

    def _link(self, ref: Ref) -> Link:
        """The tensor that a reference means; `WiringError` where there is none above."""
        if ref.layer == "" and self._above:
            return Link(self._above)
        if not isinstance(ref.layer, str):
            # The model's own input is no node, whether or not a call was written for it.
            source = self._by_call.get(id(ref.layer), self.inputs[0] if self.inputs else None)
            if source is None:
                raise WiringError("this model has no input", code="no-input", span=ref.place)
            return Link(source, ref.tensor)
        calls = self._by_name.get(ref.layer, [])
        if calls and ref.call < len(calls):
            return Link(calls[ref.call], ref.tensor)
        if calls:
            message = f"{ref.layer} has been called {len(calls)} times above, not {ref.call + 1}"
            raise WiringError(message, code="unknown-tensor", span=ref.place)
        raise WiringError(
            f"no layer above is called {ref.layer!r}",
            code="unknown-tensor",
            span=ref.place,
            why="a layer takes the outputs of layers that come before it",
            help=did_you_mean(ref.layer, self._by_name) or f"the names above are {', '.join(self._by_name) or 'none'}",
        )


def _which_input(inputs: Sequence[Input]) -> WiringError:
    """The refusal of one shape that could be meant for any of several inputs."""
    message = f"one input shape is given, and the model has {len(inputs)} inputs"
    names = " ".join(f"-s {one.name}={','.join(map(str, (one.shape or ())[1:]))}" for one in inputs)
    help = f"name the input of each shape: {names} (input_shape={{name: shape}})"
    return WiringError(message, code="which-input", help=help)


def refuse_unknown_inputs(names: Iterable[str], inputs: Sequence[Input]) -> None:
    """Refuses names that no input of the model has."""
    known = [one.name for one in inputs]
    for name in names:
        if name not in known:
            near = did_you_mean(name, known)
            listed = f"the model's input{'s are' if len(known) > 1 else ' is'} {', '.join(known)}"
            help = f"{near} {listed}" if near else listed
            raise WiringError(f"no input is called {name!r}", code="unknown-input", help=help)
