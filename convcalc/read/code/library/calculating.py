"""``numpy``: functions of each value, and of all values along axes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from convcalc.lazy import np
from convcalc.read.code import number_kinds, reductions, reshaping
from convcalc.read.code.known import as_data, made, number, whole
from convcalc.read.code.library import Table
from convcalc.read.code.library.arranging import on_array, several
from convcalc.read.code.methods import METHODS
from convcalc.read.code.values import Data, Library, Unknown
from convcalc.sizes.shapes import product

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

TABLE = Table()
_FLOAT = (
    "sqrt", "exp", "log", "log2", "log10", "log1p", "expm1", "exp2", "sin", "cos", "tan", "arcsin", "arccos", "arctan",
    "sinh", "cosh", "tanh", "arctanh", "arcsinh", "arccosh", "cbrt", "deg2rad", "rad2deg", "radians", "degrees", "sinc",
)  # fmt: skip
_SAME = (
    "abs", "absolute", "square", "sign", "negative", "positive", "floor", "ceil", "rint", "trunc", "fix", "reciprocal",
    "nan_to_num", "fabs", "real", "conj", "conjugate",
)  # fmt: skip
_BOOL = ("isnan", "isinf", "isfinite", "logical_not", "signbit")
_TWO = {
    "add": "+", "subtract": "-", "multiply": "*", "divide": "/", "true_divide": "/", "floor_divide": "//", "mod": "%",
    "remainder": "%", "power": "**", "maximum": "+", "minimum": "+", "fmax": "+", "fmin": "+", "fmod": "%",
    "bitwise_and": "&", "bitwise_or": "|", "bitwise_xor": "^", "float_power": "/", "arctan2": "/", "hypot": "/",
    "logaddexp": "/",
}  # fmt: skip
_COMPARED = (
    "equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "logical_and", "logical_or", "logical_xor",
    "isclose",
)  # fmt: skip


def _plain(site: Site, named: dict[str, Any]) -> Unknown | None:
    return site.unknown(f"{site.text} is not followed with these arguments") if named else None


def _of_one(name: str, dtype_of: Callable[[str], str]) -> Callable[..., Any]:
    def rule(site: Site, x: Any, dtype: Any = None, **rest: Any) -> Any:
        data = as_data(site, x)
        if isinstance(data, Unknown) or rest:
            return data if isinstance(data, Unknown) else _plain(site, rest)
        own = dtype_of(data.dtype) if dtype is None else number_kinds.name_of(dtype)
        work = getattr(np, name) if data.is_known else None
        return made(site, data.shape, own, [data], work)

    return rule


def _fraction(dtype: str) -> str:
    """The type of numbers with a fraction that NumPy's functions give for a type."""
    letter, bits = number_kinds.parts(dtype)
    return (
        dtype if letter in "fcO" else {8: "float16", 16: "float32"}.get(bits, "float64" if letter != "b" else "float16")
    )


for _name in _FLOAT:
    TABLE(f"numpy.{_name}")(_of_one(_name, _fraction))
for _name in _SAME:
    TABLE(f"numpy.{_name}")(_of_one(_name, lambda dtype: dtype))
for _name in _BOOL:
    TABLE(f"numpy.{_name}")(_of_one(_name, lambda dtype: "bool"))


def _of_two(name: str, sign: str) -> Callable[..., Any]:
    def rule(site: Site, x1: Any, x2: Any, **rest: Any) -> Any:
        one, two = as_data(site, x1), as_data(site, x2)
        if isinstance(one, Unknown) or isinstance(two, Unknown) or rest:
            return one if isinstance(one, Unknown) else two if isinstance(two, Unknown) else _plain(site, rest)
        shape = reshaping.joined(one.shape, two.shape)
        work = getattr(np, name) if one.is_known and two.is_known else None
        dtype = "bool" if not sign else number_kinds.combined(sign, _together(x1, one, x2, two))
        return made(site, shape, dtype, [one, two], work)

    return rule


def _together(x1: Any, one: Data, x2: Any, two: Data) -> str:
    plain = (bool, int, float, complex)
    if isinstance(x1, plain) == isinstance(x2, plain):
        return number_kinds.promote(one.dtype, two.dtype)
    return number_kinds.together(x1 if isinstance(x1, plain) else one, x2 if isinstance(x2, plain) else two)


for _name, _sign in _TWO.items():
    TABLE(f"numpy.{_name}")(_of_two(_name, _sign))
