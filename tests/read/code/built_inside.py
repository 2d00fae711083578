"""A Sequential that another one builds counts among the models and inputs that Keras numbers."""

import keras
from keras import layers

inner = keras.Sequential([layers.Dense(8, activation="relu"), layers.ReLU()])
outer = keras.Sequential([keras.Input((10,)), inner, layers.LeakyReLU()])
doubled = keras.Sequential([keras.Input((6, 9, 2)), layers.Lambda(lambda t: t * 2)])
doubled.add(layers.MaxPooling2D(2))
again = keras.Model(doubled.inputs, doubled.outputs)
inputs = keras.Input((3,))
model = keras.Model(inputs, layers.Dense(2)(keras.activations.relu(inputs * 0.5)))
model.summary()
