"""How functions of tensors are registered: one rule for TensorFlow's, Keras's and its backend's names of a function.

A rule works out shapes of data. On a layer's output the function becomes an operation of the model instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from convcalc.read.code import number_kinds
from convcalc.read.code.known import Sizes, as_data
from convcalc.read.code.library import Table
from convcalc.read.code.values import Data, Tensor, Unknown, unknown_in

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

Rule = Callable[..., Any]
# What a function means on a layer's output: the name of an operation, a function of its own, or nothing that is known.
Kind = str | Rule | None
_ROOTS = {
    "tf": "tensorflow", "math": "tensorflow.math", "nn": "tensorflow.nn", "random": "tensorflow.random",
    "image": "tensorflow.image", "linalg": "tensorflow.linalg", "signal": "tensorflow.signal", "ops": "keras.ops",
    "K": "keras.backend", "activations": "keras.activations", "chance": "keras.random",
    "keras_image": "keras.ops.image",
}  # fmt: skip
# What the libraries call the arguments that have one name here, which is the name that Keras's operation has.
_ALIASES = {
    "x": ("input", "input_tensor", "tensor", "a", "t", "features", "logits", "params", "value", "values", "inputs",
          "images", "image", "indices", "object", "arr", "input_", "condition", "initial_value", "matrix"),
    "xs": ("tensors", "values", "arrays"),
    "x1": ("x", "a", "mat1"),
    "x2": ("y", "b", "mat2"),
    "axis": ("dim", "reduction_indices", "dims", "axes", "batch_dims_axis"),
    "keepdims": ("keep_dims",),
    "newshape": ("shape",),
    "shape": ("dims", "size"),
    "axes": ("perm", "pattern"),
    "repeats": ("multiples", "n", "rep"),
    "pad_width": ("paddings", "padding"),
    "num_classes": ("depth",),
    "x_min": ("clip_value_min", "min_value", "a_min"),
    "x_max": ("clip_value_max", "max_value", "a_max"),
    "negative_slope": ("alpha",),
    "size": ("shape",),
    "pool_size": ("ksize",),
    "indices": ("ids",),
}  # fmt: skip
# The arguments that are tensors, by name.
_TENSORS = ("x", "x1", "x2", "y", "condition", "indices", "kernel")
# Arguments that say nothing about a shape, of any function.
_IDLE = ("name", "seed", "validate_indices", "conjugate", "training", "noise_shape", "op_type_of_scope")


class Rules:
    """A table of rules, by the name of Keras's operation: ``@rules("Mean", "reduce_mean tf math", "mean K ops")``.

    After the name of a function stand the libraries that have it. ``sizes`` names the arguments in which a size may
    be unknown.
    """

    def __init__(self) -> None:
        self.table = Table()

    def __call__(self, kind: Kind, *names: str, sizes: tuple[str, ...] = (), **defaults: Any) -> Callable[[Rule], Rule]:
        """Registers a rule, whose defaults may differ from the ones of the function that is decorated."""

        def register(rule: Rule) -> Rule:
            known = _followed(kind, rule, sizes, defaults)
            self.table(*paths(names), unknown=True)(known)
            return rule

        return register


def paths(names: tuple[str, ...]) -> Iterator[str]:
    """The whole names of functions: of ``"exp tf ops"`` these are ``tensorflow.exp`` and ``keras.ops.exp``."""
    for line in names:
        name, *roots = line.split()
        yield from (f"{_ROOTS[root]}.{name}" for root in roots)


def _followed(kind: Kind, rule: Rule, sizes: tuple[str, ...], defaults: dict[str, Any]) -> Rule:
    """The rule for arguments of every library, which makes operations of a model for the outputs of layers."""
    code = rule.__code__
    words = code.co_varnames[1 : code.co_argcount]
    star, rest = bool(code.co_flags & 0x04), bool(code.co_flags & 0x08)

    def call(site: Site, *args: Any, **named: Any) -> Any:
        if len(args) > len(words) and not star:
            raise TypeError(f"{len(args)} arguments are too many")
        bound = dict(zip(words, args, strict=False))
        for name, value in named.items():
            if name in words or name not in _IDLE:
                bound[_word(name, words, bound, rest)] = value
        more = args[len(words) :]
        whole = {**defaults, **bound}
        if has_tensor((*whole.values(), *more)):
            return _operated(site, kind, whole, more, words if star else ())
        lost = unknown_in([value for name, value in whole.items() if name not in sizes]) or unknown_in(more)
        if lost:
            return lost
        ready = {name: _ready(site, name, value) for name, value in whole.items()}
        lost = next((one for name, one in ready.items() if isinstance(one, Unknown) and name not in sizes), None)
        if lost:
            return lost
        result = rule(site, *[ready.pop(word) for word in words if star], *more, **ready)
        if getattr(kind, "is_layer", False) and isinstance(result, Data):
            _keep(site, kind, whole, result)
        return result

    return call


def _keep(site: Site, kind: Any, bound: dict[str, Any], result: Data) -> None:
    """Keeps a call on data that does what a layer does: where a script makes no model, these calls are its model."""
    x = tensor_of(site, bound["x"])
    if isinstance(x, Data) and site.place:
        site.machine.session.eager_call(lambda tensor: kind(site, **{**bound, "x": tensor}), [x], [result], site.place)


def _word(name: str, words: tuple[str, ...], bound: dict[str, Any], rest: bool) -> str:
    """The name that an argument has here; any name where the rule takes the ``rest``."""
    if name in words:
        return name
    own = next((word for word in words if name in _ALIASES.get(word, ()) and word not in bound), None)
    if own is None and not rest:
        raise TypeError(f"{name}= is not known here")
    return own or name


def has_tensor(value: Any, depth: int = 4) -> bool:
    """Whether an output of a layer is in a value."""
    if isinstance(value, list | tuple) and depth:
        return any(has_tensor(one, depth - 1) for one in value)
    return isinstance(value, Tensor)


def _operated(site: Site, kind: Kind, bound: dict[str, Any], more: tuple[Any, ...], words: tuple[str, ...]) -> Any:
    """What Keras's operation gives for outputs of layers."""
    lost = unknown_in(bound) or unknown_in(more)
    if lost:
        return lost
    if kind is None:
        return site.unknown(f"{site.text} on a layer's output is not followed")
    if not isinstance(kind, str):
        return kind(site, *[bound.pop(word) for word in words], *more, **bound)
    args = [value for name, value in bound.items() if name in ("x", "xs", "x1", "x2")]
    named = {name: value for name, value in bound.items() if name not in ("x", "xs", "x1", "x2")}
    return site.machine.operate(site, kind, (*args, *more), named)


