from data import UNITS
from keras import Sequential, layers

model = Sequential()
model.add(layers.Dense(UNITS))
model.add(layers.ReLU())
model.add(layers.Dropout(UNITS / 100))
