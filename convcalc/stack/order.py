"""The order in which Keras lists the layers of a graph: by their distance from the outputs, the inputs first."""

from __future__ import annotations

from collections.abc import Iterator

from convcalc.stack.graph import Input, Node, Stack

Source = Node | Input


class Order:
    """The layers of a graph in Keras's order, and whether Keras shows them as a mere chain.

    ``layers`` has for each layer its calls. A call's depth is the longest way to an output, a layer's the
    largest of its calls; equal depths go by the first visit from the outputs, inputs of a call from left to
    right (Keras's ``map_graph``).
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
        """All calls in the order in which Keras computes them: those of equal depth as they were found."""
        computed = sorted(self._depths, key=lambda call: -self._depths[call])
        return [call for call in computed if isinstance(call, Node)]


def _layer(call: Source) -> Source:
    """What stands for the layer of a call: its first call."""
    return call.first or call if isinstance(call, Node) else call


def _before(call: Source) -> tuple[Source, ...]:
    """Where the inputs of a call come from."""
    return tuple(link.source for link in call.inputs or ()) if isinstance(call, Node) else ()


def _visit(stack: Stack) -> tuple[dict[Source, int], list[Source]]:
    """The layers by when they are first visited, and the calls by when all before them are done."""
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
    """Begins a call that has not been begun; a model has no circles, so that it cannot be under way."""
    if call in begun:
        return
    begun.add(call)
    visited.setdefault(_layer(call), len(visited))
    todo.append((call, iter(_before(call))))
