"""Names are counted through the whole script: other models, layers that are popped, and layers without a model."""

import keras
from keras import layers

first = keras.Sequential([keras.Input((8,)), layers.Dense(4), layers.Dense(3)])
first.pop()
unused = layers.Dense(7)
head = layers.Dense(2)
body = keras.Sequential([layers.Dense(5), layers.ReLU()])
inputs = keras.Input((8,))
x = body(first(inputs))
model = keras.Model(inputs, [head(x), layers.Bidirectional(layers.LSTM(3))(layers.RepeatVector(2)(x))])
model.summary()
