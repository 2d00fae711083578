"""Attention: each query's mean of the values, weighted by how well their keys suit it."""

from __future__ import annotations

import math
from functools import reduce
from typing import TYPE_CHECKING

from convcalc.compute.activations import LEFT_OUT, masked_softmax, softmax
from convcalc.lazy import Array, np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


# Scores that are computed together, so that what is made of them stays in the second-level cache.
BLOCK = 1 << 17


def weighted(scores: Array, values: Array, mask: Array | None = None) -> tuple[Array, Array]:
    """Softmax of scores (…, queries, keys) over the keys, and times values (…, keys, n) → (…, queries, n) first.

    Where the ``mask``, which broadcasts to the scores, is false a key is left out. The scores are overwritten.
    """
    if mask is not None:
        scores = np.where(mask, scores, scores + scores.dtype.type(LEFT_OUT))
    weights = softmax(scores, out=scores)
    return weights @ values, weights


def additive_scores(query: Array, key: Array, inner: Array | float, outer: Array | float) -> Array:
    """Σ outer · tanh(inner · (query + key)); (…, queries, n) and (…, keys, n) → (…, queries, keys)."""
    ahead, (query, key) = _alike(query, key)
    n = max(query.shape[-1], key.shape[-1])
    scores = np.empty((*ahead, query.shape[-2], key.shape[-2]), query.dtype)
    by = np.full(n, outer, query.dtype)
    for part in blocks(scores.shape, BLOCK // max(n, 1)):
        sums = query[part][..., None, :] + key[part[: len(ahead)]][..., None, :, :]
        sums *= inner
        np.matmul(np.tanh(sums, out=sums), by, out=scores[part])
    return scores


def multi_head(
    query: Array, key: Array, value: Array, axes: Sequence[int], mask: Array | None, *, fused: bool, keep: bool
) -> tuple[Array, Array | None]:
    """Scaled dot products over ``axes``; (b, *n, heads, d) each → (b, *n, heads, d of the values).

    The weights follow, (b, *other axes, heads, *axes of queries, *axes of keys), where they are to be kept.
    Vaswani et al. 2017, https://arxiv.org/abs/1706.03762. ``mask`` (b or 1, queries, keys) is false where a query
    does not look. Where it leaves a query nothing, TensorFlow's ``fused`` attention takes the mean of all values, and
    Keras's own goes by the scores.
    """
    free = [at for at in range(value.ndim - 1) if at not in axes]
    order = (*free, *axes, value.ndim - 1)
    queries, keys = (tuple(x.shape[axis] for axis in axes) for x in (query, key))
    query = query * query.dtype.type(query.shape[-1] ** -0.5)
    ahead, (query, key, value) = _alike(*(_matrices(x.transpose(order), len(axes)) for x in (query, key, value)))
    rows = (*ahead, query.shape[-2])
    mask = None if mask is None else _by_pair(mask, (*ahead, *queries, *keys), len(axes)).reshape(*rows, key.shape[-2])
    y = np.empty((*rows, value.shape[-1]), value.dtype)
    weights = np.empty((*rows, key.shape[-2]), y.dtype) if keep else None
    for part in blocks((*rows, key.shape[-2]), BLOCK):
        matrix = part[: len(ahead)]
        scores = query[part] @ key[matrix].swapaxes(-1, -2)
        shares = _shares(scores, None if mask is None else mask[part], fused)
        np.matmul(shares, value[matrix], out=y[part])
        if weights is not None:
            weights[part] = shares
    y = y.reshape(*ahead, *queries, value.shape[-1]).transpose(np.argsort(order))
    return y, None if weights is None else weights.reshape(*ahead, *queries, *keys)


def _alike(*arrays: Array) -> tuple[tuple[int, ...], list[Array]]:
    """The common shape of all axes but two, and views of the arrays that have it."""
    ahead = np.broadcast_shapes(*(x.shape[:-2] for x in arrays))
    return ahead, [np.broadcast_to(x, ahead + x.shape[-2:]) for x in arrays]


def scratch(queries: int, keys: int) -> int:
    """Values that `multi_head` holds for so many queries, with ``keys`` each: blocks of scores, and a mask of bytes."""
    return 4 * max(BLOCK, keys) + queries * keys // 4


def _matrices(x: Array, axes: int) -> Array:
    """(…, *axes, d) → (…, places, d)."""
    return x.reshape(*x.shape[: -axes - 1], math.prod(x.shape[-axes - 1 : -1]), x.shape[-1])


def _by_pair(mask: Array, scores: tuple[int, ...], axes: int) -> Array:
    """A mask whose last axes are those of queries and keys, as large as the scores."""
    ahead, along = mask.shape[: -2 * axes], mask.shape[-2 * axes :]
    return np.broadcast_to(mask.reshape(*ahead, *(1,) * (len(scores) - mask.ndim), *along), scores)


def _shares(scores: Array, mask: Array | None, fused: bool) -> Array:
    """The softmax over the keys, which may overwrite the scores."""
    if mask is not None and not fused:
        return masked_softmax(scores, mask)
    if mask is not None:
        np.copyto(scores, scores.dtype.type(LEFT_OUT), where=~mask)
    return softmax(scores, out=scores)


def blocks(shape: tuple[int, ...], most: int) -> Iterator[tuple[int | slice, ...]]:
    """Places of parts of an array, of ``most`` values or fewer, but of whole rows along its last axis."""
    depth, size = len(shape) - 1, max(shape[-1], 1)
    while depth and size * shape[depth - 1] <= most:
        depth -= 1
        size *= max(shape[depth], 1)
    if not depth:
        yield ()
        return
    count = max(most // size, 1)
    for outer in np.ndindex(shape[: depth - 1]):
        yield from ((*outer, slice(at, at + count)) for at in range(0, shape[depth - 1], count))


def causal(queries: int, keys: int) -> Array:
    """Whether a key is no later than the query; (1, queries, keys)."""
    return np.tri(queries, keys, dtype=bool)[None]


def every(masks: Iterable[Array | None]) -> Array | None:
    """Where all masks are true, those that are None left out; None where all are."""
    given = [mask for mask in masks if mask is not None]
    return reduce(np.logical_and, given) if given else None


def window(queries: int, keys: int, size: int) -> Array:
    """Whether a query and a key are less than ``size`` steps apart; (1, queries, keys)."""
    near: Array = np.abs(np.arange(queries)[:, None] - np.arange(keys)) < size
    return near[None]


def seen(
    sizes: tuple[int, int],
    reach: int | None,
    query_mask: Array | None = None,
    value_mask: Array | None = None,
    key_mask: Array | None = None,
    attention_mask: Array | None = None,
    use_causal_mask: bool = False,
) -> Array | None:
    """Which of the queries look at which of the keys, whose numbers are ``sizes``: (b or 1, queries, keys).

    Masks of inputs are (b, queries) and (b, keys); ``reach`` is the size of a `window`. None where all look at all.
    """
    return every(
        (
            None if query_mask is None else query_mask[..., None],
            *(None if mask is None else mask[..., None, :] for mask in (value_mask, key_mask)),
            causal(*sizes) if use_causal_mask else None,
            window(*sizes, reach) if reach else None,
            attention_mask,
        )
    )
