"""What stands for tensors inside own code: data of the same shapes, and the way back to tensors."""

from __future__ import annotations

from typing import Any

from convcalc.read.code.values import Data, Function, Tensor


def parameters(function: Function) -> list[str]:
    """The names of a method's parameters, without the object itself."""
    args = function.node.args
    return [one.arg for one in (*args.posonlyargs, *args.args, *args.kwonlyargs)][1:]


def plain(tensor: Data) -> Data:
    """A tensor as data: its shape, its dtype, and its mask as data."""
    made = Data(tensor.shape, tensor.dtype, value=tensor.value, labels=tensor.labels)
    made.mask = None if tensor.mask is None else plain(tensor.mask)
    return made


def as_data(value: Any) -> Any:
    """A value in which data stand for all symbolic tensors."""
    if isinstance(value, Tensor):
        return plain(value)
    if isinstance(value, list | tuple):
        return (
            type(value)(as_data(one) for one in value)
            if type(value) in (list, tuple)
            else [as_data(one) for one in value]
        )
    return {key: as_data(one) for key, one in value.items()} if isinstance(value, dict) else value


def like(value: Any, tensors: Any) -> Any:
    """The structure of a value, with tensors in the places of its data."""
    if isinstance(value, Data):
        return next(tensors)
    if isinstance(value, dict):
        made = {key: like(value[key], tensors) for key in sorted(value, key=str)}
        return {key: made[key] for key in value}
    return (
        type(value)(like(one, tensors) for one in value)
        if type(value) in (list, tuple)
        else [like(one, tensors) for one in value]
    )


def shape_of(value: Any) -> Any:
    """The shapes of an argument, as Keras gives them to ``build``."""
    if isinstance(value, Data):
        return value.shape
    if isinstance(value, list | tuple):
        return [shape_of(one) for one in value]
    return {key: shape_of(one) for key, one in value.items()} if isinstance(value, dict) else None


def is_shape(value: Any) -> bool:
    """Whether a value is a shape: sizes, or None for sizes that are not known."""
    return isinstance(value, list | tuple) and all(one is None or type(one) is int for one in value)
