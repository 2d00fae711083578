"""The modules ``collections``, ``copy``, ``dataclasses`` and ``types``: containers, and copies of values."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from convcalc.read.code.library import Table
from convcalc.read.code.library.containers import DICTIONARIES, LISTS, lose, pairs
from convcalc.read.code.library.plain import (
    SCALARS,
    Iterated,
    Namespace,
    Row,
    hashable,
    lost_in,
    members,
    room,
)
from convcalc.read.code.values import (
    MISSING,
    Data,
    Function,
    Instance,
    Library,
    OwnClass,
    Partial,
    Tensor,
    Thing,
    Unknown,
)

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

TABLE = Table()


class Deque(list[Any]):
    """``collections.deque``: a list that can be limited in length."""

    limit: int | None = None


class Filled(dict[Any, Any]):
    """``collections.defaultdict``: a dictionary that makes what it is asked for."""

    site: Site
    factory: Any = None

    def __missing__(self, key: Any) -> Any:
        if self.factory is None:
            raise KeyError(key)
        self.site.machine.journal.touch(self)
        value = self[key] = self.site.call(self.factory)
        return value


class Counted(dict[Any, Any]):
    """``collections.Counter``: how often members have been counted."""

    def __missing__(self, key: Any) -> int:
        return 0


@TABLE("collections.deque", unknown=True)
def deque(site: Site, values: Any = (), maxlen: Any = None) -> Any:
    """A list with two ends."""
    found = members(site, values)
    lost = lost_in(found, maxlen)
    if lost:
        return lost
    made = Deque(found if maxlen is None else found[max(len(found) - maxlen, 0) :])  # type: ignore[arg-type,index]
    made.limit = maxlen
    return made


def _added(site: Site, whole: Deque, values: Any, left: bool) -> Any:
    found = members(site, values)
    if isinstance(found, Unknown):
        return lose(site, whole, found)
    lost = room(site, len(whole) + len(found)) if len(found) > 1 else None
    if lost:
        return lose(site, whole, lost)
    site.machine.journal.touch(whole)
    if left:
        whole[:0] = found[::-1]
    else:
        whole.extend(found)
    if whole.limit is not None:
        del whole[whole.limit if left else 0 : None if left else max(len(whole) - whole.limit, 0)]
    return None


def _popleft(site: Site, whole: Deque) -> Any:
    site.machine.journal.touch(whole)
    return whole.pop(0)


def _rotate(site: Site, whole: Deque, by: Any = 1) -> Any:
    if isinstance(by, Unknown):
        return lose(site, whole, by)
    site.machine.journal.touch(whole)
    by = by % len(whole) if whole else 0
    whole[:] = [*whole[len(whole) - by :], *whole[: len(whole) - by]]
    return None


def _copy_of_deque(site: Site, whole: Deque) -> Any:
    return deque(site, list(whole), whole.limit)


@TABLE("collections.Counter", unknown=True)
def counter(site: Site, values: Any = (), **named: Any) -> Any:
    """How often each member is there."""
    made = Counted()
    lost = _count(site, made, values, 1)
    return lost or (_count(site, made, named, 1) if named else None) or made


def _count(site: Site, whole: Counted, values: Any, sign: int) -> Unknown | None:
    if isinstance(values, dict):
        lost = lost_in(*values.values())
        for key, number in () if lost else values.items():
            whole[key] = whole[key] + sign * number
        return lost
    found = members(site, values)
    if isinstance(found, Unknown):
        return found
    lost = next((lost for lost in (hashable(site, one) for one in found) if lost), None)
    for one in () if lost else found:
        whole[one] = whole[one] + sign
    return lost


def _recount(sign: int) -> Callable[..., Any]:
    def call(site: Site, whole: Counted, values: Any = (), **named: Any) -> Any:
        site.machine.journal.touch(whole)
        lost = _count(site, whole, values, sign) or _count(site, whole, named, sign)
        return lose(site, whole, lost) if lost else None

    return call


def _most_common(site: Site, whole: Counted, number: Any = None) -> Any:
    lost = lost_in(number, *whole.values()) or room(site, len(whole))
    found = [] if lost else sorted(whole.items(), key=lambda pair: pair[1], reverse=True)
    return lost or (found if number is None else found[: max(number, 0)])


def _elements(site: Site, whole: Counted) -> Any:
    size = sum(max(number, 0) for number in whole.values())
    return room(site, size) or Iterated(key for key, number in whole.items() for _ in range(number))


def _copy_of_counter(site: Site, whole: Counted) -> Any:
    return room(site, len(whole)) or Counted(whole)


@TABLE("collections.defaultdict", unknown=True)
def defaultdict(site: Site, factory: Any = None, values: Any = (), **named: Any) -> Any:
    """A dictionary that makes what it is asked for."""
    found = pairs(site, values, named)
    lost = lost_in(found, factory)
    if lost:
        return lost
    made = Filled(found)  # type: ignore[arg-type]
    made.site, made.factory = site, factory
    return made


def _copy_of_filled(site: Site, whole: Filled) -> Any:
    return defaultdict(whole.site, whole.factory, dict(whole))


@TABLE("collections.OrderedDict", unknown=True)
def ordered_dict(site: Site, values: Any = (), **named: Any) -> Any:
    """A dictionary, which keeps its order anyway."""
    return pairs(site, values, named)


METHODS: Mapping[type, Mapping[str, Callable[..., Any]]] = {
    Deque: {
        **LISTS,
        "append": lambda site, whole, value: _added(site, whole, [value], False),
        "appendleft": lambda site, whole, value: _added(site, whole, [value], True),
        "extend": lambda site, whole, values: _added(site, whole, values, False),
        "extendleft": lambda site, whole, values: _added(site, whole, values, True),
        "popleft": _popleft,
        "rotate": _rotate,
        "copy": _copy_of_deque,
    },
    Counted: {
        **DICTIONARIES, "update": _recount(1), "subtract": _recount(-1), "most_common": _most_common,
        "elements": _elements, "copy": _copy_of_counter,
    },
    Filled: {**DICTIONARIES, "copy": _copy_of_filled},
}  # fmt: skip


class Named(Thing):
    """A class that ``namedtuple`` makes."""

    def __init__(self, name: str, fields: tuple[str, ...], defaults: dict[str, Any]) -> None:
        super().__init__()
        self.attributes = {"__name__": name, "_fields": fields}
        self._defaults = defaults

    def called(self, site: Site, *args: Any, **named: Any) -> Any:
        """A new object."""
        fields = self.attributes["_fields"]
        given = {**self._defaults, **dict(zip(fields, args, strict=False)), **named}
        if len(args) > len(fields) or set(given) != set(fields):
            return site.unknown(f"{self.attributes['__name__']} does not take these arguments")
        made = Row(fields, [given[name] for name in fields])
        made.attributes["_fields"] = fields
        made.attributes["_replace"] = Partial(self, (), {name: given[name] for name in fields})
        made.attributes["_asdict"] = Partial(Library("builtins.dict"), (), {name: given[name] for name in fields})
        return made


@TABLE("collections.namedtuple")
def namedtuple(site: Site, name: Any, fields: Any, *, defaults: Any = (), **options: Any) -> Any:
    """A class of tuples whose members have names."""
    if options.get("rename"):
        return site.unknown("namedtuple() with rename is not followed")
    names = fields.replace(",", " ").split() if isinstance(fields, str) else members(site, fields)
    if isinstance(names, Unknown):
        return names
    given = list(defaults or ())
    return Named(name, tuple(names), dict(zip(names[len(names) - len(given) :], given, strict=True)))


@TABLE("types.SimpleNamespace", unknown=True)
def namespace(site: Site, **named: Any) -> Any:
    """An object with attributes."""
    return Namespace(named)


# copy


@TABLE("copy.copy", unknown=True)
def shallow(site: Site, value: Any) -> Any:
    """A copy whose members are the same."""
    return _copied(site, value, {}, 1)


@TABLE("copy.deepcopy", unknown=True)
def deep(site: Site, value: Any, *_memo: Any) -> Any:
    """A copy whose members are copies."""
    return _copied(site, value, {}, 50)


def _copied(site: Site, value: Any, memo: dict[int, Any], depth: int) -> Any:
    fixed = (*SCALARS, Unknown, Function, Library, OwnClass)
    if isinstance(value, fixed) or depth <= 0:
        return value
    if id(value) in memo:
        return memo[id(value)]
    if isinstance(value, Data) and not isinstance(value, Tensor):
        return copy.copy(value)
    if isinstance(value, Instance) and value.live is None and value.items is None and not _copies_itself(value):
        made = memo[id(value)] = Instance(value.cls)
        made.attrs.update({name: _copied(site, one, memo, depth - 1) for name, one in value.attrs.items()})
        return made
    if isinstance(value, list | tuple | dict | set | frozenset):
        lost = room(site, len(value))
        return lost if lost else _copy_of_container(site, value, memo, depth - 1)
    return site.unknown("a copy of this is not followed")


def _copies_itself(value: Instance) -> bool:
    return any(value.cls.find(name) is not MISSING for name in ("__copy__", "__deepcopy__"))


def _copy_of_container(site: Site, value: Any, memo: dict[int, Any], depth: int) -> Any:
    site.spend(1)
    if isinstance(value, list | dict):
        made = memo[id(value)] = copy.copy(value)  # keeps what kind of list or dictionary it is
        if isinstance(value, list):
            made[:] = [_copied(site, one, memo, depth) for one in value]
            return made
        for key, one in value.items():
            made[key] = _copied(site, one, memo, depth)
        return made
    memo[id(value)] = made = type(value)(_copied(site, one, memo, depth) for one in value)
    return made


# dataclasses


@TABLE("dataclasses.dataclass", "dataclasses.dataclass_transform", unknown=True)
def dataclass(site: Site, cls: Any = None, **_options: Any) -> Any:
    """A class whose annotated names are what its objects are given."""
    if isinstance(cls, OwnClass):
        site.machine.journal.touch(cls.names)
        cls.names["__dataclass__"] = True
    return Library("dataclasses.dataclass") if cls is None else cls


@TABLE("dataclasses.field", unknown=True)
def field(site: Site, *, default: Any = None, default_factory: Any = None, **options: Any) -> Any:
    """The default of a field."""
    if default_factory is not None:
        return Partial(None, ("field",), {"default_factory": default_factory})
    return default


@TABLE("dataclasses.asdict")
def asdict(site: Site, value: Any) -> Any:
    """The fields of an object and their values."""
    if not isinstance(value, Instance) or any(isinstance(one, Instance) for one in value.attrs.values()):
        return site.unknown(f"{site.text} is not followed here")
    return {name: deep(site, one) for name, one in value.attrs.items()}


@TABLE("dataclasses.replace", unknown=True)
def replace(site: Site, value: Any, **changes: Any) -> Any:
    """An object with other values in some of its fields."""
    if not isinstance(value, Instance) or value.cls.find("__dataclass__") is MISSING:
        return site.unknown(f"{site.text} is not followed here")
    fields = [
        name for one in value.cls.order if isinstance(one, OwnClass) for name in one.names.get("__annotations__", ())
    ]
    return site.call(value.cls, **{name: one for name, one in value.attrs.items() if name in fields} | changes)


_NOT_FOLLOWED = (
    "collections.ChainMap", "dataclasses.fields", "dataclasses.make_dataclass",
)  # fmt: skip


@TABLE(*_NOT_FOLLOWED, unknown=True)
def not_followed(site: Site, *_args: Any, **_named: Any) -> Any:
    """What is too rare to be followed."""
    return site.unknown(f"{site.text} is not followed")


__all__ = ["METHODS", "TABLE"]
