"""Layers of a Sequential that was built with every layer added: their tensors of different builds."""

import keras
from keras import layers, models
vgg = models.Sequential(name="vgg")
vgg.add(layers.Input((32, 32, 3)))
for block, (n, f) in enumerate([(2, 64), (2, 128)], 1):
    for c in range(1, n + 1):
        vgg.add(layers.Conv2D(f, 3, padding="same", activation="relu", name=f"block{block}_conv{c}"))
    vgg.add(layers.MaxPooling2D(name=f"block{block}_pool"))
x = vgg.get_layer("block2_conv2").output
style = [vgg.get_layer(name).output for name in ["block1_conv1", "block1_conv2"]]
m = models.Model(vgg.inputs, style + [x])
m.summary()
