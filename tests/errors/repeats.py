import keras
from keras import ops

i = keras.Input((4, 6))
model = keras.Model(i, ops.repeat(i, [1, 2], axis=-1))
