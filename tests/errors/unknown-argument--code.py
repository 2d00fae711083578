import keras

model = keras.Sequential()
model.add(keras.layers.Conv1D(2, 4, pading="same"))
