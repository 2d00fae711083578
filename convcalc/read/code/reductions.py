"""Sums, means, and whatever else makes one value of many, as NumPy has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.lazy import np
from convcalc.read.code import number_kinds
from convcalc.read.code.known import as_data, labels_of_part, made, whole
from convcalc.read.code.reshaping import place, reduced
from convcalc.read.code.values import Data, Unknown
from convcalc.sizes.shapes import product

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

_MEANS = ("mean", "std", "var", "median", "nanmean", "nanstd", "average", "percentile", "quantile")
_SUMS = ("sum", "prod", "nansum", "cumsum", "cumprod")
_TESTS = ("any", "all")
_PLACES = ("argmax", "argmin", "count_nonzero", "nanargmax")


def dtype_of(kind: str, dtype: str) -> str:
    """The type of numbers that NumPy's function of this name gives."""
    if kind in _TESTS:
        return "bool"
    if kind in _PLACES:
        return "int64"
    letter, bits = number_kinds.parts(dtype)
    if kind in _MEANS:
        return dtype if letter in "fc" else "float64"
    if kind in _SUMS and letter in "bui":
        return "uint64" if letter == "u" else "int64"
    return dtype


def reduce(site: Site, kind: str, x: Data, axis: Any = None, keepdims: Any = False, dtype: Any = None) -> Any:
    """What NumPy's function of this name makes of an array along axes; of all of it where ``axis`` is None."""
    axis = tuple(map(whole, axis)) if isinstance(axis, list | tuple) else axis if axis is None else whole(axis)
    shape = reduced(x.shape, axis, bool(keepdims))
    if product(x.shape) == 0 and kind in ("max", "min", "argmax", "argmin", "amax", "amin"):
        raise ValueError("there are no values")
    if x.labels and not x.is_known and axis is None and not keepdims and kind in ("max", "min", "amax", "amin"):
        return x.labels - 1 if kind in ("max", "amax") else 0
    own = number_kinds.name_of(dtype) if dtype is not None else dtype_of(kind, x.dtype)
    work = getattr(np, kind) if x.is_known else None
    return made(site, shape, own, [x], work and (lambda v: work(v, axis=axis, keepdims=bool(keepdims))))


def along(site: Site, kind: str, x: Data, axis: Any = None) -> Any:
    """``cumsum``, ``cumprod``: as many values as there are, in a row where ``axis`` is None."""
    size = product(x.shape)
    shape = x.shape if axis is not None else (size,)
    at = None if axis is None else place(axis, len(x.shape))
    work = getattr(np, kind) if x.is_known else None
    return made(site, shape, dtype_of(kind, x.dtype), [x], work and (lambda v: work(v, axis=at)))


def place_of(site: Site, kind: str, x: Data, axis: Any = None, keepdims: Any = False) -> Any:
    """``argmax``, ``argmin``: where the largest or the smallest value stands."""
    if isinstance(axis, list | tuple):
        raise TypeError("this takes one axis")
    return reduce(site, kind, x, axis, keepdims)


def ordered(site: Site, x: Data, axis: Any = -1, *, places: bool = False) -> Any:
    """``sort`` and ``argsort``: the values in order, or where they stand."""
    at = None if axis is None else place(axis, len(x.shape))
    shape = x.shape if at is not None else (product(x.shape),)
    name = "argsort" if places else "sort"
    work = getattr(np, name) if x.is_known else None
    kept = None if places else x.labels
    dtype = "int64" if places else x.dtype
    # Equal values may stand in any order: only the order of values is certain.
    call = work and (lambda v: work(v, axis=at, **({"kind": "stable"} if places else {})))
    return made(site, shape, dtype, [x], call if not places or _all_differ(x) else None, labels=kept)


def _all_differ(x: Data) -> bool:
    return x.is_known and len(np.unique(x.value)) == x.value.size


def unique(site: Site, x: Any, **options: Any) -> Any:
    """The different values, in order: known ones, or the labels; with their counts or places where asked for."""
    wanted = [name for name in ("return_index", "return_inverse", "return_counts") if options.pop(name, False)]
    if options.pop("axis", None) is not None or options:
        return site.unknown(f"{site.text} is not followed with these arguments")
    data = as_data(site, x)
    if isinstance(data, Unknown):
        return data
    first = _unique(site, data)
    size = first.shape[0]
    rest = {"return_index": (size,), "return_inverse": data.shape, "return_counts": (size,)}
    more = [Data(rest[name], "int64", cause=first.cause) for name in wanted]
    return (first, *more) if more else first


def _unique(site: Site, data: Data) -> Data:
    if data.is_known:
        values = np.unique(data.value)
        return Data(values.shape, data.dtype, value=values)
    count = data.labels
    if count:
        value = np.arange(count).astype(data.dtype) if data.dtype in number_kinds.NUMBERS else None
        return Data((count,), data.dtype, value=value)
    return Data((None,), data.dtype, cause=site.unknown("how many different values there are is not known"))


__all__ = ["along", "dtype_of", "labels_of_part", "ordered", "place_of", "reduce", "unique"]
