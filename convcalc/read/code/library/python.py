"""What Python itself gives: its functions, the methods of its types, its operators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from convcalc.read.code.library import Table, collected, inspection, iteration, partials
from convcalc.read.code.library.comparing import compare, equal, in_sorted_order
from convcalc.read.code.library.containers import DICTIONARIES, FROZEN, LISTS, SETS, fromkeys, pairs
from convcalc.read.code.library.immutable import BYTES, NUMBERS, RANGES, TEXTS, TUPLES, maketrans
from convcalc.read.code.library.operators import arithmetic, bounded, number, summed
from convcalc.read.code.library.plain import (
    MOST_MEMBERS,
    SCALARS,
    Iterated,
    Iterator,
    hashable,
    hashed,
    lost_in,
    members,
    not_plain,
    room,
    room_of_text,
    scalar,
    truth,
)
from convcalc.read.code.library.printing import formatted, text_of
from convcalc.read.code.values import MISSING, Data, Instance, Library, Tensor, Thing, Unknown

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

TABLE = Table()
# The methods of values by their types; the first type that fits counts.
METHODS: Mapping[type, Mapping[str, Callable[..., Any]]] = {
    **collected.METHODS,
    str: TEXTS,
    bytes: BYTES,
    list: LISTS,
    tuple: TUPLES,
    dict: DICTIONARIES,
    set: SETS,
    frozenset: FROZEN,
    range: RANGES,
    **NUMBERS,
}
_MOST_DIGITS = 400


@TABLE("builtins.len", unknown=True)
def length(site: Site, value: Any) -> Any:
    """The number of members."""
    if isinstance(value, Instance) and value.cls.find("__len__") is not MISSING:
        return site.call(site.machine.attribute(value, "__len__", site.node))
    if isinstance(value, Instance) and value.items is not None:
        value = value.items
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Data):
        if not value.shape:
            return site.unknown("a number has no length")
        size = value.shape[0]
        return value.cause or site.unknown("the length of this array is not known") if size is None else size
    if isinstance(value, Thing):
        own = value.method("length")
        if own:
            return own(site)
    if isinstance(value, str | bytes | range | list | tuple | dict | set | frozenset):
        return len(value)
    if isinstance(value, SCALARS):
        return site.unknown("this has no length")
    found = site.items(value)
    return found if isinstance(found, Unknown) else len(found)


@TABLE("builtins.range", "builtins.xrange")
def range_(site: Site, *ends: Any) -> Any:
    """The whole numbers of a range; they are not listed."""
    known = [scalar(site, one) for one in ends]
    lost = lost_in(*known)
    if lost:
        return lost
    made = range(*known)
    len(made)  # `OverflowError` where the range is too long for Python to count
    return made


@TABLE("builtins.list", unknown=True)
def list_(site: Site, values: Any = ()) -> Any:
    """A new list."""
    return members(site, values)


@TABLE("builtins.tuple", unknown=True)
def tuple_(site: Site, values: Any = ()) -> Any:
    """A tuple."""
    found = members(site, values)
    return found if isinstance(found, Unknown) else tuple(found)


@TABLE("builtins.set", unknown=True)
def set_(site: Site, values: Any = ()) -> Any:
    """A new set; an array of labels has all of them."""
    if isinstance(values, Data) and values.labels and len(values.shape) == 1:
        return room(site, values.labels) or set(range(values.labels))
    found = members(site, values)
    if isinstance(found, Unknown):
        return found
    found = [scalar(site, one) if isinstance(one, Data) and not one.shape else one for one in found]
    return hashed(site, found)


@TABLE("builtins.frozenset", unknown=True)
def frozenset_(site: Site, values: Any = ()) -> Any:
    """A set that cannot be changed."""
    found = set_(site, values)
    return found if isinstance(found, Unknown) else frozenset(found)


@TABLE("builtins.dict", unknown=True)
def dict_(site: Site, values: Any = (), **named: Any) -> Any:
    """A new dictionary."""
    return pairs(site, values, named)


@TABLE("builtins.str", "builtins.unicode", unknown=True)
def str_(site: Site, value: Any = "", *encoding: Any) -> Any:
    """The text of a value."""
    if encoding:
        return lost_in(value, *encoding) or str(value, *encoding)
    return text_of(site, value)


@TABLE("builtins.repr", unknown=True)
def repr_(site: Site, value: Any) -> Any:
    """The text of a value as Python writes it."""
    return text_of(site, value, "__repr__")


@TABLE("builtins.ascii")
def ascii_(site: Site, value: Any) -> Any:
    """The text of a value in ASCII."""
    made = text_of(site, value, "__repr__")
    return made if isinstance(made, Unknown) else ascii(made)[1:-1].replace("\\\\", "\\")


@TABLE("builtins.format", unknown=True)
def format_(site: Site, value: Any, spec: Any = "") -> Any:
    """The text of a value in a format."""
    return formatted(site, value, spec)


def _own(site: Site, value: Any, *names: str) -> Any:
    """What an object's own method gives; MISSING where it has none."""
    for name in names if isinstance(value, Instance) else ():
        if value.cls.find(name) is not MISSING:
            return site.call(site.machine.attribute(value, name, site.node))
    return MISSING


@TABLE("builtins.int", "builtins.long")
def int_(site: Site, value: Any = 0, base: Any = None) -> Any:
    """A whole number."""
    own = _own(site, value, "__int__", "__index__")
    if own is not MISSING:
        return own
    value = scalar(site, value)
    if isinstance(value, str | bytes) and len(value) > _MOST_DIGITS:
        return site.unknown("this number is too large")
    if isinstance(value, Unknown):
        return value
    try:
        return bounded(site, int(value) if base is None else int(value, base))
    except ValueError as error:
        return site.machine.refused(error, f"{site.text} is not followed with these arguments", site.node)


