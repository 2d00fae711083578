"""What operations make of shapes and values of arrays: rules that NumPy, TensorFlow and Keras share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.lazy import np
from convcalc.read.code import number_kinds
from convcalc.read.code.known import as_data, labels_of_part, made, numbers, sized, sizes_in, view, whole
from convcalc.read.code.values import Data, Unknown
from convcalc.sizes.shapes import Dim, Shape, broadcast, product, show

if TYPE_CHECKING:
    from convcalc.read.code.site import Site


def place(axis: Any, rank: int) -> int:
    """An axis counted from 0; `ValueError` where there is no such axis."""
    at = whole(axis)
    if not -rank <= at < rank:
        raise ValueError(f"there is no axis {at} among {rank}")
    return at % rank


def places(axes: Any, rank: int) -> list[int]:
    """Axes counted from 0, each once; all of them for None."""
    if axes is None:
        return list(range(rank))
    found = [place(one, rank) for one in numbers(axes)]
    if len(set(found)) < len(found):
        raise ValueError("an axis is named twice")
    return found


def joined(*shapes: Shape) -> Shape:
    """The shapes broadcast; `ValueError` where they do not go together."""
    whole_shape: Shape = ()
    for shape in shapes:
        both = broadcast(whole_shape, shape)
        if both is None:
            raise ValueError(f"{show(whole_shape)} and {show(shape)} do not go together")
        whole_shape = both
    return whole_shape


def reshape(site: Site, x: Data, newshape: Any) -> Any:
    """The values in another shape; -1 stands for what is left."""
    target, cause = sizes_in(site, newshape)
    if target.count(-1) > 1 or any(size is not None and size < -1 for size in target):
        raise ValueError(f"{show(target)} is no shape")
    total = product(x.shape)
    rest = product(size for size in target if size not in (None, -1)) or 0
    left = [at for at, size in enumerate(target) if size in (None, -1)]
    if total is not None and (len(left) > 1 or rest) and (total % (rest or 1) or (not left and total != rest)):
        raise ValueError(f"the values of {show(x.shape)} do not make {show(target)}")
    free = total // rest if total is not None and rest and len(left) == 1 else None
    shape = tuple(free if at in left else size for at, size in enumerate(target))
    return view(x, made(site, shape, x.dtype, [x], lambda v: v.reshape(shape), labels=x.labels, cause=cause))


def transpose(site: Site, x: Data, axes: Any = None) -> Any:
    """The axes in another order; the other way round for None."""
    rank = len(x.shape)
    order = places(axes, rank) if axes is not None else list(range(rank))[::-1]
    if len(order) != rank:
        raise ValueError(f"{len(order)} axes of {rank} are put in order")
    shape = tuple(x.shape[at] for at in order)
    return view(x, made(site, shape, x.dtype, [x], lambda v: v.transpose(order), labels=x.labels))


def moveaxis(site: Site, x: Data, source: Any, destination: Any) -> Any:
    """Some axes in other places."""
    rank = len(x.shape)
    old, new = places(source, rank), places(destination, rank)
    order = [at for at in range(rank) if at not in old]
    for to, come in sorted(zip(new, old, strict=True)):
        order.insert(to, come)
    return transpose(site, x, order)


def swapaxes(site: Site, x: Data, axis1: Any, axis2: Any) -> Any:
    """Two axes exchanged."""
    order = list(range(len(x.shape)))
    one, two = place(axis1, len(order)), place(axis2, len(order))
    order[one], order[two] = order[two], order[one]
    return transpose(site, x, order)


def expand_dims(site: Site, x: Data, axis: Any) -> Any:
    """More axes, of size 1."""
    new = places(axis, len(x.shape) + len(numbers(axis)))
    left = iter(x.shape)
    shape = tuple(1 if at in new else next(left) for at in range(len(x.shape) + len(new)))
    return view(x, made(site, shape, x.dtype, [x], lambda v: v.reshape(shape), labels=x.labels))


def squeeze(site: Site, x: Data, axis: Any = None) -> Any:
    """Without axes of size 1."""
    if axis is None and None in x.shape:
        return site.unknown("whether this size is 1 is not known")
    gone = [at for at, size in enumerate(x.shape) if size == 1] if axis is None else places(axis, len(x.shape))
    if any(x.shape[at] not in (1, None) for at in gone):
        raise ValueError(f"{show(x.shape)} has other sizes than 1 there")
    shape = tuple(size for at, size in enumerate(x.shape) if at not in gone)
    return view(x, made(site, shape, x.dtype, [x], lambda v: v.reshape(shape), labels=x.labels))


def _one_dtype(arrays: Sequence[Data]) -> str:
    dtype = arrays[0].dtype
    for one in arrays[1:]:
        dtype = number_kinds.promote(dtype, one.dtype)
    return dtype


def concatenate(site: Site, xs: Sequence[Data], axis: Any = 0) -> Any:
    """Arrays side by side along an axis."""
    if axis is None:
        xs, axis = [one if isinstance(one, Data) else np_data(one) for one in (ravel(site, x) for x in xs)], 0
    at = place(axis, len(xs[0].shape))
    if len({len(one.shape) for one in xs}) > 1:
        raise ValueError("the arrays have different numbers of axes")
    sizes = [side([one.shape[i] for one in xs], i == at) for i in range(len(xs[0].shape))]
    labels = {one.labels for one in xs}
    kept = labels.pop() if len(labels) == 1 else None
    return made(site, tuple(sizes), _one_dtype(xs), xs, lambda *v: np.concatenate(v, at), labels=kept)


def side(sizes: list[Dim], grows: bool) -> Dim:
    """One size of arrays side by side."""
    known = [size for size in sizes if size is not None]
    if grows:
        return sum(known) if len(known) == len(sizes) else None
    if len(set(known)) > 1:
        raise ValueError(f"sizes {known} of the arrays differ")
    return known[0] if known else None


def np_data(value: Any) -> Data:
    """A number as an array of one axis."""
    return Data((1,), number_kinds.of_number(value), value=lambda: np.array([value]))


def ravel(site: Site, x: Data) -> Any:
    """All values in a row."""
    return reshape(site, x, -1)


def stack(site: Site, xs: Sequence[Data], axis: Any = 0) -> Any:
    """Arrays of one shape along a new axis."""
    rank = len(xs[0].shape)
    if len({len(one.shape) for one in xs}) > 1:
        raise ValueError("the arrays have different numbers of axes")
    sizes = [side([one.shape[i] for one in xs], False) for i in range(rank)]
    at = place(axis, rank + 1)
    sizes.insert(at, len(xs))
    return made(site, tuple(sizes), _one_dtype(xs), xs, lambda *v: np.stack(v, at))


def pieces(site: Site, x: Data, axis: Any, sizes: Sequence[Dim], cause: Unknown | None = None) -> list[Any]:
    """The parts of these sizes, one behind the other along an axis."""
    at = place(axis, len(x.shape))
    found, begin = [], 0
    for size in sizes:
        shape = (*x.shape[:at], size, *x.shape[at + 1 :])
        cut = (slice(None),) * at + (slice(begin, begin + (size or 0)),)
        work = _cut(cut) if size is not None else None
        part = made(site, shape, x.dtype, [x], work, cause=cause)
        found.append(view(x, part))
        begin += size or 0
    return found


def _cut(key: tuple[Any, ...]) -> Callable[[Any], Any]:
    return lambda value: value[key]


def tile(site: Site, x: Data, repeats: Any) -> Any:
    """The array again and again along its axes."""
    times, cause = sizes_in(site, repeats)
    rank = max(len(times), len(x.shape))
    old = (1,) * (rank - len(x.shape)) + x.shape
    times = (1,) * (rank - len(times)) + times
    shape = tuple(None if None in pair else (pair[0] or 0) * (pair[1] or 0) for pair in zip(old, times, strict=True))
    work = (lambda v: np.tile(v, sized(times))) if None not in times else None
    return made(site, shape, x.dtype, [x], work, labels=x.labels if product(times) else None, cause=cause)


def repeat(site: Site, x: Data, repeats: Any, axis: Any = None) -> Any:
    """Each value, or each part along an axis, several times."""
    if axis is None:
        x, axis = _flat(site, x), 0
    at = place(axis, len(x.shape))
    times, cause = sizes_in(site, repeats)
    size = x.shape[at]
    if len(times) == 1:
        new = None if size is None or times[0] is None else size * times[0]
    else:
        new = None if None in times else sum(one or 0 for one in times)
    shape = (*x.shape[:at], new, *x.shape[at + 1 :])
    work = (lambda v: np.repeat(v, sized(times), at)) if None not in times else None
    kept = x.labels if len(times) == 1 and times[0] else None
    return made(site, shape, x.dtype, [x], work, labels=kept, cause=cause)


def _flat(site: Site, x: Data) -> Data:
    flat = ravel(site, x)
    return flat if isinstance(flat, Data) else np_data(flat)


def broadcast_to(site: Site, x: Data, shape: Any) -> Any:
    """The array repeated to another shape."""
    target, cause = sizes_in(site, shape)
    whole_shape = joined(x.shape, target)
    if any(size not in (None, new) for size, new in zip(target, whole_shape, strict=False)) or len(target) < len(
        x.shape
    ):
        raise ValueError(f"{show(x.shape)} cannot be repeated to {show(target)}")
    target = whole_shape
    work = (lambda v: np.broadcast_to(v, sized(target))) if None not in target else None
    return made(site, target, x.dtype, [x], work, cause=cause)


def pad(site: Site, x: Data, pad_width: Any, work: Callable[[Any], Any] | None = None) -> Any:
    """The array with more cells before and after each axis."""
    pairs = [sizes_in(site, one) for one in pad_width] if isinstance(pad_width, list | tuple) else None
    if pairs is None:
        width = whole(pad_width)
        pairs = [((width, width), None)] * len(x.shape)
    elif all(isinstance(one, int) for one in pad_width):
        both = numbers(pad_width) * (2 if len(pad_width) == 1 else 1)
        pairs = [(both, None)] * len(x.shape)
    elif len(pairs) == 1:
        pairs *= len(x.shape)
    if len(pairs) != len(x.shape) or any(len(pair) != 2 for pair, _ in pairs):
        raise ValueError("the padding does not fit the axes")
    shape = tuple(
        None if n is None or None in pair else n + sum(one or 0 for one in pair)
        for n, (pair, _) in zip(x.shape, pairs, strict=True)
    )
    return made(site, shape, x.dtype, [x], work, cause=next((cause for _, cause in pairs if cause), None))


def reduced(shape: Shape, axis: Any, keepdims: bool) -> Shape:
    """The sizes without the axes that go; they stay with size 1 where ``keepdims`` is true."""
    gone = places(axis, len(shape))
    return tuple(1 if at in gone else size for at, size in enumerate(shape) if at not in gone or keepdims)


def matmul(one: Shape, two: Shape) -> Shape:
    """The shape of the product of matrices, the last two axes of either; a row alone counts as a matrix."""
    if not one or not two:
        raise ValueError("a number is no matrix")
    x, y = (1, *one) if len(one) == 1 else one, (*two, 1) if len(two) == 1 else two
    if len({x[-1], y[-2]} - {None}) > 1:
        raise ValueError(f"{show(one)} and {show(two)} do not multiply")
    return (*joined(x[:-2], y[:-2]), *(x[-2:-1] if len(one) > 1 else ()), *(y[-1:] if len(two) > 1 else ()))


def dot(one: Shape, two: Shape) -> Shape:
    """The shape of NumPy's ``dot``: the last axis of the first is summed over with the last but one of the second."""
    if not one or not two:
        return one or two
    at = max(len(two) - 2, 0)
    if len({one[-1], two[at]} - {None}) > 1:
        raise ValueError(f"{show(one)} and {show(two)} do not multiply")
    return (*one[:-1], *two[:at], *two[at + 1 :])


