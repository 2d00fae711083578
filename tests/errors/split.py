import keras
from keras import ops

i = keras.Input((4, 6))
a, b, c, d, e = ops.split(i, 5, axis=-1)
model = keras.Model(i, a)
