from keras import layers, Input, Model


def block(x, filters):
    x = layers.Conv2D(filters, 3)(x)
    return layers.MaxPooling2D()(x)


inputs = x = Input((28, 28, 1))
for filters in [8, 16, 32, 64]:
    x = block(x, filters)
outputs = layers.Dense(10)(layers.Flatten()(x))
model = Model(inputs, outputs)
