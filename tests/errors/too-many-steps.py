from keras import Sequential, layers

model = Sequential()
for i in range(1000):
    for j in range(1000):
        model.add(layers.Dense(j + 1))
