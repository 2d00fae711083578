"""The module ``functools``: calls that wait for arguments, decorators, functions that remember their results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.read.code.library import Table
from convcalc.read.code.library.plain import hashable, lost_in, members, not_plain
from convcalc.read.code.values import Function, Library, OwnClass, Partial, Thing, Unknown

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

TABLE = Table()


@TABLE("functools.partial", "functools.partialmethod", unknown=True)
def partial(site: Site, function: Any, *args: Any, **named: Any) -> Any:
    """A call that waits for more arguments."""
    return function if isinstance(function, Unknown) else Partial(function, args, named)


@TABLE("functools.reduce", "builtins.reduce", unknown=True)
def reduce(site: Site, function: Any, values: Any, *start: Any) -> Any:
    """What a function of two values makes of all members."""
    found = members(site, values)
    lost = lost_in(found, function)
    if lost:
        return lost
    whole = [*start, *found]  # type: ignore[misc]
    if not whole:
        return site.unknown("nothing is there to be reduced")
    value = whole[0]
    for one in whole[1:]:
        value = site.call(function, value, one)
    return value


@TABLE("functools.total_ordering", unknown=True)
def given_back(site: Site, function: Any, *_rest: Any, **_options: Any) -> Any:
    """The function itself."""
    return function


@TABLE("functools.update_wrapper", unknown=True)
def update_wrapper(site: Site, wrapper: Any, wrapped: Any, *_rest: Any, **_options: Any) -> Any:
    """The function itself, with the name of another one."""
    if isinstance(wrapper, Function) and isinstance(wrapped, Function):
        wrapper.attrs.update({**wrapped.attrs, "__name__": wrapped.attrs.get("__name__", wrapped.name)})
    return wrapper


@TABLE("functools.wraps", unknown=True)
def wraps(site: Site, wrapped: Any, *_names: Any, **_options: Any) -> Any:
    """A decorator that gives a function the name of another one."""
    return Partial(Library("functools.update_wrapper"), (), {"wrapped": wrapped})


class Managed(Thing):
    """A generator of the script's own that ``with`` enters: what it yields first is what ``with`` binds."""

    def __init__(self, function: Function) -> None:
        super().__init__()
        self._function = function

    def called(self, site: Site, *args: Any, **named: Any) -> Any:
        """What ``with`` is given."""
        yielded = site.call(self._function, *args, **named)
        return Entered(yielded[0]) if isinstance(yielded, list) and len(yielded) == 1 else site.unknown(site.text)


class Entered(Thing):
    """What a `Managed` function gives: ``value`` is what ``with`` binds."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self._value = value

    def entered(self, site: Site) -> Any:
        """What ``with`` binds."""
        return self._value


@TABLE("contextlib.contextmanager", unknown=True)
def contextmanager(site: Site, function: Any) -> Any:
    """A function whose calls stand behind ``with``."""
    known = isinstance(function, Function) and function.yields
    return Managed(function) if known else site.unknown(f"{site.text} is not followed here")


class Cached(Thing):
    """A function that is called once for each set of arguments."""

    def __init__(self, function: Any) -> None:
        super().__init__()
        self._function = function
        self._results: dict[Any, Any] = {}

    def called(self, site: Site, *args: Any, **named: Any) -> Any:
        """The result for these arguments."""
        key = (args, tuple(sorted(named.items())))
        if not_plain(site, key) or hashable(site, key):
            return site.unknown("a cached function with such arguments is not followed")
        if key not in self._results:
            site.machine.journal.touch(self._results)
            self._results[key] = site.call(self._function, *args, **named)
        return self._results[key]


@TABLE("functools.lru_cache", "functools.cache", unknown=True)
def cache(site: Site, function: Any = None, *_size: Any, **_options: Any) -> Any:
    """A function that remembers its results, or the decorator that makes one."""
    if isinstance(function, Unknown):
        return function
    if isinstance(function, Function | OwnClass | Partial | Library):
        return Cached(function)
    return Library("functools.cache")


@TABLE("functools.singledispatch", "functools.cmp_to_key", unknown=True)
def not_followed(site: Site, *_args: Any, **_named: Any) -> Any:
    """What is too rare to be followed."""
    return site.unknown(f"{site.text} is not followed")
