"""The layer kinds, one file per family, loaded when a kind of the family is first asked for."""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING, Any

from convcalc.declare.naming import snake_case
from convcalc.errors import ArgumentError, did_you_mean
from convcalc.layers._index import FAMILIES as FAMILIES
from convcalc.layers._operations import ELSEWHERE as ELSEWHERE
from convcalc.layers._operations import FUNCTIONS as FUNCTIONS
from convcalc.layers._operations import LEFT_OUT as LEFT_OUT
from convcalc.layers._operations import OPERATIONS as OPERATIONS

if TYPE_CHECKING:
    from convcalc.declare.layer import Layer

_CODE = "its meaning is Python code, which is never run; from Keras's files it is shown as far as they state it"
# The public classes of keras.layers that are no kinds here, and why.
UNCOVERED = {
    "Lambda": _CODE,
    "TorchModuleWrapper": _CODE,
    "JaxLayer": _CODE,
    "FlaxLayer": _CODE,
    "TFSMLayer": _CODE,
    "Layer": "it is the base of all layers, and does nothing by itself",
    "Wrapper": "it is the base of layers that hold another one, and does nothing by itself",
    "InputSpec": "it is no layer: it says what inputs a layer takes",
    **dict.fromkeys(
        ("Pipeline",),
        "it is not supported yet",
    ),
}

MODULES = {name: module for module, names in FAMILIES.items() for name in names.split()}

# What may stand before a kind in pasted code.
_PREFIX = re.compile(
    r"^(?:tensorflow\.keras|tf\.compat\.v1\.keras|tf\.keras|tf_keras|keras|tfk|tf)?\.?(?:layers|tfkl)?\.?(?=[A-Z]\w*$)"
)
_TENSORFLOW = re.compile(r"^(?:tf|tensorflow)\.(?:compat\.v1\.|compat\.v2\.|contrib\.)?(?:nn|layers)\.([a-z]\w*)$")
# TensorFlow functions whose name is not their kind's in snake case.
_FUNCTIONS = {
    "relu": "ReLU",
    "leaky_relu": "LeakyReLU",
    "elu": "ELU",
    "max_pool": "MaxPooling2D",
    "avg_pool": "AveragePooling2D",
}


def find(name: str) -> type[Layer]:
    """The kind by its name as written, prefixes such as ``tf.keras.layers.`` included.

    TensorFlow's functions (``tf.nn.conv2d``, ``tf.layers.separable_conv2d``) find the layer they mean.
    Raises `ArgumentError` for an unknown name.
    """
    kind = canonical(name)
    if kind in UNCOVERED:
        raise ArgumentError(f"{kind} is not covered", code="uncovered-layer", why=UNCOVERED[kind])
    module = OPERATIONS.get(kind) or MODULES.get(kind)
    if module is None:
        _refuse_gone(kind)
        raise ArgumentError(
            f"no layer is called {name!r}",
            code="unknown-layer",
            help=did_you_mean(kind, MODULES) or "`convcalc layers` lists every layer",
        )
    from convcalc.declare.layer import Layer

    if kind not in Layer.kinds:
        import_module(f"convcalc.layers.{module}")
    return Layer.kinds[kind]


def _refuse_gone(kind: str) -> None:
    """Refuses a layer that Keras 3 does not have."""
    from convcalc.layers._old import GONE  # only where a name is unknown

    if kind in GONE:
        why = f"Keras 3 does not have it; Keras {GONE[kind]} had it"
        raise ArgumentError(f"{kind} is not covered", code="uncovered-layer", why=why)


def canonical(name: str) -> str:
    """The kind's own name for a name as written; an unknown name comes back without its prefix."""
    function = _TENSORFLOW.match(name)
    if function:
        snake = function[1]
        return _FUNCTIONS.get(snake) or next((kind for kind in MODULES if snake_case(kind) == snake), name)
    return _PREFIX.sub("", name)


def is_function(name: str) -> bool:
    """Whether a name as written is a TensorFlow function, which takes its input as an argument."""
    return bool(_TENSORFLOW.match(name))


def __getattr__(name: str) -> Any:
    if name not in MODULES:
        raise AttributeError(f"convcalc.layers has no layer {name!r}")
    return find(name)


def __dir__() -> list[str]:
    return sorted(MODULES)