@TABLE("builtins.float")
def float_(site: Site, value: Any = 0.0) -> Any:
    """A number with a fraction."""
    own = _own(site, value, "__float__")
    if own is not MISSING:
        return own
    value = scalar(site, value)
    if isinstance(value, str | bytes) and len(value) > _MOST_DIGITS:
        return site.unknown("this number is too large")
    if isinstance(value, Unknown):
        return value
    try:
        return float(value)
    except ValueError as error:
        return site.machine.refused(error, f"{site.text} is not followed with these arguments", site.node)


@TABLE("builtins.complex")
def complex_(site: Site, *parts: Any) -> Any:
    """A complex number."""
    return not_plain(site, parts) or complex(*parts)


@TABLE("builtins.bool", unknown=True)
def bool_(site: Site, value: Any = False) -> Any:
    """Whether Python takes a value as true."""
    return truth(site, value)


@TABLE("builtins.bytes", "builtins.bytearray")
def bytes_(site: Site, value: Any = b"", *encoding: Any) -> Any:
    """Bytes of a text, of numbers, or so many zeros."""
    if isinstance(value, int):
        return room_of_text(site, value) or bytes(value)
    if isinstance(value, str | bytes):
        return bytes(value, *encoding)
    found = members(site, value)
    return found if isinstance(found, Unknown) else not_plain(site, found) or bytes(found)


def _is_array(value: Any) -> bool:
    return isinstance(value, Data) and len(value.shape) > 0


@TABLE("builtins.abs")
def abs_(site: Site, value: Any) -> Any:
    """The absolute value."""
    if isinstance(value, Data):
        return site.call(Library("keras.ops.absolute" if isinstance(value, Tensor) else "numpy.abs"), value)
    own = _own(site, value, "__abs__")
    return abs(value) if own is MISSING else own


@TABLE("builtins.round")
def round_(site: Site, value: Any, digits: Any = None) -> Any:
    """A rounded number."""
    if _is_array(value) or isinstance(value, Tensor):
        return site.unknown("an array is not rounded here")
    value = scalar(site, value)
    if isinstance(digits, int) and abs(digits) > _MOST_DIGITS:
        return site.unknown("so many digits are not followed")
    return value if isinstance(value, Unknown) else bounded(site, round(value, digits))


@TABLE("builtins.divmod")
def divmod_(site: Site, left: Any, right: Any) -> Any:
    """The quotient and the remainder."""
    left, right = scalar(site, left), scalar(site, right)
    lost = lost_in(left, right)
    return lost or (number(site, "//", left, right), number(site, "%", left, right))


@TABLE("builtins.pow")
def pow_(site: Site, base: Any, exp: Any, mod: Any = None) -> Any:
    """A power."""
    if mod is None:
        return site.machine.evaluate.combined("**", base, exp, site.node)
    return bounded(site, pow(base, exp, mod))


@TABLE("builtins.sum", unknown=True)
def sum_(site: Site, values: Any, start: Any = 0) -> Any:
    """The sum of the members."""
    if isinstance(values, Unknown | Thing) or isinstance(start, Unknown):
        return lost_in(values, start) or site.unknown("the members of this are not known")
    if _is_array(values) and not isinstance(values, Tensor) and start == 0 and not isinstance(start, bool):
        return site.call(Library("numpy.sum"), values, axis=0)
    return summed(site, values, start)


def _extreme(site: Site, path: str, args: tuple[Any, ...], key: Any, default: Any) -> Any:
    """The smallest or the largest of several values."""
    if len(args) == 1 and isinstance(args[0], Data) and len(args[0].shape) == 1 and key is None:
        return site.call(Library(path), args[0])
    found = list(args) if len(args) > 1 else members(site, args[0])
    if isinstance(found, Unknown):
        return found
    if not found:
        return site.unknown("the smallest or largest of nothing is not there") if default is MISSING else default
    found = [scalar(site, one) for one in found]
    order = lost_in(*found) or in_sorted_order(site, found, key, path.endswith(".max"))
    return order if isinstance(order, Unknown) else order[0]


@TABLE("builtins.min")
def min_(site: Site, *args: Any, key: Any = None, default: Any = MISSING) -> Any:
    """The smallest of several values."""
    return _extreme(site, "numpy.min", args, key, default)


@TABLE("builtins.max")
def max_(site: Site, *args: Any, key: Any = None, default: Any = MISSING) -> Any:
    """The largest of several values."""
    return _extreme(site, "numpy.max", args, key, default)


@TABLE("builtins.sorted", unknown=True)
def sorted_(site: Site, values: Any, key: Any = None, reverse: Any = False) -> Any:
    """A list of the members in order."""
    found = members(site, values)
    if isinstance(found, Unknown):
        return found
    return lost_in(key) or in_sorted_order(site, [scalar(site, one) for one in found], key, reverse)


for _kind, _methods in METHODS.items():  # as functions of the types: ``str.upper``
    TABLE.functions |= {f"builtins.{_kind.__name__}.{name}": method for name, method in _methods.items()}
TABLE("builtins.dict.fromkeys", "collections.OrderedDict.fromkeys", unknown=True)(fromkeys)
TABLE("builtins.str.maketrans")(maketrans)
for _part in (inspection, iteration, partials, collected):
    TABLE.functions |= _part.TABLE.functions
    TABLE.constants |= _part.TABLE.constants

__all__ = [
    "METHODS", "MOST_MEMBERS", "TABLE", "Iterated", "Iterator", "arithmetic", "compare", "equal", "formatted",
    "hashable", "hashed", "pairs", "room",
]  # fmt: skip
