from data import more
from keras import Sequential, layers

model = Sequential()
n = 3
while n > more():
    model.add(layers.Dense(n))
    n -= 1
model.summary()
