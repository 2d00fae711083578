from data import UNITS, RATE
from keras import Sequential, layers

model = Sequential([layers.Dense(UNITS), layers.Dropout(RATE), layers.Dense(3)])
