"""One base model called on two inputs."""

import tensorflow as tf
from tensorflow.keras import Model
from tensorflow.keras.layers import Conv2D, Dense, Flatten, Input, MaxPooling2D, Subtract
from tensorflow.keras.models import Sequential


def make_base(input_shape, filters=(16, 32), embedding=24):
    base = Sequential(name="base")
    base.add(Input(shape=input_shape))
    for i, f in enumerate(filters, start=1):
        base.add(Conv2D(f, (3, 3), activation="relu", name=f"conv_{i}"))
        base.add(MaxPooling2D())
    base.add(Flatten())
    base.add(Dense(embedding, activation=None))
    return base


input_shape = (28, 28, 1)
base = make_base(input_shape)
left = Input(input_shape, name="left")
right = Input(input_shape, name="right")
distance = Subtract()([base(left), base(right)])
shared = Dense(8, activation=tf.nn.relu)
a, b = shared(distance), shared(distance)
output = Dense(1, activation="sigmoid")(tf.keras.layers.Concatenate()([a, b]))
siamese = Model(inputs=[left, right], outputs=output)
print(siamese.summary())
