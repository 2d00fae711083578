"""Arguments given beforehand, and a class that holds the settings."""

from functools import partial

import keras


class Config:
    width = 64
    depth = 2
    kernel = 3


DefaultConv2D = partial(
    keras.layers.Conv2D, kernel_size=Config.kernel, padding="SAME", kernel_initializer="he_normal", use_bias=False
)
config = Config()
config.depth = 3
model = keras.models.Sequential(
    [
        DefaultConv2D(filters=config.width, kernel_size=7, strides=2, input_shape=[224, 224, 3]),
        keras.layers.BatchNormalization(),
        keras.layers.MaxPool2D(pool_size=3, strides=2, padding="same"),
        *[DefaultConv2D(config.width) for _ in range(config.depth)],
    ]
)
model.summary()