def _ready(site: Site, name: str, value: Any) -> Any:
    if name in _TENSORS:
        return tensor_of(site, value)
    if name == "xs":
        return tensors_of(site, value)
    return value


def tensor_of(site: Site, value: Any) -> Data | Unknown:
    """The tensor that TensorFlow makes of a value: of Python's numbers one of 32 bits."""
    data = as_data(site, value)
    if isinstance(data, Unknown) or isinstance(value, Data):
        return data
    dtype = {"float64": "float32", "int64": "int32"}.get(data.dtype, data.dtype)
    inside = next((one for one in _inside(value) if isinstance(one, Data)), None)
    if dtype == data.dtype or (inside is not None and inside.dtype == data.dtype):
        return data
    if isinstance(data, Sizes):
        return Sizes(data.sizes, dtype)
    made = data._value
    return Data(data.shape, dtype, value=made and (lambda: data.value.astype(dtype)), cause=data.cause)


def _inside(value: Any) -> Iterator[Any]:
    while isinstance(value, list | tuple) and value:
        yield from value[:100]
        value = value[0]


def tensors_of(site: Site, values: Any) -> list[Data] | Unknown:
    """The tensors in a list, or along the first axis of one."""
    members = values if isinstance(values, list | tuple) else site.items(values)
    if isinstance(members, Unknown):
        return members
    found = [tensor_of(site, one) for one in members]
    lost = next((one for one in found if isinstance(one, Unknown)), None)
    if not found:
        raise ValueError("there are no tensors")
    return lost or [one for one in found if isinstance(one, Data)]


def fraction(dtype: str) -> str:
    """The type of a result that has fractions."""
    return dtype if number_kinds.is_float(dtype) else "float32"
