"""What a document says twice, or says where nobody would read it: each is an error, and nothing is passed over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from convcalc.errors import ReadError
from convcalc.read.document.node import Node
from convcalc.script import Call, Ref
from convcalc.stack.wiring import is_graph


def clashes(fields: Mapping[str, Node], calls: Sequence[Call], outputs: Sequence[Ref] | None) -> Iterator[ReadError]:
    """The errors of keys that contradict each other, and of weights that no layer takes."""
    if "input" in fields and "inputs" in fields:
        help = "keep `inputs`, which gives each input a name"
        span = fields["input"].key_place
        yield ReadError("`input` and `inputs` are both given", code="bad-inputs", span=span, help=help)
    if outputs is not None and not outputs:
        help = "write outputs: [a, b], or leave it out for the outputs of the last layer"
        yield ReadError("outputs names no layer", code="bad-reference", span=fields["outputs"].place, help=help)
    kind = fields.get("model")
    if kind and kind.plain() == "sequential" and ("inputs" in fields or is_graph(calls, outputs)):
        message = "model is sequential, and `inputs`, `outputs`, `from`, `use` or `call` make it a graph"
        help = "write model: functional, or leave it out"
        yield ReadError(message, code="bad-value", span=kind.place, help=help)
    for call in _nested(calls):
        if call.weights:
            place = next(iter(call.weights.values())).key or call.place
            help = "give them to a layer inside the model"
            yield ReadError("a nested model has no weights of its own", code="bad-value", span=place, help=help)


def _nested(calls: Sequence[Call]) -> Iterator[Call]:
    """Every nested model once, however often it is repeated."""
    todo, seen = [*calls], set()
    while todo:
        call = todo.pop()
        if call.layers is not None and id(call) not in seen:
            seen.add(id(call))
            todo += call.layers
            yield call
