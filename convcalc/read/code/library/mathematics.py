"""The modules ``math`` and ``operator``: functions of numbers, and operators as functions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from convcalc.read.code.library import Table
from convcalc.read.code.library.comparing import compare, position
from convcalc.read.code.library.operators import bounded, number
from convcalc.read.code.library.plain import combine, lost_in, members, scalar, truth
from convcalc.read.code.values import MISSING, Data, Library, Partial, Unknown

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

TABLE = Table()
# Functions of a few numbers whose work and result are small for numbers within bounds.
_SMALL = (
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "ceil", "copysign", "cos", "cosh", "degrees",
    "erf", "erfc", "exp", "exp2", "expm1", "fabs", "floor", "fmod", "frexp", "gamma", "gcd", "hypot", "isclose",
    "isfinite", "isinf", "isnan", "isqrt", "lcm", "ldexp", "lgamma", "log", "log10", "log1p", "log2", "modf",
    "nextafter", "pow", "radians", "remainder", "sin", "sinh", "sqrt", "tan", "tanh", "trunc", "ulp",
)  # fmt: skip
# Functions whose result grows fast with their arguments.
_GROWING = {"comb": 1000, "perm": 150, "factorial": 170}


def _of_numbers(name: str, most: float) -> Callable[..., Any]:
    function = getattr(math, name)

    def call(site: Site, *args: Any, **named: Any) -> Any:
        given = [scalar(site, one) for one in args]
        lost = lost_in(*given)
        if lost:
            return lost
        if any(isinstance(one, int) and abs(one) > most for one in given):
            return site.unknown("so large a number is not worked out here")
        made = function(*given, **named)
        return made if isinstance(made, tuple) else bounded(site, made)

    return call


for _name in _SMALL:
    if hasattr(math, _name):
        TABLE(f"math.{_name}")(_of_numbers(_name, math.inf))
for _name, _most in _GROWING.items():
    TABLE(f"math.{_name}")(_of_numbers(_name, _most))
TABLE.constants |= {f"math.{name}": getattr(math, name) for name in ("pi", "e", "tau", "inf", "nan")}


def _of_members(name: str) -> Callable[..., Any]:
    function = getattr(math, name)

    def call(site: Site, *values: Any) -> Any:
        found = [members(site, one) for one in values]
        flat = [one if isinstance(one, Unknown) else [scalar(site, part) for part in one] for one in found]
        lost = lost_in(*flat) or lost_in(*(part for one in flat if isinstance(one, list) for part in one))
        return lost or function(*flat)

    return call


for _name in ("fsum", "dist", "sumprod"):
    if hasattr(math, _name):
        TABLE(f"math.{_name}")(_of_members(_name))


@TABLE("math.prod")
def prod(site: Site, values: Any, *, start: Any = 1) -> Any:
    """The product of the members."""
    found = members(site, values)
    if isinstance(found, Unknown):
        return found
    for one in found:
        start = number(site, "*", start, scalar(site, one))
        if isinstance(start, Unknown):
            return start
    return start


# operator


_SIGNS = {
    "add": "+", "concat": "+", "iadd": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%",
    "pow": "**", "matmul": "@", "and_": "&", "or_": "|", "xor": "^", "lshift": "<<", "rshift": ">>",
}  # fmt: skip
_COMPARED = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "is_": "is", "is_not": "is not"}


def _operator(sign: str) -> Callable[..., Any]:
    return lambda site, left, right: combine(site, sign, left, right)


def _comparison(sign: str) -> Callable[..., Any]:
    def call(site: Site, left: Any, right: Any) -> Any:
        if isinstance(left, Data) or isinstance(right, Data):
            return site.unknown(f"{site.text} of an array is not followed")
        return compare(site, sign, left, right)

    return call


for _name, _sign in _SIGNS.items():
    TABLE(f"operator.{_name}", unknown=True)(_operator(_sign))
for _name, _sign in _COMPARED.items():
    TABLE(f"operator.{_name}", unknown=True)(_comparison(_sign))


@TABLE("operator.neg")
def negative(site: Site, value: Any) -> Any:
    """A value with the other sign."""
    return combine(site, "*", value, -1)


@TABLE("operator.pos")
def positive(site: Site, value: Any) -> Any:
    """A value with its own sign."""
    return value


@TABLE("operator.not_", unknown=True)
def not_(site: Site, value: Any) -> Any:
    """Whether a value is not true."""
    found = truth(site, value)
    return found if isinstance(found, Unknown) else not found


@TABLE("operator.truth", unknown=True)
def truth_(site: Site, value: Any) -> Any:
    """Whether a value is true."""
    return truth(site, value)


@TABLE("operator.contains", unknown=True)
def contains(site: Site, whole: Any, part: Any) -> Any:
    """Whether a value is in another."""
    return compare(site, "in", part, whole)


@TABLE("operator.indexOf", unknown=True)
def index_of(site: Site, whole: Any, part: Any) -> Any:
    """Where a value stands in another."""
    found = members(site, whole)
    at = found if isinstance(found, Unknown) else position(site, found, part)
    return site.unknown("this is not in the list") if at == -1 else at


@TABLE("operator.getitem", unknown=True)
def getitem(site: Site, whole: Any, key: Any) -> Any:
    """A part of a value."""
    return site.machine.evaluate.part(whole, key, site.node)


@TABLE("operator.itemgetter", unknown=True)
def itemgetter(site: Site, *keys: Any) -> Any:
    """A function that gives parts of what it is given."""
    return lost_in(*keys) or Partial(Library("operator.itemgetter.of"), (keys,), {})


@TABLE("operator.itemgetter.of", unknown=True)
def items_of(site: Site, keys: tuple[Any, ...], whole: Any) -> Any:
    """The parts that ``itemgetter`` has been asked for."""
    found = tuple(getitem(site, whole, key) for key in keys)
    return found if len(found) > 1 else found[0]


@TABLE("operator.attrgetter")
def attrgetter(site: Site, *names: Any) -> Any:
    """A function that gives attributes of what it is given."""
    return Partial(Library("operator.attrgetter.of"), (names,), {})


@TABLE("operator.attrgetter.of", unknown=True)
def attributes_of(site: Site, names: tuple[str, ...], value: Any) -> Any:
    """The attributes that ``attrgetter`` has been asked for."""
    found = []
    for name in names:
        one = value
        for part in name.split("."):
            one = one if isinstance(one, Unknown) else site.machine.attribute(one, part, site.node)
            if one is MISSING:
                one = site.unknown(f"there is no {name}")
        found.append(one)
    return tuple(found) if len(found) > 1 else found[0]


@TABLE("operator.methodcaller", unknown=True)
def methodcaller(site: Site, name: Any, *args: Any, **named: Any) -> Any:
    """A function that calls a method of what it is given."""
    return lost_in(name) or Partial(Library("operator.methodcaller.of"), (name, args, named), {})


@TABLE("operator.methodcaller.of", unknown=True)
def called(site: Site, name: str, args: tuple[Any, ...], named: dict[str, Any], value: Any) -> Any:
    """What the method gives that ``methodcaller`` has been asked for."""
    method = site.machine.attribute(value, name, site.node)
    return site.unknown(f"there is no {name}") if method is MISSING else site.call(method, *args, **named)
