"""Keras's functions that change the shape of a tensor."""

import keras
from keras import layers, ops

inputs = keras.Input((4, 6))
x = layers.Dense(6)(inputs)
scores = ops.softmax(ops.matmul(x, ops.transpose(inputs, (0, 2, 1))) / 2.5, axis=-1)
y = scores @ x
y = ops.reshape(y, (-1, x.shape[1] * x.shape[2]))
mean = ops.mean(x, axis=1, keepdims=True)
spread = keras.ops.var(x - mean, 1)
z = ops.expand_dims(ops.sum(x, axis=[1, 2]), -1)
z = ops.squeeze(ops.stack([z, z], axis=1), axis=-1)
wide = ops.concatenate([ops.max(x, -1), spread, z], axis=-1)
turned = ops.swapaxes(x, 1, 2)
model = keras.Model(inputs, [layers.Dense(2)(y), layers.Dense(1)(wide), turned, ops.mean(x)])
model.summary()
