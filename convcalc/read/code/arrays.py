"""Arrays of data in expressions: ``x / 255``, ``y == 3``, ``-x``, ``x[0]``, ``x.shape``, ``x.reshape(-1, 4)``."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from convcalc.read.code import library, number_kinds, parts, reshaping
from convcalc.read.code.known import Open, Sizes, as_data, lose, made, number
from convcalc.read.code.methods import METHODS, Method
from convcalc.read.code.values import MISSING, Data, Unknown
from convcalc.sizes.shapes import product

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

_WORK: dict[str, Any] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod, "**": operator.pow, "@": operator.matmul, "&": operator.and_, "|": operator.or_,
    "^": operator.xor, "<<": operator.lshift, ">>": operator.rshift, "==": operator.eq, "!=": operator.ne,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_ARITHMETIC = ("+", "-", "*", "/", "//", "%", "**")


def binary(site: Site, sign: str, left: Any, right: Any) -> Any:
    """``left sign right``, of which at least one is an array."""
    return library.call(_binary, site, (sign, left, right), {})


def _binary(site: Site, sign: str, left: Any, right: Any) -> Any:
    left, right = number(left), number(right)
    if isinstance(left, Sizes | Open) or isinstance(right, Sizes | Open):
        return _of_sizes(site, sign, left, right)
    x, y = as_data(site, left), as_data(site, right)
    if isinstance(x, Unknown) or isinstance(y, Unknown):
        return x if isinstance(x, Unknown) else y
    if "string" in (x.dtype, y.dtype) or "object" in (x.dtype, y.dtype):
        return site.unknown("arithmetic with these values is not followed")
    dtype = number_kinds.combined(sign, _together(left, x, right, y))
    shape = reshaping.matmul(x.shape, y.shape) if sign == "@" else reshaping.joined(x.shape, y.shape)
    return made(site, shape, dtype, [x, y], _WORK[sign])


def _together(left: Any, x: Data, right: Any, y: Data) -> str:
    plain = (bool, int, float, complex)
    if isinstance(left, plain) and isinstance(right, plain):
        return number_kinds.promote(x.dtype, y.dtype)
    return number_kinds.together(left if isinstance(left, plain) else x, right if isinstance(right, plain) else y)


def _of_sizes(site: Site, sign: str, left: Any, right: Any) -> Any:
    """Arithmetic with sizes, one by one: ``tf.shape(x)[1:3] * 2``."""
    whole = (int, Open)
    if sign in _ARITHMETIC and isinstance(left, whole) and isinstance(right, whole):
        return Open() if sign != "/" else Data((), "float64")
    rows = [one for one in (left, right) if isinstance(one, Sizes)]
    if sign in _ARITHMETIC and sign != "/" and len(rows) == 1 and len(rows[0].sizes) > 0:
        lost = next((one for one in rows[0].sizes if isinstance(one, Data) and not isinstance(one, Open)), None)
        other = right if rows[0] is left else left
        if lost is None and isinstance(other, int) and not rows[0].is_known:
            return Sizes([Open()] * len(rows[0].sizes))
    return _binary(site, sign, _plain(left), _plain(right))


def _plain(value: Any) -> Any:
    """Sizes as data that says nothing more."""
    known = isinstance(value, Sizes | Open)
    return Data(value.shape, value.dtype, value=value._value, cause=value.cause) if known else value


def compare(site: Site, sign: str, left: Any, right: Any) -> Any:
    """``left sign right`` for a comparison: whether it holds, value by value."""
    return library.call(_compare, site, (sign, left, right), {})


def _compare(site: Site, sign: str, left: Any, right: Any) -> Any:
    x, y = as_data(site, left), as_data(site, right)
    if isinstance(x, Unknown) or isinstance(y, Unknown):
        return x if isinstance(x, Unknown) else y
    shape = reshaping.joined(x.shape, y.shape)
    fits = (x.dtype == "string") == (y.dtype == "string")
    return made(site, shape, "bool", [x, y], _WORK[sign] if fits else None)


def unary(site: Site, sign: str, data: Data) -> Any:
    """``-data``, ``+data``, ``~data``."""
    work: Any = {"-": operator.neg, "+": operator.pos, "~": operator.invert}[sign]
    return library.call(lambda site: made(site, data.shape, data.dtype, [data], work), site, (), {})


def getitem(site: Site, data: Data, key: Any) -> Any:
    """``data[key]``."""
    return library.call(parts.part, site, (data, key), {})


def setitem(site: Site, data: Data, key: Any, value: Any) -> None:
    """``data[key] = value``, and anything else that changes values in place: they are no longer known."""
    lose(data)


def length(site: Site, data: Data) -> Any:
    """``len(data)``."""
    return parts.length(site, data)


def items(site: Site, data: Data) -> list[Any] | Unknown:
    """The parts along the first axis, in a list."""
    found = library.call(parts.items, site, (data,), {})
    return found if isinstance(found, list | Unknown) else site.unknown("the members of this are not known")


def attribute(site: Site, data: Data, name: str) -> Any:
    """An attribute of an array; MISSING where it has none that is known here, and where it is a method."""
    match name:
        case "shape":
            return reshaping.shape_of(data)
        case "ndim":
            return len(data.shape)
        case "size":
            size = product(data.shape)
            return size if size is not None else data.cause or site.unknown("how many values this has is not known")
        case "dtype":
            return data.dtype
        case "T":
            return library.call(reshaping.transpose, site, (data,), {})
        case "real":
            return data if number_kinds.is_whole(data.dtype) or data.dtype.startswith("float") else MISSING
        case "nbytes":
            size = product(data.shape)
            bits = number_kinds.parts(data.dtype)[1]
            return site.unknown("the size of this is not known") if size is None or not bits else size * bits // 8
    return MISSING


def cast(site: Site, name: str, value: Any = 0, *rest: Any) -> Any:
    """``np.float32(value)``: a number or an array in another type. The name of the type stands for its class."""
    array = as_data(site, value)
    if isinstance(array, Unknown) or rest:
        return array if isinstance(array, Unknown) else site.unknown(f"{site.text} is not followed")
    return METHODS["astype"](site, array, name)


def _of_number(name: str) -> Method:
    def method(site: Site, value: Any, *args: Any, **named: Any) -> Any:
        array = as_data(site, value)
        return array if isinstance(array, Unknown) else METHODS[name](site, array, *args, **named)

    return method


# What Python's own values have besides where they stand for single values of arrays, or for shapes of tensors.
_NUMBER = {
    name: _of_number(name) for name in ("numpy", "item", "astype", "tolist", "copy", "reshape", "flatten", "mean")
}
OF_PYTHON: dict[type, dict[str, Method]] = {
    **dict.fromkeys((int, float), _NUMBER),
    tuple: {"as_list": lambda site, value: list(value), "num_elements": lambda site, value: product(value)},
}

__all__ = [
    "METHODS",
    "OF_PYTHON",
    "attribute",
    "binary",
    "cast",
    "compare",
    "getitem",
    "items",
    "length",
    "lose",
    "setitem",
    "unary",
]
