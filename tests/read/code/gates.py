"""Operations on tensors and numbers, and parts of tensors."""

import keras
from keras import layers, ops

inputs = keras.Input((6, 8))
x = inputs / 255.0
x = 2 * x - 1
gate = keras.activations.sigmoid(layers.Dense(8)(x))
x = x * gate + inputs * (1 - gate)
x = ops.relu(x) ** 2
x = ops.maximum(-x, ops.sqrt(ops.abs(x)))
first, last, odd = x[:, 0], x[:, -1, :], x[:, 1::2, :4]
wide = x[..., None]
y = ops.tanh(layers.Dense(8)(last)) * first
model = keras.Model(inputs, [y, layers.Flatten()(odd), layers.Conv2D(2, 3)(wide), 1 / first])
model.summary()
