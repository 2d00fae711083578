"""Masks: the operations that make them, and the layers that are given them."""

import keras
from keras import layers

words = keras.Input(shape=(None,), dtype="int32", name="words")
steps = keras.Input(shape=(7, 3), name="steps")
embedded = layers.Embedding(50, 4, mask_zero=True)(words)
encoded = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(embedded)
both = layers.Concatenate()([embedded, encoded])
pooled = layers.GlobalAveragePooling1D()(layers.Dropout(0.1)(both))
total = layers.GRU(2)(layers.add([embedded, embedded]))
masked = layers.Masking(mask_value=9.0)(steps)
state = layers.LSTM(2)(layers.TimeDistributed(layers.Dense(2))(masked))
plain = layers.Conv1D(2, 3)(masked)
attended = layers.Attention()([masked, masked])
heads = layers.MultiHeadAttention(2, 2)(attended, masked)
outputs = [pooled, total, state, layers.Flatten()(plain), layers.GRU(2)(heads), layers.LSTM(2)(embedded + embedded)]
model = keras.Model([words, steps], outputs)
model.summary()
