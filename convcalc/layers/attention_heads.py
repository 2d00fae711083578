"""Attention by several heads, each with projections of its own."""

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
from convcalc.declare.weight import Inferred
from convcalc.errors import ArgumentError, ShapeError
from convcalc.layers import _arguments as a
from convcalc.layers.einsum import EinsumDense
from convcalc.lazy import Array
from convcalc.sizes.formula import Product, Step
from convcalc.sizes.shapes import Dim, Shape, product, show


class _Heads(Layer):
    positions = Positions(move=True)
    masks = Masks(passes=True)
    signature = Signature(
        *("query", "value", "key"),
        least=2,
        most=3,
        tensors=("query_mask", "value_mask", "key_mask", "attention_mask"),
        options=("use_causal_mask",),
        shaping=("return_attention_scores",),
    )
    dropout: float
    use_bias: bool
    use_gate: bool
    sliding_window: int | None
    flash_attention: bool | None
    kernel_initializer: Any
    bias_initializer: Any

    def check(self) -> None:
        """Initializers are given, and nothing is dropped under flash attention."""
        for name in ("kernel_initializer", "bias_initializer"):
            if getattr(self, name) is None:
                raise ArgumentError(f"{name} must be the name of an initializer", code="bad-value", argument=name)
        if self.flash_attention and self.dropout > 0:
            raise ArgumentError(
                "dropout excludes flash_attention",
                code="flash-dropout",
                argument="dropout",
                why="a GPU's own kernels drop no scores out",
                help="leave one of the two out",
            )

    @property
    @abstractmethod
    def heads(self) -> tuple[int, int]:
        """Heads of the queries, and of keys and values."""

    @property
    @abstractmethod
    def lengths(self) -> tuple[int, int]:
        """Lengths of a head's keys and values."""

    def outside(self, query: Shape) -> Shape:
        """The sizes of the output in place of the query's last."""
        return query[-1:]

    def over(self, query: Shape, value: Shape) -> tuple[int, ...]:
        """The axes that attention goes along."""
        return tuple(range(1, len(value) - 1))

    def makes(self, named: bool) -> tuple[str, ...]:
        """The layers that turn scores into weights and drop some; the dense layers have names of their own."""
        return ("Softmax", "Dropout")

    def infer(self, *shapes: Shape, return_attention_scores: bool = False) -> Inferred:
        """The output for shapes of query, value and, where it is not the value, key; batch first."""
        self.count(shapes)
        query, value = shapes[:2]
        self.suit(query, value, shapes[-1])
        weights, macs = [], []
        for name, (dense, x) in self.parts(query, value, shapes[-1]).items():
            for weight in dense.weights(x):
                weight.name = f"{name}/{weight.name}"
                weights.append(dense.stored(weight))  # which trains, whether or not this layer is frozen
            macs += [Product(name, *one.factors) for one in dense.macs(x, dense.output(x))]
        macs += self.products(query, value)
        more = ((query[0], self.heads[0], *self.scored(query, shapes[-1])),) if return_attention_scores else ()
        return Inferred((*query[:-1], *self.outside(query)), tuple(weights), tuple(macs), (), more)

    def scored(self, query: Shape, key: Shape) -> Shape:
        """The numbers of queries and keys in the shape of the scores."""
        return query[1], key[1]

    def suit(self, query: Shape, value: Shape, key: Shape) -> None:
        """Refuses shapes that do not go together."""
        if min(len(query), len(value), len(key)) < 2:
            raise self.wrong_rank(min(query, value, key, key=len))
        if value[1:-1] != key[1:-1]:
            raise self.mismatch(f"value is {show(value)} and key is {show(key)}", "each value has a key")
        axes, rank = self.over(query, value), len(value) + 1
        if not all(-rank <= axis < rank for axis in axes):
            raise self.mismatch(f"value {show(value)} has no axes {axes}", "attention goes along axes of the value")

    def mismatch(self, message: str, why: str) -> ShapeError:
        """The refusal of shapes that do not go together."""
        return ShapeError(message, code="attention", why=why, help="the inputs are query, value and key, in this order")

    @classmethod
    def ranks(cls) -> range:
        """A batch, and vectors."""
        return range(2, 100)

    def parts(self, query: Shape, value: Shape, key: Shape) -> dict[str, tuple[EinsumDense, Shape]]:
        """The dense layers by name, in Keras's order, each with the shape of its input."""
        (many, few), (length, width) = self.heads, self.lengths
        parts = {"query": (self._project(many, length), query), "key": (self._project(few, length), key)}
        if self.use_gate:
            parts["gate"] = self._project(many, width, "sigmoid"), query
        parts["value"] = self._project(few, width), value
        letters = "opqrstuvw"[: len(self.outside(query))]
        last = self._dense(f"...hd,hd{letters}->...{letters}", self.outside(query), letters)
        return {**parts, "attention_output": (last, (*query[:-1], many, width))}

    def _project(self, heads: int, length: int, activation: str | None = None) -> EinsumDense:
        return self._dense("...x,xhd->...hd", (heads, length), "hd", activation)

    def _dense(self, equation: str, sizes: Shape, bias: str, activation: str | None = None) -> EinsumDense:
        return EinsumDense(
            equation,
            sizes,
            activation,
            bias if self.use_bias else None,
            self.kernel_initializer,
            self.bias_initializer,
            dtype=self.dtype,
        )

    def products(self, query: Shape, value: Shape) -> Iterator[Product]:
        """Heads × queries × keys × the length of a head's vectors, for the scores and for the weighted mean."""
        keys: list[Dim] = [value[axis] for axis in self.over(query, value) if 0 < axis < len(value) - 1]
        pairs = ("heads", self.heads[0]), ("queries", product(query[1:-1])), ("keys", product(keys))
        yield Product("scores", *pairs, ("length of a key", self.lengths[0]))
        yield Product("mean", *pairs, ("length of a value", self.lengths[1]))

    def steps(self, x: Shape, y: Shape) -> Iterator[Step]:
        """The query's shape."""
        yield Step("shape", "the query's sizes, the last by the output projection", "", y)

    def scratch(self, *shapes: Shape) -> int:
        """The projections and the heads' outputs, with the copies that products take; blocks of scores; a mask."""
        query, value = shapes[:2]
        (many, _), (length, width) = self.heads, self.lengths
        queries, keys = product(query[:-1]) or 0, product(value[:-1]) or 0
        projected: int = many * (queries * (length + 2 * width) + keys * (length + width))
        return 3 * projected + attend.scratch(queries, product(value[1:-1]) or 0)

    def apply(
        self, weights: Sequence[Array], *inputs: Array, return_attention_scores: bool = False, **masks: Any
    ) -> Any:
        """The projections, attention of every head, and the projection of all heads together."""
        query, value, key = inputs[0], inputs[1], inputs[-1]
        each = 2 if self.use_bias else 1
        parts = self.parts(query.shape, value.shape, key.shape)
        own = {name: weights[at * each : (at + 1) * each] for at, name in enumerate(parts)}

        def dense(name: str, x: Array) -> Array:
            return parts[name][0].forward(own[name], x)

        mask = attend.combined_mask((query.shape[1], value.shape[1]), self.sliding_window, **masks)
        projected = dense("query", query), dense("key", key), dense("value", value)
        y, scores = self.attend(*projected, mask, keep=return_attention_scores)
        y = dense("attention_output", y * dense("gate", query) if self.use_gate else y)
        return (y, scores) if return_attention_scores else y

    def attend(
        self, query: Array, key: Array, value: Array, mask: Array | None, *, keep: bool
    ) -> tuple[Array, Array | None]:
        """Attention of every head, and its weights if they are to be kept; ``(batch, *n, heads, length)`` each."""
        many, few = self.heads
        key, value = (x if many == few else x.repeat(many // few, axis=-2) for x in (key, value))
        # As in Keras: TensorFlow's attention over axis 1, unless there is more to it.
        fused = not keep and query.ndim == 4 and not self.dropout > 0
        axes = (1,) if fused else self.over(query.shape[:-1], value.shape[:-1])
        return attend.multi_head(query, key, value, axes, mask, fused=fused, keep=keep)


class MultiHeadAttention(_Heads):
    """Attention by several heads, each with projections of its own (Vaswani et al. 2017).

    >>> MultiHeadAttention(2, 3).infer((None, 5, 8), (None, 7, 6))
    (None, 5, 8)  194 params  1,404 MACs
    """

    masks = Masks(passes=True, takes_off=True)
    num_heads: int = arg(t.positive, doc="number of heads")
    key_dim: int = arg(t.positive, doc="length of a head's queries and keys")
    value_dim: int = arg(t.positive, same_as="key_dim", doc="length of a head's values")
    dropout: float = arg(t.fraction, default=0.0, doc="share of the scores dropped, in training")
    use_bias: bool = arg(t.flag, default=True, doc="whether the projections have biases")
    output_shape: Shape | None = arg(t.positive_sizes, default=None, doc="sizes of the output's vectors")
    attention_axes: tuple[int, ...] | None = arg(t.indices, default=None, doc="axes that attention goes along")
    sliding_window: int | None = a.sliding_window
    flash_attention: bool | None = a.flash_attention
    kernel_initializer: Any = a.initializer("kernels")
    bias_initializer: Any = a.initializer("biases", "zeros")
    kernel_regularizer: Any = a.regularizer("kernels")
    bias_regularizer: Any = a.regularizer("biases")
    activity_regularizer: Any = a.activity_regularizer
    kernel_constraint: Any = a.constraint("kernels")
    bias_constraint: Any = a.constraint("biases")
    use_gate: bool = arg(t.flag, default=False, doc="whether the heads' outputs are multiplied by gates")
    seed: int | None = a.seed

    @property
    def heads(self) -> tuple[int, int]:
        """``num_heads``, for the queries and for keys and values."""
        return self.num_heads, self.num_heads

    @property
    def lengths(self) -> tuple[int, int]:
        """``key_dim`` and ``value_dim``."""
        return self.key_dim, self.value_dim

    def scored(self, query: Shape, key: Shape) -> Shape:
        """The number of queries twice: Keras counts as many keys, whatever shape the values have."""
        return query[1], query[1]

    def outside(self, query: Shape) -> Shape:
        """``output_shape``, or the size of the query."""
        return self.output_shape or query[-1:]

    def over(self, query: Shape, value: Shape) -> tuple[int, ...]:
        """``attention_axes``, or all but the batch and the last."""
        if self.attention_axes is None:
            return super().over(query, value)
        return tuple(axis if axis >= 0 else len(value) + axis for axis in self.attention_axes)


class GroupedQueryAttention(_Heads):
    """Attention by several heads, groups of which share keys and values (Ainslie et al. 2023).

    >>> GroupedQueryAttention(4, 6, 2).infer((None, 5, 8), (None, 5, 8))
    (None, 5, 8)  560 params  3,760 MACs
    """

    aliases = ("GroupQueryAttention",)
    head_dim: int = arg(t.positive, doc="length of a head's queries, keys and values")
    num_query_heads: int = arg(t.natural, doc="number of heads of the queries")
    num_key_value_heads: int = arg(t.positive, doc="number of heads of keys and values, which divides the former")
    dropout: float = arg(t.fraction, default=0.0, doc="share of the scores dropped, in training")
    use_bias: bool = arg(t.flag, default=True, doc="whether the projections have biases")
    sliding_window: int | None = a.sliding_window
    flash_attention: bool | None = a.flash_attention
    kernel_initializer: Any = a.initializer("kernels")
    bias_initializer: Any = a.initializer("biases", "zeros")
    kernel_regularizer: Any = a.regularizer("kernels")
    bias_regularizer: Any = a.regularizer("biases")
    activity_regularizer: Any = a.activity_regularizer
    kernel_constraint: Any = a.constraint("kernels")
    bias_constraint: Any = a.constraint("biases")
    use_gate: bool = arg(t.flag, default=False, doc="whether the heads' outputs are multiplied by gates")
    seed: int | None = a.seed

    def check(self) -> None:
        """Groups of equal size."""
        super().check()
        if self.num_query_heads % self.num_key_value_heads:
            raise ArgumentError(
                f"{self.num_query_heads} query heads do not share {self.num_key_value_heads} evenly",
                code="uneven-heads",
                argument="num_key_value_heads",
                why="each head of keys and values serves as many heads of queries",
                help="use a number that divides num_query_heads",
            )

    @property
    def heads(self) -> tuple[int, int]:
        """The heads of the queries, and the heads of keys and values."""
        return self.num_query_heads, self.num_key_value_heads

    @property
    def lengths(self) -> tuple[int, int]:
        """``head_dim`` for both."""
        return self.head_dim, self.head_dim

    @classmethod
    def ranks(cls) -> range:
        """Batches of sequences."""
        return range(3, 4)

    def suit(self, query: Shape, value: Shape, key: Shape) -> None:
        """Sequences, of vectors as long in query and value."""
        wrong = next((shape for shape in (query, value, key) if len(shape) != 3), None)
        if wrong is not None:
            raise self.wrong_rank(wrong)
        super().suit(query, value, key)
        if query[-1] != value[-1]:
            raise self.mismatch(f"query is {show(query)} and value is {show(value)}", "their vectors are as long")
