"""Layers of texts, of other categories and of images in whole numbers, each with an input, as the tests and the
script that asks Keras use them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.samples import Sample

WORDS = [["a", "b", "c"], ["zz", "", "a"]]
TEXTS = [["The sky's blue,  THE sea: green."], ["Ä ß naïve\tcafé\u00a0x!"], [""], ["earth wind earth-fire wind"]]
LONG = [["x" * n for n in (1, 4, 8, 17, 33, 65)], ["ü" * n for n in (2, 5, 16, 32, 64, 200)]]
NUMBERS = [[12, 7, 36], [-5, 1138, 12]]
INPUTS: dict[str, tuple[Any, ...]] = {
    "words": (WORDS,),
    "texts": (TEXTS,),
    "long": (LONG,),
    "numbers": (NUMBERS,),
    "flat": (["earth Wind", "fire"],),
    "one": ([["a"], ["b"]],),
    "places": ([[0, 1, 2, 3], [4, 2, -1, 9]],),
    "real": ([[1.5, -2.5], [0.25, 3.0]],),
    "pair": ([["a"], ["b"]], [["c"], ["ü"]]),
    "mixed": ([["a"], ["b"]], [[3], [-4]]),
    "row": (["a", "b"], ["c", "c"]),
    "wide": (WORDS, WORDS),
    "image": ([[[[(7 * row + 31 * column) % 256, row * column] for column in range(6)] for row in range(4)]],),
}
VOCABULARY = "vocabulary=['a', 'b', 'zz']"
INTEGERS = "vocabulary=[12, 36, 1138]"
SKY = "vocabulary=['the', 'sky', 'sea', 'earth', 'wind', 'earth wind', 'x']"
IDF = "output_mode='tf_idf', idf_weights=[0.25, 0.5, 2.0]"
CASES = [
    *(f"Hashing({more}) on words" for more in ("7", "7, mask_value=''", "7, salt=3", "7, salt=[3, -4]", "1, 'a'")),
    *(f"Hashing(5, output_mode='{mode}') on words" for mode in ("one_hot", "multi_hot", "count")),
    *("Hashing(1000003) on long", "Hashing(1000003, salt=[1, 2]) on long", "Hashing(9, 7) on numbers"),
    *("Hashing(9) on real", "Hashing(9, output_mode='one_hot') on one", "Hashing(9, dtype='int32') on words"),
    *(
        "HashedCrossing(9) on pair",
        "HashedCrossing(9) on mixed",
        "HashedCrossing(9) on row",
        "HashedCrossing(9) on wide",
    ),
    *("HashedCrossing(9, 'one_hot') on mixed", "HashedCrossing(9, 'one_hot') on row"),
    *(f"StringLookup({VOCABULARY}{more}) on words" for more in ("", ", mask_token=''", ", num_oov_indices=3")),
    *(f"StringLookup({VOCABULARY}, num_oov_indices=3, salt={salt}) on words" for salt in ("5", "[5, 6]")),
    *(f"StringLookup({VOCABULARY}, output_mode='{mode}') on words" for mode in ("one_hot", "multi_hot", "count")),
    f"StringLookup({VOCABULARY}, output_mode='count', mask_token='') on words",
    f"StringLookup({VOCABULARY}, output_mode='count', max_tokens=9, pad_to_max_tokens=True) on words",
    *(f"StringLookup({VOCABULARY}, {IDF}{more}) on words" for more in ("", ", max_tokens=6, pad_to_max_tokens=True")),
    "StringLookup(vocabulary=['[UNK]', 'a', 'b'], output_mode='tf_idf', idf_weights=[0.25, 0.5, 2.0]) on words",
    "StringLookup(vocabulary=['', '[UNK]', 'a'], mask_token='') on words",
    f"StringLookup({VOCABULARY}, num_oov_indices=0) on words",
    f"StringLookup({VOCABULARY}, invert=True) on places",
    f"StringLookup({VOCABULARY}, invert=True, mask_token='-') on places",
    f"StringLookup({VOCABULARY}) on numbers",
    "StringLookup() on words",
    *(f"IntegerLookup({INTEGERS}{more}) on numbers" for more in ("", ", mask_token=7", ", num_oov_indices=3")),
    *(f"IntegerLookup({INTEGERS}, output_mode='{mode}') on numbers" for mode in ("one_hot", "multi_hot", "count")),
    f"IntegerLookup({INTEGERS}, num_oov_indices=3, oov_method='farmhash') on numbers",
    f"IntegerLookup({INTEGERS}, num_oov_indices=3, oov_method='farmhash', salt=4) on numbers",
    *(
        f"IntegerLookup({INTEGERS}, {IDF}, num_oov_indices=2) on numbers",
        f"IntegerLookup({INTEGERS}, invert=True) on places",
    ),
    f"TextVectorization({SKY}) on flat",
    *(
        f"TextVectorization({SKY}, {more}) on texts"
        for more in (
            *("standardize=None", "standardize='lower'", "standardize='strip_punctuation'", "split='character'"),
            *("ngrams=2", "ngrams=(2,)", "output_sequence_length=3", "output_sequence_length=9", "split=None"),
            *("output_mode='multi_hot'", "output_mode='count'", "output_mode='count', ngrams=2"),
            "output_mode='tf_idf', idf_weights=[0.25, 0.5, 2.0, 1.0, 1.5, 3.0, 0.0]",
        )
    ),
    *(f"TextVectorization({VOCABULARY}, split=None{more}) on words" for more in ("", ", output_sequence_length=2")),
    f"TextVectorization({VOCABULARY}, split=None, output_mode='count') on words",
    f"TextVectorization({VOCABULARY}, split=None, ngrams=2) on words",
    *(f"TextVectorization({VOCABULARY}) on {wrong}" for wrong in ("words", "numbers")),
    "ContrastLimitedAdaptiveHistogramEqualization(tile_grid_size=(2, 2)) on image",
    "ContrastLimitedAdaptiveHistogramEqualization(clip_limit=1, tile_grid_size=(1, 2)) on image",
]


def sample(text: str) -> tuple[Sample, tuple[np.ndarray, ...]]:
    """The configuration of a case, and its inputs."""
    call, _, name = text.partition(" on ")
    return Sample(f"{call} on 1"), tuple(map(np.array, INPUTS[name]))
