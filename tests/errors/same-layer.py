from keras import Sequential, layers

dense = layers.Dense(3)
model = Sequential([dense, layers.ReLU(), dense])
