import keras
from keras import layers

image = keras.Input((8,), name="image")
title = keras.Input((4,), name="title")
both = layers.concatenate([image, title])
model = keras.Model(image, layers.Dense(3)(both))
