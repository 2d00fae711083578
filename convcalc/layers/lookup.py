"""Words by their numbers in a vocabulary: IntegerLookup, StringLookup."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from convcalc.compute.encoding import encode
from convcalc.compute.strings import as_text, hash_bins
from convcalc.compute.vocabulary import DROPPED, to_indices, to_words
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.layer import Layer
from convcalc.errors import ArgumentError
from convcalc.layers.preprocessing import check_sparse, one_hot_shape
from convcalc.lazy import Array, np
from convcalc.sizes.shapes import Dim, Shape

max_tokens: Any = arg(t.two_or_more, default=None, doc="most words, with those for masks and unknown words")
num_oov_indices: Any = arg(t.natural, default=1, doc="numbers for words that the vocabulary has not")
idf_weights: Any = arg(t.row, default=None, doc="a weight for each word (tf_idf)")
invert: Any = arg(t.flag, default=False, doc="whether numbers become words")
output_mode: Any = arg(
    t.Choice("int", "one_hot", "multi_hot", "count", "tf_idf", also={"binary": "multi_hot", "tf-idf": "tf_idf"}),
    default="int",
    doc="the word's number, or vectors",
)
sparse: Any = arg(t.flag, default=False, doc="whether Keras gives a sparse tensor")
pad_to_max_tokens: Any = arg(t.flag, default=False, doc="whether vectors are max_tokens long")
oov_method: Any = arg(t.Choice("floormod", "farmhash"), default="floormod", doc="how unknown integers get numbers")
salt: Any = arg(t.salt, default=None, doc="key of a stronger hash of unknown words (SipHash)")
vocabulary_size: Any = arg(t.natural, default=None, doc="number of words, where a file leaves them out")
has_input_vocabulary: Any = arg(t.flag, default=None, doc="whether the vocabulary was given, in Keras's files")
texts: Any = arg(t.texts, default=None, doc="the texts, in order")
encoding: Any = arg(t.word, default="utf-8", doc="how Keras reads the vocabulary of a file")


class _Lookup(Layer):
    common = {
        "name": Layer.common["name"],
        "trainable": arg(t.anything, default=True, doc="without effect").declared("trainable"),
        "dtype": arg(t.anything, default="float32", doc="without effect").declared("dtype"),
    }
    output_mode: str
    sparse: bool
    max_tokens: int | None
    num_oov_indices: int
    mask_token: Any
    oov_token: Any
    vocabulary: tuple[Any, ...] | None
    idf_weights: tuple[float, ...] | None
    invert: bool
    pad_to_max_tokens: bool
    oov_method: str
    salt: tuple[int, int] | None
    vocabulary_size: int | None
    has_input_vocabulary: bool | None

    def check(self) -> None:
        """Modes, weights and vocabulary go together."""
        self.dtype = "float32"  # Keras looks at none
        check_sparse(self.sparse, self.output_mode)
        size = None if self.vocabulary is None else self.offset + len(self.words)
        fixed = self.output_mode != "int" and not self.pad_to_max_tokens
        unlike = fixed and None not in (size, self.vocabulary_size) and size != self.vocabulary_size
        for wrong, argument, why in (
            (self.pad_to_max_tokens and self.max_tokens is None, "pad_to_max_tokens", "max_tokens says how long"),
            (self.invert and self.output_mode != "int", "output_mode", "with invert numbers become words"),
            (self.idf_weights is not None and self.output_mode != "tf_idf", "idf_weights", "only tf_idf has weights"),
            (self._lacks_weights(), "idf_weights", "tf_idf needs a weight for each word of the vocabulary"),
            (bool(self.vocabulary) and not self.words, "vocabulary", "its words only stand for other words"),
            (self.invert and self.oov_token is None, "oov_token", "with invert unknown numbers become this word"),
            (len({*self.words}) < len(self.words), "vocabulary", "a word is in it twice"),
            (self.mask_token in self.words, "vocabulary", "the word for masks, if at all, comes first"),
            (self.invert and self.oov_token in self.words, "vocabulary", "the unknown word comes before the others"),
            ((size or 0) > (self.max_tokens or size or 0), "max_tokens", f"the vocabulary makes {size} words"),
            (unlike, "vocabulary_size", f"the vocabulary makes {size} words"),
        ):
            if wrong:
                raise ArgumentError(f"{argument} does not fit", code="vocabulary", argument=argument, why=why)

    def _lacks_weights(self) -> bool:
        if self.output_mode != "tf_idf":
            return False
        if self.vocabulary is None:
            return bool(self.has_input_vocabulary) and self.idf_weights is None
        return self.idf_weights is None or len(self.idf_weights) != len(self.vocabulary)

    @property
    def start(self) -> int:
        """The first number for unknown words; a mask has a number before it where numbers are the output."""
        return int(self.mask_token is not None and self.output_mode == "int")

    @property
    def offset(self) -> int:
        """The number of the vocabulary's first word."""
        return self.start + self.num_oov_indices

    @property
    def has_special(self) -> bool:
        """Whether the vocabulary begins with the words for masks and unknown words."""
        special = [self.mask_token] * self.start + [self.oov_token] * self.num_oov_indices
        return [*(self.vocabulary or ())[: self.offset]] == special

    @cached_property
    def words(self) -> tuple[Any, ...]:
        """The vocabulary without the words for masks and unknown words."""
        words = self.vocabulary or ()
        return words[self.offset :] if self.has_special else words

    @property
    def size(self) -> Dim:
        """The length of vectors; None where the vocabulary is yet to be learned."""
        if self.pad_to_max_tokens:
            return self.max_tokens
        return self.vocabulary_size if self.vocabulary is None else self.offset + len(self.words)

    @property
    def output_dtype(self) -> str:
        """Numbers of words are int64."""
        return "int64" if self.output_mode == "int" else "float32"

    @property
    def computes_in(self) -> str:
        """float32: nothing is computed."""
        return "float32"

    def output(self, x: Shape) -> Shape:
        """The input's shape for numbers; one more axis; or vectors in place of the last axis."""
        if self.output_mode == "int":
            return x
        if self.output_mode != "one_hot":
            return (*x[:-1], self.size)
        return one_hot_shape(x, self.size)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """Numbers of words, encoded; or words of numbers."""
        if self.vocabulary is None:
            raise ValueError("its vocabulary is learned from the training data, which it has not seen")
        if self.invert:
            words = dict(enumerate(self.words, self.offset)) | ({} if self.mask_token is None else {0: self.mask_token})
            return to_words(x, words, self.oov_token)
        y = self.numbers(self.keys(x))
        if self.output_mode == "int":
            return y
        y = encode(y, "count" if self.output_mode == "tf_idf" else self.output_mode, self.size or 0)
        return y * self.weights_of_words() if self.output_mode == "tf_idf" else y

    def numbers(self, x: Array) -> Array:
        """The number of each word."""
        known = {word: number for number, word in enumerate(self.words, self.offset)}
        if self.mask_token is not None:
            known[self.mask_token] = 0 if self.output_mode == "int" else DROPPED
        return to_indices(x, known, self.unknown)

    def unknown(self, x: Array) -> Array:
        """Numbers of words that are not in the vocabulary; `ValueError` where no numbers are kept for them."""
        if x.size and not self.num_oov_indices:
            raise ValueError(f"the vocabulary has not {x.ravel()[0]!s}, and num_oov_indices is 0")
        if self.num_oov_indices < 2 or not x.size:
            return np.full(x.shape, self.start)
        by_rest = x.dtype.kind != "U" and self.oov_method == "floormod"
        return self.start + (x % self.num_oov_indices if by_rest else hash_bins(x, self.num_oov_indices, self.salt))

    def weights_of_words(self) -> Array:
        """The weights, with their mean for the words before the vocabulary and zeros for the words after it."""
        given = np.asarray(self.idf_weights, "float32")
        before = 0 if self.has_special else self.offset
        return np.pad(
            np.pad(given, (before, 0), constant_values=given.mean()), (0, (self.size or 0) - before - len(given))
        )

    @abstractmethod
    def keys(self, x: Array) -> Array:
        """The input as the vocabulary's words are."""


