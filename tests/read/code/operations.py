"""Operations on tensors that are layers of the same names."""

import keras
from keras import layers
def se(x, ratio=4):
    c = x.shape[-1]
    s = layers.GlobalAveragePooling2D(keepdims=True)(x)
    s = layers.Conv2D(c // ratio, 1, activation="relu")(s)
    s = layers.Conv2D(c, 1, activation="sigmoid")(s)
    return x * s
inputs = keras.Input((16, 16, 8))
x = se(inputs)
x = layers.Conv2D(8, 3, padding="same")(x)
x = keras.ops.add(se(x), inputs)
x = keras.ops.concatenate([x, inputs], axis=-1)
x = x - x
x = keras.layers.maximum([x, x])
model = keras.Model(inputs, x)
model.summary()
