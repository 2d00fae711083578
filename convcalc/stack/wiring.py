"""Graphs: which tensors the layers of a model are called on, by name, and the order in which Keras lists the layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from convcalc.declare.layer import Layer
from convcalc.errors import WiringError, did_you_mean
from convcalc.script import Call, Ref
from convcalc.sizes.shapes import Dim, Shape
from convcalc.stack.graph import Input, Link, Node, Source, Stack


def is_graph(layers: Sequence[Call], outputs: Sequence[Ref] | None) -> bool:
    """Whether a script names outputs, or says for some layer what the layer is called on."""
    return outputs is not None or any(call.inputs is not None or call.use or call.options for call in layers)


def needed(outputs: Sequence[Link]) -> set[Node | Input]:
    """All nodes and inputs that the outputs depend on; as in Keras, the rest is no part of the model."""
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

    The given ``inputs`` come first; each InputLayer among the ``nodes`` becomes one more input, with the batch size
    ``batch``. Without ``outputs`` the first output of the last node is the only one. `WiringError` for a ``shape``
    from the caller where the model has several inputs.
    """

    def __init__(
        self,
        inputs: Sequence[Input],
        nodes: Sequence[Node],
        outputs: Sequence[Ref] | None,
        shape: Shape | None,
        batch: Dim,
    ) -> None:
        self.inputs = list(inputs)
        self.nodes: list[Node] = []
        self._by_name: dict[str, list[Node | Input]] = {one.name: [one] for one in inputs}
        self._by_call: dict[int, Node | Input] = {}
        self._above: Node | Input | None = self.inputs[-1] if inputs else None
        for node in nodes:
            is_input = node.layer is not None and node.kind == "InputLayer"
            source = self._input(node, node.layer, batch) if is_input and node.layer else self._call(node)
            self._by_name.setdefault(source.name, []).append(source)
            self._by_call[id(node.call)] = self._above = source
        if shape is not None and len(self.inputs) > 1:
            raise which_input(self.inputs)
        last = () if self._above is None else (Link(self._above),)
        self.outputs = last if outputs is None else tuple(map(self._link, outputs))
        kept = needed(self.outputs)
        self.nodes = [node for node in self.nodes if node in kept]

    def _input(self, node: Node, layer: Layer, batch: Dim) -> Input:
        own, *sizes = layer.config["batch_shape"] or (layer.config["batch_size"], *layer.config["shape"])
        self.inputs.append(Input(node.name, (own if batch is None else batch, *sizes), layer.dtype, node.named))
        return self.inputs[-1]

    def _call(self, node: Node) -> Node:
        refs = (Ref(""),) if node.call.inputs is None else node.call.inputs
        if self._above is None and any(ref.layer == "" for ref in refs):
            help = "write an input first: `inputs: {image: [28, 28, 1]}`"
            raise WiringError(f"{node.name} has no input", code="no-input", span=node.call.place, help=help)
        order = node.binding.order if node.binding else range(len(refs))
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
            # The model's own input is no node, even where the script has a call for it.
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


def which_input(inputs: Sequence[Input]) -> WiringError:
    """The refusal of one shape for several inputs."""
    message = f"one input shape is given, and the model has {len(inputs)} inputs"
    names = " ".join(f"-s {one.name}=…" for one in inputs[:3])
    return WiringError(message, code="which-input", help=f"give each input its shape by name: {names}")


class Order:
    """The layers of a graph in Keras's order, and whether Keras shows them as a mere chain.

    ``layers`` has a list of calls for each layer. The depth of a call is the longest way to an output, and the depth
    of a layer is the largest depth of its calls. Layers of equal depth stand in the order of the first visit from the
    outputs, the inputs of a call from left to right (Keras's ``map_graph``).
    """

    def __init__(self, stack: Stack) -> None:
        visited, finished = _visit(stack)
        depths: dict[Source, int] = {}
        layer_depths: dict[Source, int] = {}
        for done in reversed(finished):
            layer = _layer(done)
            depth = max(depths.get(done, 0), layer_depths.get(layer, 0))
            depths[done] = layer_depths[layer] = depth
            for before in _before(done):
                depths[before] = max(depth + 1, depths.get(before, 0))
        for unused in stack.inputs:
            if unused not in layer_depths:
                depths[unused] = layer_depths[unused] = 0
                visited[unused] = -1
        calls: dict[Source, list[Source]] = {}
        every: tuple[Source, ...] = (*stack.inputs, *stack.nodes)
        for call in every:
            calls.setdefault(_layer(call), []).append(call)
        in_order = sorted(layer_depths, key=lambda layer: (-layer_depths[layer], visited[layer]))
        self.layers = [calls[layer] for layer in in_order]
        self._depths = depths
        self.is_chain = len(set(depths.values())) == len(depths) == len(self.layers) and all(
            len(_before(call)) < 2 for call in depths
        )

    @property
    def calls(self) -> list[Node]:
        """All calls in the order in which Keras computes them; calls of equal depth stand as they were found."""
        computed = sorted(self._depths, key=lambda call: -self._depths[call])
        return [call for call in computed if isinstance(call, Node)]


def _layer(call: Source) -> Source:
    """The first call of a call's layer, which stands for the layer."""
    return call.first or call if isinstance(call, Node) else call


def _before(call: Source) -> tuple[Source, ...]:
    """The calls and inputs that a call takes tensors of."""
    return tuple(link.source for link in call.inputs or ()) if isinstance(call, Node) else ()


def _visit(stack: Stack) -> tuple[dict[Source, int], list[Source]]:
    """For each layer the number of its first visit; and the calls, each after all calls that it depends on."""
    visited: dict[Source, int] = {}
    begun: set[Source] = set()
    finished: list[Source] = []
    for output in stack.outputs:
        todo: list[tuple[Source, Iterator[Source]]] = []
        _enter(output.source, visited, begun, todo)
        while todo:
            call, rest = todo[-1]
            following: Source | None = next(rest, None)
            if following is None:
                finished.append(call)
                todo.pop()
            else:
                _enter(following, visited, begun, todo)
    return visited, finished


def _enter(
    call: Source, visited: dict[Source, int], begun: set[Source], todo: list[tuple[Source, Iterator[Source]]]
) -> None:
    """Begins a call unless it has been begun; a model has no circles, so a call that has been begun is done."""
    if call in begun:
        return
    begun.add(call)
    visited.setdefault(_layer(call), len(visited))
    todo.append((call, iter(_before(call))))
