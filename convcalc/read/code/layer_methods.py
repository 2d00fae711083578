"""Methods that layers and models have: what a script may do with them."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from convcalc.read.code.layer_attributes import shapes_of, variable_of
from convcalc.read.code.live import Declared, Functional, Live, Model, Own, Saved, Sequential
from convcalc.read.code.refusal import no_value
from convcalc.read.code.snapshot import weights_of
from convcalc.read.code.values import MISSING, Data, Unknown

if TYPE_CHECKING:
    from convcalc.read.code.session import Session


class LayerMethods:
    """Calls methods; each has a method of its own here."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def has(self, name: str) -> bool:
        """Whether layers have a method of this name that is followed."""
        return hasattr(self, f"_do_{name}")

    def call(self, live: Live, name: str, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """What a method gives."""
        return getattr(self, f"_do_{name}")(live, args, named, node)

    def _do___init__(self, live: Live, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> None:
        if live.instance is not None:
            self._session.owning.init(live.instance, args, named, node)

    def _do_add(self, live: Live, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        if not isinstance(live, Sequential):
            return self._session.machine.unknown("only a Sequential has add()", node)
        written = node.args[0] if isinstance(node, ast.Call) and node.args else node
        self._session.chains.add(live, args[0] if args else named.get("layer"), written)
        return None

    def _do_pop(self, live: Live, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> None:
        if isinstance(live, Sequential) and live.layers and not args:
            self._session.chains.pop(live)
        elif isinstance(live, Model):
            live.errors.append(
                no_value(
                    self._session.machine.unknown("pop() is not followed", node), self._session.machine.place(node)
                )
            )

    def _do_build(self, live: Live, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        machine = self._session.machine
        shape = args[0] if args else named.get("input_shape")
        if isinstance(shape, Unknown):
            return Unknown(shape.cause)
        if isinstance(live, Own) and live.instance and live.instance.cls.find("build") is not MISSING:
            live.is_built = True
            return None
        if shape is None or isinstance(live, Functional):
            return None
        if isinstance(live, Own) and live.is_model and self._session.generation >= 3:
            machine.note(
                f"{machine.place(node).location}: Keras 3 builds no layers here, and shows 0 parameters until the "
                "model is called; the model is shown as Keras 2 builds it"
            )
        several = isinstance(shape, list) and shape and isinstance(shape[0], list | tuple)
        given = [Data(tuple(one)) for one in shape] if several else Data(tuple(shape))
        found = machine.call(live.value, (given,), {}, node)
        if isinstance(found, Unknown) and isinstance(live, Model):
            live.errors.append(no_value(found, machine.place(node)))
        return None

    def _do_call(self, live: Live, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """``super().call(…)`` or ``layer.call(…)``: what the layer of Keras's class computes."""
        target = live.base if isinstance(live, Own) and live.base else live
        if isinstance(live, Own) and live.base is None:
            return args[0] if args else None
        return self._session.calling.apply(target, args, named, node)

    _do___call__ = _do_call

    def _do_convolution_op(self, live: Live, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """``convolution_op(inputs, kernel)`` of Keras's convolutions: the convolution without bias and activation."""
        target = live.base if isinstance(live, Own) and live.base else live
        return self._session.calling.apply(target, args[:1], {}, node)

    def _do_adapt(self, live: Live, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> None:
        """``adapt(data)``: a layer learns what the data are like, and is built for them."""
        self._session.machine.journal.touch(live)
        live.is_adapted = True
        element = self._session.element(args[0] if args else named.get("data"), node)
        if isinstance(live, Declared) and live.built is None and isinstance(element, Data) and element.shape:
            self._session.calling.apply(live, (Data((None, *element.shape[1:]), element.dtype),), {}, node)

    def _do_vocabulary_size(
        self, live: Live, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST
    ) -> int | Unknown:
        """``vocabulary_size()``: how many words a layer knows; of data it learns as many as ``max_tokens`` says."""
        machine, layer = self._session.machine, live.layer if isinstance(live, Declared) else None
        lookup: Any = getattr(layer, "lookup", layer)
        if not hasattr(lookup, "max_tokens"):
            return machine.unknown(f"{live.name} has no vocabulary", node)
        if lookup.vocabulary is not None:
            return int(lookup.offset + len(lookup.words))
        if not live.is_adapted:
            return int(lookup.offset)
        if lookup.max_tokens is None:
            return machine.unknown(f"how many words {live.name} learns is not known; max_tokens says the most", node)
        machine.note(f"{machine.place(node).location}: it is taken that {live.name} learns all of its max_tokens")
        return int(lookup.max_tokens)

    def _do_get_vocabulary(self, live: Live, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """``get_vocabulary()``: the words that a layer knows, as data of their number."""
        size = self._do_vocabulary_size(live, args, named, node)
        return size if isinstance(size, Unknown) else Data((size,), "string")

    def _do_summary(self, live: Live, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> None:
        self._session.machine.spend(10, node)
        self._session.members.shown = self._session.graphs.stack(live)

    def _do_compile(self, live: Live, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> None:
        self._session.compiled = live

    def _do_add_weight(self, live: Live, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        if not isinstance(live, Own):
            return self._session.machine.unknown("add_weight is not followed here", node)
        return self._session.owning.add_weight(live, args, named, node)

    _do_add_variable = _do_add_weight

    def _do_get_layer(self, live: Live, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        name = named.get("name", args[0] if args else None)
        index = named.get("index", args[1] if len(args) > 1 else name if isinstance(name, int) else None)
        layers = self._session.members.attributes.layers(live) or ()
        found = [one for one in layers if one.name == name] or [one for one in layers if one.name == _of_keras_3(name)]
        if found:
            return found[0].value
        if isinstance(index, int) and -len(layers) <= index < len(layers):
            return layers[index].value
        there = ", ".join(one.name for one in layers[:8]) + (", …" if len(layers) > 8 else "")
        return self._session.machine.unknown(f"{live.name} has no layer {name!r}; it has {there or 'none'}", node)

    def _do_count_params(self, live: Live, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        return sum(weight.params for weight in weights_of(live))

    def _do_get_weights(self, live: Live, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        return [variable_of(weight) for weight in weights_of(live)]

    def _do_get_config(self, live: Live, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        if isinstance(live, Sequential | Functional):
            return Saved(live)
        own = live.layer.config if isinstance(live, Declared) and live.layer else {"dtype": "float32"}
        return {"name": live.name, "trainable": live.trainable, **own}

    def _do_compute_output_shape(self, live: Live, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        shape = args[0] if args else named.get("input_shape")
        if not isinstance(shape, list | tuple):
            return self._session.machine.unknown("this shape is not known here", node)
        found = self._session.calling.apply(live, (Data(tuple(shape)),), {}, node)
        return found if isinstance(found, Unknown) else shapes_of(found)

    def _do_compute_mask(self, live: Live, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        return args[1] if len(args) > 1 else named.get("mask")

    def _do_save(self, live: Live, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> None:
        path = args[0] if args else named.get("filepath")
        if isinstance(path, str):
            self._session.saved[path] = live

    def _do_to_json(self, live: Live, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        return Saved(live)

    _do_to_yaml = _do_to_json


def _of_keras_3(name: Any) -> Any:
    """The name that Keras 3 makes for what Keras 2 calls ``input_1``, or ``conv1/relu`` in its networks."""
    if not isinstance(name, str):
        return name
    found = re.fullmatch(r"input_(\d+)", name)
    number = int(found[1]) - 1 if found else 0
    return name.replace("/", "_") if found is None else f"input_layer_{number}" if number else "input_layer"
