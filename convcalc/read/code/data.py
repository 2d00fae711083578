"""Arrays of data in a script: their shapes, where these can be told without the data."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from math import prod
from typing import Any

Sizes = tuple[int | None, ...]


class Array:
    """Data of a known shape, batch first."""

    __slots__ = ("shape",)

    def __init__(self, shape: Sizes) -> None:
        self.shape = shape


_MNIST = ((60000, 28, 28), (60000,)), ((10000, 28, 28), (10000,))
_CIFAR = ((50000, 32, 32, 3), (50000, 1)), ((10000, 32, 32, 3), (10000, 1))
# The size of an axis that is still followed.
MOST = 10**12
# What `keras.datasets.….load_data()` gives: training and test data, each with its targets.
_DATASETS = {
    "mnist": _MNIST,
    "fashion_mnist": _MNIST,
    "cifar10": _CIFAR,
    "cifar100": _CIFAR,
    "boston_housing": (((404, 13), (404,)), ((102, 13), (102,))),
}
_LOAD = re.compile(rf"(?:^|\.)({'|'.join(_DATASETS)})\.load_data$")
_FROM_SHAPE = re.compile(
    r"(?:numpy|np|tensorflow|tf|keras\.ops)\.(?:zeros|ones|empty)$"
    r"|(?:tensorflow|tf|keras)\.random\.(?:normal|uniform)$|(?:numpy|np)\.random\.(?:random|random_sample)$"
)
_FROM_SIZES = re.compile(r"(?:numpy|np)\.random\.(?:rand|randn)$")
_OF_SIZE = re.compile(r"(?:numpy|np)\.random\.(?:normal|uniform|randint|choice)$")
_EXPANDED = re.compile(r"(?:numpy|np|tensorflow|tf|keras\.ops)\.expand_dims$")
_RESHAPED = re.compile(r"(?:numpy|np|tensorflow|tf|keras\.ops)\.reshape$")
_SAME = re.compile(r"(?:numpy|np|tensorflow|tf)\.(?:array|asarray|cast|convert_to_tensor)$")


def is_known(function: str) -> bool:
    """Whether a function is NumPy's, TensorFlow's or Keras's."""
    return function.startswith(("numpy.", "np.", "tensorflow.", "tf.", "keras.")) or bool(_LOAD.match(function))


def made(function: str, args: Sequence[Any], named: dict[str, Any]) -> Any:
    """What a function of NumPy's, TensorFlow's or Keras's makes: an `Array`, data sets of arrays, or None."""
    first = args[0] if args else named.get("shape", named.get("size"))
    loaded = _LOAD.search(function)
    if loaded:
        return tuple(tuple(map(Array, part)) for part in _DATASETS[loaded[1]])
    if _FROM_SIZES.match(function):
        return _of(tuple(args))
    if _FROM_SHAPE.match(function):
        return _of(first)
    if _OF_SIZE.match(function):
        return _of(named.get("size"))
    if not isinstance(first, Array):
        return None
    if _EXPANDED.match(function):
        return expanded(first, args[1] if len(args) > 1 else named.get("axis"))
    if _RESHAPED.match(function):
        return reshaped(first, args[1] if len(args) > 1 else None)
    return first if _SAME.match(function) else None


def _of(shape: Any) -> Array | None:
    shape = (shape,) if isinstance(shape, int) else shape
    whole = isinstance(shape, list | tuple) and shape and all(type(n) is int and 0 <= n <= MOST for n in shape)
    return Array(tuple(shape)) if whole else None


def expanded(array: Array, axis: Any) -> Array | None:
    """The array with another axis of 1."""
    rank = len(array.shape) + 1
    if type(axis) is not int or not -rank <= axis < rank:
        return None
    return Array((*array.shape[: axis % rank], 1, *array.shape[axis % rank :]))


def reshaped(array: Array, shape: Any) -> Array | None:
    """The array in another shape, where -1 stands for what is left."""
    shape = (shape,) if isinstance(shape, int) else shape
    if not isinstance(shape, list | tuple) or not all(type(n) is int for n in shape) or None in array.shape:
        return None
    whole, known = prod(n or 0 for n in array.shape), prod(n for n in shape if n != -1)
    if shape.count(-1) > 1 or (-1 in shape and not known) or (whole % known if -1 in shape else whole != known):
        return None
    return _of([whole // known if n == -1 else n for n in shape])


def method(array: Array, name: str, args: Sequence[Any]) -> Array | None:
    """What a method of an array's gives."""
    if name in ("astype", "copy"):
        return array
    if name == "reshape":
        return reshaped(array, args[0] if len(args) == 1 else tuple(args))
    return None


def part(array: Array, index: ast.expr, value: Any) -> Array | None:
    """``array[3]``, ``array[:100]`` or ``array[..., None]``, in which ``value`` reads the numbers."""
    if isinstance(index, ast.Slice):
        members = range(array.shape[0] or 0)[slice(*(value(one) if one else None for one in _ends(index)))]
        return Array((len(members), *array.shape[1:]))
    if isinstance(index, ast.Tuple) and _is_new_axis(index):
        return Array((*array.shape, 1))
    return Array(array.shape[1:]) if type(value(index)) is int and len(array.shape) > 1 else None


def _ends(index: ast.Slice) -> tuple[ast.expr | None, ...]:
    return index.lower, index.upper, index.step


def _is_new_axis(index: ast.Tuple) -> bool:
    texts = [ast.unparse(one) for one in index.elts]
    return len(texts) == 2 and texts[0] in ("...", "Ellipsis") and texts[1] in ("None", "np.newaxis", "tf.newaxis")
