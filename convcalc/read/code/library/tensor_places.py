"""Functions of tensors that take parts at places, mark classes, and draw numbers of chance."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from convcalc.lazy import np
from convcalc.read.code import number_kinds, parts, reshaping
from convcalc.read.code.known import made, sizes_in, whole, why_open
from convcalc.read.code.library import symbolic
from convcalc.read.code.library.creating import random
from convcalc.read.code.library.rules import Rules, tensor_of
from convcalc.read.code.values import Data, Unknown

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

rules = Rules()
TABLE = rules.table
Rule = Callable[..., Any]


# Places and classes.


@rules("Take", "take ops")
def take(site: Site, x: Any, indices: Any, axis: Any = None) -> Any:
    """The parts at some places along an axis."""
    return reshaping.take(site, x, indices, axis)


@rules(symbolic.gather, "gather tf")
def gather(
    site: Site, x: Any, indices: Any, validate_indices: Any = None, axis: Any = None, batch_dims: Any = 0
) -> Any:
    """The parts at some places along an axis."""
    front = whole(batch_dims)
    at = reshaping.place(front if axis is None else axis, len(x.shape))
    if not number_kinds.is_whole(indices.dtype) or front < 0 or front > at:
        raise ValueError("the axes do not fit")
    shape = (*x.shape[:at], *indices.shape[front:], *x.shape[at + 1 :])
    return made(site, shape, x.dtype, [x, indices], None if front else lambda v, w: np.take(v, w, at))


rules(symbolic.gather, "gather K", "embedding_lookup nn", axis=0)(gather)


@rules(None, "gather_nd tf")
def gather_nd(site: Site, x: Any, indices: Any, batch_dims: Any = 0) -> Any:
    """The parts at places of several axes each."""
    count, front = indices.shape[-1], whole(batch_dims)
    if count is None:
        return site.unknown("how many axes a place has is not known")
    return made(site, (*indices.shape[:-1], *x.shape[front + count :]), x.dtype, [x, indices])


@rules("TakeAlongAxis", "take_along_axis ops")
def take_along_axis(site: Site, x: Any, indices: Any, axis: Any = None) -> Any:
    """The values at a place for each row."""
    at = reshaping.place(axis, len(x.shape)) if axis is not None else None
    if at is None or len(indices.shape) != len(x.shape):
        raise ValueError("the axes do not fit")
    places = (*x.shape[:at], 1, *x.shape[at + 1 :])
    shape = list(reshaping.joined(places, (*indices.shape[:at], 1, *indices.shape[at + 1 :])))
    shape[at] = indices.shape[at]
    return made(site, tuple(shape), x.dtype, [x, indices])


@rules(None, "boolean_mask tf")
def boolean_mask(site: Site, x: Any, mask: Any, axis: Any = 0) -> Any:
    """The parts where a mask is true."""
    test = tensor_of(site, mask)
    if isinstance(test, Unknown):
        return test
    key = (slice(None),) * whole(axis or 0)
    return parts.part(site, x, (*key, test))


@rules(symbolic.one_hot, "one_hot tf K", sizes=("num_classes",))
def one_hot(
    site: Site, x: Any, num_classes: Any, on_value: Any = None, off_value: Any = None, axis: Any = -1, dtype: Any = None
) -> Any:
    """A row of zeros with a 1 for each value."""
    sizes, cause = sizes_in(site, num_classes)
    at = reshaping.place(-1 if axis is None else axis, len(x.shape) + 1)
    shape = (*x.shape[:at], *sizes, *x.shape[at:])
    return Data(shape, "float32" if dtype is None else number_kinds.name_of(dtype), cause=cause or x.cause)


@rules("OneHot", "one_hot ops", sizes=("num_classes",))
def ops_one_hot(site: Site, x: Any, num_classes: Any, axis: Any = -1, dtype: Any = None, sparse: Any = False) -> Any:
    """A row of zeros with a 1 for each value."""
    return one_hot(site, x, num_classes, None, None, axis, dtype)


@rules(None, "sequence_mask tf", sizes=("maxlen",))
def sequence_mask(site: Site, x: Any, maxlen: Any = None, dtype: Any = "bool") -> Any:
    """Which places lie before each length."""
    sizes, cause = (
        sizes_in(site, maxlen) if maxlen is not None else ((None,), site.unknown("the lengths are not known"))
    )
    return Data((*x.shape, *sizes), number_kinds.name_of(dtype), cause=cause or x.cause)


@rules(None, "unique tf")
def unique(site: Site, x: Any, out_idx: Any = "int32") -> Any:
    """The different values, and where each value is among them."""
    cause = why_open(site, [x], "how many different values there are is not known")
    return Data((None,), x.dtype, cause=cause), Data(x.shape, number_kinds.name_of(out_idx), cause=x.cause)


# Chance.


def chance(site: Site, shape: Any = (), one: Any = None, two: Any = None, dtype: Any = None, **named: Any) -> Any:
    """Numbers of chance in a shape."""
    name = dtype if isinstance(dtype, str) else "float32"
    return random(site, shape, number_kinds.name_of(name))


rules(
    None, "normal random chance", "uniform random chance", "truncated_normal random chance tf", "random_normal tf K",
    "random_uniform tf K", "stateless_normal random", "stateless_uniform random", "truncated_normal K",
    "random_normal_variable K", "random_uniform_variable K", "random_bernoulli K", "random_binomial K",
    sizes=("shape",),
)(chance)  # fmt: skip


@rules(None, "randint chance", sizes=("shape",))
def randint(site: Site, shape: Any, minval: Any = None, maxval: Any = None, dtype: Any = "int32") -> Any:
    """Whole numbers of chance in a shape."""
    return random(site, shape, number_kinds.name_of(dtype))


@rules(None, "shuffle random chance", "random_shuffle tf")
def shuffle(site: Site, x: Any, axis: Any = 0) -> Any:
    """The parts in another order."""
    return Data(x.shape, x.dtype, labels=x.labels, cause=x.cause)


@rules(None, "categorical random chance", sizes=("num_samples",))
def categorical(site: Site, x: Any, num_samples: Any, dtype: Any = "int64") -> Any:
    """Classes of chance for each row."""
    sizes, cause = sizes_in(site, num_samples)
    return Data((x.shape[0], *sizes), number_kinds.name_of(dtype or "int64"), cause=cause or x.cause)


TABLE("tensorflow.random.set_seed", "tensorflow.set_random_seed", "keras.backend.set_learning_phase", unknown=True)(
    lambda site, *args, **named: None
)