for _name in _COMPARED:
    TABLE(f"numpy.{_name}")(_of_two(_name, ""))


@TABLE("numpy.round", "numpy.around", "numpy.round_")
@on_array
def _round(site: Site, a: Data, decimals: Any = 0) -> Any:
    return METHODS["round"](site, a, decimals)


@TABLE("numpy.clip")
@on_array
def _clip(site: Site, a: Data, a_min: Any = None, a_max: Any = None, **named: Any) -> Any:
    return METHODS["clip"](site, a, number(named.get("min", a_min)), number(named.get("max", a_max)))


def _method(name: str) -> Callable[..., Any]:
    return on_array(lambda site, a, *args, **named: METHODS[name](site, a, *args, **named))


for _name in ("sum", "prod", "mean", "std", "var", "any", "all", "argmax", "argmin", "max", "min", "cumsum", "cumprod"):
    TABLE(f"numpy.{_name}")(_method(_name))
for _name, _same in (
    ("amax", "max"),
    ("amin", "min"),
    ("alltrue", "all"),
    ("product", "prod"),
    ("cumproduct", "cumprod"),
):
    TABLE(f"numpy.{_name}")(_method(_same))


def _reduction(kind: str) -> Callable[..., Any]:
    def rule(site: Site, a: Data, axis: Any = None, keepdims: Any = False) -> Any:
        return reductions.reduce(site, kind, a, axis, keepdims)

    return rule


for _name in ("median", "nanmean", "nanstd", "nansum", "nanargmax", "nanmax", "nanmin", "count_nonzero", "ptp"):
    TABLE(f"numpy.{_name}")(on_array(_reduction(_name)))


@TABLE("numpy.average")
@on_array
def _average(site: Site, a: Data, axis: Any = None, weights: Any = None) -> Any:
    plain = a if weights is None else Data(a.shape, a.dtype, cause=a.cause)
    return reductions.reduce(site, "mean", plain, axis)


@TABLE("numpy.percentile", "numpy.quantile")
@on_array
def _percentile(site: Site, a: Data, q: Any, axis: Any = None) -> Any:
    places = as_data(site, q)
    if isinstance(places, Unknown):
        return places
    shape = (*places.shape, *reshaping.reduced(a.shape, axis, False))
    dtype = reductions.dtype_of("mean", a.dtype)
    return Data(
        shape,
        number_kinds.promote(dtype, "float64") if places.shape else dtype,
        cause=a.cause if None in shape else None,
    )


TABLE("numpy.unique", "numpy.unique_values")(reductions.unique)
TABLE("numpy.sort")(on_array(reductions.ordered))
TABLE("numpy.argsort")(on_array(lambda site, a, axis=-1: reductions.ordered(site, a, axis, places=True)))


def _product(shape_of: Callable[..., Any], name: str) -> Callable[..., Any]:
    def rule(site: Site, a: Any, b: Any, *args: Any) -> Any:
        one, two = as_data(site, a), as_data(site, b)
        if isinstance(one, Unknown) or isinstance(two, Unknown):
            return one if isinstance(one, Unknown) else two
        dtype = number_kinds.promote(one.dtype, two.dtype)
        work = getattr(np, name) if one.is_known and two.is_known else None
        return made(
            site, shape_of(one.shape, two.shape, *args), dtype, [one, two], work and (lambda v, w: work(v, w, *args))
        )

    return rule


TABLE("numpy.matmul")(_product(reshaping.matmul, "matmul"))
TABLE("numpy.dot")(_product(reshaping.dot, "dot"))
TABLE("numpy.outer")(_product(lambda one, two: (product(one), product(two)), "outer"))


@TABLE("numpy.tensordot")
def _tensordot(site: Site, a: Any, b: Any, axes: Any = 2) -> Any:
    return _product(reshaping.tensordot, "tensordot")(site, a, b, number(axes))


@TABLE("numpy.einsum")
def _einsum(site: Site, subscripts: Any, *operands: Any) -> Any:
    arrays = several(site, list(operands))
    if isinstance(arrays, Unknown):
        return arrays
    shape = reshaping.einsum(subscripts, [one.shape for one in arrays])
    dtype = arrays[0].dtype
    for one in arrays[1:]:
        dtype = number_kinds.promote(dtype, one.dtype)
    return made(site, shape, dtype, arrays, lambda *v: np.einsum(subscripts, *v))


