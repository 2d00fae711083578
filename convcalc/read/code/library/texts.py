"""What Keras has for labels and for texts: ``to_categorical``, ``pad_sequences``, ``Tokenizer``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.lazy import np
from convcalc.read.code.library import Table
from convcalc.read.code.library.structures import Followed, as_array, dtype_name, foreign, whole
from convcalc.read.code.values import MOST_VALUES, Data, Unknown, unknown_in

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

TABLE = Table()
_TEXT = "keras.preprocessing.text"
# What Keras takes for no part of a word.
_FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'


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
    """``Tokenizer``: gives words numbers, the most frequent word first. They are known where all texts are."""

    open = frozenset({"fit_on_texts", "fit_on_sequences", "texts_to_sequences", "texts_to_matrix"})

    def __init__(self, words: int | None, **split: Any) -> None:
        super().__init__()
        self.split = split
        self.attributes = {"num_words": words, "word_counts": {}, "word_index": {}, "document_count": 0}

    def method(self, name: str) -> Any:
        """The method that a script may call by this name, or None."""
        return None if name == "split" else super().method(name)

    def _words(self, text: str | list[Any]) -> list[Any]:
        split = self.split
        lowered = text if not split["lower"] else [w.lower() for w in text] if isinstance(text, list) else text.lower()
        if isinstance(lowered, list) or split["char_level"]:
            return list(lowered)
        spaced = lowered.translate(dict.fromkeys(map(ord, split["filters"]), split["split"]))
        return [word for word in spaced.split(split["split"]) if word]

    def fit_on_texts(self, site: Site, texts: Any) -> None:
        """Learns words."""
        learned = self.attributes
        site.machine.journal.touch(learned)
        if not _are_texts(texts) or isinstance(learned["word_counts"], Unknown):
            lost = texts if isinstance(texts, Unknown) else site.unknown("the words of these texts are not known")
            learned.update(dict.fromkeys(("word_counts", "word_index", "index_word", "document_count"), lost))
            return
        site.spend(sum(map(len, texts)) // 10)
        counts = dict(learned["word_counts"])
        for text in texts:
            for word in self._words(text):
                counts[word] = counts.get(word, 0) + 1
        oov = self.split["oov_token"]
        order = [*([] if oov is None else [oov]), *sorted(counts, key=counts.__getitem__, reverse=True)]
        index = {word: at + 1 for at, word in enumerate(order)}
        learned.update(word_counts=counts, word_index=index, index_word={at: word for word, at in index.items()})
        learned["document_count"] += len(texts)

    def fit_on_sequences(self, site: Site, sequences: Any) -> None:
        """Learns how often numbers occur, which is not followed."""

    def texts_to_sequences(self, site: Site, texts: Any) -> Any:
        """Each text as a list of numbers."""
        index = self.attributes["word_index"]
        if _are_texts(texts) and not isinstance(index, Unknown):
            site.spend(sum(map(len, texts)) // 10)
            return [self._numbers(text, index) for text in texts]
        rows = _rows(texts)
        cause = texts if isinstance(texts, Unknown) else site.unknown("the number of these texts is not known")
        return Data((rows,), "object", cause=cause if rows is None else None)

    def _numbers(self, text: str | list[Any], index: dict[Any, int]) -> list[int]:
        most, oov = self.attributes["num_words"], index.get(self.split["oov_token"])
        found = [index.get(word) for word in self._words(text)]
        numbers = [oov if at is None or most and at >= most else at for at in found]
        return [at for at in numbers if at is not None]

    def texts_to_matrix(self, site: Site, texts: Any, mode: Any = "binary") -> Any:
        """A row for each text, with a column for each word."""
        rows, index = _rows(texts), self.attributes["word_index"]
        words = self.attributes["num_words"] or (None if isinstance(index, Unknown) else len(index) + 1)
        lost = texts if isinstance(texts, Unknown) else site.unknown("the number of these texts is not known")
        cause = lost if rows is None else index if words is None else None
        return Data((rows, words), "float64", cause=cause)

    def sequences_to_matrix(self, site: Site, sequences: Any, mode: Any = "binary") -> Any:
        """A row for each list of numbers, with a column for each word."""
        return self.texts_to_matrix(site, sequences)


def _are_texts(texts: Any) -> bool:
    """Whether these are texts that are known, or texts in words."""
    if not isinstance(texts, list | tuple):
        return False
    words = [word for text in texts for word in (text if isinstance(text, list) else [text])]
    return all(isinstance(word, str) for word in words) and sum(map(len, words)) <= MOST_VALUES


@TABLE(f"{_TEXT}.Tokenizer", unknown=True)
def tokenizer(
    site: Site,
    num_words: Any = None,
    filters: Any = _FILTERS,
    lower: Any = True,
    split: Any = " ",
    char_level: Any = False,
    oov_token: Any = None,
    nb_words: Any = None,
    **rest: Any,
) -> Any:
    """An object that gives words numbers."""
    words = num_words if num_words is not None else nb_words
    options = {"filters": filters, "lower": lower, "split": split, "char_level": char_level, "oov_token": oov_token}
    lost = unknown_in((words, options))
    if lost or rest.get("analyzer") is not None:
        return lost or site.unknown(f"{site.text} with an analyzer is not followed")
    return Tokenizer(whole(words), **options)


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
    return foreign(site, f"{site.text} gives the path of a file")


@TABLE("keras.utils.set_random_seed", "keras.utils.plot_model", "keras.utils.model_to_dot", unknown=True)
def passed(site: Site, *args: Any, **rest: Any) -> Any:
    """Nothing that changes a model."""
    return site.inert()
