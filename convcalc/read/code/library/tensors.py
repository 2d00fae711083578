"""What is known of tensors in ``tensorflow``, ``keras.ops`` and ``keras.backend``: the tables of several files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.layers import FUNCTIONS, OPERATIONS
from convcalc.read.code import arrays, number_kinds
from convcalc.read.code.library import (
    Table,
    numpy,
    tensor_axes,
    tensor_images,
    tensor_makers,
    tensor_math,
    tensor_places,
    tensor_shapes,
)
from convcalc.read.code.library.rules import has_tensor, tensor_of
from convcalc.read.code.values import Data, Library, Tensor, Unknown, unknown_in

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

TABLE = Table()
for _part in (tensor_makers, tensor_shapes, tensor_math, tensor_axes, tensor_places, tensor_images):
    TABLE.functions.update(_part.TABLE.functions)
_INITIALIZERS = {
    "zeros": "Zeros", "ones": "Ones", "constant": "Constant", "random_normal": "RandomNormal",
    "orthogonal": "Orthogonal",
    "random_uniform": "RandomUniform", "truncated_normal": "TruncatedNormal", "variance_scaling": "VarianceScaling",
    "glorot_uniform": "GlorotUniform", "glorot_normal": "GlorotNormal", "identity": "Identity",
}  # fmt: skip


def _initializer(name: str) -> Any:
    return lambda site, *args, **named: site.call(Library(f"keras.initializers.{name}"), *args, **named)


for _name, _kind in _INITIALIZERS.items():
    _places = [f"tensorflow.initializers.{_kind}", f"tensorflow.initializers.{_name}"]
    if _name != "identity":
        _places.append(f"tensorflow.{_name}_initializer")
    TABLE(*_places, unknown=True)(_initializer(_kind))
# Keras lists its operations in two modules below `keras.ops` as well.
for _path, _function in list(TABLE.functions.items()):
    if _path.startswith("keras.ops.") and _path.count(".") == 2:
        _name = _path.rpartition(".")[2]
        TABLE.functions |= dict.fromkeys((f"keras.ops.nn.{_name}", f"keras.ops.numpy.{_name}"), _function)
# The arrays of jax are used as the arrays of NumPy are.
for _path, _function in numpy.TABLE.functions.items():
    TABLE.functions[f"jax.{_path}"] = _function
for _path, _constant in numpy.TABLE.constants.items():
    TABLE.constants[f"jax.{_path}"] = _constant
for _name in (*number_kinds.NUMBERS, "bfloat16", "string", "double", "half"):
    TABLE.constants[f"tensorflow.{_name}"] = TABLE.constants[f"tensorflow.dtypes.{_name}"] = number_kinds.name_of(_name)
TABLE.constants["tensorflow.newaxis"] = None


@TABLE("keras.backend.epsilon", "keras.config.epsilon")
def _epsilon(site: Site) -> float:
    return 1e-7


@TABLE("keras.backend.backend", "keras.config.backend")
def _backend(site: Site) -> str:
    return "tensorflow"


@TABLE("keras.backend.is_keras_tensor", "keras.backend.is_tensor", "keras.ops.is_tensor", "tensorflow.is_tensor")
def _is_tensor(site: Site, x: Any) -> Any:
    if isinstance(x, Data) and not isinstance(x, Tensor):
        return site.unknown("whether this is a tensor or an array is not known")
    return isinstance(x, Tensor)


@TABLE("keras.backend.eval", "keras.backend.get_value", "keras.ops.convert_to_numpy")
def _value(site: Site, x: Any) -> Any:
    return site.unknown(f"{site.text} on a layer's output is not followed") if has_tensor(x) else tensor_of(site, x)


@TABLE("keras.activations.get", unknown=True)
def _activation(site: Site, identifier: Any) -> Any:
    if isinstance(identifier, str):
        return Library(f"keras.activations.{identifier}")
    return Library("keras.activations.linear") if identifier is None else identifier


@TABLE("tensorflow.cond", "keras.ops.cond", unknown=True)
def _cond(site: Site, pred: Any, true_fn: Any = None, false_fn: Any = None, name: Any = None) -> Any:
    if isinstance(pred, bool | int | float):
        return site.call(true_fn if pred else false_fn)
    return site.unknown(f"{site.text} depends on what is not known here")


@TABLE(
    "tensorflow.map_fn",
    "tensorflow.vectorized_map",
    "keras.backend.map_fn",
    "keras.ops.map",
    "keras.ops.vectorized_map",
)
def _map_fn(site: Site, fn: Any, elems: Any, *rest: Any, **named: Any) -> Any:
    """What a function gives for each part along the first axis, side by side."""
    data = elems if isinstance(elems, Data) else None
    if data is None or has_tensor(data) or not data.shape:
        return site.unknown(f"{site.text} is not followed with these arguments")
    part = site.call(fn, Data(data.shape[1:], data.dtype, cause=data.cause))
    one = part if isinstance(part, Unknown) else tensor_of(site, part)
    if isinstance(one, Unknown):
        return one
    shape = (data.shape[0], *one.shape)
    return Data(shape, one.dtype, cause=(one.cause or data.cause) if None in shape else None)


@TABLE("tensorflow.meshgrid", "keras.ops.meshgrid")
def _meshgrid(site: Site, *xs: Any, **named: Any) -> Any:
    if has_tensor(xs):
        return site.machine.operate(site, "Meshgrid", xs, named)
    return numpy.TABLE.functions["numpy.meshgrid"](site, *(tensor_of(site, one) for one in xs), **named)


def _operation(kind: str, rule: Any) -> Any:
    """Keras's function for an operation of this kind: on data its ``rule``, where there is one that knows values."""

    def call(site: Site, *args: Any, **named: Any) -> Any:
        if rule and not has_tensor((*args, *named.values())):
            return rule(site, *args, **named)
        lost = unknown_in(args) or unknown_in(named)
        return lost or site.machine.operate(site, kind, args, named)

    return call


def _register() -> None:
    """Registers the functions of Keras that make operations, in all places where Keras has them."""
    for name, kind in FUNCTIONS.items():
        homes = ("image.",) if OPERATIONS[f"ops.{kind}"] == "ops.images" else ("", "numpy.", "nn.", "linalg.", "image.")
        paths = [f"keras.ops.{home}{name}" for home in homes]
        rule = next((TABLE.functions[path] for path in paths if path in TABLE.functions), None)
        TABLE.functions.update(dict.fromkeys(paths, _operation(kind, rule)))


_register()

__all__ = ["TABLE", "arrays", "unknown_in"]
