"""Layers whose sizes follow from the vocabulary of a preprocessing layer."""

import keras
import numpy as np
from keras import layers

texts = np.array([["a b c d e f"], ["g h i j k l m"]])
words = layers.TextVectorization(max_tokens=7, output_sequence_length=5)
fresh = words.vocabulary_size()
words.adapt(texts)
names = layers.StringLookup(vocabulary=["x", "y"], mask_token="", num_oov_indices=2)
numbers = layers.IntegerLookup(vocabulary=[10, 20, 30])
known = layers.TextVectorization(vocabulary=["red", "green", "blue"])
model = keras.Sequential(
    [
        keras.Input((1,), dtype="string"),
        words,
        layers.Embedding(words.vocabulary_size(), 4),
        layers.LSTM(len(words.get_vocabulary())),
        layers.Dense(fresh),
        layers.Dense(names.vocabulary_size()),
        layers.Dense(numbers.vocabulary_size()),
        layers.Dense(known.vocabulary_size()),
    ]
)
model.summary()