def tensordot(one: Shape, two: Shape, axes: Any) -> Shape:
    """The shape of both without the axes that are summed over."""
    if isinstance(axes, int):
        left, right = list(range(len(one) - axes, len(one))), list(range(axes))
    else:
        left, right = places(axes[0], len(one)), places(axes[1], len(two))
    if len(left) != len(right) or any(len({one[i], two[j]} - {None}) > 1 for i, j in zip(left, right, strict=True)):
        raise ValueError("the axes do not fit")
    rest = [size for at, size in enumerate(one) if at not in left]
    return (*rest, *(size for at, size in enumerate(two) if at not in right))


def einsum(equation: str, shapes: Sequence[Shape]) -> Shape:
    """The shape that Einstein's notation gives, such as ``"bij,bjk->bik"``."""
    inputs, arrow, output = equation.replace(" ", "").partition("->")
    terms = inputs.split(",")
    if len(terms) != len(shapes) or "." in inputs.replace("...", ""):
        raise ValueError(f"{equation} is for {len(terms)} arrays")
    sizes: dict[str, Dim] = {}
    extra: Shape = ()
    for term, shape in zip(terms, shapes, strict=True):
        extra = joined(extra, _named_axes(term, shape, sizes))
    if not arrow:
        letters = inputs.replace(",", "").replace(".", "")
        output = "..." * ("..." in inputs) + "".join(sorted(one for one in set(letters) if letters.count(one) == 1))
    before, dots, after = output.partition("...")
    return (*(sizes[one] for one in before), *(extra if dots else ()), *(sizes[one] for one in after))


