"""Keras's functions of tensors, with options by place and by name."""

import keras
from keras import layers, ops

inputs = keras.Input((4, 3))
x = ops.relu(layers.Dense(3)(inputs) - 1)
x = ops.exp(-ops.sqrt(x)) + abs(inputs) ** 2 + 0.1 * ops.absolute(inputs)
x = ops.maximum(x, ops.minimum(inputs, 0.5)) + 2**inputs
x = ops.gelu(x) - keras.activations.gelu(inputs) + ops.leaky_relu(inputs, 0.3) * ops.elu(inputs, alpha=0.5)
y = ops.softmax(x, axis=1) * keras.ops.log_softmax(inputs) + ops.clip(x, 0.2, x_max=0.9)
y = keras.activations.exponential(keras.activations.leaky_relu(y)) / ops.log(x + 3)
parts = [y[:, 0], y[:, -1, 1:], y[..., ::2], y[:, None], y[:, :2, None, ...]]
bias = layers.Dense(1)(ops.power(layers.Flatten()(y), 2))
model = keras.Model(inputs, [ops.concatenate([y, inputs], 1), *parts, parts[0] + bias, parts[0] * y[0]])
model.summary()
