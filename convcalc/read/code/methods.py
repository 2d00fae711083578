"""The methods of arrays and of tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from convcalc.lazy import np
from convcalc.read.code import number_kinds, reshaping
from convcalc.read.code.known import as_data, lose, made, sizes_in, view, whole
from convcalc.read.code.reductions import along, ordered, place_of, reduce
from convcalc.read.code.values import Data, Unknown, unknown_in
from convcalc.sizes.shapes import Shape, product

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

Method = Callable[..., Any]
METHODS: dict[str, Method] = {}
# The most values of which a list of Python's numbers is made.
_MOST_IN_LIST = 100_000


def _method(*names: str, unknown: bool = False) -> Callable[[Method], Method]:
    """Registers a method; unless it takes ``unknown`` values, an unknown argument is the result."""

    def register(function: Method) -> Method:
        def guarded(site: Site, data: Data, *args: Any, **named: Any) -> Any:
            lost = unknown_in(args) or unknown_in(named)
            return lost if lost else function(site, data, *args, **named)

        METHODS.update(dict.fromkeys(names, function if unknown else guarded))
        return function

    return register


@_method("reshape", unknown=True)
def _reshape(site: Site, x: Data, *sizes: Any, newshape: Any = None, shape: Any = None, order: str = "C") -> Any:
    target = shape if shape is not None else newshape
    if target is None:
        target = sizes[0] if len(sizes) == 1 else sizes
    if order != "C":
        x = Data(x.shape, x.dtype, labels=x.labels, cause=x.cause)
    return reshaping.reshape(site, x, target)


@_method("astype")
def astype(site: Site, x: Data, dtype: Any, copy: Any = True, **rest: Any) -> Any:
    """The values in another type of numbers. Labels stay labels in a type that has room for them."""
    name = number_kinds.name_of(dtype)
    numbers = name in number_kinds.NUMBERS and x.dtype in number_kinds.NUMBERS
    work = (lambda v: v.astype(name)) if numbers else None
    return made(site, x.shape, name, [x], work, labels=x.labels if numbers and name != "bool" else None)


@_method("flatten", "ravel")
def _flatten(site: Site, x: Data, order: str = "C") -> Any:
    if order != "C":
        x = Data(x.shape, x.dtype, labels=x.labels, cause=x.cause)
    return reshaping.ravel(site, x)


@_method("transpose")
def _transpose(site: Site, x: Data, *axes: Any) -> Any:
    order = axes[0] if len(axes) == 1 else axes
    return reshaping.transpose(site, x, order or None)


def _reduction(kind: str) -> Method:
    def method(site: Site, x: Data, axis: Any = None, dtype: Any = None, out: Any = None, **rest: Any) -> Any:
        keepdims = rest.pop("keepdims", False)
        if out is not None or rest.keys() - {"ddof"} or rest and kind not in ("std", "var"):
            return site.unknown(f"{site.text} is not followed with these arguments")
        return reduce(site, kind, x if not rest else Data(x.shape, x.dtype, cause=x.cause), axis, keepdims, dtype)

    return method


for _kind in ("mean", "sum", "std", "var", "prod"):
    _method(_kind)(_reduction(_kind))


def _extreme(kind: str) -> Method:
    def method(site: Site, x: Data, axis: Any = None, out: Any = None, keepdims: Any = False) -> Any:
        if out is not None:
            return site.unknown(f"{site.text} is not followed with these arguments")
        return reduce(site, kind, x, axis, keepdims) if kind[:3] != "arg" else place_of(site, kind, x, axis, keepdims)

    return method


for _kind in ("max", "min", "any", "all", "argmax", "argmin"):
    _method(_kind)(_extreme(_kind))


@_method("copy")
def _copy(site: Site, x: Data, order: Any = "C") -> Any:
    return made(site, x.shape, x.dtype, [x], lambda v: v, labels=x.labels)


@_method("numpy", "view", "value", "read_value")
def _view(site: Site, x: Data) -> Any:
    return view(x, made(site, x.shape, x.dtype, [x], lambda v: v, labels=x.labels))


@_method("get_shape")
def _get_shape(site: Site, x: Data) -> Any:
    return reshaping.shape_of(x)


@_method("tolist", "as_list")
def _tolist(site: Site, x: Data) -> Any:
    size = product(x.shape)
    if x.is_known and size is not None and size <= _MOST_IN_LIST:
        site.spend(size // 10)
        return x.value.tolist()
    return (
        _nested(site, x.shape, [1000])
        if x.shape and size and size <= 1000
        else site.unknown("the values of this are not known")
    )


def _nested(site: Site, shape: Shape, left: list[int]) -> Any:
    """Lists in lists of values that are not known."""
    if not shape:
        return Data((), "float64", cause=site.unknown("the values of this are not known"))
    return [_nested(site, shape[1:], left) for _ in range(shape[0] or 0)]


@_method("item")
def _item(site: Site, x: Data, *places: Any) -> Any:
    if x.is_known and (places or x.value.size == 1):
        return x.value.item(*places)
    return Data((), x.dtype, cause=site.unknown("the values of this are not known"))


@_method("squeeze")
def _squeeze(site: Site, x: Data, axis: Any = None) -> Any:
    return reshaping.squeeze(site, x, axis)


@_method("repeat", unknown=True)
def _repeat(site: Site, x: Data, repeats: Any, axis: Any = None) -> Any:
    return reshaping.repeat(site, x, repeats, axis)


@_method("swapaxes")
def _swapaxes(site: Site, x: Data, axis1: Any, axis2: Any) -> Any:
    return reshaping.swapaxes(site, x, axis1, axis2)


@_method("fill", "sort", "put", "partition", unknown=True)
def _set(site: Site, x: Data, *args: Any, **named: Any) -> None:
    lose(x)


@_method("assign", "assign_add", "assign_sub", unknown=True)
def _assign(site: Site, x: Data, *args: Any, **named: Any) -> Any:
    lose(x)
    return x


@_method("round")
def _round(site: Site, x: Data, decimals: Any = 0) -> Any:
    places = whole(decimals)
    return made(site, x.shape, x.dtype, [x], lambda v: v.round(places), labels=x.labels)


@_method("clip")
def _clip(site: Site, x: Data, min: Any = None, max: Any = None) -> Any:  # noqa: A002
    plain = all(one is None or isinstance(one, int | float) for one in (min, max))
    dtype = x.dtype
    for one in (min, max):
        if one is not None:
            dtype = number_kinds.promote(dtype, number_kinds.together(x, one))
    return made(site, x.shape, dtype, [x], (lambda v: np.clip(v, min, max)) if plain else None)


@_method("dot")
def _dot(site: Site, x: Data, other: Any) -> Any:
    y = as_data(site, other)
    if isinstance(y, Unknown):
        return y
    return made(
        site, reshaping.dot(x.shape, y.shape), number_kinds.promote(x.dtype, y.dtype), [x, y], lambda v, w: v.dot(w)
    )


@_method("cumsum")
def _cumsum(site: Site, x: Data, axis: Any = None) -> Any:
    return along(site, "cumsum", x, axis)


@_method("cumprod")
def _cumprod(site: Site, x: Data, axis: Any = None) -> Any:
    return along(site, "cumprod", x, axis)


@_method("argsort")
def _argsort(site: Site, x: Data, axis: Any = -1) -> Any:
    return ordered(site, x, axis, places=True)


@_method("take")
def _take(site: Site, x: Data, indices: Any, axis: Any = None) -> Any:
    return reshaping.take(site, x, indices, axis)


@_method("nonzero")
def _nonzero(site: Site, x: Data) -> Any:
    cause = site.unknown("how many values are not 0 is not known")
    return tuple(Data((None,), "int64", cause=cause) for _ in x.shape)


@_method("set_shape")
def _set_shape(site: Site, x: Data, shape: Any) -> None:
    sizes, cause = sizes_in(site, shape)
    if len(sizes) != len(x.shape) or any(
        None not in pair and pair[0] != pair[1] for pair in zip(x.shape, sizes, strict=True)
    ):
        raise ValueError("the array has another shape")
    x.shape = tuple(new if new is not None else old for old, new in zip(x.shape, sizes, strict=True))
    x.cause = (x.cause or cause) if None in x.shape else None
