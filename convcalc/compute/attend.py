"""Attention: for each query a mean of the values, weighted by the scores of query and keys."""

from __future__ import annotations

import math
from functools import reduce
from typing import TYPE_CHECKING

from convcalc.compute.activations import MASKED_LOGIT, masked_softmax, softmax
from convcalc.lazy import Array, np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


# Scores in a block: they and the weights made from them stay in the second-level cache.
BLOCK = 1 << 17


def weighted_mean(scores: Array, values: Array, mask: Array | None = None) -> tuple[Array, Array]:
    """The means of the values ``(…, queries, n)``, and the weights ``(…, queries, keys)``.

    The weights are the softmax of ``scores`` ``(…, queries, keys)`` over the keys; ``values`` are ``(…, keys, n)``.
    Keys have no weight where ``mask``, which broadcasts to the scores, is false. The scores are overwritten.
    """
    if mask is not None:
        scores = np.where(mask, scores, scores + scores.dtype.type(MASKED_LOGIT))
    weights = softmax(scores, out=scores)
    return weights @ values, weights


def additive_scores(query: Array, key: Array, inner: Array | float, outer: Array | float) -> Array:
    """Σ outer · tanh(inner · (query + key)), the sum over the last axis.

    ``query`` ``(…, queries, n)`` and ``key`` ``(…, keys, n)`` give scores ``(…, queries, keys)``.
    """
    batch, (query, key) = _broadcast_batch(query, key)
    n = max(query.shape[-1], key.shape[-1])
    scores = np.empty((*batch, query.shape[-2], key.shape[-2]), query.dtype)
    by = np.full(n, outer, query.dtype)
    for part in blocks(scores.shape, BLOCK // max(n, 1)):
        sums = query[part][..., None, :] + key[part[: len(batch)]][..., None, :, :]
        sums *= inner
        np.matmul(np.tanh(sums, out=sums), by, out=scores[part])
    return scores


def multi_head(
    query: Array, key: Array, value: Array, axes: Sequence[int], mask: Array | None, *, fused: bool, keep: bool
) -> tuple[Array, Array | None]:
    """Scaled dot-product attention over ``axes``: the means of the values, and with ``keep`` the weights.

    ``query``, ``key`` and ``value`` are ``(batch, *n, heads, d)``, and so are the means. The weights are ``(batch,
    *other axes, heads, *axes of queries, *axes of keys)``. ``mask`` ``(batch or 1, queries, keys)`` is false where a
    query does not look at a key. Where a query looks at no key, TensorFlow's ``fused`` attention takes the mean of all
    values, and Keras's own attention uses the scores. Vaswani et al. 2017, https://arxiv.org/abs/1706.03762.
    """
    free = [at for at in range(value.ndim - 1) if at not in axes]
    order = (*free, *axes, value.ndim - 1)
    queries, keys = (tuple(x.shape[axis] for axis in axes) for x in (query, key))
    query = query * query.dtype.type(query.shape[-1] ** -0.5)
    batch, (query, key, value) = _broadcast_batch(
        *(_matrices(x.transpose(order), len(axes)) for x in (query, key, value))
    )
    rows = (*batch, query.shape[-2])
    mask = (
        None if mask is None else _pair_mask(mask, (*batch, *queries, *keys), len(axes)).reshape(*rows, key.shape[-2])
    )
    y = np.empty((*rows, value.shape[-1]), value.dtype)
    weights = np.empty((*rows, key.shape[-2]), y.dtype) if keep else None
    for part in blocks((*rows, key.shape[-2]), BLOCK):
        matrix = part[: len(batch)]
        scores = query[part] @ key[matrix].swapaxes(-1, -2)
        shares = _attention_weights(scores, None if mask is None else mask[part], fused)
        np.matmul(shares, value[matrix], out=y[part])
        if weights is not None:
            weights[part] = shares
    y = y.reshape(*batch, *queries, value.shape[-1]).transpose(np.argsort(order))
    return y, None if weights is None else weights.reshape(*batch, *queries, *keys)


def _broadcast_batch(*arrays: Array) -> tuple[tuple[int, ...], list[Array]]:
    """The common shape of all axes but the last two, and the arrays broadcast to this shape."""
    batch = np.broadcast_shapes(*(x.shape[:-2] for x in arrays))
    return batch, [np.broadcast_to(x, batch + x.shape[-2:]) for x in arrays]


def scratch(queries: int, keys: int) -> int:
    """The number of values that `multi_head` needs memory for: blocks of scores, and a mask of one byte a pair."""
    return 4 * max(BLOCK, keys) + queries * keys // 4


def _matrices(x: Array, axes: int) -> Array:
    """(…, *axes, d) → (…, places, d)."""
    return x.reshape(*x.shape[: -axes - 1], math.prod(x.shape[-axes - 1 : -1]), x.shape[-1])


def _pair_mask(mask: Array, scores: tuple[int, ...], axes: int) -> Array:
    """A mask, whose last axes are the axes of queries and of keys, broadcast to the shape of the scores."""
    batch, along = mask.shape[: -2 * axes], mask.shape[-2 * axes :]
    return np.broadcast_to(mask.reshape(*batch, *(1,) * (len(scores) - mask.ndim), *along), scores)


def _attention_weights(scores: Array, mask: Array | None, fused: bool) -> Array:
    """The softmax of the scores over the keys. The scores may be overwritten."""
    if mask is not None and not fused:
        return masked_softmax(scores, mask)
    if mask is not None:
        np.copyto(scores, scores.dtype.type(MASKED_LOGIT), where=~mask)
    return softmax(scores, out=scores)


def blocks(shape: tuple[int, ...], most: int) -> Iterator[tuple[int | slice, ...]]:
    """Indices that cut an array into blocks of ``most`` values or fewer, but never a row along the last axis."""
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


def causal_mask(queries: int, keys: int) -> Array:
    """A mask ``(1, queries, keys)``, true where the key is not later than the query."""
    return np.tri(queries, keys, dtype=bool)[None]


def conjunction(masks: Iterable[Array | None]) -> Array | None:
    """A mask that is true where all masks are true. A mask that is None counts as true; None where all are None."""
    given = [mask for mask in masks if mask is not None]
    return reduce(np.logical_and, given) if given else None


def window_mask(queries: int, keys: int, size: int) -> Array:
    """A mask ``(1, queries, keys)``, true where query and key are less than ``size`` steps apart."""
    near: Array = np.abs(np.arange(queries)[:, None] - np.arange(keys)) < size
    return near[None]


def combined_mask(
    sizes: tuple[int, int],
    reach: int | None,
    query_mask: Array | None = None,
    value_mask: Array | None = None,
    key_mask: Array | None = None,
    attention_mask: Array | None = None,
    use_causal_mask: bool = False,
) -> Array | None:
    """A mask ``(batch or 1, queries, keys)``, true where a query looks at a key; None where all look at all.

    ``sizes`` are the numbers of queries and keys. Masks of inputs are ``(batch, queries)`` and ``(batch, keys)``;
    ``reach`` is the size of a `window_mask`.
    """
    return conjunction(
        (
            None if query_mask is None else query_mask[..., None],
            *(None if mask is None else mask[..., None, :] for mask in (value_mask, key_mask)),
            causal_mask(*sizes) if use_causal_mask else None,
            window_mask(*sizes, reach) if reach else None,
            attention_mask,
        )
    )
