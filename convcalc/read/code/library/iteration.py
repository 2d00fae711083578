"""Going through values: ``zip``, ``map``, ``iter`` and ``next``, and the module ``itertools``."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from math import comb, perm, prod
from typing import TYPE_CHECKING, Any

from convcalc.read.code.library import Table
from convcalc.read.code.library.operators import folded
from convcalc.read.code.library.plain import (
    MOST_MEMBERS,
    Iterated,
    Iterator,
    lost_in,
    members,
    room,
    scalar,
    truth,
)
from convcalc.read.code.values import MISSING, Instance, Thing, Unknown

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

TABLE = Table()


class Endless(Thing):
    """What gives members without an end: ``itertools.count()``."""

    def __init__(self, member: Callable[[int], Any]) -> None:
        super().__init__()
        self._member = member
        self._at = 0

    def taken(self, site: Site, number: int) -> list[Any] | Unknown:
        """The next members."""
        lost = room(site, number)
        if lost:
            return lost
        site.machine.journal.touch(self)
        self._at += number
        return [self._member(at) for at in range(self._at - number, self._at)]


def _gone_through(site: Site, values: Iterable[Any]) -> list[list[Any]] | Unknown:
    """The members of several values; endless ones have as many as the shortest of the others."""
    values = list(values)
    found = [None if isinstance(one, Endless) else members(site, one) for one in values]
    lost = lost_in(*found)
    if lost:
        return lost
    sizes = [len(one) for one in found if isinstance(one, list)]
    if not sizes:
        return site.unknown("this has no end") if values else []
    whole = [
        value.taken(site, min(sizes)) if isinstance(value, Endless) else one
        for value, one in zip(values, found, strict=True)
    ]
    return lost_in(*whole) or whole  # type: ignore[return-value]


@TABLE("builtins.zip", "itertools.izip", unknown=True)
def zip_(site: Site, *values: Any, strict: Any = False) -> Any:
    """The members of several values, side by side."""
    own = next((one.method("beside") for one in values if isinstance(one, Thing) and one.method("beside")), None)
    if own:
        return own(site, values)
    found = _gone_through(site, values)
    return found if isinstance(found, Unknown) else Iterated(zip(*found, strict=False))


@TABLE("builtins.enumerate", unknown=True)
def enumerate_(site: Site, value: Any, start: Any = 0) -> Any:
    """The members, each with its number."""
    own = value.method("numbered") if isinstance(value, Thing) else None
    if own:
        return own(site, start)
    start = scalar(site, start)
    found = members(site, value)
    lost = lost_in(found, start)
    return lost or Iterated(enumerate(found, start))  # type: ignore[arg-type]


@TABLE("builtins.reversed", unknown=True)
def reversed_(site: Site, value: Any) -> Any:
    """The members from the last to the first."""
    found = members(site, value)
    return found if isinstance(found, Unknown) else Iterated(reversed(found))


@TABLE("builtins.map", "itertools.imap", unknown=True)
def map_(site: Site, function: Any, *values: Any) -> Any:
    """What a function gives for each member."""
    found = _gone_through(site, values)
    if isinstance(found, Unknown):
        return found
    return Iterated(site.call(function, *one) for one in zip(*found, strict=False))


@TABLE("itertools.starmap", unknown=True)
def starmap(site: Site, function: Any, values: Any) -> Any:
    """What a function gives for each list of arguments."""
    found = members(site, values)
    if isinstance(found, Unknown):
        return found
    given = [members(site, one) for one in found]
    return lost_in(*given) or Iterated(site.call(function, *one) for one in given if isinstance(one, list))


def _kept(site: Site, function: Any, values: Any, wanted: bool) -> Any:
    found = members(site, values)
    if isinstance(found, Unknown):
        return found
    answers = [truth(site, one if function is None else site.call(function, one)) for one in found]
    return lost_in(*answers) or Iterated(one for one, answer in zip(found, answers, strict=True) if answer is wanted)


@TABLE("builtins.filter", "itertools.ifilter", unknown=True)
def filter_(site: Site, function: Any, values: Any) -> Any:
    """The members for which a function holds."""
    return _kept(site, function, values, True)


@TABLE("itertools.filterfalse", unknown=True)
def filterfalse(site: Site, function: Any, values: Any) -> Any:
    """The members for which a function does not hold."""
    return _kept(site, function, values, False)


def _any(site: Site, values: Any, wanted: bool) -> Any:
    found = members(site, values)
    if isinstance(found, Unknown):
        return found
    answers = [truth(site, one) for one in found]
    return wanted if wanted in answers else lost_in(*answers) or not wanted


@TABLE("builtins.any", unknown=True)
def any_(site: Site, values: Any) -> Any:
    """Whether any member is true."""
    return _any(site, values, True)


@TABLE("builtins.all", unknown=True)
def all_(site: Site, values: Any) -> Any:
    """Whether all members are true."""
    return _any(site, values, False)


@TABLE("builtins.iter", unknown=True)
def iter_(site: Site, value: Any, *end: Any) -> Any:
    """What gives the members of a value one by one."""
    if end:
        return lost_in(value, *end) or site.unknown("iter() of a function is not followed")
    if isinstance(value, Unknown | Iterated | Iterator | Endless):
        return value
    if isinstance(value, Instance) and value.cls.find("__iter__") is not MISSING:
        return site.call(site.machine.attribute(value, "__iter__", site.node))
    if isinstance(value, Thing) and value.method("element"):
        return value  # a data set, whose elements are alike
    found = members(site, value)
    return found if isinstance(found, Unknown) else Iterator(found)


@TABLE("builtins.next", unknown=True)
def next_(site: Site, value: Any, *default: Any) -> Any:
    """The next member."""
    if isinstance(value, Iterator):
        return site.machine.untainted(value.take(site, default))
    if isinstance(value, Endless):
        found = value.taken(site, 1)
        return found if isinstance(found, Unknown) else found[0]
    if isinstance(value, list):  # of a generator: lists themselves have no next member
        if not value:
            return default[0] if default else site.unknown("nothing is left to take with next()")
        site.machine.journal.touch(value)
        return value.pop(0)
    if isinstance(value, Instance) and value.cls.find("__next__") is not MISSING:
        return site.call(site.machine.attribute(value, "__next__", site.node))
    own = value.method("element") if isinstance(value, Thing) else None
    return own(site) if own else lost_in(value) or site.unknown("what next() gives here is not known")


# itertools


@TABLE("itertools.count")
def count(site: Site, start: Any = 0, step: Any = 1) -> Any:
    """Numbers without an end."""
    return Endless(lambda at: start + at * step)


@TABLE("itertools.cycle", unknown=True)
def cycle(site: Site, values: Any) -> Any:
    """The members again and again."""
    found = members(site, values)
    if isinstance(found, Unknown):
        return found
    return Endless(lambda at: found[at % len(found)]) if found else Iterated()


@TABLE("itertools.repeat", unknown=True)
def repeat(site: Site, value: Any, times: Any = None) -> Any:
    """One value again and again."""
    if isinstance(times, Unknown):
        return times
    if times is None:
        return Endless(lambda _: value)
    return room(site, times) or Iterated([value] * times)


@TABLE("itertools.chain", unknown=True)
def chain(site: Site, *values: Any) -> Any:
    """The members of several values, one value after the other."""
    found = [members(site, one) for one in values]
    lost = lost_in(*found) or room(site, sum(len(one) for one in found if isinstance(one, list)))
    return lost or Iterated(itertools.chain(*found))  # type: ignore[arg-type]


@TABLE("itertools.chain.from_iterable", unknown=True)
def chain_from(site: Site, values: Any) -> Any:
    """The members of the members."""
    found = members(site, values)
    return found if isinstance(found, Unknown) else chain(site, *found)


@TABLE("itertools.product", unknown=True)
def product(site: Site, *values: Any, repeat: Any = 1) -> Any:
    """All ways to take one member of each value."""
    found = [members(site, one) for one in values]
    lost = lost_in(*found, repeat)
    if lost:
        return lost
    if repeat * len(found) > 100:
        return site.unknown("so many values are not combined here")
    size = prod(len(one) for one in found if isinstance(one, list)) ** repeat
    return room(site, size) or Iterated(itertools.product(*found, repeat=repeat))  # type: ignore[arg-type]


def _chosen(site: Site, values: Any, size: Any, number: Callable[[int, int], int], make: Any) -> Any:
    found = members(site, values)
    lost = lost_in(found, size)
    if lost:
        return lost
    size = len(found) if size is None else size  # type: ignore[arg-type]
    if size > 100 or min(size, len(found) - size) > 20:  # type: ignore[arg-type]
        return site.unknown("so many values are not combined here")
    return room(site, number(len(found), size)) or Iterated(make(found, size))  # type: ignore[arg-type]


@TABLE("itertools.combinations", unknown=True)
def combinations(site: Site, values: Any, size: Any) -> Any:
    """All ways to take several members, in their order."""
    return _chosen(site, values, size, comb, itertools.combinations)


@TABLE("itertools.permutations", unknown=True)
def permutations(site: Site, values: Any, size: Any = None) -> Any:
    """All ways to take several members, in any order."""
    return _chosen(site, values, size, perm, itertools.permutations)


@TABLE("itertools.combinations_with_replacement", unknown=True)
def combinations_again(site: Site, values: Any, size: Any) -> Any:
    """All ways to take several members, each as often as one likes."""
    return _chosen(site, values, size, lambda n, k: comb(n + k - 1, k), itertools.combinations_with_replacement)


@TABLE("itertools.islice", unknown=True)
def islice(site: Site, values: Any, *ends: Any) -> Any:
    """The members from one place to another."""
    lost = lost_in(*ends)
    if lost:
        return lost
    if isinstance(values, Endless):
        stop = ends[0] if len(ends) == 1 else ends[1]
        taken = values.taken(site, MOST_MEMBERS + 1 if stop is None else stop)
        return taken if isinstance(taken, Unknown) else Iterated(itertools.islice(taken, *ends))
    if isinstance(values, Iterator) and len(ends) == 1 and isinstance(ends[0], int):
        return _first(site, values, ends[0])
    found = members(site, values)
    return found if isinstance(found, Unknown) else Iterated(itertools.islice(found, *ends))


def _first(site: Site, values: Iterator, number: int) -> Any:
    """The first members of an iterator, which keeps the others."""
    lost = room(site, number)
    if lost:
        return lost
    end = object()
    taken = itertools.takewhile(lambda one: one is not end, (values.take(site, (end,)) for _ in range(number)))
    return Iterated(taken)


@TABLE("itertools.zip_longest", "itertools.izip_longest", unknown=True)
def zip_longest(site: Site, *values: Any, fillvalue: Any = None) -> Any:
    """The members of several values side by side, up to the end of the longest."""
    found = [members(site, one) for one in values]
    longest = max((len(one) for one in found if isinstance(one, list)), default=0)
    lost = lost_in(*found) or room(site, longest * len(values))
    return lost or Iterated(itertools.zip_longest(*found, fillvalue=fillvalue))  # type: ignore[arg-type]


@TABLE("itertools.accumulate", unknown=True)
def accumulate(site: Site, values: Any, function: Any = None, *, initial: Any = None) -> Any:
    """What has come together at each member."""
    found = members(site, values)
    lost = lost_in(found, function)
    if lost:
        return lost
    whole: list[Any] = found if initial is None else [initial, *found]  # type: ignore[assignment,misc]
    made = Iterated(whole[:1])
    for one in whole[1:]:
        made.append(folded(site, "+", [one], made[-1]) if function is None else site.call(function, made[-1], one))
    return made


@TABLE("itertools.pairwise", unknown=True)
def pairwise(site: Site, values: Any) -> Any:
    """Each member with the next."""
    found = members(site, values)
    return found if isinstance(found, Unknown) else Iterated(itertools.pairwise(found))


@TABLE("itertools.tee", unknown=True)
def tee(site: Site, values: Any, number: Any = 2) -> Any:
    """The same members several times."""
    found = members(site, values)
    lost = lost_in(found, number) or room(site, number)
    return lost or tuple(Iterator(list(found)) for _ in range(number))  # type: ignore[arg-type]


_NOT_FOLLOWED = ("takewhile", "dropwhile", "groupby", "compress", "batched")


@TABLE(*(f"itertools.{name}" for name in _NOT_FOLLOWED), unknown=True)
def rest(site: Site, *_args: Any, **_named: Any) -> Any:
    """What is too rare to be followed."""
    return site.unknown(f"{site.text} is not followed")
