"""Attention: each query's mean of the values, weighted by how well their keys suit it."""

from __future__ import annotations

import string
from functools import reduce
from typing import TYPE_CHECKING

from convcalc.compute.activations import LEFT_OUT, masked_softmax, softmax
from convcalc.lazy import Array, np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def weighted(scores: Array, values: Array, mask: Array | None = None) -> tuple[Array, Array]:
    """Softmax of scores (…, queries, keys) over the keys, and times values (…, keys, n) → (…, queries, n) first.

    Where the ``mask``, which broadcasts to the scores, is false a key is left out.
    """
    weights = softmax(scores if mask is None else np.where(mask, scores, scores + scores.dtype.type(LEFT_OUT)))
    return weights @ values, weights


def additive_scores(query: Array, key: Array, inner: Array | float, outer: Array | float) -> Array:
    """Σ outer · tanh(inner · (query + key)); (…, queries, n) and (…, keys, n) → (…, queries, keys)."""
    scores: Array = np.sum(outer * np.tanh(inner * (query[..., :, None, :] + key[..., None, :, :])), axis=-1)
    return scores


def multi_head(
    query: Array, key: Array, value: Array, axes: Sequence[int], mask: Array | None, fused: bool
) -> tuple[Array, Array]:
    """Scaled dot products over ``axes``; (b, *n, heads, d) each → (b, *n, heads, d of the values), and the weights.

    Vaswani et al. 2017, https://arxiv.org/abs/1706.03762. ``mask`` (b or 1, queries, keys) is false where a query
    does not look. Where it leaves a query nothing, TensorFlow's ``fused`` attention takes the mean of all values, and
    Keras's own goes by the scores.
    """
    product, combine = equations(value.ndim, axes)
    scores = np.einsum(product, key, query * query.dtype.type(query.shape[-1] ** -0.5), optimize=True)
    last = range(-len(axes), 0)
    if mask is None:
        weights = softmax(scores, last)
    else:
        ahead, along = mask.shape[: -2 * len(axes)], mask.shape[-2 * len(axes) :]
        mask = mask.reshape(*ahead, *(1,) * (scores.ndim - mask.ndim), *along)
        weights = _fused(scores, mask) if fused else masked_softmax(scores, mask, last)
    return np.einsum(combine, weights, value, optimize=True), weights


def _fused(scores: Array, mask: Array) -> Array:
    """TensorFlow's softmax over the keys, with a mask."""
    return softmax(np.where(mask, scores, scores.dtype.type(LEFT_OUT)))


def equations(rank: int, axes: Sequence[int]) -> tuple[str, str]:
    """The Einstein sums for scores, of keys and queries, and for the output, of scores and values."""
    queries = string.ascii_letters[:rank]
    further = iter(string.ascii_letters[rank:])
    free = [at for at in range(rank - 1) if at not in axes]
    keys = "".join(letter if at in (*free, rank - 1) else next(further) for at, letter in enumerate(queries))
    scores = "".join([*(queries[at] for at in free), *(queries[at] for at in axes), *(keys[at] for at in axes)])
    return f"{keys},{queries}->{scores}", f"{scores},{keys}->{queries}"


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
