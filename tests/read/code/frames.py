import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
cnn = keras.Sequential()
cnn.add(layers.Conv2D(2, 3, input_shape=(8, 8, 1)))
cnn.add(layers.Flatten())
model = keras.Sequential()
model.add(layers.TimeDistributed(cnn, input_shape=(3, 8, 8, 1)))
model.add(layers.LSTM(4))
model.summary()
