"""Layers that are frozen: by their own argument, by what has them, before and after what is inside them is made."""

import keras
from keras import layers, ops


class Pair(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.first = layers.Dense(units)
        self.second = layers.Dense(units)
        self.second.trainable = False

    def build(self, shape):
        self.scale = self.add_weight(shape=(shape[-1],), initializer="ones")
        self.third = layers.Dense(shape[-1])

    def call(self, x):
        return self.third(self.second(self.first(x * self.scale)))


inputs = keras.Input((12,))
x = Pair(5, trainable=False)(inputs)
late = Pair(4)
late.trainable = False
x = late(x)
inner = keras.Sequential([layers.Dense(12), layers.ReLU()], trainable=False)
x = inner(x)
x = ops.add(x, inputs)
x = layers.BatchNormalization()(x)
y = layers.Dense(3)(x) * 2
model = keras.Model(inputs, y)
model.layers[-1].trainable = False
model.get_layer(index=1).first.trainable = False
again = keras.Sequential([*inner.layers, layers.Dropout(0.25)])
nested = keras.Sequential([keras.Input((12,)), keras.Sequential([layers.Dense(7)]), layers.LeakyReLU()])
outer = keras.Model(inputs, nested(model.layers[-2].output))
for layer in outer.layers[2:4]:
    layer.trainable = False
outer.summary()
