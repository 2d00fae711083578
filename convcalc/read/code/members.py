"""What layers, models and symbolic tensors have by a name: attributes and methods."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from convcalc.errors import ConvcalcError
from convcalc.read.code.live import Declared, Functional, Live, Made, Model, Own, Saved, Sequential, live_of
from convcalc.read.code.refusal import no_value
from convcalc.read.code.snapshot import in_order, weights_of
from convcalc.read.code.values import MISSING, Bound, Data, Inert, Instance, OwnClass, Tensor, Unknown, flat
from convcalc.source import Place

if TYPE_CHECKING:
    from convcalc.read.code.session import Session

# Methods that give nothing that is known, and change no model.
_INERT = {
    "compile_from_config", "save_weights", "load_weights", "export", "add_loss", "add_metric", "add_update",
    "set_weights", "reset_states", "reset_state", "make_train_function", "stop_training", "history", "optimizer",
    "loss", "metrics", "metrics_names", "losses", "compute_loss", "compute_metrics", "state_updates", "updates",
    "reset_metrics", "register_call_hook", "stop_evaluating", "compiled_loss", "compiled_metrics",
    "initial_epoch", "validation_data", "get_losses_for", "test_function", "train_function",
}  # fmt: skip
_FEEDS = {"fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "predict_on_batch", "fit_generator"}
_RESULTS = {"predict", "predict_on_batch"}


class Members:
    """Finds attributes of layers and models, calls their methods, and changes them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.shown: Any = None  # the model of the last summary(), as it was then

    def find(self, live: Live | None, name: str, node: ast.AST, *, inherited: bool = False) -> Any:
        """An attribute of a layer or a model."""
        machine = self._session.machine
        if live is None:
            return MISSING
        if live.lost and name not in ("name", "summary"):
            return Unknown(live.lost.cause)
        own = getattr(self, f"_get_{name}", None)
        if own is not None:
            return own(live, node)
        if hasattr(self, f"_do_{name}"):
            return Bound(live.value, name)
        if name in _FEEDS:
            return Bound(live.value, name)
        if name in _INERT:
            return Inert(machine.unknown(f"{name} is not known here", node).cause)
        declared = live.base if isinstance(live, Own) else live
        if isinstance(declared, Declared) and declared.layer is not None and name in declared.layer.config:
            return declared.layer.config[name]
        if isinstance(live, Own) and not inherited and not live.instance.cls.cause:
            return machine.unknown(f"{live.kind} has no {name}", node) if hasattr(live, "x") else MISSING
        return Inert(machine.unknown(f"{name} of a layer is not known here", node).cause)

    def call(self, owner: Any, name: str, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """What a method gives."""
        machine = self._session.machine
        if isinstance(owner, OwnClass):
            return self._of_class(owner, name, args, named, node)
        live = live_of(owner)
        if live is None:
            return machine.unknown(f"{name} is not followed here", node)
        if name in _FEEDS:
            return self._feed(live, name, args, named, node)
        return getattr(self, f"_do_{name}")(live, args, named, node)

    def _of_class(self, cls: OwnClass, name: str, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """A method of Keras's class, called on the class: ``Layer.__init__(self)``."""
        if name == "from_config":
            config = args[0] if args else None
            return (
                self._session.machine.call(cls, (), config, node)
                if isinstance(config, dict)
                else (self._session.machine.unknown("this config is not known here", node))
            )
        if args and isinstance(args[0], Instance):
            return self.call(args[0], name, args[1:], named, node) if hasattr(self, f"_do_{name}") else None
        return self._session.machine.unknown(f"{name} is not followed here", node)

    # Attributes.

    def _get_name(self, live: Live, node: ast.AST) -> Any:
        if isinstance(live, Own):
            self._session.owning.settle(live, node)
        return live.name

    def _get_trainable(self, live: Live, node: ast.AST) -> Any:
        return live.trainable

    def _get_built(self, live: Live, node: ast.AST) -> Any:
        if isinstance(live, Own):
            return live.is_built
        if isinstance(live, Sequential):
            return bool(live.builds)
        return isinstance(live, Functional) or isinstance(live, Declared) and live.built is not None

    def _get_dtype(self, live: Live, node: ast.AST) -> Any:
        return live.layer.dtype if isinstance(live, Declared) and live.layer else "float32"

    _get_compute_dtype = _get_dtype

    def _get_layers(self, live: Live, node: ast.AST) -> Any:
        found = self.layers(live)
        return MISSING if found is None else [one.value for one in found]

    def layers(self, live: Live) -> Sequence[Live] | None:
        """The layers of a model in Keras's order; None for a layer."""
        if isinstance(live, Sequential):
            return live.layers
        if isinstance(live, Functional):
            return in_order(self._session, live)
        return live.tracked if isinstance(live, Own) and live.is_model else None

    def _get_weights(self, live: Live, node: ast.AST) -> Any:
        return [_variable(weight) for weight in weights_of(live)]

    _get_variables = _get_weights

    def _get_trainable_weights(self, live: Live, node: ast.AST) -> Any:
        return [_variable(weight) for weight in weights_of(live) if weight.trainable]

    _get_trainable_variables = _get_trainable_weights

    def _get_non_trainable_weights(self, live: Live, node: ast.AST) -> Any:
        return [_variable(weight) for weight in weights_of(live) if not weight.trainable]

    def _get_kernel(self, live: Live, node: ast.AST) -> Any:
        found = next((one for one in weights_of(live) if one.name in ("kernel", "embeddings")), None)
        return _variable(found) if found else self._session.machine.unknown("this layer has not been built", node)

    def _get_bias(self, live: Live, node: ast.AST) -> Any:
        found = next((one for one in weights_of(live) if one.name == "bias"), None)
        return _variable(found) if found else self._session.machine.unknown("this layer has no bias so far", node)

    def _get_inputs(self, live: Live, node: ast.AST) -> Any:
        return self._ends(live, 0, node, every=True)

    def _get_outputs(self, live: Live, node: ast.AST) -> Any:
        return self._ends(live, 1, node, every=True)

    def _get_input(self, live: Live, node: ast.AST) -> Any:
        return self._ends(live, 0, node)

    def _get_output(self, live: Live, node: ast.AST) -> Any:
        return self._ends(live, 1, node)

    def _get_input_shape(self, live: Live, node: ast.AST) -> Any:
        return _shapes(self._ends(live, 0, node))

    def _get_output_shape(self, live: Live, node: ast.AST) -> Any:
        if isinstance(live, Own) and live.seen and not live.calls:
            return live.seen.output
        return _shapes(self._ends(live, 1, node))

    def _ends(self, live: Live, end: int, node: ast.AST, *, every: bool = False) -> Any:
        """The inputs or outputs of a model, or of a layer's first call."""
        tensors = self._tensors(live, end, node)
        if isinstance(tensors, Unknown):
            return tensors
        return tensors if every or len(tensors) > 1 else tensors[0]

    def _tensors(self, live: Live, end: int, node: ast.AST) -> list[Tensor] | Unknown:
        session, place = self._session, self._session.machine.place(node)
        if isinstance(live, Functional):
            return live.results if end else live.given
        if isinstance(live, Sequential) and live.shape is not None:
            try:
                calls = session.chains.build_calls(live, max(live.builds - 1, 0), place)
            except ConvcalcError as error:
                return session.lost(error, node)
            return calls[-1].outputs if end else calls[0].outputs
        made = self._first_call(live, place)
        if made is None:
            return session.machine.unknown("this layer has not been called so far", node)
        return made.outputs if end else list(made.inputs)

    def _first_call(self, live: Live, place: Place) -> Made | None:
        owner = live.owner
        if owner is not None and owner.shape is not None and id(live) in owner.since:
            try:
                calls = self._session.chains.build_calls(owner, owner.since[id(live)], place)
            except ConvcalcError:
                return None
            return next((one for one in calls if one.live is live), None)
        return live.calls[0] if live.calls else None

    # Methods.

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
        element = self._session.element(args[0] if args else named.get("data"), node)
        if isinstance(live, Declared) and live.built is None and isinstance(element, Data) and element.shape:
            self._session.calling.apply(live, (Data((None, *element.shape[1:]), element.dtype),), {}, node)

    def _do_summary(self, live: Live, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> None:
        self._session.machine.spend(10, node)
        self.shown = self._session.graphs.stack(live)

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
        layers = self.layers(live) or ()
        found = [one for one in layers if one.name == name] or [one for one in layers if one.name == _of_keras_3(name)]
        if found:
            return found[0].value
        if isinstance(index, int) and -len(layers) <= index < len(layers):
            return layers[index].value
        return self._session.machine.unknown(f"{live.name} has no layer {name!r}", node)

    def _do_count_params(self, live: Live, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        return sum(weight.params for weight in weights_of(live))

    def _do_get_weights(self, live: Live, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        return [_variable(weight) for weight in weights_of(live)]

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
        return found if isinstance(found, Unknown) else _shapes(found)

    def _do_compute_mask(self, live: Live, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        return args[1] if len(args) > 1 else named.get("mask")

    def _do_save(self, live: Live, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> None:
        path = args[0] if args else named.get("filepath")
        if isinstance(path, str):
            self._session.saved[path] = live

    def _do_to_json(self, live: Live, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        return Saved(live)

    _do_to_yaml = _do_to_json

    def _feed(self, live: Live, name: str, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """``fit(x)`` and the like: a model that is not built is built for the data."""
        session = self._session
        if name in ("fit", "train_on_batch", "fit_generator"):
            session.trained = live
        data = args[0] if args else named.get("x", named.get("generator"))
        element = session.element(data, node)
        built = self._get_built(live, node)
        if isinstance(live, Own):
            built = built and live.seen is not None
        result: Any = None
        if not built or name in _RESULTS:
            batch = _batched(element, self._batch(name, args, named, data, element))
            if not isinstance(batch, Unknown) and batch is not None:
                result = session.machine.call(live.value, (batch,), {}, node)
        if name in _RESULTS and isinstance(result, Data) and isinstance(data, Data):
            return Data((data.shape[0], *result.shape[1:]), result.dtype)
        return Inert(session.machine.unknown(f"{name}() gives no value that is known here", node).cause)

    def _batch(self, name: str, args: tuple[Any, ...], named: dict[str, Any], data: Any, element: Any) -> int | None:
        """How many samples Keras takes at a time: 0 for any number, None for the data as they are."""
        if name in ("fit", "evaluate", "fit_generator"):
            return getattr(data, "fixed", 0)  # which data sets have
        size = named.get("batch_size", args[1] if len(args) > 1 else 32)
        return size if name == "predict" and type(size) is int and element is data else None

    # Changes.

    def set(self, live: Live | None, name: str, new: Any, node: ast.AST) -> None:
        """Gives an attribute another value: ``trainable`` is followed, for models with all layers in them."""
        if live is None:
            return
        if name == "trainable":
            if isinstance(new, Unknown):
                live.lost = live.lost or Unknown(new.cause)
            else:
                self.freeze(live, bool(new))
        elif name in ("_name", "name") and isinstance(new, str):
            live.name, live.named = new, True
        elif name == "built":
            if isinstance(live, Own):
                live.is_built = new is True
        elif isinstance(live, Declared) and live.layer is not None and name in live.layer.config:
            lost = self._session.machine.unknown(f"setting {name} of a layer is not followed", node)
            live.lost = lost

    def freeze(self, live: Live, trainable: bool) -> None:
        """Sets ``trainable`` of a layer, and of all layers inside it."""
        self._session.machine.journal.touch(live)
        live.trainable = trainable
        inside: Sequence[Live] = self.layers(live) or ()
        if isinstance(live, Own):
            inside = live.tracked
        if isinstance(live, Declared):
            inside = live.held
        for one in inside:
            self.freeze(one, trainable)

    # Tensors.

    def of_tensor(self, tensor: Tensor, name: str, node: ast.AST) -> Any:
        """An attribute that symbolic tensors have; MISSING for any other."""
        live = tensor.node.live
        if name == "name":
            return live.name if not tensor.node.inputs else f"keras_tensor_{tensor.node.order[0]}"
        if name in ("_keras_history", "node", "_keras_shape"):
            return tensor.shape if name == "_keras_shape" else Inert(self._session.machine.unknown(name, node).cause)
        return MISSING

    def eager(self, live: Live, given: Any, outputs: Sequence[Data], place: Place) -> None:
        """Keeps a layer's call on data outside of all models."""
        if not self._session.inside:
            self._session.eager_call(live, given.inputs, outputs, place)

    def eager_own(self, live: Live, args: tuple[Any, ...], result: Any, node: ast.AST) -> None:
        """Keeps an own layer's call on data outside of all models."""
        inputs, outputs = flat(args), flat(result)
        if not self._session.inside and all(isinstance(one, Data) for one in (*inputs, *outputs)):
            self._session.eager_call(live, inputs, outputs, self._session.machine.place(node))


def _of_keras_3(name: Any) -> Any:
    """The name that Keras 3 makes for what Keras 2 calls ``input_1``, or ``conv1/relu`` in its networks."""
    if not isinstance(name, str):
        return name
    found = re.fullmatch(r"input_(\d+)", name)
    number = int(found[1]) - 1 if found else 0
    return name.replace("/", "_") if found is None else f"input_layer_{number}" if number else "input_layer"


def _variable(weight: Any) -> Data:
    data = Data(weight.shape, weight.dtype or "float32")
    data.weight = weight
    return data


def _shapes(value: Any) -> Any:
    """The shape of a tensor, or the shapes of several."""
    if isinstance(value, Unknown):
        return value
    return value.shape if isinstance(value, Data) else [one.shape for one in value]


def _batched(value: Any, size: int | None) -> Any:
    """Data as the batch that a model gets of it."""
    if isinstance(value, Data):
        if size is None or not value.shape:
            return value
        rows = value.shape[0] or size
        shape = (min(size, rows) or None, *value.shape[1:])
        return Data(shape, value.dtype)
    if isinstance(value, list | tuple) and value and all(isinstance(one, Data) for one in value):
        return [_batched(one, size) for one in value]
    if isinstance(value, dict):
        return {key: _batched(one, size) for key, one in value.items()}
    return value if isinstance(value, Unknown) else None
