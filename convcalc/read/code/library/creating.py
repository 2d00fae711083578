"""``numpy``: what makes arrays of numbers, of shapes and of chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.lazy import np
from convcalc.read.code import number_kinds, reshaping
from convcalc.read.code.known import (
    Sizes,
    as_data,
    labels_of_choice,
    labels_of_part,
    lose,
    made,
    number,
    sized,
    sizes_in,
    whole,
)
from convcalc.read.code.library import Table
from convcalc.read.code.methods import METHODS
from convcalc.read.code.values import MOST_VALUES, Data, Thing, Unknown, unknown_in
from convcalc.sizes.shapes import product

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

TABLE = Table()
# Larger arrays of one value are no more than a shape.
_MOST_FILLED = 1000


@TABLE("numpy.array", "numpy.copy")
def array(site: Site, a: Any = None, dtype: Any = None, object: Any = None, **rest: Any) -> Any:
    """A new array of numbers, of lists, of arrays."""
    if rest.keys() - {"copy", "order", "subok"}:
        return site.unknown(f"{site.text} is not followed with these arguments")
    data = as_data(site, a if object is None else object)
    if isinstance(data, Unknown):
        return data
    if dtype is not None and number_kinds.name_of(dtype) != data.dtype:
        return METHODS["astype"](site, data, dtype)
    if isinstance(data, Sizes):
        return Sizes(data.sizes, data.dtype)
    return number(Data(data.shape, data.dtype, value=data._value, labels=data.labels, cause=data.cause))


@TABLE("numpy.asarray", "numpy.asanyarray", "numpy.ascontiguousarray")
def asarray(site: Site, a: Any, dtype: Any = None, order: Any = None) -> Any:
    """The array itself where it is one, else a new one."""
    same = isinstance(a, Data) and (dtype is None or number_kinds.name_of(dtype) == a.dtype)
    return as_data(site, a) if same else array(site, a, dtype)


def filled(site: Site, shape: Any, dtype: str, value: Any) -> Any:
    """An array of one value; the value is None where it is not known."""
    sizes, cause = sizes_in(site, shape)
    if any(size is not None and size < 0 for size in sizes):
        raise ValueError("a size is negative")
    size = product(sizes)
    known = size is not None and size <= _MOST_FILLED and isinstance(value, int | float)
    make = (lambda: np.full(sized(sizes), value, dtype)) if known and dtype in number_kinds.NUMBERS else None
    return Data(sizes, dtype, value=make, cause=cause)


@TABLE("numpy.zeros", unknown=True)
def zeros(site: Site, shape: Any, dtype: Any = "float64", order: Any = "C") -> Any:
    """An array of zeros."""
    return filled(site, shape, number_kinds.name_of(dtype), 0)


@TABLE("numpy.ones", unknown=True)
def ones(site: Site, shape: Any, dtype: Any = "float64", order: Any = "C") -> Any:
    """An array of ones."""
    return filled(site, shape, number_kinds.name_of(dtype), 1)


@TABLE("numpy.empty", "numpy.ndarray", unknown=True)
def empty(site: Site, shape: Any, dtype: Any = "float64", order: Any = "C") -> Any:
    """An array of whatever the memory held."""
    return filled(site, shape, number_kinds.name_of(dtype), None)


@TABLE("numpy.full", unknown=True)
def full(site: Site, shape: Any, fill_value: Any, dtype: Any = None, order: Any = "C") -> Any:
    """An array of one value."""
    value = number(fill_value)
    plain = isinstance(value, bool | int | float)
    if dtype is None and not plain:
        return site.unknown(f"{site.text} is given a value that is not known")
    return filled(
        site,
        shape,
        number_kinds.of_number(value) if dtype is None else number_kinds.name_of(dtype),
        value if plain else None,
    )


def _like(value: Any) -> Any:
    def like(site: Site, a: Any, dtype: Any = None, order: Any = "K", subok: Any = True, shape: Any = None) -> Any:
        data = as_data(site, a)
        if isinstance(data, Unknown):
            return data
        name = data.dtype if dtype is None else number_kinds.name_of(dtype)
        made_ = filled(site, data.shape if shape is None else shape, name, value)
        made_.cause = made_.cause or (data.cause if None in made_.shape else None)
        return made_

    return like


for _name, _value in (("zeros_like", 0), ("ones_like", 1), ("empty_like", None)):
    TABLE(f"numpy.{_name}")(_like(_value))


@TABLE("numpy.full_like")
def full_like(site: Site, a: Any, fill_value: Any, dtype: Any = None) -> Any:
    """An array of one value, in the shape of another array."""
    return _like(fill_value if isinstance(fill_value, int | float) else None)(site, a, dtype)


@TABLE("numpy.arange")
def arange(site: Site, *ends: Any, dtype: Any = None, step: Any = None, start: Any = None, stop: Any = None) -> Any:
    """Numbers from a first one, a step apart."""
    given = [number(one) for one in ends]
    if start is not None or stop is not None:
        given = [start or 0, stop if stop is not None else given[0]]
    begin, end, by = (0, given[0], 1) if len(given) == 1 else (*given, 1)[:3] if len(given) < 4 else (0, 0, 0)
    by = step if step is not None else by
    kinds = (int, float)
    own = number_kinds.name_of(dtype) if dtype is not None else None
    if len(given) > 3 or not all(isinstance(one, kinds) for one in (begin, end, by)):
        known = all(isinstance(one, int) or isinstance(one, Data) and number_kinds.is_whole(one.dtype) for one in given)
        lost = next((one.cause for one in given if isinstance(one, Data) and one.cause), None)
        lost = lost or site.unknown("how many numbers there are is not known")
        return Data((None,), own or "int64", cause=lost) if known or own else lost
    whole_numbers = all(isinstance(one, int) for one in (begin, end, by))
    size = len(range(begin, end, by)) if whole_numbers else max(0, -int(-(end - begin) / by // 1))
    name = own or ("int64" if whole_numbers else "float64")
    if size > MOST_VALUES:
        return Data((size,), name) if whole_numbers else site.unknown("this has too many values")
    if not whole_numbers:
        size = len(np.arange(begin, end, by))
    ends_of: Any = (begin, end, by, own)
    return Data((size,), name, value=lambda: np.arange(*ends_of))


@TABLE("numpy.linspace", "numpy.logspace", "numpy.geomspace", unknown=True)
def linspace(site: Site, start: Any, stop: Any, num: Any = 50, endpoint: Any = True, **rest: Any) -> Any:
    """So many numbers between two."""
    if rest.keys() - {"dtype", "base"}:
        return site.unknown(f"{site.text} is not followed with these arguments")
    sizes, cause = sizes_in(site, num)
    lost = unknown_in((start, stop))
    if lost or any(isinstance(one, Data) and one.shape for one in (start, stop)):
        return lost or site.unknown(f"{site.text} is not followed with arrays")
    dtype = number_kinds.name_of(rest.get("dtype") or "float64")
    plain = all(isinstance(one, int | float) for one in (start, stop)) and not rest and "linspace" in site.text
    known = plain and sizes[0] is not None and sizes[0] <= MOST_VALUES
    value = (lambda: np.linspace(start, stop, sizes[0] or 0, bool(endpoint))) if known else None
    return Data(sizes, dtype, value=value, cause=cause)


@TABLE("numpy.eye", "numpy.identity")
def eye(site: Site, N: Any, M: Any = None, k: Any = 0, dtype: Any = "float64") -> Any:  # noqa: N803
    """A matrix with ones on the diagonal."""
    sizes, cause = sizes_in(site, [N, N if M is None else M])
    name, size, shift = number_kinds.name_of(dtype), product(sizes), whole(k)
    known = size is not None and size <= MOST_VALUES // 10
    rows, columns = sized(sizes)
    value = (lambda: np.eye(rows, columns, shift).astype(name)) if known else None
    return Data(sizes, name, value=value, cause=cause)


@TABLE("numpy.meshgrid")
def meshgrid(site: Site, *xs: Any, indexing: str = "xy", sparse: Any = False, copy: Any = True) -> Any:
    """The coordinates of a grid: an array for each axis."""
    arrays = [as_data(site, one) for one in xs]
    lost = next((one for one in arrays if isinstance(one, Unknown)), None)
    if lost or sparse:
        return lost or site.unknown(f"{site.text} is not followed with sparse=True")
    known = [one for one in arrays if isinstance(one, Data)]
    sizes = [product(one.shape) for one in known]
    if indexing == "xy" and len(sizes) > 1:
        sizes[:2] = sizes[1::-1]
    shape = tuple(sizes)

    def grid(at: int) -> Any:
        return made(site, shape, known[at].dtype, known, lambda *v: np.meshgrid(*v, indexing=indexing)[at])  # type: ignore[call-overload]

    return [grid(at) for at in range(len(known))]


# Chance.


def random(site: Site, size: Any, dtype: str = "float64", labels: int | None = None) -> Any:
    """Numbers of chance in a shape; a single one for None."""
    sizes, cause = ((), None) if size is None else sizes_in(site, size)
    lost = site.unknown("this is a number of chance") if sizes == () else cause
    return Data(sizes, dtype, labels=labels_of_choice(labels, product(sizes)), cause=lost)


def _of_sizes(site: Site, *sizes: Any) -> Any:
    return random(site, sizes or None)


def _sized(site: Site, size: Any = None, **rest: Any) -> Any:
    dtype = number_kinds.name_of(rest.pop("dtype", "float64"))
    return site.unknown(f"{site.text} is not followed with these arguments") if rest else random(site, size, dtype)


def _of_two(site: Site, one: Any = 0.0, two: Any = 1.0, size: Any = None, **rest: Any) -> Any:
    """Numbers of a distribution with two parameters, which may be arrays."""
    shapes = [one.shape for one in (one, two, *rest.values()) if isinstance(one, Data)]
    if size is None and any(shapes):
        return random(site, reshaping.joined(*shapes))
    lost = unknown_in((one, two, *rest.values())) if size is None else None
    return lost or random(site, size)


def _of_one(site: Site, one: Any = 1.0, size: Any = None, **rest: Any) -> Any:
    return _of_two(site, one, 1.0, size, **rest)


def randint(
    site: Site, low: Any, high: Any = None, size: Any = None, dtype: Any = "int64", endpoint: Any = False
) -> Any:
    """Whole numbers from ``low`` up to ``high``, or from 0 up to ``low``."""
    begin, end = (0, number(low)) if high is None else (number(low), number(high))
    bounded = begin == 0 and isinstance(end, int)
    return random(site, size, number_kinds.name_of(dtype), end + bool(endpoint) if bounded else None)


def _choice(
    site: Site, a: Any, size: Any = None, replace: Any = True, p: Any = None, axis: Any = 0, **rest: Any
) -> Any:
    if isinstance(a, int):
        return random(site, size, "int64", a if p is None and replace else None)
    whole_array = as_data(site, a)
    if isinstance(whole_array, Unknown):
        return whole_array
    sizes, cause = ((), None) if size is None else sizes_in(site, size)
    labels = labels_of_part(whole_array.labels, product(sizes)) if p is None else None
    shape = (*sizes, *whole_array.shape[1:])
    return Data(
        shape,
        whole_array.dtype,
        labels=labels,
        cause=cause or whole_array.cause or site.unknown("this is chosen by chance"),
    )


def _multivariate(site: Site, mean: Any, cov: Any, size: Any = None, **rest: Any) -> Any:
    center = as_data(site, mean)
    if isinstance(center, Unknown):
        return center
    sizes, cause = ((), None) if size is None else sizes_in(site, size)
    shape = (*sizes, *center.shape)
    return Data(shape, "float64", cause=(cause or center.cause) if None in shape else None)


def _permutation(site: Site, x: Any, axis: Any = 0) -> Any:
    if isinstance(x, int):
        return Data((x,), "int64", labels=x)
    data = as_data(site, x)
    return data if isinstance(data, Unknown) else Data(data.shape, data.dtype, labels=data.labels, cause=data.cause)


def _shuffle(site: Site, x: Any, *rest: Any, **named: Any) -> None:
    if isinstance(x, Data):
        labels = x.labels
        lose(x)
        x.labels = labels
    elif isinstance(x, list):
        site.machine.taint(x, site.unknown("the order of this is left to chance"))


def _nothing(site: Site, *args: Any, **named: Any) -> None:
    return None


_TWO = ("normal", "uniform", "beta", "gamma", "binomial", "laplace", "lognormal", "logistic", "gumbel", "vonmises")
_ONE = ("poisson", "exponential", "chisquare", "geometric", "rayleigh", "standard_t", "pareto", "weibull")
_CHANCE: dict[str, Any] = {
    **dict.fromkeys(("rand", "randn"), _of_sizes),
    **dict.fromkeys(("random", "random_sample", "ranf", "sample", "standard_normal", "standard_exponential"), _sized),
    **dict.fromkeys(_TWO, _of_two),
    **dict.fromkeys(_ONE, _of_one),
    **dict.fromkeys(("randint", "integers"), randint),
    "random_integers": lambda site, low, high=None, size=None: random(site, size, "int64"),
    "multivariate_normal": _multivariate,
    "choice": _choice,
    "permutation": _permutation,
    "permuted": _permutation,
    "shuffle": _shuffle,
    "seed": _nothing,
    "set_state": _nothing,
}


class Chance(Thing):
    """A generator of numbers of chance, as ``np.random.RandomState(1)`` is."""

    def method(self, name: str) -> Any:
        """The function of ``numpy.random`` with this name."""
        return TABLE.functions.get(f"numpy.random.{name}")


for _name, _function in _CHANCE.items():
    TABLE(f"numpy.random.{_name}", unknown=_name not in ("choice", "permutation", "permuted", "multivariate_normal"))(
        _function
    )


@TABLE("numpy.random.RandomState", "numpy.random.default_rng", "numpy.random.Generator", unknown=True)
def generator(site: Site, *args: Any, **named: Any) -> Any:
    """A generator of numbers of chance."""
    return Chance()


__all__ = ["TABLE", "filled", "random"]
