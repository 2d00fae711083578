"""Vectors for whole numbers: Embedding and its reversible kind; and Masking, which empties missing steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from convcalc.compute import gather
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.layer import Layer
from convcalc.declare.signature import Signature
from convcalc.declare.traits import Masks, Positions
from convcalc.declare.weight import Inferred, Weight
from convcalc.errors import ArgumentError
from convcalc.layers import _arguments as a
from convcalc.layers._lora import adapted, adapted_kernel, check_lora
from convcalc.lazy import Array
from convcalc.sizes.formula import Step
from convcalc.sizes.shapes import Shape


def _rest() -> dict[str, Any]:
    """What both kinds take beside the arguments that they share, by place or by keyword."""
    return {
        "weights_": arg(t.array, default=None, doc="values of the embeddings"),
        "lora_rank": a.lora_rank,
        "lora_alpha": a.lora_alpha,
        "quantization_config": arg(t.anything, default=None, doc="how to quantize the weights later"),
        "input_length": arg(t.anything, default=None, doc="length of the sequences (deprecated and unused in Keras)"),
    }


class _Embedding(Layer):
    positions = Positions(move=True)
    masks = Masks(passes=True, makes=True)
    mask_zero: bool
    input_dim: int = arg(t.strict_positive, doc="how many whole numbers there are, from 0")
    output_dim: int = arg(t.strict_positive, doc="length of the vectors")
    embeddings_initializer: Any
    weights_: Any
    lora_rank: int | None

    @property
    def casts(self) -> bool:
        """False: in a low precision the input would hold other numbers."""
        return False

    def check(self) -> None:
        """Constrained embeddings are not adapted, and given ones have the table's shape."""
        check_lora(self, "embeddings")
        shape, given = (self.input_dim, self.output_dim), self.weights_
        if given is not None and tuple(given.shape) != shape:
            raise ArgumentError(
                f"weights must have the shape {shape}, got {tuple(given.shape)}",
                code="bad-value",
                argument="weights",
                why="they hold output_dim values for each of input_dim numbers",
            )

    def output(self, x: Shape) -> Shape:
        """One more axis, of ``output_dim``."""
        return (*x, self.output_dim)

    def weights(self, x: Shape) -> Iterator[Weight]:
        """The table ``(input_dim, output_dim)``, adapted on demand."""
        values = self.embeddings_initializer
        if self.weights_ is not None:
            values = {"class_name": "Constant", "config": {"value": self.weights_}}
        dims = ("input_dim", "output_dim")
        table = Weight("embeddings", (self.input_dim, self.output_dim), values, dims=dims)
        yield from adapted(self.lora_rank, table)

    def steps(self, x: Shape, y: Shape) -> Iterator[Step]:
        """A vector for each number."""
        yield Step("shape", "a vector of output_dim for each number", "", y)

    def mask(self, ops: Any, inputs: Sequence[Any], masks: Sequence[Any]) -> Any:
        """With ``mask_zero``, where the numbers are not 0."""
        return ops.not_equal(inputs[0], 0) if self.mask_zero else None

    def table(self, w: Sequence[Array]) -> Array:
        """The values of the table. Keras 3.15 forgets the lora_alpha of embeddings."""
        return adapted_kernel(self.lora_rank, w)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The row of each number."""
        return gather.embed(self.table(w), x)


class Embedding(_Embedding):
    """A trained vector for each whole number.

    >>> Embedding(100, 8).on(5)
    (None, 5, 8)  800 params  0 MACs
    """

    embeddings_initializer: Any = a.initializer("embeddings", "uniform")
    embeddings_regularizer: Any = a.regularizer("embeddings")
    embeddings_constraint: Any = a.constraint("embeddings")
    mask_zero: bool = arg(t.flag, default=False, doc="whether 0 stands for a missing step")
    weights_: Any = _rest()["weights_"]
    lora_rank: int | None = a.lora_rank
    lora_alpha: float | None = a.lora_alpha
    quantization_config: Any = _rest()["quantization_config"]
    extras = {"input_length": _rest()["input_length"]}


class ReversibleEmbedding(_Embedding):
    """A trained vector for each whole number, whose table also leads back to the numbers.

    >>> ReversibleEmbedding(100, 8, tie_weights=False).on(5)
    (None, 5, 8)  1,600 params  0 MACs
    """

    tie_weights: bool = arg(t.flag, default=True, doc="whether the way back has the same table")
    embeddings_initializer: Any = a.initializer("embeddings", "uniform")
    embeddings_regularizer: Any = a.regularizer("embeddings")
    embeddings_constraint: Any = a.constraint("embeddings")
    mask_zero: bool = arg(t.flag, default=False, doc="whether 0 stands for a missing step")
    reverse_dtype: str | None = arg(t.anything, default=None, doc="dtype of the way back")
    logit_soft_cap: float | None = arg(t.anything, default=None, doc="bound of the numbers' logits on the way back")
    extras = _rest()
    signature = Signature("inputs", shaping=("reverse",), unmasked="reverse")

    def infer(self, *shapes: Shape, reverse: bool = False) -> Inferred:
        """The vectors of numbers, or on the way back logits of all numbers for vectors."""
        shape = self.only(shapes)
        inferred = super().infer(shape)
        inferred.output = (*shape[:-1], self.input_dim) if reverse else inferred.output
        return inferred

    def apply(self, weights: Sequence[Array], *inputs: Array, reverse: bool = False) -> Array:
        """The vectors of numbers, or on the way back the products of vectors with all rows of the table."""
        (x,) = inputs
        if not reverse:
            return self.forward(weights, x)
        return gather.soft_cap(x @ (self.table(weights).T if self.tie_weights else weights[-1]), self.logit_soft_cap)

    def weights(self, x: Shape) -> Iterator[Weight]:
        """The table and, unless it is tied, a table ``(output_dim, input_dim)`` for the way back."""
        yield from super().weights(x)
        if not self.tie_weights:
            dims = ("output_dim", "input_dim")
            shape = (self.output_dim, self.input_dim)
            yield Weight("reverse_embeddings", shape, self.embeddings_initializer, dims=dims)


class Masking(Layer):
    """Zeros in place of the steps that hold nothing but one value.

    >>> Masking().on(5, 3)
    (None, 5, 3)  0 params  0 MACs
    """

    built_at_init = True
    masks = Masks(passes=True, makes=True)
    mask_value: float = arg(t.number, default=0.0, doc="value of the steps that are missing")

    def mask(self, ops: Any, inputs: Sequence[Any], masks: Sequence[Any]) -> Any:
        """Where a step holds anything else."""
        return ops.any(ops.not_equal(inputs[0], self.mask_value))

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The input, missing steps emptied."""
        return gather.mask(x, self.mask_value)
