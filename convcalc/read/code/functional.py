"""Functional models of a script, and the tensors that its layers and models have."""

from __future__ import annotations

import ast
from typing import Any

from convcalc.errors import ConvcalcError, ReadError
from convcalc.layers import canonical
from convcalc.read.code.applying import flat
from convcalc.read.code.bound import Applied, Model, Tensor, Unknown
from convcalc.read.code.recorded import Masking
from convcalc.read.code.written import INPUTS, write_layers
from convcalc.read.common import not_yet
from convcalc.script import Call, Given


class Graphs(Masking):
    """Models from tensors, and tensors from models."""

    def __init__(self, *text: Any) -> None:
        super().__init__(*text)
        self._bases: dict[Model, int] = {}  # where the builds of a Sequential stand in the order of making
        self._builds: dict[tuple[Model, int], list[Applied]] = {}

    def model(self, node: ast.Call) -> Model:
        """``Model(inputs, outputs)``, known as a model even where something in it is wrong."""
        model = Model("Functional", self.place(node.func))
        try:
            words = {word.arg: word.value for word in node.keywords}
            ends = [
                self._end(node, at, words.pop(name, None) or words.pop(f"{name}s", None))
                for at, name in enumerate(("input", "output"))
            ]
            words.pop("trainable", None)
            model.named = self.by_name([word for word in node.keywords if word.arg in words])
            model.given, model.results = ends
            self._connect(model, node)
        except ConvcalcError as error:
            self.made.append(Unknown(error))
            raise
        self.give_name(model, "Functional")
        self.made.append(model)
        return model

    def _end(self, node: ast.Call, at: int, named: ast.expr | None) -> list[Tensor]:
        """The tensors that a model is given as its inputs or outputs."""
        written = named or (node.args[at] if at < len(node.args) else None)
        tensors = flat(self.value(written)) if written else None
        if not tensors:
            what = "outputs" if at else "inputs"
            raise self.no_value(
                f"this model's {what} are not known here", written or node, "write Model(inputs, outputs)"
            )
        return tensors

    def _connect(self, model: Model, node: ast.Call) -> None:
        """The calls from a model's outputs back to its inputs."""
        inputs = [tensor.source for tensor in model.given]
        for source in inputs:
            if canonical(source.layer.kind) not in INPUTS:
                raise not_yet("a model that begins at a layer's output", self.place(node), "begin it with Input(…)")
        found, todo = dict.fromkeys(inputs), [tensor.source for tensor in model.results]
        while todo:
            source = todo.pop()
            if source in found:
                continue
            if not source.inputs:
                name = source.layer.name.value if source.layer.name else "?"
                message = f"the outputs also need the input {name!r}, which the model is not given"
                raise ReadError(message, code="disconnected", span=self.place(node), help="add it to inputs=[…]")
            self.spend(node)
            found[source] = None
            todo += [tensor.source for tensor in source.inputs]
        model.calls = [*inputs, *sorted((one for one in found if one not in inputs), key=self.order.__getitem__)]
        model.layers = list({id(one.layer): one.layer for one in model.calls}.values())

    def attribute(self, value: Any, attr: str, node: ast.expr) -> Any:
        """What a tensor, a layer or a model has by this name."""
        if isinstance(value, Tensor) and attr == "shape" and value.shape is not None:
            return value.shape
        if isinstance(value, Tensor) and attr == "name" and canonical(value.source.layer.kind) in INPUTS:
            return self.attribute(value.source.layer, "name", node)
        if isinstance(value, Model):
            if attr == "layers":
                return self._layers(value)
            if attr in ("inputs", "outputs") or value.is_graph and attr in ("input", "output"):
                return self._ends(value, attr, node)
        if isinstance(value, Call):
            if attr == "name" and value.name:
                return value.name.value
            if attr in ("output", "input"):
                return self._tensors(value, attr, node)
            if attr in ("output_shape", "input_shape"):
                return self.attribute(self.attribute(value, attr[:-6], node), "shape", node)
        return super().attribute(value, attr, node)

    def _layers(self, model: Model) -> list[Call]:
        """A model's layers as Keras lists them."""
        if model.is_graph:
            return write_layers(model, self.spoiled)
        return [layer for layer in model.layers if canonical(layer.kind) not in INPUTS]

    def get_layer(self, model: Model, node: ast.Call) -> Call:
        """``model.get_layer("name")`` or ``get_layer(index=3)``."""
        given = [self.value(one) for one in (*node.args, *(word.value for word in node.keywords))]
        layers = self._layers(model)
        for layer in layers:
            if len(given) == 1 and layer.name and layer.name.value == given[0]:
                return layer
        if len(given) == 1 and isinstance(given[0], int) and given[0] < len(layers):
            return layers[given[0]]
        raise self.no_value(f"this model has no such layer: {ast.unparse(node)[:60]}", node)

    def _ends(self, model: Model, attr: str, node: ast.expr) -> Any:
        """A model's inputs or outputs; for a Sequential, the inputs or outputs of its last build."""
        is_input = attr.startswith("input")
        if model.is_graph:
            tensors = model.given if is_input else model.results
        else:
            calls = self._build(model, model.builds - 1, node)
            tensors = calls[0].outputs if is_input else calls[-1].outputs
        return tensors if attr.endswith("s") or len(tensors) > 1 else tensors[0]

    def _tensors(self, layer: Call, attr: str, node: ast.expr) -> Any:
        """The inputs or outputs of a layer's first call."""
        owner, calls = self.owners.get(layer), self.uses.get(layer, [])
        if owner:
            calls = [one for one in self._build(owner, owner.since[layer], node) if one.layer is layer]
        if not calls:
            raise self.no_value(f"{ast.unparse(node)[:60]}: this layer has not been called so far", node)
        tensors = list(calls[0].inputs) if attr == "input" else calls[0].outputs
        return tensors[0] if len(tensors) == 1 else tensors

    def _build(self, model: Model, turn: int, node: ast.expr) -> list[Applied]:
        """The calls of a Sequential's layers in one of its builds, counted from 0."""
        if turn < 0:
            raise self.no_value("this model has no input so far", node, "begin it with Input(…)")
        if (model, turn) not in self._builds:
            calls = [self._input_call(model, node)]
            base = self._bases.setdefault(model, len(self.order))
            for layer in model.layers:
                if model.since.get(layer, turn + 1) <= turn and layer is not calls[0].layer:
                    inputs, number = tuple(calls[-1].outputs[:1]), turn - model.since[layer]
                    calls.append(Applied(layer, inputs, ("",), {}, number, self.place(node)))
                    self.settled(calls[-1], (base, turn, len(calls)))
            self._builds[model, turn] = calls
        return self._builds[model, turn]

    def _input_call(self, model: Model, node: ast.expr) -> Applied:
        """The one call of a Sequential's InputLayer: all its builds begin there."""
        first = model.layers[0]
        is_own = canonical(first.kind) in INPUTS
        if is_own and first in self.uses:
            return self.uses[first][0]
        if (model, -1) not in self._builds:
            layer = first if is_own else self._input_of(model, first, node)
            call = Applied(layer, (), (), {}, 0, self.place(node))
            self.settled(call)
            self._builds[model, -1] = [call]
        return self._builds[model, -1][0]

    def _input_of(self, model: Model, first: Call, node: ast.expr) -> Call:
        """The InputLayer that Keras makes for a Sequential."""
        given = model.shape
        for name, wrap in (("input_shape", tuple), ("input_dim", lambda n: (n,))):
            if name in first.named:
                given = Given((None, *wrap(first.named[name].value)))
        if isinstance(first, Model):
            given = Given(self._ends(first, "inputs", node)[0].shape)
        if given is None:
            raise self.no_value("this model has no input that is known here", node, "begin it with Input(…)")
        named = {"batch_shape": given, **({"name": model.fed} if model.fed else {})}
        return Call("InputLayer", named=named, place=model.place)
