"""A model that knows its input once it is called on data."""

import tensorflow as tf, keras
from keras import layers
model = keras.Sequential([layers.Dense(2, activation="relu"), layers.Dense(3), layers.Dense(4)])
x = tf.ones((1, 4))
y = model(x)
print("Number of weights after calling the model:", len(model.weights))
model.summary()
