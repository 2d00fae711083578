import keras
from keras import ops

i = keras.Input((4, 6))
model = keras.Model(i, ops.pad(i, [[0, 0], [1, 1]]))
