from keras import Sequential, layers

model = Sequential()
n = 3
while n > 0:
    model.add(layers.Dense(n))
    n -= 1
model.summary()