@TABLE("numpy.where")
def _where(site: Site, condition: Any, x: Any = None, y: Any = None) -> Any:
    test = as_data(site, condition)
    if isinstance(test, Unknown):
        return test
    if x is None and y is None:
        if test.is_known:
            found = np.nonzero(test.value)
            return tuple(Data(one.shape, "int64", value=one) for one in found)
        return METHODS["nonzero"](site, test)
    one, two = as_data(site, x), as_data(site, y)
    if isinstance(one, Unknown) or isinstance(two, Unknown):
        return one if isinstance(one, Unknown) else two
    shape = reshaping.joined(test.shape, one.shape, two.shape)
    return made(site, shape, _together(x, one, y, two), [test, one, two], lambda c, v, w: np.where(c, v, w))


TABLE("numpy.nonzero")(lambda site, a: _where(site, a))
TABLE("numpy.argwhere", "numpy.flatnonzero")(lambda site, a: site.unknown("how many values are not 0 is not known"))


@TABLE("numpy.digitize")
@on_array
def _digitize(site: Site, x: Data, bins: Any, right: Any = False) -> Any:
    return Data(x.shape, "int64", cause=x.cause)


@TABLE("numpy.searchsorted")
def _searchsorted(site: Site, a: Any, v: Any, side: Any = "left") -> Any:
    return on_array(_digitize)(site, v, a)


@TABLE("numpy.isin", "numpy.in1d")
@on_array
def _isin(site: Site, element: Data, test_elements: Any, **named: Any) -> Any:
    return Data(element.shape, "bool", cause=element.cause)


@TABLE("numpy.linalg.norm")
@on_array
def _norm(site: Site, x: Data, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Any:
    shape = reshaping.reduced(x.shape, axis, bool(keepdims))
    return made(site, shape, _fraction(x.dtype), [x], lambda v: np.linalg.norm(v, ord, axis, bool(keepdims)))


@TABLE("numpy.linalg.inv", "numpy.linalg.pinv")
@on_array
def _inverse(site: Site, a: Data) -> Any:
    return Data((*a.shape[:-2], a.shape[-1], a.shape[-2]), _fraction(a.dtype), cause=a.cause)


@TABLE("numpy.bincount")
@on_array
def _bincount(site: Site, x: Data, weights: Any = None, minlength: Any = 0) -> Any:
    if x.is_known and weights is None:
        value = np.bincount(x.value, minlength=whole(minlength))
        return Data(value.shape, "int64", value=value)
    if x.labels and whole(minlength) <= x.labels:
        return Data((x.labels,), "int64")
    return Data((None,), "int64", cause=site.unknown("the largest value is not known"))


@TABLE("numpy.isscalar")
def _isscalar(site: Site, element: Any) -> bool:
    return isinstance(element, bool | int | float | complex | str)


@TABLE("numpy.issubdtype", "numpy.array_equal", "numpy.allclose", "numpy.may_share_memory")
def _asked(site: Site, *args: Any, **named: Any) -> Any:
    return site.unknown(f"{site.text} is not worked out here")


for _name in ("load", "loadtxt", "genfromtxt", "fromfile", "memmap", "fromstring", "frombuffer", "fromregex"):
    TABLE(f"numpy.{_name}", unknown=True)(lambda site, *args, **named: site.unknown(f"{site.text} reads a file"))
for _name in ("save", "savez", "savez_compressed", "savetxt", "set_printoptions", "seterr"):
    TABLE(f"numpy.{_name}", unknown=True)(lambda site, *args, **named: None)

TABLE.constants.update(
    {"numpy.pi": math.pi, "numpy.e": math.e, "numpy.inf": math.inf, "numpy.Inf": math.inf, "numpy.nan": math.nan,
     "numpy.NaN": math.nan, "numpy.NAN": math.nan, "numpy.newaxis": None, "numpy.NINF": -math.inf,
     "numpy.infty": math.inf, "numpy.euler_gamma": 0.5772156649015329}
)  # fmt: skip
_DTYPES = (
    "float_", "int_", "bool_", "half", "single", "double", "float", "int", "bool", "str_", "object_", "uint", "intp",
    "longlong", "str", "complex",
)  # fmt: skip
for _name in (*number_kinds.NUMBERS, *_DTYPES):
    TABLE.constants[f"numpy.{_name}"] = number_kinds.name_of(_name)


@TABLE("numpy.dtype")
def _dtype(site: Site, dtype: Any) -> str:
    return number_kinds.name_of(dtype)


__all__ = ["TABLE", "Library"]
