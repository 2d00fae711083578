"""What Keras has for labels and for texts: ``to_categorical``, ``pad_sequences``, ``Tokenizer``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.lazy import np
from convcalc.read.code.library import Table
from convcalc.read.code.library.structures import Followed, as_array, dtype_name, whole
from convcalc.read.code.values import Data, Unknown, unknown_in

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

TABLE = Table()
_TEXT = "keras.preprocessing.text"


@TABLE(
    "keras.utils.to_categorical", "keras.utils.np_utils.to_categorical", "keras.utils.numerical_utils.to_categorical"
)
def to_categorical(
    site: Site, x: Any = None, num_classes: Any = None, dtype: Any = None, y: Any = None, nb_classes: Any = None
) -> Any:
    """Whole numbers as rows of zeros and a one: another axis, of the size ``num_classes``."""
    given = x if x is not None else y
    array = as_array(site, given)
    if not isinstance(array, Data):
        return array
    shape = array.shape[:-1] if len(array.shape) > 1 and array.shape[-1] == 1 else array.shape
    asked = num_classes if num_classes is not None else nb_classes
    size = whole(asked) if asked is not None else _most(given, array)
    cause = array.cause or (site.unknown("the highest label in this array is not known") if size is None else None)
    return Data((*shape, size), dtype_name(dtype) if dtype is not None else "float64", cause=cause)


def _most(given: Any, array: Data) -> int | None:
    """One more than the highest label, or None."""
    if array.labels is not None:
        return array.labels
    values = array.value
    if values is None and isinstance(given, list | tuple | int) and array.dtype == "int64":
        values = np.asarray(given)
    return int(values.max()) + 1 if values is not None and values.size else None


@TABLE("keras.utils.normalize", "keras.utils.np_utils.normalize")
def normalize(site: Site, x: Any, axis: Any = -1, order: Any = 2) -> Any:
    """An array of the same shape."""
    array = as_array(site, x)
    if not isinstance(array, Data):
        return array
    shape = array.shape or (1,)
    kind = array.dtype if array.dtype.startswith("float") else "float64"
    return Data(shape if len(shape) > 1 else (1, *shape), kind, cause=array.cause)


@TABLE("keras.utils.pad_sequences", "keras.preprocessing.sequence.pad_sequences", unknown=True)
def pad_sequences(site: Site, sequences: Any, maxlen: Any = None, dtype: Any = "int32", *args: Any, **rest: Any) -> Any:
    """Lists of numbers as an array with rows of one length: ``maxlen``, or the longest of them."""
    lost = unknown_in(sequences)
    if isinstance(maxlen, Unknown):
        return maxlen
    rows = None if isinstance(sequences, Unknown) else _rows(sequences)
    if lost and maxlen is None:
        return lost
    deeper = _deeper(sequences)
    if deeper is None:
        return lost or site.unknown(f"{site.text} is given rows whose members are not known")
    length = maxlen if maxlen is not None else _longest(sequences)
    cause = lost or site.unknown("the number of rows, or the length of the longest row, is not known")
    sizes = (rows, length, *deeper)
    return Data(sizes, dtype_name(dtype), cause=cause if None in sizes else None)


def _rows(sequences: Any) -> int | None:
    if isinstance(sequences, list | tuple):
        return len(sequences)
    return sequences.shape[0] if isinstance(sequences, Data) and sequences.shape else None


def _deeper(sequences: Any) -> tuple[int | None, ...] | None:
    """The axes behind the two of rows of numbers, or None where they are not known."""
    if isinstance(sequences, Data):
        return sequences.shape[2:] if sequences.shape[1:] or sequences.dtype == "object" else None
    if not isinstance(sequences, list | tuple):
        return None
    row = next((part for part in sequences if not isinstance(part, list | tuple) or part), ())
    if isinstance(row, Data):
        return row.shape[1:] if row.shape else None
    first = row[0] if isinstance(row, list | tuple) and row else row
    if isinstance(first, Data):
        return first.shape
    return () if first == () or isinstance(first, int | float | str) else None


def _longest(sequences: Any) -> int | None:
    if isinstance(sequences, Data):
        return sequences.shape[1] if len(sequences.shape) > 1 else None
    sizes = [len(row) if isinstance(row, list | tuple) else _rows(row) for row in sequences]
    known = [size for size in sizes if size is not None]
    return max(known) if known and len(known) == len(sizes) else None


class Tokenizer(Followed):
    """``Tokenizer``: gives words numbers. The words are counted only where all texts are known."""

    open = frozenset({"fit_on_texts", "fit_on_sequences", "texts_to_sequences", "texts_to_matrix"})

    def __init__(self, words: int | None, site: Site) -> None:
        super().__init__()
        lost = site.unknown("the words of these texts are not known")
        learned = ("word_index", "index_word", "word_counts", "word_docs", "document_count")
        self.attributes = {"num_words": words, **dict.fromkeys(learned, lost)}

    def fit_on_texts(self, site: Site, texts: Any) -> None:
        """Learns words."""

    fit_on_sequences = fit_on_texts

    def texts_to_sequences(self, site: Site, texts: Any) -> Any:
        """Each text as a list of numbers."""
        rows = _rows(texts)
        cause = texts if isinstance(texts, Unknown) else site.unknown("the number of these texts is not known")
        return Data((rows,), "object", cause=cause if rows is None else None)

    def texts_to_matrix(self, site: Site, texts: Any, mode: Any = "binary") -> Any:
        """A row for each text, with a column for each word."""
        rows, words = _rows(texts), self.attributes["num_words"]
        cause = texts if isinstance(texts, Unknown) else self.attributes["word_index"]
        return Data((rows, words), "float64", cause=cause if rows is None or not words else None)

    def sequences_to_matrix(self, site: Site, sequences: Any, mode: Any = "binary") -> Any:
        """A row for each list of numbers, with a column for each word."""
        return self.texts_to_matrix(site, sequences)


@TABLE(f"{_TEXT}.Tokenizer", unknown=True)
def tokenizer(site: Site, num_words: Any = None, *args: Any, nb_words: Any = None, **rest: Any) -> Any:
    """An object that gives words numbers."""
    words = num_words if num_words is not None else nb_words
    return words if isinstance(words, Unknown) else Tokenizer(whole(words), site)


@TABLE(f"{_TEXT}.one_hot", f"{_TEXT}.hashing_trick")
def hashed(site: Site, text: Any, n: Any, *args: Any, **rest: Any) -> Any:
    """A number for each word of a text."""
    return Data((None,), "object", cause=site.unknown("the numbers that words are given are not known"))


@TABLE("keras.preprocessing.sequence.skipgrams", "keras.preprocessing.sequence.make_sampling_table")
def skipgrams(site: Site, *args: Any, **rest: Any) -> Any:
    """Pairs of words, taken at random."""
    return site.unknown(f"{site.text} takes words at random")


@TABLE("keras.utils.get_file", "keras.utils.data_utils.get_file", unknown=True)
def get_file(site: Site, *args: Any, **rest: Any) -> Any:
    """The path of a file that is read from the network."""
    return site.unknown(f"{site.text} gives the path of a file")


@TABLE("keras.utils.set_random_seed", "keras.utils.plot_model", "keras.utils.model_to_dot", unknown=True)
def passed(site: Site, *args: Any, **rest: Any) -> Any:
    """Nothing that changes a model."""
    return site.inert()
