import keras
from keras import ops

i = keras.Input((4, 6))
model = keras.Model(i, ops.reshape(i, (-1, -1)))
