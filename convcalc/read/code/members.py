"""What layers, models and symbolic tensors have by a name, and what changes them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.read.code.feeding import FEEDS, Feeding
from convcalc.read.code.layer_attributes import LayerAttributes
from convcalc.read.code.layer_methods import LayerMethods
from convcalc.read.code.live import Declared, Live, Own, live_of
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


class Members:
    """Finds attributes of layers and models, calls their methods, and changes them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.attributes = LayerAttributes(session)
        self.methods = LayerMethods(session)
        self.feeding = Feeding(session)
        self.shown: Any = None  # the model of the last summary(), as it was then

    def find(self, live: Live | None, name: str, node: ast.AST, *, inherited: bool = False) -> Any:
        """An attribute of a layer or a model."""
        machine = self._session.machine
        if live is None:
            return MISSING
        if live.lost and name not in ("name", "summary"):
            return Unknown(live.lost.cause)
        if self.attributes.has(name):
            return self.attributes.find(live, name, node)
        if self.methods.has(name) or name in FEEDS:
            return Bound(live.value, name)
        if name in _INERT:
            return Inert(machine.unknown(f"{name} is not known here", node).cause)
        declared = live.base if isinstance(live, Own) else live
        if isinstance(declared, Declared) and declared.layer is not None and name in declared.layer.config:
            return declared.layer.config[name]
        if isinstance(live, Own) and live.instance and not inherited and not live.instance.cls.cause:
            return MISSING
        return Inert(machine.unknown(f"{name} of a layer is not known here", node).cause)

    def call(self, owner: Any, name: str, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """What a method gives."""
        machine = self._session.machine
        if isinstance(owner, OwnClass):
            return self._of_class(owner, name, args, named, node)
        live = live_of(owner)
        if live is None:
            return machine.unknown(f"{name} is not followed here", node)
        if name in FEEDS:
            return self.feeding.feed(live, name, args, named, node)
        return self.methods.call(live, name, args, named, node)

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
            return self.call(args[0], name, args[1:], named, node) if self.methods.has(name) else None
        return self._session.machine.unknown(f"{name} is not followed here", node)

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
        """Sets ``trainable`` of a layer, and of all layers inside it; Keras 3 passes over a value that is there."""
        if live.trainable == trainable and self._session.generation >= 3:
            return
        self._session.machine.journal.touch(live)
        live.trainable, live.freezes = trainable, self._session.generation < 3
        inside: Sequence[Live] = self.attributes.layers(live) or ()
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
        self._session.eager_call(self._repeat(live), given.inputs, outputs, place)

    def eager_own(self, live: Live, args: tuple[Any, ...], result: Any, node: ast.AST) -> None:
        """Keeps an own layer's call on data outside of all models."""
        inputs, outputs = flat(args), flat(result)
        if all(isinstance(one, Data) for one in (*inputs, *outputs)):
            self._session.eager_call(self._repeat(live), inputs, outputs, self._session.machine.place(node))

    def _repeat(self, live: Live) -> Callable[..., Any]:
        """What calls a layer on tensors."""
        session = self._session
        return lambda *tensors: session.calling.apply(live, tensors, {}, session.machine.frame.node)
