"""Layers and models as a script makes them, with the names that Keras gives them in this order."""

from __future__ import annotations

import ast
import re
from typing import Any

from convcalc.declare.naming import Numbering
from convcalc.declare.settings import image_data_format
from convcalc.errors import ConvcalcError, raise_all
from convcalc.layers import canonical, find
from convcalc.read.code.bound import Model, Space, Tensor
from convcalc.read.code.values import Values
from convcalc.read.code.written import INPUTS
from convcalc.read.common import not_a_layer
from convcalc.read.inline.expression import Expressions
from convcalc.script import Automatic, Call, Given
from convcalc.stack.build import Resolver

_CONFIGURED = re.compile(r"(^|\.)(initializers|regularizers|constraints)\.\w+$|(^|\.)[A-Z]\w*$")
_SHAPES = ("input_shape", "input_dim", "batch_input_shape")


class Making(Values):
    """Calls that make layers and Sequential models.

    ``defaults_given`` are the arguments that layers have from the script's settings where they have none themselves.
    """

    def __init__(self, *text: Any) -> None:
        super().__init__(*text)
        self.made: list[Any] = []  # every model, or why it is not known, in the order of their making
        self.numbers = Numbering()
        self.owners: dict[Call, Model] = {}  # the Sequential that has called a layer
        self.settings: dict[str, Given] = {}
        self.floatx: Given | None = None
        self.resolver = Resolver()

    def layer_of(self, kind: str, node: ast.Call) -> Call:
        """A layer that is made here, or what configures one."""
        call: Call = Expressions.call(self, node)
        if call.kind.endswith("regularizers.l1_l2"):
            call.kind = "l1l2"  # which Keras calls by another name as a function
        self.settle(call)
        self.spend(node)
        return call

    def settle(self, call: Call) -> None:
        """Gives a new layer what the script's settings say, and its name."""
        try:
            kind = find(call.kind)
        except ConvcalcError:
            return
        by_place = list(kind.arguments)[: len(call.positional)]
        settings = self.settings
        if kind.__name__ == "InputLayer":
            settings = {"dtype": self.floatx} if self.floatx else {}
        for name, given in settings.items():
            if name in kind.accepted and name not in (*by_place, *call.named):
                call.named = {**call.named, name: given}
        named = call.name is not None and call.name.value is not None
        for inside in self._inside(call, named):
            self.numbers.next(inside)
        self.give_name(call, kind.__name__)

    def _inside(self, call: Call, named: bool) -> tuple[str, ...]:
        """The layers that Keras makes inside this one, beside the layers that the script made."""
        try:
            return self.resolver.layer(call).makes(named)
        except ConvcalcError:
            return ()  # said where the layer is used

    def give_name(self, call: Call, kind: str) -> None:
        """Numbers a layer or model that has no name of its own."""
        if call.name is None or call.name.value is None:
            call.named = {**call.named, "name": Automatic(self.numbers.next(kind), call.place)}

    def is_layer(self, kind: str, node: ast.expr) -> bool:
        """Whether a call makes a layer, or configures one."""
        from convcalc.layers import MODULES

        return canonical(kind) in MODULES or self.is_keras(node) and bool(_CONFIGURED.search(kind))

    def nested(self, kind: str, node: ast.Call) -> Call:
        """A Sequential, known as one even where something in it is wrong: then its use is an error."""
        model = Model("Sequential", self.place(node.func))
        self.made.append(model)
        try:
            made = super().nested(kind, node)
            model.named, model.layers = made.named, made.layers or []
        except ConvcalcError as error:
            self.spoil(model, error)
        self.give_name(model, "Sequential")
        self.rebuild(model)
        return model

    def layers_in(self, kind: str, node: ast.expr) -> list[Call]:
        """The layers of a list, written here or by its name. Raises all that is wrong with them together."""
        if isinstance(node, ast.List | ast.Tuple) and not any(isinstance(one, ast.Starred) for one in node.elts):
            return self._each(node.elts)
        values = self.value(node)
        if not isinstance(values, list | tuple):
            raise self.no_list(kind, node)
        return [self.as_layer(value, node) for value in values]

    def _each(self, nodes: list[ast.expr]) -> list[Call]:
        found: list[Call] = []
        errors: list[ConvcalcError] = []
        for node in nodes:
            try:
                found.append(self.as_layer(self.value(node), node))
            except ConvcalcError as error:
                errors.append(error)
        raise_all(errors)
        return found

    def as_layer(self, value: Any, node: ast.expr) -> Call:
        """A value as a layer of a model."""
        value = self.known(value, node)
        if isinstance(value, Tensor) and canonical(value.source.layer.kind) in INPUTS:
            return value.source.layer
        if isinstance(value, Call):
            return value
        raise not_a_layer(f"{ast.unparse(node)[:40]} is not a layer", self.place(node), "write a call, as Flatten()")

    def change(self, model: Model, name: str, values: list[ast.expr], call: ast.Call) -> None:
        """A method that changes a Sequential: `add`, `pop`, `build`."""
        if model.is_graph and name != "build":
            raise self.no_value(f"a Functional model has no {name}()", call)
        if name == "add" and len(values) == 1:
            model.layers.append(self.as_layer(self.value(values[0]), values[0]))
        elif name == "pop" and not values and model.layers:
            model.layers.pop()
        elif name == "build" and len(values) == 1:
            model.shape = Given(self.argument(values[0]), self.place(values[0]))
            self.build_now(model)
        elif name != "build":
            raise self.no_value(f"{name}() is not followed here", call)
        if name != "build":
            self.rebuild(model)

    def rebuild(self, model: Model) -> None:
        """Keras builds a Sequential that knows its input with every change, and numbers what it makes for it."""
        first = model.layers[0] if model.layers else None
        own = bool(first and canonical(first.kind) in INPUTS)
        if first and not model.knows_input and not own and any(name in first.named for name in _SHAPES):
            self._feed(model)
        elif isinstance(first, Model) and (first.is_graph or first.knows_input) and not model.knows_input:
            if len(model.layers) > 1:
                self.build_now(model)
            return
        model.knows_input = model.knows_input or own
        if model.knows_input and len(model.layers) + (not own) > 1:
            self._count(model)

    def build_now(self, model: Model) -> None:
        """A Sequential meets its first input: Keras makes an InputLayer and a Functional model for it."""
        if model.is_graph or not model.layers:
            return
        if not model.knows_input:
            self._feed(model)
        self._count(model)

    def _count(self, model: Model) -> None:
        """Another build of a Sequential: a Functional model is numbered, and every layer called."""
        for layer in reversed(model.layers):
            if layer in model.since:
                break
            model.since[layer] = model.builds
            self.owners[layer] = model
        model.builds += 1
        self.numbers.next("Functional")

    def _feed(self, model: Model) -> None:
        """Keras makes a Sequential's InputLayer, and numbers it."""
        model.knows_input = True
        model.fed = Automatic(self.numbers.next("InputLayer"), model.place)

    def set_attribute(self, whole: Any, target: ast.Attribute, value: ast.expr, made: Any) -> None:
        """``layer.trainable = False``; for a model, all its layers. Any other attribute is not followed."""
        if isinstance(whole, Space):
            whole.names[target.attr] = made
            return
        if not isinstance(whole, Call) or target.attr != "trainable":
            raise self.no_value(f"setting {target.attr} is not followed", target)
        if whole.layers is None:
            whole.named = {**whole.named, "trainable": Given(made, self.place(value), self.place(target))}
        for layer in whole.layers or ():
            self.set_attribute(layer, target, value, made)

    def setting(self, name: str, call: ast.Call) -> None:
        """A call that changes what layers are by default from here on."""
        given = next((Given(self.argument(one), self.place(one)) for one in call.args), None)
        if given is None or not isinstance(given.value, str):
            raise self.no_value("this setting is not known here", call)
        self.settings["data_format" if name == "set_image_data_format" else "dtype"] = given
        if name == "set_floatx":
            self.floatx = given

    def image_data_format(self) -> Any:
        """What ``keras.config.image_data_format()`` gives here."""
        given = self.settings.get("data_format")
        return given.value if given else image_data_format()

    def clear_session(self) -> None:
        """Names are counted anew."""
        self.numbers = Numbering()


def is_model(kind: str) -> bool:
    """Whether a kind as written is a Functional model."""
    return kind.rpartition(".")[2] in ("Model", "Functional")
