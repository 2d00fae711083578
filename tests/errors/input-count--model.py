import keras
from keras import layers

a, b = keras.Input((4,)), keras.Input((4,))
inner = keras.Model([a, b], layers.add([a, b]))
model = keras.Model(a, layers.Dense(2)(inner(a)))
