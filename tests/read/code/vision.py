"""A vision transformer without classes of its own."""

import keras
from keras import layers
inputs = keras.Input(shape=(32, 32, 3), dtype="uint8")
x = layers.Rescaling(1. / 127.5, offset=-1)(inputs)
patches = layers.Conv2D(16, 4, strides=4)(x)
x = layers.Reshape((-1, 16))(patches)
pos = keras.ops.arange(0, 64)
for _ in range(2):
    x1 = layers.LayerNormalization(epsilon=1e-6)(x)
    att = layers.MultiHeadAttention(num_heads=2, key_dim=8, dropout=0.1)(x1, x1)
    x2 = layers.Add()([att, x])
    x3 = layers.LayerNormalization(epsilon=1e-6)(x2)
    for units in [32, 16]:
        x3 = layers.Dense(units, activation=keras.activations.gelu)(x3)
        x3 = layers.Dropout(0.1)(x3)
    x = layers.Add()([x3, x2])
x = layers.Flatten()(layers.LayerNormalization()(x))
model = keras.Model(inputs=inputs, outputs=layers.Dense(10)(x))
model.summary()
