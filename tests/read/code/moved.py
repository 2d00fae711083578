"""Layers that move into a Sequential without an input: Keras shows the shapes of their calls elsewhere."""

import keras
from keras import layers

first = keras.Sequential(
    [keras.Input((8, 8, 3)), layers.MaxPooling2D(2, padding="same"), layers.Lambda(lambda t: t * 2), layers.Dense(4)]
)
model = keras.Sequential([*first.layers, layers.BatchNormalization(), layers.Flatten()])
model.summary()
