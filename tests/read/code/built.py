from keras.models import Sequential
from keras.layers import Conv1D, Flatten, Dense, Activation
from keras import activations

first = Sequential([Dense(3, name="a")], name="first")
model = Sequential(layers=[Conv1D(2, 4), Activation(activations.relu), Flatten(), Dense(1, activation=activations.sigmoid)])
model.build((None, 10, 3))
model.summary(line_length=100)
last = Sequential([Dense(7, name="b")], name="last")
