"""Settings that every layer after them follows."""

import keras
from keras import layers

keras.utils.set_random_seed(42)
keras.backend.set_image_data_format("channels_first")
keras.mixed_precision.set_global_policy("mixed_float16")
old = keras.Sequential([layers.Dense(3)])
keras.backend.clear_session()
inputs = keras.Input((3, 16, 16))
x = layers.Conv2D(4, 3)(inputs)
x = layers.MaxPooling2D()(x)
x = layers.Conv2D(4, 3, data_format="channels_last")(x)
model = keras.Model(inputs, layers.Dense(2)(layers.Flatten()(x)))
model.summary()
