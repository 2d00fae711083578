"""Attention: each query's weighted mean of the values."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

from convcalc.compute import attend
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.layer import Layer
from convcalc.declare.signature import Signature
from convcalc.declare.traits import Masks, Positions
from convcalc.declare.weight import Inferred, Weight, known
from convcalc.layers import _arguments as a
from convcalc.lazy import Array, np
from convcalc.sizes.formula import Product, Step
from convcalc.sizes.shapes import Shape, product


class _Attention(Layer):
    positions = Positions(move=True)
    masks = Masks(passes=True)
    signature = Signature(
        "inputs",
        least=2,
        most=3,
        in_list=True,
        tensors=("mask",),
        lists=("mask",),
        options=("use_causal_mask",),
        shaping=("return_attention_scores",),
    )
    use_scale: bool

    def infer(self, *shapes: Shape, return_attention_scores: bool = False) -> Inferred:
        """The output for shapes of query, value and, where it is not the value, key; batch first."""
        self.count(shapes)
        query, value = shapes[:2]
        weights = tuple(self.stored(weight) for weight in self.weights(query))
        products = tuple(self.products(query, value, shapes[-1]))
        more = ((*query[:-1], shapes[-1][-2]),) if return_attention_scores else ()
        return Inferred((*query[:-1], value[-1]), weights, products, (), more)

    def products(self, query: Shape, value: Shape, key: Shape) -> Iterator[Product]:
        """Queries × keys × the size of the vectors, for the scores and for the weighted mean."""
        pairs = ("queries", product(query[1:-1])), ("keys", product(key[-2:-1]))
        if self.multiplies:
            yield Product("scores", *pairs, ("query size", query[-1]))
        yield Product("output", *pairs, ("value size", value[-1]))

    @property
    def multiplies(self) -> bool:
        """Whether the scores are sums of products."""
        return self.use_scale

    def steps(self, x: Shape, y: Shape) -> Iterator[Step]:
        """The query's shape, its vectors as long as the value's."""
        yield Step("shape", "the query's sizes, with the value's last", "", y)

    def mask(self, ops: Any, inputs: Sequence[Any], masks: Sequence[Any]) -> Any:
        """The mask of the queries."""
        return None if masks[0] is None else ops.convert_to_tensor(masks[0])

    def scratch(self, *shapes: Shape) -> int:
        """The scores, with what the softmax makes of them, and a block of sums."""
        pairs = (product(shapes[0][:-1]) or 0) * (shapes[-1][-2] or 0)
        return 4 * pairs + 2 * max(attend.BLOCK, shapes[-1][-1] or 0)

    def apply(
        self,
        weights: Sequence[Array],
        *inputs: Array,
        mask: Sequence[Array | None] = (None, None),
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        """The softmax of the scores, times the values; nothing for queries that the mask leaves out."""
        scores = self.scores(weights, inputs[0], inputs[-1])
        queries, values = mask[:2]
        seen = attend.causal_mask(*scores.shape[-2:]) if use_causal_mask else None
        seen = attend.conjunction((seen, None if values is None else values[..., None, :]))
        y, shares = attend.weighted_mean(scores, inputs[1], seen)
        y = y if queries is None else np.where(queries[..., None], y, y.dtype.type(0))
        return (y, shares) if return_attention_scores else y

    @abstractmethod
    def scores(self, w: Sequence[Array], query: Array, key: Array) -> Array:
        """How well each key suits each query: (…, queries, keys)."""


class Attention(_Attention):
    """Each query's mean of the values, weighted by its products with the keys (Luong et al. 2015).

    >>> Attention().infer((None, 5, 8), (None, 7, 8))
    (None, 5, 8)  0 params  560 MACs
    """

    use_scale: bool = arg(t.flag, default=False, doc="whether the scores have a trained scale")
    score_mode: str = arg(t.Choice("dot", "concat"), default="dot", doc="products, or tanh of sums")
    dropout: float = arg(t.number, default=0.0, doc="share of the scores dropped, in training")
    seed: int | None = a.seed

    def weights(self, x: Shape) -> Iterator[Weight]:
        """The scale of the scores, and of sums what they are multiplied by: numbers."""
        names = ["scale"] * self.use_scale + ["concat_score_weight"] * (self.score_mode == "concat")
        yield from (Weight(name, (), "ones", dims=()) for name in names)

    @property
    def multiplies(self) -> bool:
        """Whether the scores are sums of products."""
        return self.score_mode == "dot"

    def scores(self, w: Sequence[Array], query: Array, key: Array) -> Array:
        """Products, or sums of tanh."""
        if self.score_mode == "concat":
            return attend.additive_scores(query, key, w[0] if self.use_scale else 1.0, 1.0) * w[-1]
        scores: Array = query @ key.swapaxes(-1, -2)
        return scores * w[0] if self.use_scale else scores


class AdditiveAttention(_Attention):
    """Each query's mean of the values, weighted by sums of tanh (Bahdanau et al. 2015).

    >>> AdditiveAttention().infer((None, 5, 8), (None, 7, 8))
    (None, 5, 8)  8 params  560 MACs
    """

    use_scale: bool = arg(t.flag, default=True, doc="whether the sums are weighted")
    dropout: float = arg(t.number, default=0.0, doc="share of the scores dropped, in training")
    # Keras hands them on to its Attention.
    extras = {
        "score_mode": arg(t.Choice("dot", "concat"), default="dot", doc="without effect in Keras"),
        "seed": arg(t.strict_whole, default=None, doc="seed of the random numbers, in training"),
    }

    def weights(self, x: Shape) -> Iterator[Weight]:
        """A weight for each place of the vectors."""
        if self.use_scale:
            yield Weight("scale", (known(x[-1], "the size of the queries"),), "glorot_uniform", dims=("query size",))

    def scores(self, w: Sequence[Array], query: Array, key: Array) -> Array:
        """Sums of tanh."""
        return attend.additive_scores(query, key, 1.0, w[0] if self.use_scale else 1.0)
