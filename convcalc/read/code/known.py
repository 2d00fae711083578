"""Arrays of what a script gives: of numbers and lists, with their values where these are known; and sizes in them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.lazy import np
from convcalc.read.code import number_kinds
from convcalc.read.code.values import MOST_VALUES, Data, Tensor, Thing, Unknown
from convcalc.sizes.shapes import Dim, Shape, product

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

Number = bool | int | float | complex
# So many values cost as much as one step of the script.
_VALUES_A_STEP = 200
# A class among labels is missing in a random choice of them with less than this probability.
_RARE = 1e-9


class Open(Data):
    """A whole number that is a size which Keras leaves open, such as ``tf.shape(x)[0]`` for an unknown batch."""

    __slots__ = ()

    def __init__(self, dtype: str = "int32") -> None:
        super().__init__((), dtype)


class Sizes(Data):
    """A row of whole numbers, as ``tf.shape(x)`` is; each is known, `Open`, or data whose value is not known.

    A ``part`` of a row with an open size counts as not known in arithmetic, as it does for TensorFlow.
    """

    __slots__ = ("sizes",)

    def __init__(self, sizes: Sequence[Any], dtype: str = "int32", *, part: bool = False) -> None:
        known = not part and all(isinstance(one, int) for one in sizes)
        value = (lambda: np.array(sizes, dtype)) if known else None
        super().__init__((len(sizes),), dtype, value=value)
        self.sizes = tuple(sizes)


def size_of(site: Site, data: Data, at: int, dtype: str = "int32") -> Any:
    """A size of an array as a number of a tensor; `Open` where Keras leaves it open."""
    size = data.shape[at]
    return size if size is not None else Data((), dtype, cause=data.cause) if data.cause else Open(dtype)


def sizes_in(site: Site, value: Any) -> tuple[Shape, Unknown | None]:
    """The sizes that an argument such as ``shape`` gives, and why a size is not known. `TypeError` where it has none.

    A size that Keras leaves open is None, and has no reason.
    """
    parts = value.sizes if isinstance(value, Sizes) else value
    if isinstance(parts, Data):
        if len(parts.shape) > 1 or not parts.is_known and (parts.shape != () or not _is_number(parts)):
            raise TypeError("a shape is not known")
        parts = parts.value.tolist() if parts.is_known else parts
    found = [_size(site, one) for one in (parts if isinstance(parts, list | tuple | range) else [parts])]
    return tuple(size for size, _ in found), next((cause for _, cause in found if cause), None)


def _size(site: Site, value: Any) -> tuple[Dim, Unknown | None]:
    if isinstance(value, Unknown):
        return None, value
    if isinstance(value, Data) and not isinstance(value, Tensor):
        if value.is_known and value.shape == ():
            return _size(site, value.value.item())
        if not _is_number(value):
            raise TypeError("a size is no number")
        return None, None if isinstance(value, Open) else value.cause or site.unknown("the value of this is not known")
    if value is None or isinstance(value, int):
        return value if value is None else int(value), None
    raise TypeError(f"{value!r} is no size")


def _is_number(data: Data) -> bool:
    return data.shape == () and not number_kinds.is_float(data.dtype)


def sized(shape: Shape) -> Any:
    """A shape whose sizes are all known, for NumPy."""
    return tuple(size or 0 for size in shape)


def number(value: Any) -> Any:
    """A value of Python for an array of a single known value; any other value unchanged."""
    if isinstance(value, Data) and value.shape == () and value.is_known:
        return value.value.item()
    return value


def whole(value: Any) -> int:
    """A whole number that must be known, such as an axis; `TypeError` for anything else."""
    value = number(value)
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is no whole number that is known")
    return int(value)


def numbers(value: Any) -> tuple[int, ...]:
    """Whole numbers that must be known: one, or several in a list, a tuple or an array; `TypeError` for others."""
    if isinstance(value, Data) and value.is_known and len(value.shape) == 1:
        value = value.value.tolist()
    return tuple(map(whole, value)) if isinstance(value, list | tuple | range) else (whole(value),)


def as_data(site: Site, value: Any) -> Data | Unknown:
    """The array that NumPy makes of a value: of a number, a list, data of another library."""
    if isinstance(value, Unknown) or (isinstance(value, Data) and not isinstance(value, Tensor)):
        return value
    if isinstance(value, Thing):
        held = value.attributes.get("values")
        return held if isinstance(held, Data) else site.unknown(f"{site.text} does not take this here")
    if isinstance(value, Number | str):
        return _of_number(site, value)
    if isinstance(value, list | tuple | range):
        return _of_list(site, value)
    return site.unknown(f"{site.text} is given something whose shape is not known")


def _of_number(site: Site, value: Any) -> Data | Unknown:
    if isinstance(value, int) and value.bit_length() > 63:
        return site.unknown("this number is too large for an array")
    return Data((), number_kinds.of_number(value), value=lambda: np.array(value))


def _of_list(site: Site, value: list[Any] | tuple[Any, ...] | range) -> Data | Unknown:
    if len(value) > MOST_VALUES:
        return site.unknown("this has too many values")
    site.spend(len(value) // _VALUES_A_STEP)
    if not value:
        return Data((0,), "float64", value=lambda: np.zeros(0))
    members = _plain_members(value)
    if members is not None:
        if members == "int64" and max(max(value), -min(value)) >= 2**63:
            return site.unknown("this has a number that is too large for an array")
        return Data((len(value),), members, value=_row(list(value), members))
    inner = [as_data(site, one) for one in value]
    lost = next((one for one in inner if isinstance(one, Unknown)), None)
    if lost:
        return lost
    if all(isinstance(one, int | Open) for one in value):
        return Sizes(value, "int64")
    return stacked(site, [one for one in inner if isinstance(one, Data)])


def _plain_members(value: Any) -> str | None:
    """The type of an array of numbers, or of text; None where there is anything else."""
    kinds = set(map(type, value))
    if kinds == {str}:
        return "string"
    order = (bool, int, float)
    return number_kinds.of_number(max(kinds, key=order.index)()) if kinds <= set(order) else None


def _row(value: list[Any], dtype: str) -> Callable[[], Any]:
    return lambda: np.array(value, None if dtype == "string" else dtype)


def stacked(site: Site, arrays: Sequence[Data]) -> Data | Unknown:
    """The array of arrays of equal shapes, along a new first axis."""
    shapes = {one.shape for one in arrays}
    dtype = arrays[0].dtype
    for one in arrays[1:]:
        dtype = number_kinds.promote(dtype, one.dtype)
    if len(shapes) > 1 or dtype == "object":
        return site.unknown(f"{site.text} is given parts of different shapes or kinds")
    shape = (len(arrays), *shapes.pop())
    values = [one._value for one in arrays]
    known = all(one is not None for one in values) and (product(shape) or 0) <= MOST_VALUES
    make = _stack(values, dtype) if known else None
    return Data(shape, dtype, value=make, cause=cause_of(shape, arrays))


def _stack(values: list[Any], dtype: str) -> Callable[[], Any]:
    kind = None if dtype == "string" else dtype
    return lambda: np.array([one() if callable(one) else one for one in values], kind)


def cause_of(shape: Shape, inputs: Sequence[Data]) -> Unknown | None:
    """Why sizes of a result are not known: the reason that an input has."""
    return next((one.cause for one in inputs if one.cause), None) if None in shape else None


def made(
    site: Site,
    shape: Shape,
    dtype: str,
    inputs: Sequence[Data] = (),
    work: Callable[..., Any] | None = None,
    *,
    labels: int | None = None,
    cause: Unknown | None = None,
) -> Any:
    """The result of an operation on arrays, with its values where ``work`` can make them of known ones.

    A single value that is known is a value of Python.
    """
    size = product(shape)
    if work and size is not None and size <= MOST_VALUES and all(one.is_known for one in inputs):
        value = _worked(site, work, inputs, dtype)
        if value is not None and value.shape == shape:
            return value.item() if shape == () else Data(shape, dtype, value=value, labels=labels)
    cause = (cause or cause_of(shape, inputs)) if None in shape else None
    return Data(shape, dtype, labels=labels, cause=cause)


def _worked(site: Site, work: Callable[..., Any], inputs: Sequence[Data], dtype: str) -> Any:
    site.spend(sum(product(one.shape) or 0 for one in inputs) // _VALUES_A_STEP)
    with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
        value = np.asarray(work(*[one.value for one in inputs]))
        if dtype in number_kinds.NUMBERS:
            return value if str(value.dtype) == dtype else value.astype(dtype)
    return value if value.dtype.kind == "U" and dtype == "string" else None


def why_open(site: Site, inputs: Sequence[Data], message: str) -> Unknown | None:
    """Why a size that depends on values is not known; None where Keras leaves the size open, as it does in a graph."""
    in_graph = any(None in one.shape and one.cause is None for one in inputs)
    return None if in_graph else site.unknown(message)


def view(source: Data, result: Any) -> Any:
    """A result that shares the memory of its source: what is set in the one is set in the other."""
    if isinstance(result, Data) and (result.is_known or result.labels) and result is not source:
        source.kin = source.kin or [source]
        source.kin.append(result)
        result.kin = source.kin
    return result


def lose(data: Data) -> None:
    """Says that values of an array have been set: they are no longer known, nor in arrays that share its memory."""
    for one in data.kin or [data]:
        one.value = None
        one.labels = None


def labels_of_choice(labels: int | None, size: Dim) -> int | None:
    """The labels of a random choice of ``size`` values, as far as each is certain to be among them."""
    if not labels or size is None:
        return None
    return labels if labels * (1 - 1 / labels) ** size < _RARE else None


def labels_of_part(labels: int | None, size: Dim) -> int | None:
    """The labels of a part of values in an unknown order; None where the part may be too small for all of them."""
    return labels if labels and size is not None and size >= 100 * labels else None
