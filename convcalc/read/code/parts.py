"""Parts of arrays: ``x[0]``, ``x[:, 1:]``, ``x[y == 3]``, ``x[[2, 0]]``, and what setting a part does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from convcalc.read.code import number_kinds
from convcalc.read.code.known import Open, Sizes, as_data, labels_of_part, lose, made, number, size_of, view, why_open
from convcalc.read.code.reshaping import joined
from convcalc.read.code.values import Data, Unknown, unknown_in
from convcalc.sizes.shapes import Dim, Shape, product, show

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

MOST_ITEMS = 10_000


def part(site: Site, data: Data, key: Any) -> Any:
    """``data[key]``; `ValueError` or `IndexError` where there is no such part."""
    keys = _keys(site, key)
    if isinstance(keys, Unknown):
        return keys
    if isinstance(data, Sizes) and len(keys) == 1 and isinstance(keys[0], int | slice):
        found = data.sizes[keys[0]]
        return Sizes(found, data.dtype, part=not data.is_known) if isinstance(found, tuple) else found
    keys = _spread(keys, len(data.shape))
    shape, cause = _shape(site, data, keys)
    basic = not any(isinstance(one, Data) for one in keys)
    work = _work(keys) if None not in shape else None
    kept = _labels(data, shape)
    result = made(site, shape, data.dtype, [data], work, labels=kept, cause=cause)
    return view(data, result) if basic else result


def _labels(data: Data, shape: Shape) -> int | None:
    """The labels of a part: all of them where the part is the whole, or is large."""
    size = product(shape)
    whole = size is not None and size == product(data.shape)
    return data.labels if whole else labels_of_part(data.labels, size)


def _keys(site: Site, key: Any) -> list[Any] | Unknown:
    """The parts of a key, in which lists have become arrays, and single numbers numbers."""
    lost = unknown_in(key)
    if lost:
        return lost
    found: list[Any] = []
    for one in key if isinstance(key, tuple) else (key,):
        one = number(one)
        if isinstance(one, slice):
            ends = [number(end) for end in (one.start, one.stop, one.step)]
            found.append(slice(*ends))
        elif one is None or one is ... or (isinstance(one, int) and not isinstance(one, bool)):
            found.append(one)
        elif isinstance(one, list | tuple | range | Data):
            array = as_data(site, one)
            if isinstance(array, Unknown):
                return array
            found.append(array if array.shape != (0,) else Data((0,), "int64", value=array.value.astype("int64")))
        else:
            raise TypeError("this is no index of an array")
    return found


def _spread(keys: list[Any], rank: int) -> list[Any]:
    """The keys for all axes, in which the ellipsis has become whole axes."""
    used = sum(_axes(one) for one in keys)
    if used > rank:
        raise IndexError(f"{used} axes are asked for, and there are {rank}")
    wholes = [slice(None)] * (rank - used)
    if not any(one is ... for one in keys):
        return [*keys, *wholes]
    return [one for key in keys for one in (wholes if key is ... else [key])]


def _axes(key: Any) -> int:
    """How many axes a key takes."""
    if key is None or key is ...:
        return 0
    return len(key.shape) if isinstance(key, Data) and key.dtype == "bool" else 1


def _shape(site: Site, data: Data, keys: Sequence[Any]) -> tuple[Shape, Unknown | None]:
    """The shape of a part, and why one of its sizes is not known."""
    left = list(data.shape)
    sizes: list[Dim] = []
    picked: list[Shape] = []
    spots: list[int] = []
    cause: Unknown | None = None
    advanced = any(isinstance(one, Data) for one in keys)
    for at, key in enumerate(keys):
        if key is None:
            sizes.append(1)
            continue
        taken = [left.pop(0) for _ in range(_axes(key))]
        if isinstance(key, slice):
            size, why = _sliced(site, data, taken[0], key)
            sizes.append(size)
            cause = cause or why
            continue
        if isinstance(key, int):
            _check(key, taken[0])
        if advanced:
            shape, why = _picked(site, data, key, tuple(taken))
            picked.append(shape)
            cause = cause or why
            spots.append(at)
            if len(spots) == 1:
                first = len(sizes)
    if not picked:
        return tuple(sizes), cause
    if spots[-1] - spots[0] >= len(spots):
        first = 0
    return (*sizes[:first], *joined(*picked), *sizes[first:]), cause


def _check(key: int, size: Dim) -> None:
    if size is not None and not -size <= key < size:
        raise IndexError(f"an axis of {size} has no place {key}")


def _picked(site: Site, data: Data, key: Any, taken: Shape) -> tuple[Shape, Unknown | None]:
    """The shape of an index of numbers, or how many places a mask has."""
    if isinstance(key, int):
        return (), None
    if key.dtype != "bool":
        if not number_kinds.is_whole(key.dtype):
            raise IndexError("an index is whole numbers")
        return key.shape, key.cause
    if any(None not in pair and pair[0] != pair[1] for pair in zip(key.shape, taken, strict=True)):
        raise IndexError(f"a mask of {show(key.shape)} does not fit {show(taken)}")
    if key.is_known:
        return (int(key.value.sum()),), None
    return (None,), why_open(site, [data, key], "how many values a mask takes is not known")


def _sliced(site: Site, data: Data, size: Dim, key: slice) -> tuple[Dim, Unknown | None]:
    """The size of a slice of an axis, and why it is not known."""
    ends = (key.start, key.stop, key.step)
    lost = next((one for one in ends if isinstance(one, Data)), None)
    if lost is not None:
        return None, lost.cause or (
            None if data.cause is None and _is_open(lost) else site.unknown("this is not known")
        )
    if size is not None:
        return len(range(size)[key]), None
    if key.start in (None, 0) and key.stop is None and key.step in (None, 1, -1):
        return None, data.cause
    return None, data.cause


def _is_open(value: Data) -> bool:
    return isinstance(value, Open)


def _work(keys: Sequence[Any]) -> Any:
    if not all(one.is_known for one in keys if isinstance(one, Data)):
        return None
    whole = tuple(one.value if isinstance(one, Data) else one for one in keys)
    return lambda value: value[whole]


def items(site: Site, data: Data) -> list[Any] | Unknown:
    """The parts along the first axis, where their number is known and not too large."""
    if not data.shape:
        return site.unknown("a single number has no members")
    if isinstance(data, Sizes):
        return list(data.sizes)
    size = data.shape[0]
    if size is None:
        return data.cause or site.unknown("how many members this has is not known")
    if size > MOST_ITEMS:
        return site.unknown(f"this has more than {MOST_ITEMS:,} members")
    site.spend(size)
    return [part(site, data, at) for at in range(size)]


def length(site: Site, data: Data) -> Any:
    """``len(data)``."""
    if not data.shape:
        return site.unknown("a single number has no length")
    if data.shape[0] is None:
        return data.cause or site.unknown("how many members this has is not known")
    return data.shape[0]


def set_part(site: Site, data: Data) -> None:
    """What ``data[key] = value`` does: the values are no longer known."""
    lose(data)


__all__ = ["items", "length", "part", "set_part", "size_of"]
