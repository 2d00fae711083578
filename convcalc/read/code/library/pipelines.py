"""``tf.data.Dataset``: data sets by the structure of their elements.

A data set has two structures: its ``spec``, in which a size is None where TensorFlow's ``element_spec`` has None, and
its first element, in which the size of the first batch is known. Functions that are mapped see the ``spec``, as
TensorFlow traces them; a loop over the data set sees the element.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from convcalc.lazy import np
from convcalc.read.code.library.structures import (
    Followed,
    arrays_of,
    as_array,
    filled,
    fresh,
    inner,
    mapped,
    stacked,
    whole,
)
from convcalc.read.code.values import Data, Unknown

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

_SMALLER = "the last batch may be smaller than the others, so that the batch size is not fixed"
_COUNT = "the number of elements of this data set is not known"


class Pipeline(Followed):
    """A data set: the structure of its elements, and their number, which is None where it is not known."""

    open = frozenset(
        {"batch", "padded_batch", "shuffle", "take", "skip", "repeat", "prefetch", "cache"} | {"shard", "beside"}
    )

    def __init__(
        self,
        spec: Any,
        count: float | None,
        first: Callable[[Site], Any] | None = None,
        *,
        ragged: bool = False,
    ) -> None:
        super().__init__()
        self.spec = spec
        self.count = count
        self.first = first
        self.ragged = ragged  # whether the last element may have other sizes than the first one
        self.attributes["element_spec"] = spec

    def method(self, name: str) -> Any:
        """The method that a script may call by this name, or None."""
        return (
            None if name in ("spec", "count", "first", "ragged", "with_count", "any_element") else super().method(name)
        )

    @property
    def fixed(self) -> int:
        """The size that each batch has for certain, as TensorFlow knows it; 0 where there is none."""
        sizes = {one.shape[0] for one in arrays_of(self.spec) if one.shape}
        return sizes.pop() or 0 if len(sizes) == 1 else 0

    def element(self, site: Site) -> Any:
        """The structure of the first element."""
        if self.first is None:
            return mapped(fresh, self.spec)
        return filled(self.spec, self.first(site))

    def length(self, site: Site) -> Any:
        """The number of elements, as ``len()`` gives it."""
        return self.count if isinstance(self.count, int) else site.unknown(_COUNT)

    def turns(self, site: Site) -> float | None:
        """How often a loop over the data set is run, or None."""
        return self.count

    def with_count(self, count: float | None, *, any_element: bool = False) -> Pipeline:
        """The data set with another number of elements; with ``any_element``, any of them may be the first."""
        first = None if any_element and self.ragged else self.first
        return Pipeline(self.spec, count, first, ragged=self.ragged)

    # What changes elements

    def map(self, site: Site, map_func: Any, *args: Any, **rest: Any) -> Any:
        """A function of each element."""
        spec = _result(site, site.call(map_func, *_parts(mapped(fresh, self.spec))))
        if isinstance(spec, Unknown):
            return spec

        def first(place: Site) -> Any:
            now = self.element(place)
            gaps = any(None in one.shape for one in arrays_of(spec))
            same = [one.shape for one in arrays_of(now)] == [one.shape for one in arrays_of(self.spec)]
            return spec if same or not gaps else _result(place, place.call(map_func, *_parts(now)))

        return Pipeline(spec, self.count, first, ragged=self.ragged)

    def batch(self, site: Site, batch_size: Any, drop_remainder: Any = False, *args: Any, **rest: Any) -> Any:
        """Elements stacked along a new first axis."""
        return self._batched(site, whole(batch_size), drop_remainder, self.spec, self.element)

    def padded_batch(
        self,
        site: Site,
        batch_size: Any,
        padded_shapes: Any = None,
        padding_values: Any = None,
        drop_remainder: Any = False,
        **rest: Any,
    ) -> Any:
        """Elements that are padded to one size, stacked along a new first axis."""
        if padded_shapes is None:
            return self._batched(site, whole(batch_size), drop_remainder, self.spec, None)
        spec = _padded(site, self.spec, padded_shapes)
        return self._batched(site, whole(batch_size), drop_remainder, spec, None)

    def _batched(
        self, site: Site, size: int | None, drop: Any, spec: Any, first: Callable[[Site], Any] | None
    ) -> Pipeline:
        lost = site.unknown(_SMALLER) if size is not None else site.unknown("the size of the batches is not known here")
        drops = drop if isinstance(drop, bool) else None
        count = self.count
        full = size is not None and (drops or count == math.inf or (count is not None and count >= size))
        begin = size if full else count if size is not None and drops is False else None
        number: float | None = None
        if count == math.inf:
            number = count
        elif count is not None and size and drops is not None:
            number = int(count) // size if drops else -(-int(count) // size)
        even = drops or count == math.inf or (count is not None and size is not None and count % size == 0)
        unclear = site.unknown(_COUNT if size is not None else lost.cause.message)
        sized = stacked(size if drops else None, spec, lost)
        begins = None if begin is None else int(begin)
        return Pipeline(
            sized,
            number,
            lambda place: stacked(begins, first(place) if first else spec, unclear),
            ragged=not even,
        )

    def unbatch(self, site: Site) -> Any:
        """The members of the elements."""
        return Pipeline(inner(self.spec), None, lambda place: inner(self.element(place)), ragged=self.ragged)

    def enumerate(self, site: Site, start: Any = 0) -> Any:
        """The elements with their numbers."""
        number = Data((), "int64")
        return Pipeline((number, self.spec), self.count, lambda at: (number, self.element(at)), ragged=self.ragged)

    def zip(self, site: Site, *others: Any) -> Any:
        """The elements of this data set and of others, side by side."""
        return zipped(site, (self, *others))

    def concatenate(self, site: Site, dataset: Any) -> Any:
        """The elements of this data set, and then the elements of another."""
        return joined(site, [self, dataset], self.first)

    def window(
        self, site: Site, size: Any, shift: Any = None, stride: Any = 1, drop_remainder: Any = False, **rest: Any
    ) -> Any:
        """Data sets of the elements of each window."""
        inside = whole(size) if drop_remainder is True else None
        windows = mapped(lambda leaf: Pipeline(leaf, inside), self.spec)
        return Pipeline(windows, math.inf if self.count == math.inf else None)

    def flat_map(self, site: Site, map_func: Any, *args: Any, **rest: Any) -> Any:
        """The elements of the data sets that a function makes of the elements."""
        made = site.call(map_func, *_parts(mapped(fresh, self.spec)))
        if not isinstance(made, Pipeline):
            return made if isinstance(made, Unknown) else site.unknown(f"{site.text} is given no data set")
        return Pipeline(made.spec, None, made.element, ragged=made.ragged or self.ragged)

    interleave = flat_map

    def apply(self, site: Site, transformation_func: Any) -> Any:
        """What a function makes of the data set."""
        return site.call(transformation_func, self)

    # What leaves elements as they are

    def shuffle(self, site: Site, *args: Any, **rest: Any) -> Any:
        """The elements in another order."""
        return self.with_count(self.count, any_element=True)

    def filter(self, site: Site, *args: Any, **rest: Any) -> Any:
        """Some of the elements."""
        return self.with_count(None, any_element=True)

    def shard(self, site: Site, *args: Any, **rest: Any) -> Any:
        """A part of the elements."""
        return self.with_count(None, any_element=True)

    def take(self, site: Site, count: Any, *args: Any, **rest: Any) -> Any:
        """The first elements."""
        number = whole(count)
        if number is None:
            return self.with_count(None)
        if number < 0:
            return self
        return self.with_count(
            number if self.count == math.inf else None if self.count is None else min(number, self.count)
        )

    def skip(self, site: Site, count: Any, *args: Any, **rest: Any) -> Any:
        """The elements behind the first ones."""
        number = whole(count)
        if number is None or number < 0 or self.count is None:
            return self.with_count(None, any_element=True)
        left = max(self.count - number, 0)
        return self.with_count(left, any_element=left < 2)

    def repeat(self, site: Site, count: Any = None, *args: Any, **rest: Any) -> Any:
        """The elements again and again."""
        number = -1 if count is None else whole(count)
        if number is None:
            return self.with_count(None)
        if number < 0:
            return self.with_count(math.inf)
        return self.with_count(None if self.count is None else self.count * number if number else 0)

    def cache(self, site: Site, *args: Any, **rest: Any) -> Any:
        """The same elements."""
        return self

    prefetch = with_options = assert_cardinality = cache

    # Single values

    def iterator(self, site: Site) -> Any:
        """What gives the elements one by one, as ``iter()`` makes it."""
        return Walk(self)

    as_numpy_iterator = make_one_shot_iterator = iterator

    def numbered(self, site: Site, start: Any = 0) -> Any:
        """What ``enumerate()`` gives in a loop."""
        number = site.unknown("how often this loop is run is not known")
        return Pipeline((number, self.spec), self.turns(site), lambda at: (number, self.element(at)), ragged=True)

    def beside(self, site: Site, values: tuple[Any, ...]) -> Any:
        """What ``zip()`` of the data set and of other values gives in a loop."""
        counts = [one.turns(site) if isinstance(one, Pipeline | Walk) else None for one in values]
        known = [count for count in counts if count is not None]
        element = tuple(_element_of(site, one) for one in values)
        count = min(known) if len(known) == len(values) else None
        return Pipeline(element, count, lambda at: tuple(_element_of(at, one) for one in values), ragged=True)

    def get_single_element(self, site: Site) -> Any:
        """The only element."""
        return self.element(site)

    def cardinality(self, site: Site) -> Any:
        """The number of elements, as a tensor."""
        if self.count is None:
            return site.unknown(_COUNT)
        return Data((), "int64", value=np.asarray(-1 if self.count == math.inf else self.count, "int64"))

    def save(self, site: Site, *args: Any, **rest: Any) -> None:
        """Nothing that is followed."""


def _element_of(site: Site, value: Any) -> Any:
    """What a data set gives in a loop; of anything else, a member that is not known."""
    if isinstance(value, Pipeline | Walk):
        return value.element(site)
    return value if isinstance(value, Unknown) else site.unknown("which member this is, is not known")


class Walk(Followed):
    """What goes through the elements of a data set one by one."""

    open = frozenset({"beside"})

    def __init__(self, source: Pipeline) -> None:
        super().__init__()
        self.source = source
        self.attributes["_at"] = 0

    def method(self, name: str) -> Any:
        """The method that a script may call by this name, or None."""
        return None if name == "source" else super().method(name)

    def iterator(self, site: Site) -> Any:
        """The same object."""
        return self

    beside = Pipeline.beside

    def numbered(self, site: Site, start: Any = 0) -> Any:
        """What ``enumerate()`` gives in a loop over the rest."""
        number, first = site.unknown("how often this loop is run is not known"), self.element(site)
        return Pipeline((number, self.source.spec), self.turns(site), lambda at: (number, first), ragged=True)

    def turns(self, site: Site) -> float | None:
        """How often a loop over the rest is run, or None."""
        return None if self.source.count is None else self.source.count - self.attributes["_at"]

    @property
    def fixed(self) -> int:
        """The size that each batch has for certain; 0 where there is none."""
        return self.source.fixed

    def element(self, site: Site) -> Any:
        """The structure of the element that is next. Only of the last one the sizes may be others."""
        source, at = self.source, self.attributes["_at"]
        sure = at == 0 or not source.ragged or (source.count is not None and at < source.count - 1)
        return source.element(site) if sure else mapped(fresh, source.spec)

    def next(self, site: Site) -> Any:
        """The next element."""
        made = self.element(site)
        site.machine.journal.touch(self.attributes)
        self.attributes["_at"] += 1
        return made

    get_next = next


def _parts(element: Any) -> tuple[Any, ...]:
    """The arguments of a function that is mapped."""
    return element if isinstance(element, tuple) else (element,)


def _result(site: Site, value: Any) -> Any:
    """The structure of what a function that is mapped gives."""
    if isinstance(value, Unknown) or value is None or isinstance(value, Pipeline):
        return value
    if isinstance(value, list | tuple):
        return tuple(_result(site, part) for part in value)
    if isinstance(value, dict):
        return {key: _result(site, part) for key, part in value.items()}
    return mapped(fresh, as_array(site, value, "int32", "float32"))


def _padded(site: Site, spec: Any, shapes: Any) -> Any:
    """The structure with the sizes that a script gives for padding."""
    if isinstance(spec, tuple) and isinstance(shapes, tuple | list) and len(spec) == len(shapes):
        return tuple(_padded(site, one, shape) for one, shape in zip(spec, shapes, strict=True))
    if isinstance(spec, dict) and isinstance(shapes, dict):
        return {key: _padded(site, part, shapes[key]) for key, part in spec.items()}
    if not isinstance(spec, Data):
        return spec
    if not isinstance(shapes, tuple | list) or len(shapes) != len(spec.shape):
        raise ValueError("the padded shapes do not fit the elements")
    sizes = [None if size is None or whole(size) == -1 else whole(size) for size in shapes]
    return Data(tuple(sizes), spec.dtype, cause=site.unknown("the longest of the padded elements gives this size"))


def zipped(site: Site, datasets: Any) -> Any:
    """A data set of a structure of data sets, which goes through all of them at once."""
    found: list[Pipeline] = []

    def one(leaf: Any) -> Any:
        if not isinstance(leaf, Pipeline):
            raise ValueError("this is no data set")
        found.append(leaf)
        return leaf.spec

    spec = mapped(one, datasets)
    counts = [each.count for each in found]
    known = [count for count in counts if count is not None]
    count = min(known) if len(known) == len(counts) else None
    return Pipeline(
        spec,
        count,
        lambda place: mapped(lambda leaf: leaf.element(place), datasets),
        ragged=any(one.ragged for one in found),
    )


def joined(site: Site, datasets: Any, first: Callable[[Site], Any] | None = None) -> Any:
    """One data set of the elements of several; unknown where their elements are not alike."""
    if not datasets or not all(isinstance(one, Pipeline) for one in datasets):
        return site.unknown(f"{site.text} is given something that is no data set")
    forms = [[(one.shape, one.dtype) for one in arrays_of(dataset.spec)] for dataset in datasets]
    if any(form != forms[0] for form in forms):
        return site.unknown(f"{site.text} joins data sets whose elements are not alike")
    counts = [dataset.count for dataset in datasets]
    count = None if None in counts else sum(counts)
    return Pipeline(datasets[0].spec, count, first, ragged=True)
