from keras import Sequential, layers

model = Sequential()
model.add(layers.Flatten)
