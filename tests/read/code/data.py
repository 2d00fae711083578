"""Shapes that are taken from data: Keras's data sets, and arrays made here."""

import numpy as np

from tensorflow import keras
from tensorflow.keras import layers

fashion_mnist = keras.datasets.fashion_mnist
(x_train, y_train), (x_test, y_test) = fashion_mnist.load_data()
x_train = x_train.astype("float32") / 255.0
x_train = np.expand_dims(x_train, -1)
x_test = x_test.reshape(-1, 28, 28, 1)
series = np.random.rand(200, 24, 6)
x_val = x_train[:5000]
print(x_val.shape, len(x_train), "train samples")

image = keras.Input(shape=x_train.shape[1:])
steps = keras.Input(shape=(series.shape[1], series.shape[2]))
x = layers.Flatten()(layers.Conv2D(4, 3)(image))
y = layers.GRU(series.shape[-1])(steps)
z = layers.Dense(x_val.shape[0] // 1000)(layers.concatenate([x, y]))
model = keras.Model([image, steps], z)
model.summary()
