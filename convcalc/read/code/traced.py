"""What a Lambda's function does with numbers: a graph of Keras's operations, found by calling it on tensors."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.errors import ConvcalcError
from convcalc.read.code.live import Functional
from convcalc.read.code.snapshot import stack_of
from convcalc.read.code.values import Tensor, flat
from convcalc.sizes.shapes import Shape
from convcalc.stack.graph import Stack

if TYPE_CHECKING:
    from convcalc.read.code.session import Session

Tensors = Callable[[list[Tensor]], Any]


def operations_of(
    session: Session, function: Tensors, shapes: Sequence[Shape], dtypes: Sequence[str], node: ast.AST
) -> Stack | None:
    """The graph of operations that a function makes of tensors of these shapes and dtypes.

    None where the function does anything that is no operation, or that has weights. The script is left as it was.
    """
    branches = session.machine.branches
    outcome = branches.attempt(lambda: _graph(session, function, shapes, dtypes, node))
    branches.undo(outcome)
    return outcome.value if outcome.thrown is None else None


def _graph(
    session: Session, function: Tensors, shapes: Sequence[Shape], dtypes: Sequence[str], node: ast.AST
) -> Stack | None:
    model = Functional(session.machine.place(node))
    for number, (shape, dtype) in enumerate(zip(shapes, dtypes, strict=True)):
        words = {"batch_shape": shape, "dtype": dtype}
        model.given.append(session.input_of(session.input_layer(words, f"input_{number}", True, model.place)))
    try:
        model.results = flat(function(model.given))
    except ConvcalcError:
        return None
    if not model.results or not all(isinstance(one, Tensor) for one in model.results):
        return None
    model.structure = model.results
    found = stack_of(session, model) if session.graphs.connect(model, node) is None else None
    if not isinstance(found, Stack):
        return None
    only = all(one.layer is not None and one.layer.follows_dtype for one in found.nodes)
    return found if only else None
