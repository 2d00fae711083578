"""Tensors and options as arguments of calls: masks, keys, scores, training."""

import keras
from keras import layers
q = keras.Input((6, 8)); v = keras.Input((5, 8)); mk = keras.Input((5,), dtype="bool")
x = layers.MultiHeadAttention(2, 4)(q, v, attention_mask=None, use_causal_mask=False)
y, s = layers.MultiHeadAttention(2, 4)(query=q, value=v, key=v, return_attention_scores=True)
z = layers.LSTM(3)(v, mask=mk, training=False)
w = layers.Attention(use_scale=True)([q, v])
g = layers.GlobalAveragePooling1D()(v, mask=mk)
b = layers.BatchNormalization()(w, training=True)
r = layers.Dropout(.5)(b, training=False)
m = keras.Model([q, v, mk], [x, y, s, z, r, g])
m.summary()
