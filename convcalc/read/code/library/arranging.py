"""``numpy``: what puts arrays together, takes them apart, and moves their values."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from convcalc.lazy import np
from convcalc.read.code import parts, reshaping
from convcalc.read.code.known import as_data, lose, made, number, sizes_in, whole
from convcalc.read.code.library import Table
from convcalc.read.code.library.creating import filled
from convcalc.read.code.values import Data, Unknown
from convcalc.sizes.shapes import product

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

TABLE = Table()
Rule = Callable[..., Any]


def on_array(rule: Rule) -> Rule:
    """The rule with its first argument made an array."""

    def call(site: Site, a: Any, *args: Any, **named: Any) -> Any:
        data = as_data(site, a)
        return data if isinstance(data, Unknown) else rule(site, data, *args, **named)

    return call


def several(site: Site, values: Any) -> list[Data] | Unknown:
    """The arrays that an argument such as ``arrays`` has."""
    members = values if isinstance(values, list | tuple) else site.items(values)
    if isinstance(members, Unknown):
        return members
    found = [as_data(site, one) for one in members]
    lost = next((one for one in found if isinstance(one, Unknown)), None)
    if not found:
        raise ValueError("there are no arrays")
    return lost or [one for one in found if isinstance(one, Data)]


def on_arrays(rule: Callable[..., Any]) -> Rule:
    """The rule with its first argument made a list of arrays."""

    def call(site: Site, arrays: Any, *args: Any, **named: Any) -> Any:
        found = several(site, arrays)
        return found if isinstance(found, Unknown) else rule(site, found, *args, **named)

    return call


@TABLE("numpy.reshape", unknown=True)
@on_array
def _reshape(site: Site, a: Data, shape: Any = None, order: str = "C", newshape: Any = None) -> Any:
    plain = a if order == "C" else Data(a.shape, a.dtype, labels=a.labels, cause=a.cause)
    return reshaping.reshape(site, plain, newshape if shape is None else shape)


TABLE("numpy.transpose", "numpy.permute_dims")(on_array(reshaping.transpose))
TABLE("numpy.expand_dims")(on_array(reshaping.expand_dims))
TABLE("numpy.squeeze")(on_array(reshaping.squeeze))
TABLE("numpy.swapaxes")(on_array(reshaping.swapaxes))
TABLE("numpy.moveaxis")(on_array(reshaping.moveaxis))
TABLE("numpy.tile", unknown=True)(on_array(reshaping.tile))
TABLE("numpy.repeat", unknown=True)(on_array(reshaping.repeat))
TABLE("numpy.broadcast_to")(on_array(reshaping.broadcast_to))
TABLE("numpy.take")(on_array(reshaping.take))


@TABLE("numpy.ravel")
@on_array
def _ravel(site: Site, a: Data, order: str = "C") -> Any:
    return reshaping.ravel(site, a if order == "C" else Data(a.shape, a.dtype, labels=a.labels, cause=a.cause))


@TABLE("numpy.rollaxis")
@on_array
def _rollaxis(site: Site, a: Data, axis: Any, start: Any = 0) -> Any:
    at, to = reshaping.place(axis, len(a.shape)), whole(start)
    to += len(a.shape) if to < 0 else 0
    return reshaping.moveaxis(site, a, at, to - 1 if at < to else to)


TABLE("numpy.concatenate", "numpy.concat")(on_arrays(reshaping.concatenate))
TABLE("numpy.stack")(on_arrays(reshaping.stack))


@TABLE("numpy.append")
def _append(site: Site, arr: Any, values: Any, axis: Any = None) -> Any:
    return on_arrays(reshaping.concatenate)(site, [arr, values], axis)


def _at_least(site: Site, x: Data, rank: int) -> Data:
    """The array with axes of size 1 in front, or for the third axis behind."""
    found: Any = x
    if rank == 3 and 0 < len(x.shape) < 3:
        found = reshaping.expand_dims(site, x if len(x.shape) == 2 else _at_least(site, x, 2), 2)
    elif len(x.shape) < rank:
        found = reshaping.expand_dims(site, x, 0)
        return _at_least(site, found, rank)
    return found if isinstance(found, Data) else x


@TABLE("numpy.vstack", "numpy.row_stack")
@on_arrays
def _vstack(site: Site, tup: list[Data]) -> Any:
    return reshaping.concatenate(site, [_at_least(site, one, 2) for one in tup], 0)


@TABLE("numpy.hstack")
@on_arrays
def _hstack(site: Site, tup: list[Data]) -> Any:
    arrays = [_at_least(site, one, 1) for one in tup]
    return reshaping.concatenate(site, arrays, 0 if len(arrays[0].shape) == 1 else 1)


@TABLE("numpy.dstack")
@on_arrays
def _dstack(site: Site, tup: list[Data]) -> Any:
    return reshaping.concatenate(site, [_at_least(site, one, 3) for one in tup], 2)


@TABLE("numpy.column_stack")
@on_arrays
def _column_stack(site: Site, tup: list[Data]) -> Any:
    columns = [reshaping.expand_dims(site, one, 1) if len(one.shape) == 1 else one for one in tup]
    return reshaping.concatenate(site, columns, 1)


for _rank, _name in ((1, "atleast_1d"), (2, "atleast_2d"), (3, "atleast_3d")):
    TABLE(f"numpy.{_name}")(on_array(lambda site, x, rank=_rank: _at_least(site, x, rank)))


@TABLE("numpy.pad", unknown=True)
@on_array
def _pad(site: Site, array: Data, pad_width: Any, mode: Any = "constant", **rest: Any) -> Any:
    width = number(pad_width)
    plain = mode == "constant" and not rest and isinstance(width, int | list | tuple)
    return reshaping.pad(site, array, width, (lambda v: np.pad(v, width)) if plain else None)


def _split(whole_parts: bool) -> Rule:
    def split(site: Site, ary: Data, indices_or_sections: Any, axis: Any = 0) -> Any:
        size = ary.shape[reshaping.place(axis, len(ary.shape))]
        cuts = number(indices_or_sections)
        if isinstance(cuts, int):
            return reshaping.pieces(site, ary, axis, _even(size, cuts, whole_parts))
        places, _ = sizes_in(site, cuts)
        if size is None or None in places:
            return site.unknown("where the parts end is not known")
        ends = [0, *(len(range(size)[:at]) for at in places), size]
        if ends != sorted(ends):
            raise ValueError("the places are not in order")
        return reshaping.pieces(site, ary, axis, [end - begin for begin, end in zip(ends, ends[1:], strict=False)])

    return split


def _even(size: int | None, count: int, whole_parts: bool) -> list[int | None]:
    """The sizes of so many parts, which are equal, or of which the first ones are larger by 1."""
    if not 0 < count <= parts.MOST_ITEMS:
        raise ValueError(f"there are {count} parts")
    if size is None:
        return [None] * count
    each, more = divmod(size, count)
    if more and whole_parts:
        raise ValueError(f"{size} does not make {count} equal parts")
    return [each + (at < more) for at in range(count)]


TABLE("numpy.split")(on_array(_split(True)))
TABLE("numpy.array_split")(on_array(_split(False)))
TABLE("numpy.vsplit")(on_array(lambda site, ary, cuts: _split(True)(site, ary, cuts, 0)))
TABLE("numpy.hsplit")(on_array(lambda site, ary, cuts: _split(True)(site, ary, cuts, 1 if len(ary.shape) > 1 else 0)))


def _kept(name: str) -> Rule:
    """A function that moves values inside an array."""

    def rule(site: Site, a: Data, *args: Any, **named: Any) -> Any:
        given = [number(one) for one in (*args, *named.values())]
        plain = all(isinstance(one, int | list | tuple | None) for one in given)
        work = (lambda v: getattr(np, name)(v, *args, **named)) if plain and a.is_known else None
        return made(site, a.shape, a.dtype, [a], work, labels=a.labels)

    return rule


for _name in ("flip", "fliplr", "flipud", "roll"):
    TABLE(f"numpy.{_name}")(on_array(_kept(_name)))


@TABLE("numpy.rot90")
@on_array
def _rot90(site: Site, m: Data, k: Any = 1, axes: Any = (0, 1)) -> Any:
    shape = list(m.shape)
    one, two = reshaping.places(axes, len(shape))
    if whole(k) % 2:
        shape[one], shape[two] = shape[two], shape[one]
    return made(site, tuple(shape), m.dtype, [m], lambda v: np.rot90(v, k, axes), labels=m.labels)


@TABLE("numpy.delete")
@on_array
def _delete(site: Site, arr: Data, obj: Any, axis: Any = None) -> Any:
    gone = number(obj)
    if axis is None:
        arr, axis = _one_row(site, arr), 0
    at = reshaping.place(axis, len(arr.shape))
    places = as_data(site, gone)
    if isinstance(places, Unknown) or not places.is_known or places.dtype != "int64" or arr.shape[at] is None:
        return site.unknown("how many places go is not known")
    size = arr.shape[at] or 0
    found = {int(one) % size for one in places.value.ravel() if -size <= one < size}
    shape = (*arr.shape[:at], size - len(found), *arr.shape[at + 1 :])
    return made(site, shape, arr.dtype, [arr], lambda v: np.delete(v, gone, at))


def _one_row(site: Site, x: Data) -> Data:
    flat = reshaping.ravel(site, x)
    return flat if isinstance(flat, Data) else x


@TABLE("numpy.diff")
@on_array
def _diff(site: Site, a: Data, n: Any = 1, axis: Any = -1) -> Any:
    at, times = reshaping.place(axis, len(a.shape)), whole(n)
    size = a.shape[at]
    shape = (*a.shape[:at], None if size is None else max(size - times, 0), *a.shape[at + 1 :])
    return made(site, shape, a.dtype, [a], lambda v: np.diff(v, times, at))


@TABLE("numpy.diag")
@on_array
def _diag(site: Site, v: Data, k: Any = 0) -> Any:
    shift = whole(k)
    if len(v.shape) == 1:
        size = None if v.shape[0] is None else v.shape[0] + abs(shift)
        return made(site, (size, size), v.dtype, [v], lambda w: np.diag(w, shift))
    if len(v.shape) != 2 or shift or None in v.shape:
        return site.unknown(f"{site.text} is not followed with these arguments")
    size = min(one or 0 for one in v.shape)
    return made(site, (size,), v.dtype, [v], lambda w: np.diag(w))


@TABLE("numpy.tril", "numpy.triu")
@on_array
def _triangle(site: Site, m: Data, k: Any = 0) -> Any:
    return Data(m.shape, m.dtype, cause=m.cause)


@TABLE("numpy.fill_diagonal", "numpy.copyto", "numpy.put", "numpy.place", unknown=True)
def _set(site: Site, a: Any, *args: Any, **named: Any) -> None:
    if isinstance(a, Data):
        lose(a)


TABLE("numpy.shape")(on_array(lambda site, a: reshaping.shape_of(a)))


@TABLE("numpy.ndim")
@on_array
def _ndim(site: Site, a: Data) -> int:
    return len(a.shape)


@TABLE("numpy.size")
@on_array
def _size(site: Site, a: Data, axis: Any = None) -> Any:
    size = product(a.shape) if axis is None else a.shape[reshaping.place(axis, len(a.shape))]
    return size if size is not None else a.cause or site.unknown("how many values this has is not known")


__all__ = ["TABLE", "filled", "on_array", "on_arrays", "several"]