class IntegerLookup(_Lookup):
    """The number that each integer has in a vocabulary.

    >>> IntegerLookup(vocabulary=[12, 36, 1138]).on(4)
    (None, 4)  0 params  0 MACs
    """

    extras = {"vocabulary_size": vocabulary_size, "has_input_vocabulary": has_input_vocabulary}
    max_tokens: int | None = max_tokens
    num_oov_indices: int = num_oov_indices
    mask_token: int | None = arg(t.whole, default=None, doc="an integer that stands for nothing")
    oov_token: int | None = arg(
        t.Either(t.whole, none=True), default=-1, doc="the integer for unknown numbers, with invert"
    )
    vocabulary: tuple[int, ...] | None = arg(t.integers, default=None, doc="the integers, in order")
    vocabulary_dtype: str = arg(t.Choice("int64"), default="int64", doc="dtype of the integers")
    idf_weights: tuple[float, ...] | None = idf_weights
    invert: bool = invert
    output_mode: str = output_mode
    sparse: bool = sparse
    pad_to_max_tokens: bool = pad_to_max_tokens
    oov_method: str = oov_method
    salt: tuple[int, int] | None = salt

    def check(self) -> None:
        """A salt goes with a hash."""
        super().check()
        if self.salt is not None and self.oov_method != "farmhash":
            why = "salt is for the hash of oov_method='farmhash'"
            raise ArgumentError("salt does not fit", code="vocabulary", argument="salt", why=why)

    def keys(self, x: Array) -> Array:
        """Whole numbers."""
        if x.dtype.kind == "U":
            raise ValueError("it looks integers up, and the input is text")
        return x.astype(np.int64)


class StringLookup(_Lookup):
    """The number that each text has in a vocabulary.

    >>> StringLookup(vocabulary=["earth", "wind", "fire"]).on(4)
    (None, 4)  0 params  0 MACs
    """

    extras = {
        "oov_method": oov_method,
        "vocabulary_size": vocabulary_size,
        "has_input_vocabulary": has_input_vocabulary,
    }
    max_tokens: int | None = max_tokens
    num_oov_indices: int = num_oov_indices
    mask_token: str | None = arg(t.word, default=None, doc="a text that stands for nothing")
    oov_token: str | None = arg(
        t.Either(t.word, none=True), default="[UNK]", doc="the text for unknown numbers, with invert"
    )
    vocabulary: tuple[str, ...] | None = texts
    idf_weights: tuple[float, ...] | None = idf_weights
    invert: bool = invert
    output_mode: str = output_mode
    pad_to_max_tokens: bool = pad_to_max_tokens
    sparse: bool = sparse
    encoding: str = encoding
    salt: tuple[int, int] | None = salt

    def keys(self, x: Array) -> Array:
        """Texts."""
        if x.dtype.kind not in "US":
            raise ValueError("it looks texts up, and the input is numbers")
        return as_text(x)
