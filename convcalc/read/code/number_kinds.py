"""Names of data types, and which of them an operation gives, as NumPy has it."""

from __future__ import annotations

from typing import Any

from convcalc.read.code.values import Data, Library

_ALIASES = {
    "float": "float64", "int": "int64", "str": "string", "bool_": "bool", "half": "float16", "single": "float32",
    "double": "float64", "uint": "uint64", "long": "int64", "longlong": "int64", "intp": "int64", "float_": "float64",
    "int_": "int64", "f": "float32", "d": "float64", "i": "int32", "b": "int8", "B": "uint8", "?": "bool",
    "f2": "float16", "f4": "float32", "f8": "float64", "i1": "int8", "i2": "int16", "i4": "int32", "i8": "int64",
    "u1": "uint8", "u2": "uint16", "u4": "uint32", "u8": "uint64", "complex": "complex128", "byte": "int8",
    "ubyte": "uint8", "str_": "string", "unicode_": "string", "object_": "object", "complex_": "complex128",
    "short": "int16", "int0": "int64", "uint0": "uint64", "O": "object",
}  # fmt: skip
_KINDS = {"uint": "u", "int": "i", "bfloat": "f", "float": "f", "complex": "c"}
# Names that data types of numbers have, as attributes of NumPy and of TensorFlow.
NUMBERS = (
    "bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64", "float16", "float32", "float64",
    "complex64", "complex128",
)  # fmt: skip
# How many bits of a number the reader's arrays have for each kind that a value of Python has.
_OF_PYTHON = {bool: "bool", int: "int64", float: "float64", complex: "complex128", str: "string"}


def name_of(dtype: Any) -> str:
    """The name of a data type that a script gives: ``"float32"`` for ``np.float32``; `ValueError` where it is none."""
    name = dtype.name if isinstance(dtype, Library) else dtype
    if not isinstance(name, str):
        raise ValueError("this is no data type")
    name = name.lstrip("<>=|")
    name = _ALIASES.get(name, name)
    if name not in (*NUMBERS, "bfloat16", "string", "object"):
        raise ValueError(f"{name} is no data type that is known here")
    return name


def of_number(value: Any) -> str:
    """The data type that NumPy gives an array of a value of Python."""
    return _OF_PYTHON[type(value)]


def parts(dtype: str) -> tuple[str, int]:
    """The kind of a data type, as a letter, and its bits: ``("f", 32)``."""
    word = dtype.rstrip("0123456789")
    return _KINDS.get(word, {"bool": "b"}.get(word, "O")), int(dtype[len(word) :] or 0)


def is_float(dtype: str) -> bool:
    """Whether a data type is for numbers with a fraction."""
    return parts(dtype)[0] in "fc"


def is_whole(dtype: str) -> bool:
    """Whether a data type is for whole numbers."""
    return parts(dtype)[0] in "ui"


def promote(one: str, two: str) -> str:
    """The data type in which values of both find room."""
    if one == two:
        return one
    (kind, bits), (other, more) = sorted((parts(one), parts(two)), key=lambda part: ("buifcO".index(part[0]), part[1]))
    if "O" in (kind, other):
        return "object"
    if kind == "b":
        return two if one == "bool" else one
    if kind == other:
        return "float32" if {one, two} == {"float16", "bfloat16"} else _named(kind, max(bits, more))
    if (kind, other) == ("u", "i"):
        return f"int{more}" if more > bits else f"int{2 * bits}" if bits < 64 else "float64"
    return _with_fraction(kind, bits, other, more)


def _named(kind: str, bits: int) -> str:
    return {"u": "uint", "i": "int", "f": "float", "c": "complex"}[kind] + str(bits)


def _with_fraction(kind: str, bits: int, other: str, more: int) -> str:
    """The type of numbers of ``kind`` together with real or complex ones."""
    single = more // 2 if other == "c" else more
    needed = bits if kind == "f" else {8: 16, 16: 32}.get(bits, 64)
    most = max(single, needed)
    return _named(other, 2 * max(most, 32)) if other == "c" else _named(other, most)


def beside(value: Any, dtype: str) -> str:
    """The type of an array together with a number of Python, which takes the array's type where it can."""
    kind = parts(dtype)[0]
    own = {bool: "b", int: "i", float: "f", complex: "c"}.get(type(value), "O")
    if own == "O" or kind == "O":
        return "object"
    if "biufc".index(own) <= "biufc".index(kind) or (own == "i" and kind == "u"):
        return dtype
    if own == "c" and kind == "f":
        return "complex64" if dtype in ("float16", "float32") else "complex128"
    return of_number(value)


def together(left: Any, right: Any) -> str:
    """The type of two operands, each an array or a number of Python."""
    if isinstance(left, Data) and isinstance(right, Data):
        return promote(left.dtype, right.dtype)
    array, number = (left, right) if isinstance(left, Data) else (right, left)
    return beside(number, array.dtype)


def combined(sign: str, dtype: str) -> str:
    """The type that an operator gives for operands of a type."""
    if sign == "/":
        return dtype if is_float(dtype) else "float64"
    if dtype == "bool" and sign in ("//", "%", "**", "<<", ">>"):
        return "int8"
    return dtype


__all__ = ["NUMBERS", "beside", "combined", "is_float", "is_whole", "name_of", "of_number", "promote", "together"]
