"""Functional models: the graph of calls between the tensors that a script gives."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from convcalc.errors import ReadError, WiringError
from convcalc.read.code.live import Eager, Functional, Live, Made
from convcalc.read.code.refusal import no_value
from convcalc.read.code.snapshot import stack_of
from convcalc.read.code.values import Data, Tensor, Unknown, flat, unknown_in
from convcalc.source import Place
from convcalc.stack.graph import Stack

if TYPE_CHECKING:
    from convcalc.read.code.session import Session


class Graphs:
    """Makes Functional models."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def make(self, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """``Model(inputs, outputs)``."""
        model = Functional(self._session.machine.place(node.func if isinstance(node, ast.Call) else node))
        return self.init(model, args, named, node)

    def init(self, model: Functional, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """Connects a new model, and gives it its name."""
        words = dict(zip(("inputs", "outputs", "name"), args, strict=False)) | {
            {"input": "inputs", "output": "outputs"}.get(name, name): value for name, value in named.items()
        }
        ends = [self._end(words.get(name), name, node) for name in ("inputs", "outputs")]
        lost = next((one for one in ends if isinstance(one, Unknown)), None)
        if lost is None:
            model.given, model.results = (list(one) for one in ends if isinstance(one, list))
            model.structure = words["outputs"]
            model.keys = list(words["inputs"]) if isinstance(words["inputs"], dict) else []
            lost = self.connect(model, node)
        return self._finished(model, lost, words, node)

    def finish_network(self, model: Functional, name: str | None, node: ast.AST) -> Functional | Unknown:
        """A model whose inputs and results are known: connected, and named."""
        model.is_published = True
        return self._finished(model, self.connect(model, node), {"name": name}, node)

    def _finished(
        self, model: Functional, lost: Unknown | None, words: dict[str, Any], node: ast.AST
    ) -> Functional | Unknown:
        session = self._session
        if lost is not None:
            model.lost = lost
            session.models.append(lost)
            if lost.cause.error is None:
                lost.cause.error = self._refused(lost, words, node)
        else:
            session.models.append(model)
        session.give_name(model, words.get("name"))
        session.machine.budget.event()
        return Unknown(lost.cause) if lost and model.instance is None else model

    def _refused(self, lost: Unknown, words: dict[str, Any], node: ast.AST) -> ReadError:
        """The refusal of a model whose inputs or outputs are not known."""
        which = "inputs" if unknown_in(words.get("inputs")) else "outputs"
        refused = no_value(lost, self._session.machine.place(node), f"the {which} of this model")
        if which == "inputs" and lost.cause.message.startswith(f"{lost.cause.name} is a name without"):
            refused.help = f"make it before: {lost.cause.name} = keras.Input((28, 28, 1))"
        return refused

    def _end(self, value: Any, name: str, node: ast.AST) -> list[Tensor] | Unknown:
        """The tensors that a model is given as its inputs or outputs."""
        machine = self._session.machine
        parts = [machine.untainted(one) for one in flat(machine.untainted(value))] if value is not None else []
        lost = next((one for one in parts if isinstance(one, Unknown)), None)
        if lost:
            return Unknown(lost.cause)
        if not parts or not all(isinstance(one, Tensor) for one in parts):
            return machine.unknown(f"this model's {name} are not known here", node)
        return parts

    def connect(self, model: Functional, node: ast.AST) -> Unknown | None:
        """Finds the calls from a model's outputs back to its inputs; why that fails, if it does."""
        session = self._session
        model.given = [self._begun(one, model, node) for one in model.given]
        inputs = [tensor.node for tensor in model.given]
        found, todo = dict.fromkeys(inputs), [tensor.node for tensor in model.results]
        while todo:
            made = todo.pop()
            if made in found:
                continue
            if not made.inputs:
                message = f"the outputs also need the input {made.live.name!r}, which the model is not given"
                error = ReadError(
                    message, code="disconnected", span=session.machine.place(node), help="add it to inputs=[…]"
                )
                lost = session.machine.unknown(message, node)
                lost.cause.error = error
                return lost
            session.machine.spend(1, node)
            found[made] = None
            todo += [tensor.node for tensor in made.inputs]
        model.made = [*inputs, *sorted((one for one in found if one not in inputs), key=lambda one: one.order)]
        return None

    def _begun(self, tensor: Tensor, model: Functional, node: ast.AST) -> Tensor:
        """The input for a tensor that a model begins at: for a layer's output, an InputLayer that stands for it."""
        if not tensor.node.inputs:
            return tensor
        session = self._session
        words = {"batch_shape": tensor.shape, "dtype": tensor.dtype}
        live = session.input_layer(words, f"{tensor.node.live.name}_output", False, session.machine.place(node))
        fresh = session.input_of(live)
        copies: dict[tuple[Made, int], Tensor] = {(tensor.node, tensor.index): fresh}
        model.results = [self._copied(one, copies) for one in model.results]
        return fresh

    def _copied(self, tensor: Tensor, copies: dict[tuple[Made, int], Tensor]) -> Tensor:
        """The tensor of a copied graph, in which other tensors stand for some of it."""
        key = (tensor.node, tensor.index)
        if key not in copies:
            old = tensor.node
            inputs = tuple(self._copied(one, copies) for one in old.inputs)
            if all(one is two for one, two in zip(inputs, old.inputs, strict=True)):
                copies[key] = tensor
            else:
                made = Made(old.live, inputs, old.roles, old.place)
                made.options, made.listed, made.number, made.order = old.options, old.listed, old.number, old.order
                made.inferred, made.binding = old.inferred, old.binding
                made.outputs = [Tensor(made, at, one.shape, one.dtype) for at, one in enumerate(old.outputs)]
                copies.update({(old, at): one for at, one in enumerate(made.outputs)})
        return copies[key]

    def outputs(self, model: Functional, inputs: Sequence[Data], place: Place) -> list[Data]:
        """What a model gives on inputs, as shapes; `ConvcalcError` where it takes other inputs."""
        if len(inputs) != len(model.given):
            message = f"{model.name} takes {len(model.given)} inputs, got {len(inputs)}"
            raise WiringError(message, code="input-count", span=place)
        if [one.shape for one in inputs] == [one.shape for one in model.given]:
            return [Data(one.shape, one.dtype) for one in model.results]
        values: dict[tuple[Made, int], Data] = {
            (own.node, own.index): one for own, one in zip(model.given, inputs, strict=True)
        }
        for made in model.made:
            if made.inputs:
                given = [values[one.node, one.index] for one in made.inputs]
                main = [one for one, role in zip(given, made.roles, strict=True) if not role] or given
                found = self._session.calling.through(made.live, main, place, like=made)
                values.update({(made, at): one for at, one in enumerate(found)})
        return [values[one.node, one.index] for one in model.results]

    def clone(self, live: Live) -> Live:
        """A copy of a model whose layers are objects of their own; the names stay."""
        made: Any = deepcopy(live, {id(self._session): self._session, id(self._session.machine): self._session.machine})
        return made  # type: ignore[no-any-return]

    def _input_for(self, data: Data, place: Place) -> Tensor:
        """The tensor of a new InputLayer that stands for data of the script."""
        session = self._session
        words = {"batch_shape": data.shape, "dtype": data.dtype}
        live = session.input_layer(words, session.numbers.next("InputLayer"), False, place)
        live.values = (lambda: data.value) if data.is_known else None
        return session.input_of(live)

    def of_calls(self, calls: Sequence[Eager]) -> Functional | Unknown:
        """The model of layers that a script calls on data, outside of all models: what is no output is an input."""
        session, tensors = self._session, dict[int, Any]()
        model = Functional(calls[0].place)
        used: set[int] = set()
        for call in calls:
            for one in call.inputs:
                if id(one) not in tensors:
                    tensors[id(one)] = self._input_for(one, call.place)
                    model.given.append(tensors[id(one)])
            used |= {id(one) for one in call.inputs}
            made = call.repeat(*(tensors[id(one)] for one in call.inputs))
            for one, tensor in zip(call.outputs, flat(made), strict=False):
                tensors[id(one)] = tensor
        ends = [one for call in calls for one in call.outputs if id(one) not in used]
        model.results = model.structure = [tensors[id(one)] for one in ends]
        lost: Unknown | None = next((tensors[id(one)] for one in ends if isinstance(tensors[id(one)], Unknown)), None)
        lost = lost or self.connect(model, session.machine.frame.node)
        session.give_name(model, None)
        return lost or model

    def of_tensor(self, tensor: Tensor) -> Functional | Unknown:
        """The model of all that a tensor comes from."""
        model = Functional(tensor.node.place)
        model.results, model.structure = [tensor], tensor
        todo, seen = [tensor], set[int]()
        while todo:
            one = todo.pop()
            if id(one.node) in seen:
                continue
            seen.add(id(one.node))
            if not one.node.inputs:
                model.given.append(one)
            todo += one.node.inputs
        return self.finish_network(model, None, self._session.machine.frame.node)

    def stack(self, live: Live) -> Stack | Unknown:
        """The model as it is now, as a `Stack`."""
        return stack_of(self._session, live)
