"""Parts of a model that are taken from it by their tensors, and frozen."""

import keras
from keras import layers

base = keras.Sequential(
    [
        keras.Input((32, 32, 3)),
        layers.Conv2D(8, 3, name="first"),
        layers.BatchNormalization(),
        layers.Conv2D(16, 3),
        layers.Flatten(),
        layers.Dense(10),
    ]
)
for layer in base.layers[:3]:
    layer.trainable = False
extractor = keras.Model(inputs=base.inputs, outputs=base.layers[-2].output)
early = keras.Model(inputs=base.inputs, outputs=base.get_layer("first").output)
x = layers.Dense(5, activation="relu")(extractor.output)
y = layers.Dense(5, activation="relu")(base.layers[-2].output)
model = keras.Model(extractor.input, layers.add([x, y]))
model.summary()
