"""Texts as the numbers of their words: TextVectorization."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcalc.compute.strings import aligned, as_text, phrases, separated, standardized
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.layer import Layer
from convcalc.errors import ArgumentError
from convcalc.layers import lookup
from convcalc.lazy import Array
from convcalc.sizes.shapes import Shape


def _named(*options: str) -> t.Type:
    return t.Either(t.Choice(*options), t.code, none=True)


class TextVectorization(Layer):
    """The numbers that the words of each text have in a vocabulary.

    >>> TextVectorization(vocabulary=["earth", "wind", "fire"], output_sequence_length=6).on(1)
    (None, 6)  0 params  0 MACs
    """

    # Keras 2 gives it the dtype of its input.
    common = {**Layer.common, "dtype": arg(t.text_policy, default="float32", doc="without effect").declared("dtype")}
    extras = {
        "vocabulary_size": lookup.vocabulary_size,
        "has_input_vocabulary": lookup.has_input_vocabulary,
    }
    max_tokens: int | None = lookup.max_tokens
    standardize: Any = arg(
        _named("lower_and_strip_punctuation", "lower", "strip_punctuation"),
        default="lower_and_strip_punctuation",
        doc="what happens to a text first",
    )
    split: Any = arg(_named("whitespace", "character"), default="whitespace", doc="where a text is split")
    ngrams: tuple[int, ...] | None = arg(t.phrases, default=None, doc="how many words in a row are one")
    output_mode: str = lookup.output_mode
    output_sequence_length: int | None = arg(
        t.natural, default=None, doc="numbers for each text, cut or filled up with 0"
    )
    pad_to_max_tokens: bool = lookup.pad_to_max_tokens
    vocabulary: tuple[str, ...] | None = lookup.texts
    idf_weights: tuple[float, ...] | None = lookup.idf_weights
    sparse: bool = lookup.sparse
    ragged: bool = arg(t.flag, default=False, doc="whether Keras gives a ragged tensor")
    encoding: str = lookup.encoding

    def check(self) -> None:
        """The modes that numbers alone have, and what the lookup itself refuses."""
        self.dtype = "float32"  # that of texts is without effect
        for name, given in (
            ("output_sequence_length", self.output_sequence_length is not None),
            ("ragged", self.ragged),
        ):
            if given and self.output_mode != "int":
                why = f"output_mode={self.output_mode!r} gives one vector for each text"
                raise ArgumentError(f"{name} does not fit", code="vocabulary", argument=name, why=why)
        shared = {name: value for name, value in self.config.items() if name in lookup.StringLookup.accepted}
        known = self.config["has_input_vocabulary"]
        shared["has_input_vocabulary"] = self.vocabulary is not None if known is None else known
        self.lookup = lookup.StringLookup(mask_token="", **shared)

    def makes(self, named: bool) -> tuple[str, ...]:
        """Keras makes a layer for the lookup."""
        return ("StringLookup",)

    @property
    def output_dtype(self) -> str:
        """That of the lookup."""
        return self.lookup.output_dtype

    @property
    def computes_in(self) -> str:
        """That of the lookup."""
        return self.lookup.computes_in

    def output(self, x: Shape) -> Shape:
        """As many numbers as are wanted; or what the lookup makes of the words, whose number is unknown."""
        if self.output_mode == "int":
            return (x[0], self.output_sequence_length)
        if self.split is None:
            return self.lookup.output(x if len(x) > 1 else (*x, 1))
        return self.lookup.output((*x, None))

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """Words looked up; where there are too few, nothing stands in their place."""
        if x.dtype.kind not in "US":
            raise ValueError("it takes texts, and the input is numbers")
        if not isinstance(self.standardize, str | None) or not isinstance(self.split, str | None):
            raise ValueError("what it does to a text is Python code, which is never run")
        if self.split and x.ndim > 1:
            if x.shape[-1] != 1:
                raise ValueError("texts that are split have the shape (batch, 1) or (batch,)")
            x = x[..., 0]
        mode = self.standardize or ""
        rows = separated(standardized(as_text(x), lower="lower" in mode, strip="strip" in mode), self.split)
        if self.ngrams is not None:
            rows = [phrases(row, self.ngrams) for row in rows]
        words = aligned(rows, self.output_sequence_length)
        outer = x.shape if self.split else x.shape[:-1]
        return self.lookup.forward(w, words.reshape(*outer, words.shape[-1]))
