from tensorflow import keras
from tensorflow.keras import layers
words = keras.Input((5,))
encoder = keras.Model(words, layers.Dense(3)(layers.LSTM(3)(layers.Embedding(9, 4)(words))))
docs = keras.Input((3, 5))
x = layers.TimeDistributed(encoder)(docs)
x = layers.Bidirectional(layers.GRU(2))(x)
model = keras.Model(docs, layers.Dense(1)(x))
model.summary()
