import keras
from keras import layers

inputs = keras.Input((8, 3))
x = layers.LSTM(4, return_sequences=True)(inputs)
model = keras.Model(inputs, layers.Dense(2)(x[:, 8]))
