"""TensorFlow 1's own layers, ``tf.layers.conv2d(x, 32, 5)``, and the placeholders that they begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.layers import find
from convcalc.read.code import number_kinds
from convcalc.read.code.known import sizes_in
from convcalc.read.code.library import Table
from convcalc.read.code.values import Tensor, Unknown, flat

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

TABLE = Table()
# The functions, each with the name of Keras's layer in snake case.
_FUNCTIONS = (
    "conv1d conv2d conv3d conv2d_transpose conv3d_transpose separable_conv1d separable_conv2d max_pooling1d "
    "max_pooling2d max_pooling3d average_pooling1d average_pooling2d average_pooling3d dense dropout flatten "
    "batch_normalization"
)
# Arguments of TensorFlow's functions that Keras's layers do not have, and that change no shape.
_IDLE = ("training", "reuse", "activity_regularizer", "_scope", "_reuse")


@TABLE("tensorflow.placeholder")
def _placeholder(site: Site, dtype: Any = "float32", shape: Any = None, name: Any = None) -> Any:
    """A tensor that is fed later: an input, whose shape has the batch."""
    if shape is None:
        return site.unknown("this placeholder has no shape")
    sizes, _ = sizes_in(site, shape)
    session = site.machine.session
    own = name if isinstance(name, str) else session.numbers.next("Placeholder")
    words = {"batch_shape": sizes, "dtype": number_kinds.name_of(dtype)}
    return session.input_of(session.input_layer(words, own, isinstance(name, str), site.place))


def _layer(kind: str) -> Any:
    def call(site: Site, inputs: Any, *args: Any, **named: Any) -> Any:
        session, given = site.machine.session, {word: one for word, one in named.items() if word not in _IDLE}
        if isinstance(given.get("name"), Unknown):
            del given["name"]
        layer = session.of_library(f"keras.layers.{kind}", args, given, site.node)
        result = layer if isinstance(layer, Unknown) else session.apply(layer, (inputs,), {}, site.node)
        session.loose += [one for one in flat(result) if isinstance(one, Tensor)]
        return result

    return call


for _name in _FUNCTIONS.split():
    TABLE(f"tensorflow.layers.{_name}", unknown=True)(_layer(find(f"tf.layers.{_name}").__name__))