def _named_axes(term: str, shape: Shape, sizes: dict[str, Dim]) -> Shape:
    """Gives letters their sizes; the sizes of the axes that the ellipsis stands for."""
    before, dots, after = term.partition("...")
    free = len(shape) - len(before) - len(after)
    if free < 0 or (free and not dots):
        raise ValueError(f"{term} does not fit {show(shape)}")
    named = (
        *zip(before, shape[: len(before)], strict=True),
        *zip(after, shape[len(shape) - len(after) :], strict=True),
    )
    for letter, size in named:
        known = sizes.get(letter)
        if known not in (None, 1, size) and size not in (None, 1):
            raise ValueError(f"sizes {known} and {size} of {letter} differ")
        sizes[letter] = size if known in (None, 1) and size is not None else known
    return shape[len(before) : len(before) + free]


def take(site: Site, x: Data, indices: Any, axis: Any = None) -> Any:
    """The parts at some places along an axis; of all values in a row where ``axis`` is None."""
    if axis is None:
        x, axis = _flat(site, x), 0
    at = place(axis, len(x.shape))
    index = as_data(site, indices)
    if isinstance(index, Unknown):
        return index
    if not number_kinds.is_whole(index.dtype):
        raise TypeError("an index is whole numbers")
    shape = (*x.shape[:at], *index.shape, *x.shape[at + 1 :])
    kept = labels_of_part(x.labels, product(shape))
    return made(site, shape, x.dtype, [x, index], lambda v, w: np.take(v, w, at), labels=kept)


def shape_of(data: Data) -> tuple[Any, ...]:
    """The shape as a script sees it: None for a size that Keras leaves open, unknown for one that is not known here."""
    return tuple(data.cause if size is None and data.cause else size for size in data.shape)
