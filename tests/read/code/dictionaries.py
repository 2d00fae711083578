"""Shared layers; inputs and outputs in dictionaries."""

import keras
from keras import layers
shared_embedding = layers.Embedding(1000, 128)
text_input_a = keras.Input(shape=(None,), dtype="int32")
text_input_b = keras.Input(shape=(None,), dtype="int32")
a = shared_embedding(text_input_a); b = shared_embedding(text_input_b)
pool = layers.GlobalAveragePooling1D()
m = keras.Model({"b": text_input_b, "a": text_input_a}, {"s": layers.subtract([pool(a), pool(b)]), "p": layers.multiply([pool(a), pool(b)])})
m.summary()
