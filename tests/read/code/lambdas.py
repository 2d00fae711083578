"""Lambda layers: their functions show in the shapes of what they give."""

import keras
from keras import layers


def halves(x):
    return x[:, :3], x[:, 3:] * 2


a = keras.Input((6, 4), name="a")
b = keras.Input((6, 4), name="b")
dense = layers.Dense(2)
scaled = layers.Lambda(lambda t: t / 255.0, name="scaled")(dense(a))
first, second = layers.Lambda(halves)(dense(b))
gap = layers.Lambda(lambda pair: keras.ops.abs(pair[0] - pair[1]))([first, second])
last = layers.Lambda(lambda t: t[:, -1, :])(scaled)
model = keras.Model([a, b], [layers.Flatten()(gap), last])
model.summary()
