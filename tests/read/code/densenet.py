"""Dense blocks, whose inputs are ever more tensors."""

import keras
from keras import layers
def H(x, k, drop=0.0):
    y = layers.BatchNormalization(epsilon=1.1e-5)(x)
    y = layers.Activation("relu")(y)
    y = layers.Conv2D(k, (3, 3), padding="same", use_bias=False, kernel_initializer=keras.initializers.HeNormal())(y)
    return layers.Dropout(drop)(y) if drop else y
def dense(x, n, k):
    feats = [x]
    for _ in range(n):
        y = H(x, k)
        feats.append(y)
        x = layers.Concatenate(axis=-1)(feats)
    return x, x.shape[-1]
def trans(x, c, theta=0.5):
    x = layers.Conv2D(int(c * theta), 1)(x)
    return layers.AveragePooling2D(2, strides=2)(x)
i = keras.Input((32, 32, 3))
x = layers.Conv2D(16, 3, padding="same")(i)
sizes = [2, 3, 2]
for idx, n in enumerate(sizes):
    x, c = dense(x, n, 6)
    if idx < len(sizes) - 1:
        x = trans(x, c)
o = layers.Dense(10)(layers.GlobalAveragePooling2D()(x))
keras.Model(i, o, name="dense").summary()
